"""A simulation in words: what is promised, who would be called when and by which way, and what comes when all fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.domain import escalation
from bot.domain.announce import About, ToPerson
from bot.domain.events import Called, CalledUp, HandedOver
from bot.domain.ids import PersonId
from bot.domain.rules import Condition, Rules
from bot.domain.simulation import MOST_LOOKS, PassedOver, Simulation, Told
from bot.domain.sla import Promise, WorkingDays
from bot.domain.ways import ways_of, weight_of
from bot.domain.why import shut_days
from handlers.cards.view import named
from handlers.reader import Reader


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts a simulation into words; whoever raised the ticket is `requester`, who need not be in the rules."""

    played: Simulation
    rules: Rules
    at: datetime
    reader: Reader
    requester: PersonId

    def lines(self) -> Iterator[str]:
        """What was asked, what is promised, who is told, what if nobody gets it, and how it ends."""
        yield from self._head()
        yield ""
        yield self._say("play-promised")
        yield from (f"  {line}" for line in self._promises())
        yield ""
        yield self._say("play-told")
        yield from (f"  {line}" for line in self._timeline())
        yield ""
        yield from self._undelivered()
        yield from self._end()

    def what(self, told: Told) -> str:
        """What is said, and why."""
        facts = told.notice.facts
        match told.notice.about:
            case About.PAGE | About.CHANNEL_CALL if isinstance(told.event, Called):
                return self._call(told, told.event)
            case About.WARNING | About.BREACH as danger:
                key = "play-at-risk" if danger is About.WARNING else "play-overdue"
                due = self._moment(datetime.fromisoformat(facts["due"]))
                said = self._say(key, clock=self._clock(facts["clock"]).lower(), due=due)
                held = told.at > told.event.at
                return self.reader.say("list-semicolon").join([said, self._say("play-held")] if held else [said])
            case About.NOBODY:
                return self._say("play-empty", level=facts["level"])
            case About.TEAM_CARD if isinstance(told.event, HandedOver):
                return self._say("play-handed", team=self._team(told.event.to))
            case About.SUMMONED if isinstance(told.event, CalledUp):
                moment, _, clock = told.event.why.partition(":")
                return self._say("play-besides", clock=self._clock(clock).lower(), moment=moment)
            case other:
                return self._say(_SAID[other]) if other in _SAID else other.replace("_", " ")

    def who(self, told: Told) -> str:
        """Who hears it."""
        to = told.notice.to
        if not isinstance(to, ToPerson):
            return self._say("play-channel", team=self._team(to.team))
        return self._say("play-requester") if to.person == self.requester else self._name(to.person)

    def judged(self, one: Promise) -> datetime | None:
        """When the same promise fell due in the end, after pauses moved it."""
        for other in self.played.judged:
            if (other.clock, other.cycle) == (one.clock, one.cycle):
                return other.broken_at or other.due
        return None

    def _head(self) -> Iterator[str]:
        ticket = self.played.ticket
        service = self.rules.service(ticket.service)
        yield self._say(
            "play-title",
            kind=self._say(f"kind-{ticket.kind}"),
            priority=ticket.priority,
            cell=self._say("a-cell", impact=self._level(ticket.impact), urgency=self._level(ticket.urgency)),
            service=named(service.names, self.reader, service.id),
            team=self._team(service.team),
        )
        yield self._say("play-raised", at=self._moment(self.at))

    def _promises(self) -> Iterator[str]:
        if not self.played.promised:
            yield self._say("play-nothing")
        for one in self.played.promised:
            yield self.reader.say("list-semicolon").join([self._promise(one), *self._notes(one)])
            moved = self.judged(one)
            if moved is not None and moved != one.due:
                yield f"  {self._say('play-paused', due=self._moment(moved))}"

    def _promise(self, one: Promise) -> str:
        return self._say(
            "play-promise",
            clock=self._clock(one.clock),
            within=self._budget(one),
            calendar=one.target.calendar.id,
            warns=self._moment(one.warn_at),
            due=self._moment(one.due),
        )

    def _notes(self, one: Promise) -> Iterator[str]:
        if one.due is None:
            return
        calendar = one.target.calendar
        shut = [
            self._say(
                "play-holiday",
                weekday=self.reader.voice.weekday(datetime.combine(day.day, datetime.min.time())),
                day=str(day.day),
                row=day.row,
            )
            for day in shut_days(calendar, self.at, one.due)
        ]
        if shut:
            yield self._say("play-passes-over", days=self.reader.listed(shut))
        if one.provisional:
            years = range(self.at.year, one.due.year + 1)
            missing = [str(year) for year in years if year not in (calendar.years_known or ())]
            yield self._say("play-provisional", years=self.reader.listed(missing))

    def _budget(self, one: Promise) -> str:
        if isinstance(one.target.budget, WorkingDays):
            return self._say("play-days", days=one.target.budget.count)
        return self.reader.length(one.target.budget)

    def _timeline(self) -> Iterator[str]:
        """Line for line what happens, each with the minutes since it was raised."""
        told = [(when, self._told_at(list(group))) for when, group in groupby(self.played.told, _moment_and_entry)]
        passed = [((one.at, one.entry), [self._passed_over(one)]) for one in self.played.passed]
        for (at, _), lines in sorted([*passed, *told], key=lambda one: one[0]):
            for line in lines:
                yield f"{_since(at - self.at):>8}  {self._moment(at)}  {line}"
        if self.played.calls_left_out:
            yield self._say("play-more", count=self.played.calls_left_out)

    def _told_at(self, group: Sequence[Told]) -> list[str]:
        """One line for each thing that is said, with everybody who hears it."""
        by_what: dict[str, list[str]] = {}
        for one in group:
            by_what.setdefault(self.what(one), []).append(self._reached(one))
        return [self._say("play-line", who=self.reader.listed(people), what=what) for what, people in by_what.items()]

    def _reached(self, told: Told) -> str:
        who = self.who(told)
        return self._say("play-by", who=who, address=told.address) if told.address else who

    def _call(self, told: Told, event: Called) -> str:
        if told.place:
            return self._say("play-next-way", level=str(event.level))
        key = "play-last-resort" if event.last_resort else "play-call"
        return self._say(key, level=str(event.level), round=str(event.round))

    def _passed_over(self, passed: PassedOver) -> str:
        return self._say("play-passed", level=str(passed.level), only=self._only(passed.only))

    def _only(self, only: Condition) -> str:
        parts = []
        if only.priorities:
            parts.append(self._say("play-only-for", what=self.reader.listed(sorted(only.priorities))))
        if only.services:
            services = (named(self.rules.service(one).names, self.reader, one) for one in sorted(only.services))
            parts.append(self._say("play-only-for", what=self.reader.listed(services)))
        if only.hours is not None:
            key = "play-only-outside" if only.outside else "play-only-inside"
            parts.append(self._say(key, calendar=only.hours))
        return self.reader.listed(parts)

    def _undelivered(self) -> Iterator[str]:
        """What the desk does about calls that do not get through: the rules say so, a simulation cannot know."""
        ticket = self.played.ticket
        policy = self.rules.policy_for(ticket.team, ticket.priority)
        if policy is None:
            yield self._say("play-nobody-called")
            yield ""
            return
        after = self.rules.manner.unsent_after.get(ticket.priority)
        yield self._say("play-undelivered")
        if after is not None:
            yield f"  {self._say('play-unsent', after=self.reader.length(after))}"
        yield f"  {self._say('play-unreached')}"
        reach, _ = escalation.resort_of(policy, ticket, self.rules, self.at)
        people = [self._with_ways(one) for one in reach.people]
        if reach.channel:
            people.append(self._say("play-channel", team=self._team(ticket.team)))
        yield f"  {self._say('play-resort', who=self.reader.listed(people))}"
        yield ""

    def _with_ways(self, person: PersonId) -> str:
        weight = weight_of(self.played.ticket.priority)
        ways = [way.to for way in ways_of(self.rules.people[person], weight)]
        return self._say("play-by", who=self._name(person), address=self._say("list-then").join(ways))

    def _end(self) -> Iterator[str]:
        if self.played.cut_short:
            yield self._say("play-stopped", steps=str(MOST_LOOKS), at=self._moment(self.played.until))
        else:
            yield self._say("play-until", at=self._moment(self.played.until))

    def _name(self, person: PersonId) -> str:
        known = self.rules.people.get(person)
        return person if known is None else known.name

    def _team(self, team: str) -> str:
        known = next((one for one in self.rules.teams.values() if one.id == team), None)
        return team if known is None else named(known.names, self.reader, team)

    def _level(self, level: str) -> str:
        return self._say(f"level-{level}")

    def _clock(self, clock: str) -> str:
        return self._say(f"clock-{clock}")

    def _moment(self, at: datetime | None) -> str:
        return self._say("play-never") if at is None else self.reader.moment(at, self.at)

    def _say(self, key: str, /, **facts: str | int) -> str:
        return self.reader.say(key, **facts)


_SAID = {
    About.RECEIPT: "play-receipt",
    About.TEAM_CARD: "play-card",
    About.QUESTION: "play-question",
    About.REPLY_BACK: "play-answer",
    About.NOBODY_REACHED: "play-nobody",
    About.LAPSED: "play-lapsed",
    About.STILL_ON_IT: "play-still",
}


def _moment_and_entry(told: Told) -> tuple[datetime, int]:
    return told.at, told.notice.entry


def _since(length: timedelta) -> str:
    """+0:05, +49:30: hours and minutes since it was raised."""
    minutes = length // timedelta(minutes=1)
    return f"+{minutes // 60}:{minutes % 60:02}"
