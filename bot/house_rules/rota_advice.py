"""What a rota may mean but will surprise people with: gaps, long nights, one person alone or in two places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.domain import oncall
from bot.domain.ids import RotaId
from bot.domain.oncall import Rota, Shift
from bot.domain.rules import Rules, Team, WhoKind
from bot.house_rules.problems import Problem
from bot.house_rules.reading import Policy as Written
from bot.house_rules.rotas import is_address, left_out_of

LOOKED_AHEAD = timedelta(days=30)
_AROUND = timedelta(days=62)
"""Shifts that are longer are no turns: nobody takes over from them."""
_AN_HOUR = timedelta(hours=1)
_MOST_LEFT_OUT = 5


def rota_warnings(written: Written, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Everything about rotas and on-call orders, as it stands in the next 30 days."""
    used = _used(rules)
    for rota in rules.rotas.values():
        if rota.id not in used:
            what = f"no team and no policy uses rota `{rota.id}`"
            yield written.rotas.problem((rota.id,), what, f"write `rota {rota.id}` where it is needed", warning=True)
            continue
        yield from _lost_shifts(written, rota, rules, now)
        if not is_address(rota.feed):  # what is in that calendar, only the running desk knows
            yield from _gaps(written, rota, now)
            yield from _alone(written, rota)
        yield from _clock_changes(written, rota, now)
    for team in rules.teams.values():
        yield from _twice_in_order(written, team)
        yield from _in_two_places(written, team, rules, now)


def _used(rules: Rules) -> set[RotaId]:
    by_teams = {rota for team in rules.teams.values() for rota in team.rotas}
    words = [
        who
        for policy in rules.policies.values()
        for calls in (policy.last_resort, *(one.who for one in policy.steps), *(one.call for one in policy.reactions))
        for who in calls
    ]
    return by_teams | {RotaId(who.value) for who in words if who.kind is WhoKind.ROTA}


def _gaps(written: Written, rota: Rota, now: datetime) -> Iterator[Problem]:
    """The first gap, and how many more there are: they mostly come every night or every week-end."""
    gaps = oncall.gaps(rota, (), now, now + LOOKED_AHEAD)
    if not gaps:
        return
    zone = _zone(rota)
    more = f", and {len(gaps) - 1} more times in {LOOKED_AHEAD.days} days" if len(gaps) > 1 else ""
    what = f"nobody is on call by `{rota.id}` from {_span(*gaps[0], zone)}{more}"
    advice = "add a first layer that always holds; in a gap the next level is called at once"
    yield written.rotas.problem((rota.id,), what, advice, warning=True)


def _alone(written: Written, rota: Rota) -> Iterator[Problem]:
    people = oncall.people_in(rota)
    if len(people) == 1:
        what = f"`{next(iter(people))}` is alone in rota `{rota.id}`, and always on call"
        yield written.rotas.problem((rota.id,), what, "add somebody to take turns with", warning=True)


def _clock_changes(written: Written, rota: Rota, now: datetime) -> Iterator[Problem]:
    """Shifts that are longer or shorter than on the clock on the wall."""
    for shift in oncall.shifts(rota, (), now - _AROUND, now + LOOKED_AHEAD + _AROUND):
        zone = ZoneInfo(_zone_of(shift, rota))
        real = shift.ends - shift.starts
        shown = shift.ends.astimezone(zone).replace(tzinfo=None) - shift.starts.astimezone(zone).replace(tzinfo=None)
        if real == shown or real > _AROUND or not _changes_soon(shift, zone, now):
            continue
        what = (
            f"the shift of `{shift.person}` by `{rota.id}` from {_span(shift.starts, shift.ends, zone)} lasts "
            f"{real / _AN_HOUR:g} hours and not {shown / _AN_HOUR:g}, because the clocks change"
        )
        yield written.rotas.problem((rota.id,), what, "nothing to do, if they know it", warning=True)


def _changes_soon(shift: Shift, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the clocks change within the shift and within the next 30 days."""
    first, last = max(shift.starts, now), min(shift.ends, now + LOOKED_AHEAD)
    return first < last and first.astimezone(zone).utcoffset() != last.astimezone(zone).utcoffset()


def _twice_in_order(written: Written, team: Team) -> Iterator[Problem]:
    for order in (team.on_call, team.rotas):
        for one in dict.fromkeys(order):
            if order.count(one) > 1:
                what = f"`{one}` stands twice in the on-call order of team `{team.id}`"
                advice = "keep one of the places; the other one calls nobody new"
                yield written.teams.problem((team.id, "on_call"), what, advice, warning=True)


def _in_two_places(written: Written, team: Team, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Who is on call in two places at once: the second call finds nobody new."""
    rotas = [rules.rotas[one] for one in dict.fromkeys(team.rotas) if one in rules.rotas]
    for one, other in combinations(rotas, 2):
        shifts, others = (oncall.shifts(rota, (), now, now + LOOKED_AHEAD) for rota in (one, other))
        both = sorted(_shared(shifts, others))
        if both:
            starts, ends, person = both[0]
            span = _span(starts, ends, _zone(one))
            more = f", and {len(both) - 1} more times in {LOOKED_AHEAD.days} days" if len(both) > 1 else ""
            what = f"`{person}` is on call by `{one.id}` and by `{other.id}` from {span}{more}"
            advice = "let the turns of one of them begin with somebody else"
            yield written.teams.problem((team.id, "on_call"), what, advice, warning=True)


def _shared(shifts: Sequence[Shift], others: Sequence[Shift]) -> Iterator[tuple[datetime, datetime, str]]:
    for one in shifts:
        for other in others:
            starts, ends = max(one.starts, other.starts), min(one.ends, other.ends)
            if one.person == other.person and starts < ends:
                yield starts, ends, one.person


def _lost_shifts(written: Written, rota: Rota, rules: Rules, now: datetime) -> Iterator[Problem]:
    """What stands in the calendar file and became no shift."""
    entry = written.rotas.entries[rota.id]
    lost = left_out_of(entry, written.calendar_files, rules.people, now)
    advice = "write the name or the e-mail address of somebody in people.yaml into it"
    for one in lost[:_MOST_LEFT_OUT]:
        what = f"not on call by `{rota.feed}`: {one}"
        yield written.rotas.problem((rota.id, "calendar"), what, advice, warning=True)
    if len(lost) > _MOST_LEFT_OUT:
        what = f"not on call by `{rota.feed}`: {len(lost) - _MOST_LEFT_OUT} more"
        yield written.rotas.problem((rota.id, "calendar"), what, advice, warning=True)


def _zone(rota: Rota) -> ZoneInfo:
    return ZoneInfo(rota.layers[0].zone if rota.layers else "UTC")


def _zone_of(shift: Shift, rota: Rota) -> str:
    return next((layer.zone for layer in rota.layers if layer.name == shift.layer), _zone(rota).key)


def _span(starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """On the clock of the zone, each moment with its offset: a clock change may lie between them."""
    since, until = (f"{one.astimezone(zone):%a %Y-%m-%d %H:%M (UTC%z)}" for one in (starts, ends))
    return f"{since} to {until}"
