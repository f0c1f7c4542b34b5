"""Covers: who asks whom to be on call instead, who has to agree, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.oncall import Cover, Rota, people_in, shifts
from bot.domain.refusals import (
    AlreadyOnCall,
    AlreadySettled,
    CoverInThePast,
    CoverTooLong,
    EndsBeforeItStarts,
    NotOnCallThen,
    NotOnThatRota,
    NotYours,
    SeveralOnCall,
    Unknown,
)
from bot.domain.rules import Role, Rules, Team

LONGEST = timedelta(days=31)
"""Who is away for longer wants another rota."""

NOT_FILED = CoverId(0)
"""The number of a request until it is written down."""


class CoverState(StrEnum):
    """What became of a request. An agreed one is in force."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: that `person` is on call in [starts, ends). `instead_of` says for whom where several are on
    call then; `back` is the time for which `by` takes over from `person` in return; with `at_once` whoever oversees the
    rota asks for nobody's consent even where the own shift is given away."""

    rota: RotaId
    person: PersonId
    starts: datetime
    ends: datetime
    by: PersonId
    instead_of: PersonId | None = None
    back: tuple[datetime, datetime] | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """That `person` is on call in [starts, ends): instead of somebody, or instead of everybody."""

    id: CoverId
    rota: RotaId
    person: PersonId
    starts: datetime
    ends: datetime
    instead_of: PersonId | None
    asked_by: PersonId
    asked_at: datetime
    state: CoverState = CoverState.ASKED
    settled_by: PersonId | None = None
    settled_at: datetime | None = None

    @property
    def asks(self) -> PersonId | None:
        """Whose consent it wants: who offers to step in asks the one relieved, who asks to be relieved the other."""
        return self.instead_of if self.asked_by == self.person else self.person

    @property
    def cover(self) -> Cover:
        """What holds once it is agreed."""
        return Cover(self.id, self.rota, self.person, self.starts, self.ends, self.instead_of)


def ask(wish: Wish, rules: Rules, now: datetime) -> tuple[CoverRequest, ...]:
    """The request, agreed already where nobody has to consent; with `back` a second one, for what is given in return.
    What of it is past is left out. Raises Refusal."""
    rota = rules.rotas.get(wish.rota)
    if rota is None:
        raise Unknown(what="rota", value=wish.rota)
    if wish.person not in rules.people:
        raise Unknown(what="person", value=wish.person)
    if not oversees(wish.by, wish.rota, rules):
        _refuse_outsider(wish.person, rota, rules)
    starts, ends = _period(wish.starts, wish.ends, now)
    instead_of = _relieved(wish, rota, rules, starts, ends)
    made = CoverRequest(NOT_FILED, rota.id, wish.person, starts, ends, instead_of, wish.by, now)
    found = (made,) if wish.back is None else (made, _in_return(made, wish.back, rota, rules, now))
    if _needs_consent(wish, made, rules):
        return found
    return tuple(_settled(one, CoverState.AGREED, wish.by, now) for one in found)


def agree(request: CoverRequest, by: PersonId, rules: Rules, now: datetime) -> CoverRequest:
    """In force, from now on where it should have begun before. Raises Refusal."""
    _refuse_settled(request)
    _refuse_unless(by == request.asks or oversees(by, request.rota, rules), by)
    if request.ends <= now:
        raise CoverInThePast()
    return _settled(replace(request, starts=max(request.starts, now)), CoverState.AGREED, by, now)


def decline(request: CoverRequest, by: PersonId, rules: Rules, now: datetime) -> CoverRequest:
    """Nothing comes of it. Raises Refusal."""
    _refuse_settled(request)
    _refuse_unless(by == request.asks or oversees(by, request.rota, rules), by)
    return _settled(request, CoverState.DECLINED, by, now)


def withdraw(
    request: CoverRequest, by: PersonId, rules: Rules, now: datetime, *, is_swap: bool = False
) -> CoverRequest:
    """A request is taken back by whoever asked; what is agreed by the one relieved, who is on call again then. One half
    of a swap cannot be taken back by one of the two. What has been stays: a cover that has begun ends now. Raises
    Refusal."""
    overseer = oversees(by, request.rota, rules)
    if request.state is CoverState.ASKED:
        _refuse_unless(by == request.asked_by or overseer, by)
        return _settled(request, CoverState.WITHDRAWN, by, now)
    if request.state is not CoverState.AGREED:
        _refuse_settled(request)
    _refuse_unless((by == request.instead_of and not is_swap) or overseer, by)
    if request.ends <= now:
        raise CoverInThePast()
    if request.starts < now:
        return _settled(replace(request, ends=now), CoverState.AGREED, by, now)
    return _settled(request, CoverState.WITHDRAWN, by, now)


def are_swap(one: CoverRequest, other: CoverRequest) -> bool:
    """Whether the two were asked for in one breath and each gives to the other: they are settled together."""
    return (
        one.id != other.id
        and (one.rota, one.asked_by, one.asked_at) == (other.rota, other.asked_by, other.asked_at)
        and (one.person, one.instead_of) == (other.instead_of, other.person)
    )


def in_force(requests: Iterable[CoverRequest]) -> tuple[Cover, ...]:
    """The covers among them that hold, the oldest first."""
    agreed = (one.cover for one in requests if one.state is CoverState.AGREED)
    return tuple(sorted(agreed, key=lambda cover: cover.id))


def overlapping(request: CoverRequest, covers: Sequence[Cover]) -> tuple[Cover, ...]:
    """The other covers of this rota that share time with it; of two the newer counts."""
    return tuple(
        one
        for one in covers
        if one.id != request.id and one.rota == request.rota and one.starts < request.ends and request.starts < one.ends
    )


def relieved_by(request: CoverRequest, rules: Rules) -> tuple[PersonId, ...]:
    """Who is on call less because of it, going by the covers in force besides it."""
    if request.instead_of is not None:
        return (request.instead_of,)
    others = [one for one in rules.covers if one.id != request.id]
    found = shifts(rules.rotas[request.rota], others, request.starts, request.ends)
    return tuple(dict.fromkeys(shift.person for shift in found if shift.person != request.person))


def oversees(person: PersonId, rota: RotaId, rules: Rules) -> bool:
    """Whether the person's word is enough on this rota: a lead or manager of a team whose rota it is, or an admin."""
    known = rules.people.get(person)
    roles = frozenset[Role]() if known is None else known.roles
    if not roles.isdisjoint({Role.MANAGER, Role.ADMIN}):
        return True
    return any(person in (team.lead, team.manager) for team in teams_of(rota, rules))


def teams_of(rota: RotaId, rules: Rules) -> Iterator[Team]:
    """The teams whose rota it is."""
    return (team for team in rules.teams.values() if rota in team.rotas)


def _period(starts: datetime, ends: datetime, now: datetime) -> tuple[datetime, datetime]:
    if ends <= starts:
        raise EndsBeforeItStarts()
    if ends <= now:
        raise CoverInThePast()
    if ends - max(starts, now) > LONGEST:
        raise CoverTooLong(days=str(LONGEST.days))
    return max(starts, now), ends


def _relieved(wish: Wish, rota: Rota, rules: Rules, starts: datetime, ends: datetime) -> PersonId | None:
    """Instead of whom; None where nobody is on call then, or where an overseer puts one person in for all."""
    there = shifts(rota, rules.covers, starts, ends)
    others = list(dict.fromkeys(one.person for one in there if one.person != wish.person))
    if not others and any((one.starts, one.ends) == (starts, ends) for one in there):
        raise AlreadyOnCall(person=wish.person)
    overseer = oversees(wish.by, wish.rota, rules)
    _refuse_unless(wish.by in (wish.person, *others) or overseer, wish.by)
    if wish.instead_of is not None:
        _refuse_unless(wish.by in (wish.person, wish.instead_of) or overseer, wish.by)
        if wish.instead_of not in others:
            raise NotOnCallThen(person=wish.instead_of)
        return wish.instead_of
    if wish.by in others:
        return wish.by
    if len(others) > 1 and not overseer:
        raise SeveralOnCall(people=",".join(others))
    return others[0] if len(others) == 1 else None


def _in_return(
    made: CoverRequest, back: tuple[datetime, datetime], rota: Rota, rules: Rules, now: datetime
) -> CoverRequest:
    """The other half of a swap: the one relieved stands in for the other."""
    if made.instead_of is None:
        raise NotOnCallThen(person=made.asked_by)
    starts, ends = _period(*back, now)
    if all(shift.person != made.person for shift in shifts(rota, rules.covers, starts, ends)):
        raise NotOnCallThen(person=made.person)
    return replace(made, person=made.instead_of, instead_of=made.person, starts=starts, ends=ends)


def _needs_consent(wish: Wish, made: CoverRequest, rules: Rules) -> bool:
    """An overseer who gives the own shift away asks like everybody else, unless it shall be at once."""
    if oversees(wish.by, wish.rota, rules):
        return wish.by == made.instead_of and not wish.at_once
    _refuse_unless(not wish.at_once, wish.by)
    return made.asks is not None


def _refuse_outsider(person: PersonId, rota: Rota, rules: Rules) -> None:
    """Who neither takes turns there nor works in a team whose rota it is may be sent for by an overseer only."""
    crews = (one for team in teams_of(rota.id, rules) for one in (*team.members, team.lead, team.manager))
    if person not in people_in(rota) and person not in crews:
        raise NotOnThatRota(person=person, rota=rota.id)


def _refuse_settled(request: CoverRequest) -> None:
    if request.state is not CoverState.ASKED:
        raise AlreadySettled(state=request.state, by=request.settled_by or "")


def _refuse_unless(right: bool, by: PersonId) -> None:
    if not right:
        raise NotYours(person=by)


def _settled(request: CoverRequest, state: CoverState, by: PersonId, now: datetime) -> CoverRequest:
    return replace(request, state=state, settled_by=by, settled_at=now)
