"""The desk says no: a code and facts. The words live in the texts."""

from __future__ import annotations


class Refusal(Exception):
    """Nothing was written. `code` names the text, `facts` fill it."""

    code = "refused"

    def __init__(self, **facts: str) -> None:
        super().__init__(self.code, facts)
        self.facts = facts


class NotFound(Refusal):
    """There is no such ticket, or not for you: the two answers are the same on purpose."""

    code = "not_found"


class NotAllowed(Refusal):
    """You may see it, but this is not yours to do."""

    code = "not_allowed"


class NotFromHere(Refusal):
    """The present status has no such move."""

    code = "not_from_here"


class AlreadyDone(Refusal):
    """What is wished is so already; `by` says who was first."""

    code = "already_done"


class TooLate(Refusal):
    """The time for it is over (a reopen after the grace period)."""

    code = "too_late"


class Missing(Refusal):
    """Something must be known before this move; `what` names it."""

    code = "missing"


class Unknown(Refusal):
    """A person, team, service or level that the rules do not know; `what` and `value` name it."""

    code = "unknown"


class Empty(Refusal):
    """There are no words in it."""

    code = "empty"


class NotCalled(Refusal):
    """Only somebody who was called can say "not me"."""

    code = "not_called"


class TooSoon(Refusal):
    """It was asked for a moment ago; `when` (ISO 8601) says from when on it can be asked for again."""

    code = "too_soon"


class CoverInThePast(Refusal):
    """The time of the cover is over."""

    code = "cover_in_the_past"


class EndsBeforeItStarts(Refusal):
    """A time that has no length."""

    code = "ends_before_it_starts"


class CoverTooLong(Refusal):
    """A cover lasts `days` at most."""

    code = "cover_too_long"


class NotOnThatRota(Refusal):
    """`person` takes no turns on `rota` and works in no team whose rota it is."""

    code = "not_on_that_rota"


class NotOnCallThen(Refusal):
    """`person` is not on call at that time, so that nobody can stand in."""

    code = "not_on_call_then"


class AlreadyOnCall(Refusal):
    """`person` is on call then anyway, and nobody else is."""

    code = "already_on_call"


class SeveralOnCall(Refusal):
    """Several are on call at that time (`people`, with commas): instead of whom must be said."""

    code = "several_on_call"


class NotYours(Refusal):
    """It is not for `person` to ask for this cover, or to settle it."""

    code = "not_yours"


class AlreadySettled(Refusal):
    """The request was agreed to, declined or taken back before: `state`, and `by` whom."""

    code = "already_settled"


class LockedOut(Refusal):
    """Too many wrong codes; `when` (ISO 8601) says from when on another may be tried."""

    code = "locked_out"
