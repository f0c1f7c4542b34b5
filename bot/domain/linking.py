"""One person on several platforms: one-time codes that join two identities, and how many wrong ones may be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import PersonId

DIGITS = 8
VALID_FOR = timedelta(minutes=10)

MOST_WRONG = 5
"""With a code in a hundred million, five tries in ten minutes for each identity leave nothing to guess."""
WRONG_WITHIN = timedelta(minutes=10)
LOCKED_FOR = timedelta(minutes=10)

REMEMBERED_FOR = WRONG_WITHIN + LOCKED_FOR
"""Wrong tries from longer ago lock nobody out."""


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code that `person` was given, as it is kept: only its hash. Used: by that identity, or void when by nobody."""

    id: int
    hash: str
    person: PersonId
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str = ""


class Verdict(StrEnum):
    """What a code did for the identity that said it."""

    LINKED = "linked"
    ALREADY = "already"
    """It belongs to the person who was given the code; nothing changed."""
    TAKEN = "taken"
    """It belongs to somebody whom the rules know, and stays theirs."""
    WRONG = "wrong"
    """No such code, or none that still counts: the answers are the same on purpose."""


def judged(
    code: LinkCode | None, identity: str, owner: PersonId | None, *, is_self_made: bool, now: datetime
) -> Verdict:
    """What the code does for `identity`, which is `owner`'s now. Only an identity of nobody, or of a profile that the
    desk made by itself, may move: nobody loses a role or a name that the rules give."""
    if code is None or now >= code.expires_at:
        return Verdict.WRONG
    if code.used_at is not None:
        is_repeated = code.used_by == identity and owner == code.person
        return Verdict.ALREADY if is_repeated else Verdict.WRONG
    if owner == code.person:
        return Verdict.ALREADY
    return Verdict.LINKED if owner is None or is_self_made else Verdict.TAKEN


def locked_until(wrong: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when an identity with these wrong tries (oldest first) may try no more; None when it may now."""
    for last in range(len(wrong) - 1, MOST_WRONG - 2, -1):
        until = wrong[last] + LOCKED_FOR
        if until <= now:
            return None
        if wrong[last] - wrong[last - MOST_WRONG + 1] <= WRONG_WITHIN:
            return until
    return None
