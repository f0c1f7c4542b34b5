"""Who may do what: one table, one function, default deny."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain import standby
from bot.domain.ids import DESK, PersonId
from bot.domain.rules import Role, Rules, Team
from bot.domain.ticket import Ticket


class Stand(StrEnum):
    """How somebody stands to one ticket. One person may stand in several ways."""

    REQUESTER = "requester"
    COLLEAGUE = "colleague"
    MEMBER = "member"
    ON_CALL = "on_call"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"
    DESK = "desk"


_THEIRS = frozenset({Stand.REQUESTER})
_CREW = frozenset({Stand.MEMBER, Stand.ON_CALL, Stand.LEAD, Stand.ADMIN})
_OVERSEERS = _CREW | {Stand.MANAGER}
_EVERYONE = frozenset(Stand)

RIGHTS: Mapping[str, frozenset[Stand]] = MappingProxyType(
    {
        "raise": _EVERYONE - {Stand.DESK},
        "raise_drill": frozenset({Stand.ADMIN, Stand.DESK}),
        "see": _OVERSEERS | _THEIRS | {Stand.DESK},
        "confirm": _THEIRS,
        "reclassify": _OVERSEERS | _THEIRS,
        "overrule": _OVERSEERS,
        "acknowledge": _OVERSEERS,
        "pass_on": _OVERSEERS,
        "keep_on": _OVERSEERS,
        "add_responder": _OVERSEERS,
        "call_up": _OVERSEERS | _THEIRS,
        "hand_over": _OVERSEERS,
        "unreached": frozenset({Stand.DESK}),
        "assign": _OVERSEERS,
        "start": _CREW,
        "wait_requester": _CREW,
        "wait_supplier": _CREW,
        "wait_approval": _CREW,
        "schedule": _CREW,
        "resolve": _CREW,
        "close": _THEIRS | {Stand.DESK, Stand.LEAD, Stand.ADMIN},
        "reopen": _OVERSEERS | _THEIRS,
        "cancel": _CREW | _THEIRS,
        "say": _OVERSEERS | _THEIRS,
        "note": _OVERSEERS,
        "nudge": _THEIRS,
        "rate": _THEIRS,
        "tick": frozenset({Stand.DESK}),
        "review": frozenset({Stand.DESK}),
    }
)
"""Verb to the ways of standing that carry the right. What is not listed nobody may."""


def stands(person: PersonId, ticket: Ticket, rules: Rules, at: datetime) -> frozenset[Stand]:
    """All the ways in which this person stands to this ticket at that moment. To a private ticket whoever is outside
    its circle stands in none, whatever they are elsewhere."""
    if person == DESK:
        return frozenset({Stand.DESK})
    found = {Stand.COLLEAGUE}
    if person == ticket.requester:
        found.add(Stand.REQUESTER)
    if not may_know(person, ticket, rules):
        return frozenset(found)
    team = rules.team(ticket.team)
    if person in team.members or ticket.private:
        found.add(Stand.MEMBER)
    if person in ticket.called or person in ticket.responders or person in standby.crew(team, rules, at):
        found.add(Stand.ON_CALL)
    if person == team.lead:
        found.add(Stand.LEAD)
    return frozenset(found | _by_role(person, team, rules))


def may_know(person: PersonId, ticket: Ticket, rules: Rules) -> bool:
    """Whether the desk's side of this ticket may be this person's: of a private one only its group's, or where it has
    none its team's members' and lead's. A group that is gone from the rules has nobody in it."""
    if not ticket.private:
        return True
    group = rules.service(ticket.service).group
    if group is None:
        team = rules.team(ticket.team)
        return person in team.members or person == team.lead
    known = rules.groups.get(group)
    return known is not None and person in known.members


def may(person: PersonId, verb: str, ticket: Ticket, rules: Rules, at: datetime) -> bool:
    """Whether this person may do this with this ticket, by the table and nothing else."""
    return not RIGHTS.get(verb, frozenset()).isdisjoint(stands(person, ticket, rules, at))


def may_see(person: PersonId, ticket: Ticket, rules: Rules, at: datetime) -> bool:
    """Whether the ticket exists for this person."""
    return may(person, "see", ticket, rules, at)


def may_drill(person: PersonId, rules: Rules) -> bool:
    """Whether this person may raise a test page."""
    known = rules.people.get(person)
    ways = (
        {Stand.DESK} if person == DESK else {Stand.ADMIN} if known is not None and Role.ADMIN in known.roles else set()
    )
    return not RIGHTS["raise_drill"].isdisjoint(ways)


def is_crew(person: PersonId, ticket: Ticket, rules: Rules, at: datetime) -> bool:
    """Whether the person speaks for the desk on this ticket and not for the requester's side."""
    return person != ticket.requester and not _OVERSEERS.isdisjoint(stands(person, ticket, rules, at))


def _by_role(person: PersonId, team: Team, rules: Rules) -> frozenset[Stand]:
    known = rules.people.get(person)
    roles = frozenset[Role]() if known is None else known.roles
    manager = frozenset({Stand.MANAGER}) if person == team.manager or Role.MANAGER in roles else frozenset()
    return manager | (frozenset({Stand.ADMIN}) if Role.ADMIN in roles else frozenset())
