"""What all three systems have in common: people in turns, schedules that become rotas, teams that own both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from bot.domain.ids import PersonId
from bot.domain.turns import Layer
from bot.imports.draft import DraftEvent, DraftPerson, DraftPolicy, DraftRota, DraftStep, DraftTeam
from bot.imports.ledger import Item, Ledger
from bot.imports.naming import Ids
from bot.imports.turning import Ranked, Turn, strands

AGAIN = timedelta(minutes=30)
"""How often the last level calls again, where the other system stops instead."""

EARLIEST, LATEST = 1971, 2200
LONGEST = timedelta(days=366)
_SECOND = timedelta(seconds=1)

People = Mapping[str, DraftPerson]
"""By their id in the other system."""


def moment_in(item: Item, key: str, zone: str = "UTC") -> datetime | None:
    """The moment behind the key, on the clock of `zone` when it has no offset; None when there is none to read."""
    said = item.text(key)
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        item.note(f"`{key}` is `{said}`, which is no moment", "write it by hand")
        return None
    if not EARLIEST <= moment.year <= LATEST:
        item.note(f"`{key}` is `{said}`, which is out of reach", "write it by hand")
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def length_in(item: Item, key: str, unit: timedelta, default: int = 0) -> timedelta:
    """So many units as stand behind the key; nothing, and a note, for less than nothing and for more than a year."""
    count = item.number(key, default)
    if 0 <= count * (unit // _SECOND) <= LONGEST // _SECOND:
        return count * unit
    item.note(f"`{key}` is {count}, which is out of reach", "write it by hand")
    return timedelta()


def clock_in(item: Item, key: str) -> timedelta | None:
    """The time of day behind the key, as the time since midnight; None, and a note, when there is none to read."""
    said = item.text(key)
    try:
        at = time.fromisoformat(said).replace(tzinfo=None)
    except ValueError:
        item.note(f"`{key}` is `{said}`, which is no time of the day", "write it by hand")
        return None
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def person_of(item: Item, key: str, people: People) -> PersonId | None:
    """Whom that id means; None, and a note, when the export does not have them."""
    if key in people:
        return PersonId(people[key].id)
    item.note(f"user `{key or '?'}` is not among the users of the export", "add the person, or export all users")
    return None


class Rotas:
    """The rotas as they come to be; a schedule may become several, which are on call together."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self._ledger = ledger
        self._now = now
        self._ids = Ids("rota")
        self._found: dict[str, list[DraftRota]] = {}

    def add(
        self, item: Item, key: str, name: str, ranked: Sequence[Ranked], events: Sequence[DraftEvent], feed: str = ""
    ) -> None:
        """The schedule with that id is there, as many rotas as it needs."""
        coming = tuple(event for event in events if event.rule or event.ends > self._now)
        if len(coming) < len(events):
            item.note(f"{len(events) - len(coming)} exceptions are over and were left out", "nothing")
        stacks = strands(ranked, self._now)
        if not stacks and not coming and not feed:
            item.note("nothing of this schedule could be carried", "write it into rotas.yaml by hand")
            return
        if len(stacks) > 1:
            told = f"several are on call in it at once, so it became {len(stacks)} rotas that are called together"
            item.note(told, "look at their order in teams.yaml: they are places 1, 2, ... of the team")
        base = self._ids.of(name, key)
        for place, layers in enumerate(stacks or [()], start=1):
            own = base if place == 1 else self._ids.of(f"{base[:37]}-{place}")
            title = name or key or "?"
            title = title if len(stacks) < 2 else f"{title} ({place})"
            self._found.setdefault(key, []).append(DraftRota(own, title, layers, coming, feed))
            self._ledger.count("rotas")
        self._ledger.count("layers", len(ranked))
        self._ledger.count("exceptions", len(coming))

    def begun(self, item: Item, layer: Layer, start: datetime) -> Layer:
        """The layer; where it will begin earlier than it does there, that is told."""
        first = layer.handover_at(0)
        if start > self._now and first < start:
            told = f"it begins {start:%Y-%m-%d %H:%M %Z}; here with the whole turn, {first:%Y-%m-%d %H:%M %Z}"
            item.note(told, "move `begins:` if anybody else is on call in between")
        return layer

    def ids(self, key: str) -> tuple[str, ...]:
        """The rotas that this schedule became."""
        return tuple(rota.id for rota in self._found.get(key, ()))

    def calls(self, item: Item, key: str) -> tuple[str, ...]:
        """Everybody on call by that schedule, as a level calls them."""
        if key not in self._found:
            item.note(f"schedule `{key or '?'}` was not carried, so this level does not call it", "name somebody else")
        return tuple(f"rota {one}" for one in self.ids(key))

    def people(self, key: str) -> set[str]:
        """Everybody who takes turns in that schedule."""
        rotas = self._found.get(key, ())
        turns = chain.from_iterable(turn for rota in rotas for layer in rota.layers for turn in layer.turns)
        return {*map(str, turns), *(event.person for rota in rotas for event in rota.events)}

    def schedules(self) -> list[str]:
        """The ids of those that were carried."""
        return list(self._found)

    def all(self) -> tuple[DraftRota, ...]:
        """In the order of their schedules."""
        return tuple(chain.from_iterable(self._found.values()))


@dataclass
class _Team:
    key: str
    name: str
    members: dict[str, bool] = field(default_factory=dict)
    """By user, whether they lead it."""
    rotas: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)


class Teams:
    """The teams as they come to be."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._found: dict[str, _Team] = {}

    def add(self, key: str, name: str) -> None:
        """That team is there."""
        self._team(key).name = name or key or "?"

    def member(self, team: str, user: str, *, leads: bool = False) -> None:
        """That user belongs to it."""
        members = self._team(team).members
        members[user] = leads or members.get(user, False)

    def rota(self, team: str, schedule: str) -> None:
        """That schedule is the team's."""
        self._team(team).rotas.append(schedule)

    def policy(self, team: str, policy: str) -> None:
        """That policy is the team's."""
        self._team(team).policies.append(policy)

    def members(self, team: str, people: People, *, leads: bool | None = None) -> tuple[str, ...]:
        """Those who belong to it; only its leads, or only the others, when asked."""
        found = self._found.get(team, _Team(team, team)).members
        return tuple(people[user].id for user, lead in found.items() if user in people and leads in (None, lead))

    def knows(self, team: str) -> bool:
        """Whether the export has that team."""
        return team in self._found

    def only_rota(self, team: str) -> str:
        """The one schedule that the team has; empty when it has none or several."""
        rotas = dict.fromkeys(self._found[team].rotas) if team in self._found else {}
        return next(iter(rotas)) if len(rotas) == 1 else ""

    def drafted(self, people: People, rotas: Rotas, policies: Collection[DraftPolicy]) -> tuple[DraftTeam, ...]:
        """Every team with members; one of everybody when there is none."""
        ids = Ids("team")
        found = [one for team in self._found.values() for one in self._drafted(team, ids, people, rotas)]
        if not found and people:
            told = "there are no teams in the export, so everybody is in one"
            self._ledger.note("teams", told, "divide it as you like")
            everyone = _Team("everyone", "Everyone", dict.fromkeys(people, False), rotas.schedules())
            everyone.policies = [policy.id for policy in policies][:1]
            found = self._drafted(everyone, ids, people, rotas)
        self._tell_of_homeless(rotas, policies, found)
        return tuple(found)

    def _team(self, key: str) -> _Team:
        return self._found.setdefault(key, _Team(key, key or "?"))

    def _drafted(self, team: _Team, ids: Ids, people: People, rotas: Rotas) -> list[DraftTeam]:
        where = f"team `{team.name}`"
        for user in sorted(set(team.members) - set(people)):
            self._ledger.note(where, f"member `{user}` is not among the users of the export", "add the person by hand")
        mine = tuple(dict.fromkeys(one for key in team.rotas for one in rotas.ids(key)))
        on_call = {person for key in team.rotas for person in rotas.people(key)}
        known = [people[user] for user in team.members if user in people]
        known += [one for one in people.values() if one.id in on_call and one not in known]
        if not known:
            self._ledger.note(where, "it has no members, so it was not carried", "export its members, or leave it out")
            return []
        leads = [people[user].id for user, lead in team.members.items() if lead and user in people]
        if not leads:
            told = f"nobody is said to lead it; `{known[0].id}` stands in"
            self._ledger.note(where, told, "correct `lead:` in teams.yaml")
        if len(leads) > 1:
            told = f"several lead it ({', '.join(leads)}); only the first does here"
            self._ledger.note(where, told, "name one of the others as `manager:` if you like")
        if not mine:
            self._ledger.note(where, "no schedule belongs to it", "write `rotas:` or `on_call:` into teams.yaml")
        own = list(dict.fromkeys(team.policies))
        if len(own) > 1:
            told = f"it has several policies ({', '.join(own)}); `{own[0]}` was written for every priority"
            self._ledger.note(where, told, "choose one for each of P1 to P4 in teams.yaml")
        self._ledger.count("teams")
        return [
            DraftTeam(
                id=ids.of(team.name, team.key),
                name=team.name,
                language=known[0].language,
                zone=known[0].zone,
                members=tuple(one.id for one in known),
                lead=leads[0] if leads else known[0].id,
                rotas=mine,
                policy=own[0] if own else "",
            )
        ]

    def _tell_of_homeless(self, rotas: Rotas, policies: Collection[DraftPolicy], teams: Sequence[DraftTeam]) -> None:
        """Rotas and policies that belong to no team are written, but nobody is called by them alone."""
        owned = {rota for team in teams for rota in team.rotas}
        called = {word for policy in policies for step in policy.steps for word in step.call}
        for rota in rotas.all():
            if rota.id not in owned and f"rota {rota.id}" not in called:
                self._ledger.note(f"rota `{rota.id}`", "no team has it and no level calls it", "give it to a team")
        used = {team.policy for team in teams} | {one for team in self._found.values() for one in team.policies}
        for policy in policies:
            if policy.id not in used:
                self._ledger.note(f"policy `{policy.id}`", "no team uses it", "name it in teams.yaml")


class Chain:
    """A policy level by level: time passes, people are called. Calls with no time between them are one level."""

    def __init__(self) -> None:
        self._steps: list[DraftStep] = []
        self._passed = timedelta()

    def wait(self, length: timedelta) -> None:
        """So much more time passes."""
        self._passed += length

    def call(self, words: Iterable[str]) -> None:
        """These are called then."""
        fresh = tuple(dict.fromkeys(words))
        if not fresh:
            return
        if self._steps and not self._passed:
            last = self._steps.pop()
            self._steps.append(DraftStep(last.after, tuple(dict.fromkeys((*last.call, *fresh)))))
        else:
            self._steps.append(DraftStep(self._passed, fresh))
        self._passed = timedelta()

    @property
    def left(self) -> timedelta:
        """How long passes after the last level."""
        return self._passed

    @property
    def steps(self) -> tuple[DraftStep, ...]:
        """The levels."""
        return tuple(self._steps)


def turn_of(people: Iterable[PersonId | None]) -> Turn:
    """Those who are known; nobody's turn when none is."""
    return tuple(dict.fromkeys(one for one in people if one is not None))
