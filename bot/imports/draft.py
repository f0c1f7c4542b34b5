"""The part of a policy that an import can know: people, teams, rotas and whom to call, before it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.turns import Layer


@dataclass(frozen=True, slots=True)
class DraftPerson:
    """An entry of people.yaml. `ways` are addresses and how long after the call, by weight ("important", "default")."""

    id: str
    name: str
    language: str
    zone: str
    email: str = ""
    identities: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ways: Mapping[str, tuple[tuple[str, timedelta], ...]] = field(default_factory=dict)
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """A shift that stands for itself: an override, or one that no layer can say. `rule` repeats it (RFC 5545); the
    moments carry the zone on whose clock it repeats."""

    person: str
    starts: datetime
    ends: datetime
    rule: str = ""


@dataclass(frozen=True, slots=True)
class DraftRota:
    """An entry of rotas.yaml. `events` become an iCalendar file beside it; `feed` is an address of one elsewhere."""

    id: str
    name: str
    layers: tuple[Layer, ...] = ()
    events: tuple[DraftEvent, ...] = ()
    feed: str = ""


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A level: so long after the one before, these are called, in the words of escalation.yaml."""

    after: timedelta
    call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """An entry of escalation.yaml."""

    id: str
    name: str
    steps: tuple[DraftStep, ...]
    repeat: timedelta


@dataclass(frozen=True, slots=True)
class DraftTeam:
    """An entry of teams.yaml."""

    id: str
    name: str
    language: str
    zone: str
    members: tuple[str, ...]
    lead: str
    rotas: tuple[str, ...] = ()
    policy: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that was carried from one system."""

    system: str
    people: tuple[DraftPerson, ...]
    teams: tuple[DraftTeam, ...]
    rotas: tuple[DraftRota, ...]
    policies: tuple[DraftPolicy, ...]
