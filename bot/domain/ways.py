"""How a call reaches somebody: their ways, in order, and whether there are any."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.ids import PersonId, Priority
from bot.domain.rules import Person, Rules, Way, Weighty

NEXT_ADDRESS_AFTER = timedelta(minutes=2)
"""Who has named no ways is called at one address after another, so far apart."""

_IMPORTANT = frozenset({Priority.P1, Priority.P2})


def weight_of(priority: Priority) -> Weighty:
    """How much a call for such a ticket matters."""
    return Weighty.IMPORTANT if priority in _IMPORTANT else Weighty.DEFAULT


def ways_of(person: Person, weighty: Weighty) -> tuple[Way, ...]:
    """How a call of that weight reaches the person, in order; empty when it cannot."""
    named = person.ways.get(weighty)
    if named:
        return named
    return tuple(Way(to, place * NEXT_ADDRESS_AFTER) for place, to in enumerate(person.addresses))


def is_reachable(person: PersonId, priority: Priority, rules: Rules) -> bool:
    """Whether the desk knows any way to call this person for such a ticket."""
    known = rules.people.get(person)
    return known is not None and bool(ways_of(known, weight_of(priority)))
