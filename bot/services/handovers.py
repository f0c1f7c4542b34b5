"""Handovers: at each change of a rota those who go and those who come are told, once, over clock steps and restarts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile

from bot.domain.announce import Urgency
from bot.domain.commands import Downtime
from bot.domain.covers import in_force, teams_of
from bot.domain.ids import PersonId, RotaId, TeamId
from bot.domain.oncall import on_call_at, until_when
from bot.domain.rules import Rules
from bot.services.desk import Desk
from bot.services.ports import Letter, Reads, Unit

ABOUT = "handover"

AGAIN = timedelta(hours=1)
"""So long before the desk was last seen a new life begins to look: it may have been seen and not have told any more.
What was told is known by its key."""

OVERLAP = timedelta(seconds=10)
"""A cover that begins at once is in force a moment after it begins: each look goes back by this much."""

LOOK_BACK = timedelta(days=1)
"""Of what was missed this much is told, and of every rota the last handover however old it is."""

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Handover:
    """From `at` on `come` are on call and `gone` no more; either may be nobody, and those who stay are in neither. The
    people on call change next at `until`, which may still move and makes no other handover of it."""

    rota: RotaId
    team: TeamId
    at: datetime
    gone: tuple[PersonId, ...]
    come: tuple[PersonId, ...]
    until: datetime | None = field(compare=False)


def handovers_of(rota: RotaId, rules: Rules, since: datetime) -> Iterator[Handover]:
    """Every handover after `since` of a team's rota, one after another, as far ahead as anything is looked for."""
    team = next(teams_of(rota, rules))
    known, covers = rules.rotas[rota], rules.covers
    at = until_when(known, covers, since)
    while at is not None:
        before, after = on_call_at(known, covers, at - _TICK), on_call_at(known, covers, at)
        until = until_when(known, covers, at)
        gone = tuple(one for one in before if one not in after)
        come = tuple(one for one in after if one not in before)
        if gone or come:  # else they only stand in another order
            yield Handover(rota, team.id, at, gone, come, until)
        at = until


@dataclass(frozen=True, slots=True)
class WriteHandovers:
    """A chore: the letters wait in the outbox; those that were written before are left out."""

    letters: Sequence[Letter]
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.post(self.letters, self.now)


class Handovers:
    """Tells each handover when it has come. What lies before `begin` is nobody's concern any more."""

    def __init__(self, desk: Desk, reads: Reads) -> None:
        self._desk = desk
        self._reads = reads
        self._since: datetime | None = None
        self._told: frozenset[Handover] = frozenset()
        self._ahead: tuple[Rules, datetime | None] | None = None

    def begin(self, now: datetime, last_seen: datetime | None) -> None:
        """From here on they are told. `last_seen`: until when an earlier life of the desk told them."""
        self._since = now - OVERLAP if last_seen is None else min(last_seen, now) - AGAIN
        self._ahead = None

    async def tell(self, now: datetime, down: Downtime | None = None) -> bool:
        """Every handover up to now is told; whether there was one. What `down` made late says so."""
        if self._since is None:
            self.begin(now, None)
        if self._ahead is not None and not self._is_due(now):
            return False
        due = await self._untold(now)
        letters = [letter for one in due for letter in await self._letters(one, now, down)]
        if letters:
            await self._desk.chore(WriteHandovers(letters, now))
        self._move_on(due, now)
        return bool(letters)

    def next_at(self, now: datetime) -> datetime | None:
        """The first handover that is not told yet; None: there is none within a year."""
        rules = self._desk.rules
        if self._ahead is None or self._ahead[0] is not rules:
            self._ahead = rules, self._first_untold(rules, self._since or now)
        return self._ahead[1]

    def _is_due(self, now: datetime) -> bool:
        moment = self.next_at(now)
        return moment is not None and moment <= now

    def _first_untold(self, rules: Rules, since: datetime) -> datetime | None:
        firsts = (
            next((one.at for one in handovers_of(rota, rules, since) if one not in self._told), None)
            for rota in _in_use(rules)
        )
        return min(filter(None, firsts), default=None)

    async def _untold(self, now: datetime) -> list[Handover]:
        """Covers that are over meanwhile count, too: somebody came back."""
        since = self._since or now
        rules = replace(self._desk.rules, covers=in_force(await self._reads.covers(since)))
        found: list[Handover] = []
        for rota in _in_use(rules):
            come = list(takewhile(lambda one: one.at <= now, handovers_of(rota, rules, since)))
            found += [one for one in come if one is come[-1] or now - one.at <= LOOK_BACK]
        return [one for one in found if one not in self._told]

    def _move_on(self, told: Sequence[Handover], now: datetime) -> None:
        since = self._since = max(self._since or now, now - OVERLAP)
        self._told = frozenset(one for one in (*self._told, *told) if one.at > since)
        self._ahead = None
        self.next_at(now)

    async def _letters(self, handover: Handover, now: datetime, down: Downtime | None) -> list[Letter]:
        held = sum([await self._reads.open_held(person) for person in handover.gone])
        facts = {
            "rota": handover.rota,
            "team": handover.team,
            "at": handover.at.isoformat(),
            "from": ",".join(handover.gone),
            "to": ",".join(handover.come),
            "until": "" if handover.until is None else handover.until.isoformat(),
            "open": str(held),
            **self._lateness(handover, now, down),
        }
        return list(self._to_each(handover, facts))

    def _lateness(self, handover: Handover, now: datetime, down: Downtime | None) -> dict[str, str]:
        if now - handover.at <= self._desk.rules.manner.late_after:
            return {}
        late = {"late_since": handover.at.isoformat()}
        if down is None or handover.at >= down.until:
            return late
        return late | {"down_since": down.since.isoformat(), "down_until": down.until.isoformat()}

    def _to_each(self, handover: Handover, facts: Mapping[str, str]) -> Iterator[Letter]:
        for person in (*handover.gone, *handover.come):
            to = self._desk.directory.address_of(person)
            if to is not None:
                yield Letter(
                    key=f"handover:{handover.rota}:{handover.at.isoformat()}:{person}",
                    to=to,
                    reader=f"person:{person}",
                    about=ABOUT,
                    urgency=Urgency.SOON,
                    facts=facts,
                )


def _in_use(rules: Rules) -> tuple[RotaId, ...]:
    """The rotas of teams, each once."""
    named = (rota for team in rules.teams.values() for rota in team.rotas)
    return tuple(rota for rota in dict.fromkeys(named) if rota in rules.rotas)
