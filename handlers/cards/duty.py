"""Who is on call, whose shift is when, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat.card import Action, Card, Fact, Tone, Weight
from bot.domain import oncall
from bot.domain.ids import PersonId, RotaId, TeamId
from bot.domain.oncall import Rota, Shift
from bot.domain.rules import Rules, Team
from handlers import phrasing
from handlers.cards.view import named
from handlers.reader import Reader, offset_of, zone_named

_A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who reads about being on call, and by which rules."""

    reader: Reader
    rules: Rules
    now: datetime
    name_of: Callable[[PersonId], str | None]

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in the reader's language."""
        return self.reader.say(key, **facts)

    def name(self, person: PersonId) -> str:
        """What the person is called."""
        return phrasing.gist(self.name_of(person) or str(person), 40)

    def names(self, people: Sequence[PersonId]) -> str:
        """All of them as one phrase."""
        return self.reader.listed(self.name(one) for one in people) or self.say("on-call-nobody")

    def moment(self, at: datetime) -> str:
        """As the reader reads it."""
        return self.reader.moment(at, self.now)

    def time(self, starts: datetime, ends: datetime) -> str:
        """Fri 6 Mar, 18:00–22:00 (UTC+8): the day beside the hours."""
        first, last = starts.astimezone(self.reader.zone), (ends - _A_MOMENT).astimezone(self.reader.zone)
        if first.date() != last.date():
            return self._over_days(starts, ends)
        span = self.reader.span(starts, ends - _A_MOMENT) if _is_midnight(ends, self.reader) else ""
        hours = span.replace("23:59", "24:00") if span else self.reader.span(starts, ends)
        return self.say("duty-day-and-hours", day=self.reader.day(starts, self.now), hours=hours)

    def _over_days(self, starts: datetime, ends: datetime) -> str:
        """The offset once; both where the clocks change in between."""
        first, last = starts.astimezone(self.reader.zone), ends.astimezone(self.reader.zone)
        if first.utcoffset() != last.utcoffset():
            return self.say("a-long-span", since=self.moment(starts), until=self.moment(ends))
        return self.say(
            "duty-over-days",
            since=self.reader.day(starts, self.now),
            opens=self.reader.time(starts),
            until=self.reader.day(ends, self.now),
            closes=self.reader.time(ends),
            offset=offset_of(last),
        )

    def time_for(self, person: PersonId, starts: datetime, ends: datetime) -> str:
        """The same in the zone of somebody else; empty where both clocks say the same."""
        known = self.rules.people.get(person)
        there = self.reader.zone if known is None else zone_named(known.zone)
        if starts.astimezone(there).utcoffset() == starts.astimezone(self.reader.zone).utcoffset():
            return ""
        return replace(self, reader=replace(self.reader, zone=there)).time(starts, ends)

    def rota_name(self, rota: RotaId) -> str:
        """What the rota is called."""
        known = self.rules.rotas.get(rota)
        return str(rota) if known is None else named(known.names, self.reader, rota)

    def team_name(self, team: TeamId) -> str:
        """What the team is called."""
        return named(self.rules.team(team).names, self.reader, team)


def on_call_card(duty: Duty, teams: Sequence[TeamId], at: datetime) -> Card:
    """Of each team and place: who, until when, and who is next."""
    is_now = at == duty.now
    return Card(
        title=duty.say("on-call-title") if is_now else duty.say("on-call-title-at", at=duty.moment(at)),
        tone=Tone.QUIET,
        facts=tuple(fact for team in teams for fact in _places(duty, duty.rules.team(team), at)),
    )


def on_call_between_card(duty: Duty, teams: Sequence[TeamId], starts: datetime, ends: datetime) -> Card:
    """Every shift of that time, cut off at its edges."""
    lines: list[str] = []
    for team in teams:
        known = duty.rules.team(team)
        fixed = _places(duty, known, starts) if not known.rotas else ()
        lines += [duty.say("a-fact", label=fact.label, value=fact.value) for fact in fixed]
        for place, rota in enumerate(_rotas(known, duty.rules), start=1):
            lines.append(duty.say("duty-rota", name=_place_name(duty, known, place)))
            found = oncall.shifts(rota, duty.rules.covers, starts, ends)
            lines += [duty.say("duty-line", time=duty.time(one.starts, one.ends), who=_who(duty, one)) for one in found]
            lines += [
                duty.say("duty-line", time=duty.time(since, until), who=duty.say("on-call-nobody"))
                for since, until in oncall.gaps(rota, duty.rules.covers, starts, ends)
            ]
    return Card(
        title=duty.say("on-call-title-between", time=duty.time(starts, ends)), tone=Tone.QUIET, lines=tuple(lines)
    )


def _places(duty: Duty, team: Team, at: datetime) -> Iterator[Fact]:
    rotas = _rotas(team, duty.rules)
    for place, rota in enumerate(rotas, start=1):
        yield _place(duty, _place_name(duty, team, place), rota, at)
    if not rotas:
        people = duty.say("list-then").join(duty.name(one) for one in team.on_call)
        value = duty.say("duty-always", who=people) if people else duty.say("on-call-nobody")
        yield Fact(duty.team_name(team.id), value, Tone.QUIET if people else Tone.WARN)


def _place(duty: Duty, label: str, rota: Rota, at: datetime) -> Fact:
    covers = duty.rules.covers
    now = oncall.shifts(rota, covers, at, at + _A_MOMENT)
    until = oncall.until_when(rota, covers, at)
    who = duty.reader.listed(_who(duty, one) for one in now) or duty.say("on-call-nobody")
    if until is None:
        return Fact(label, who, Tone.QUIET if now else Tone.WARN)
    said = duty.say("duty-until", who=who, until=duty.moment(until))
    after = oncall.on_call_at(rota, covers, until)
    said = duty.say("duty-then", line=said, next=duty.names(after))
    return Fact(label, said, Tone.QUIET if now else Tone.WARN)


def _place_name(duty: Duty, team: Team, place: int) -> str:
    name = duty.team_name(team.id)
    return name if len(team.rotas) == 1 else duty.say("duty-place", team=name, place=str(place))


def _who(duty: Duty, shift: Shift) -> str:
    """The name, and for whom they stand in."""
    cover = next((one for one in duty.rules.covers if one.id == shift.cover), None)
    if cover is None:
        return duty.name(shift.person)
    if cover.instead_of is None:
        return duty.say("duty-cover", who=duty.name(shift.person))
    return duty.say("duty-cover-of", who=duty.name(shift.person), whom=duty.name(cover.instead_of))


def _rotas(team: Team, rules: Rules) -> tuple[Rota, ...]:
    return tuple(rules.rotas[one] for one in team.rotas if one in rules.rotas)


def _is_midnight(at: datetime, reader: Reader) -> bool:
    local = at.astimezone(reader.zone)
    return (local.hour, local.minute) == (0, 0)


# --- what the desk tells about covers and handovers ------------------------------------------------------------------

Facts = Mapping[str, str]


def cover_asked_card(duty: Duty, facts: Facts) -> Card:
    """Somebody asks the reader to stand in, or offers to stand in for them: yes or no."""
    by, steps_in = duty.name(PersonId(facts["by"])), facts["person"] == duty.reader.person
    key = "cover-asked-you" if steps_in else "cover-offered-you"
    title = duty.say(key if "back_starts" not in facts else "cover-swap-you", by=by)
    return Card(
        title=title,
        tone=Tone.WARN,
        lead=duty.say("cover-asked-lead", by=by),
        facts=tuple(_of_cover(duty, facts)),
        actions=(
            Action("cover_yes", facts["cover"], duty.say("do-cover_yes"), Weight.MAIN),
            Action("cover_no", facts["cover"], duty.say("do-cover_no")),
        ),
        summary=title,
    )


def cover_settled_card(duty: Duty, facts: Facts) -> Card:
    """What became of it, for everybody it concerns."""
    state = facts["state"]
    title = duty.say(
        f"cover-is-{state}",
        by=duty.name(PersonId(facts["by"])),
        person=duty.name(PersonId(facts["person"])),
    )
    may_undo = state == "agreed" and facts["instead_of"] == duty.reader.person and "back_starts" not in facts
    actions = (Action("cover_undo", facts["cover"], duty.say("do-cover_undo")),) if may_undo else ()
    return Card(
        title=title,
        tone=Tone.GOOD if state == "agreed" else Tone.WARN,
        lead=duty.say("cover-stays") if state == "declined" else "",
        facts=tuple(_of_cover(duty, facts)),
        actions=actions,
        summary=title,
    )


def cover_agreed_card(duty: Duty, facts: Facts) -> Card:
    """The team's channel: who is on call instead of whom now, or no more."""
    key = "cover-holds" if facts["state"] == "agreed" else "cover-holds-no-more"
    whom = duty.names([PersonId(one) for one in facts["instead_of"].split(",") if one])
    title = duty.say(key, person=duty.name(PersonId(facts["person"])), whom=whom)
    return Card(title=title, tone=Tone.QUIET, facts=tuple(_of_cover(duty, facts)), summary=title)


def handover_card(duty: Duty, facts: Facts, late: str) -> Card:
    """The shift changes: who goes, who comes, until when, and what is still open."""
    gone, come = ([PersonId(one) for one in facts[name].split(",") if one] for name in ("from", "to"))
    comes = duty.reader.person in come
    until = datetime.fromisoformat(facts["until"]) if facts["until"] else None
    place = duty.say(
        "duty-rota-of", team=duty.team_name(TeamId(facts["team"])), rota=duty.rota_name(RotaId(facts["rota"]))
    )
    title = duty.say("handover-you-come" if comes else "handover-you-go", place=place)
    found = [
        Fact(duty.say("label-from"), duty.names(gone)) if gone and comes else None,
        Fact(duty.say("label-to"), duty.names(come)) if not comes else None,
        Fact(duty.say("label-until"), duty.moment(until)) if until is not None else None,
    ]
    open_held = int(facts["open"])
    key = "handover-open" if comes else "handover-open-yours"
    lead = duty.say(key, count=open_held, who=duty.names(gone)) if open_held else duty.say("handover-nothing-open")
    return Card(
        title=title,
        tone=Tone.WARN if comes else Tone.QUIET,
        lead=duty.say("list-sentence").join(part for part in (lead, late) if part),
        facts=tuple(one for one in found if one is not None),
        actions=(
            Action("on_call", "", duty.say("do-on_call")),
            Action("queue", facts["team"], duty.say("do-queue")),
        ),
        summary=title,
    )


def _of_cover(duty: Duty, facts: Facts) -> Iterator[Fact]:
    starts, ends = (datetime.fromisoformat(facts[one]) for one in ("starts", "ends"))
    whom = [PersonId(one) for one in facts["instead_of"].split(",") if one]
    yield Fact(duty.say("label-rota"), duty.rota_name(RotaId(facts["rota"])))
    yield from times(duty, PersonId(facts["person"]), whom, starts, ends, "label-when")
    if "back_starts" in facts and whom:
        starts, ends = (datetime.fromisoformat(facts[one]) for one in ("back_starts", "back_ends"))
        yield from times(duty, whom[0], [PersonId(facts["person"])], starts, ends, "label-in-return")


def times(
    duty: Duty, person: PersonId, whom: Sequence[PersonId], starts: datetime, ends: datetime, label: str
) -> Iterator[Fact]:
    """Who stands in for whom and when, by the reader's clock, and by that of the others where it is another."""
    who = duty.say("duty-cover-of", who=duty.name(person), whom=duty.names(whom)) if whom else duty.name(person)
    yield Fact(duty.say(label), duty.say("duty-line", time=duty.time(starts, ends), who=who))
    for other in dict.fromkeys((person, *whom)):
        there = duty.time_for(other, starts, ends)
        if other != duty.reader.person and there:
            yield Fact(duty.say("label-clock-of", name=duty.name(other)), there)
