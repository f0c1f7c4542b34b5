"""Who may do what: one table, one function, default deny."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.ids import DESK, PersonId
from bot.domain.rules import Role, Rules
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
        "see": _OVERSEERS | _THEIRS,
        "confirm": _THEIRS,
        "reclassify": _OVERSEERS | _THEIRS,
        "overrule": _OVERSEERS,
        "acknowledge": _OVERSEERS,
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


def stands(person: PersonId, ticket: Ticket, rules: Rules) -> frozenset[Stand]:
    """All the ways in which this person stands to this ticket, looked up now."""
    if person == DESK:
        return frozenset({Stand.DESK})
    found = {Stand.COLLEAGUE}
    if person == ticket.requester:
        found.add(Stand.REQUESTER)
    team = rules.team(ticket.team)
    if person in team.members:
        found.add(Stand.MEMBER)
    if person in team.on_call or person in ticket.called:
        found.add(Stand.ON_CALL)
    if person == team.lead:
        found.add(Stand.LEAD)
    known = rules.people.get(person)
    if person == team.manager or (known is not None and Role.MANAGER in known.roles):
        found.add(Stand.MANAGER)
    if known is not None and Role.ADMIN in known.roles:
        found.add(Stand.ADMIN)
    return frozenset(found)


def may(person: PersonId, verb: str, ticket: Ticket, rules: Rules) -> bool:
    """Whether this person may do this with this ticket, by the table and nothing else."""
    return not RIGHTS.get(verb, frozenset()).isdisjoint(stands(person, ticket, rules))


def may_see(person: PersonId, ticket: Ticket, rules: Rules) -> bool:
    """Whether the ticket exists for this person."""
    return may(person, "see", ticket, rules)


def is_crew(person: PersonId, ticket: Ticket, rules: Rules) -> bool:
    """Whether the person speaks for the desk on this ticket and not for the requester's side."""
    return person != ticket.requester and not _OVERSEERS.isdisjoint(stands(person, ticket, rules))
