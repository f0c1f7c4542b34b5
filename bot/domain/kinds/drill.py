"""Drill: a test page that whoever is on call has to acknowledge in time. It passes or it fails, and that is its end."""

from __future__ import annotations

from types import MappingProxyType

from bot.domain.ids import Status
from bot.domain.kinds.kind import Kind, Move

_OPEN = frozenset({Status.NEW})

DRILL = Kind(
    code="drill",
    prefix="DRL",
    done=Status.CLOSED,
    pausing=frozenset(),
    moves=MappingProxyType({"acknowledge": Move(_OPEN, Status.CLOSED), "cancel": Move(_OPEN, Status.CANCELLED)}),
    only=frozenset({"acknowledge", "cancel", "say", "note", "tick", "review", "unreached"}),
)
