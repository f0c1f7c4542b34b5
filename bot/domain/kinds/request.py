"""Service request: somebody wants something the catalogue offers (ISO/IEC 20000-1:2018, 8.6.2)."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from bot.domain.ids import Status
from bot.domain.kinds.incident import INCIDENT
from bot.domain.kinds.kind import Kind, Move

_fulfilled = replace(INCIDENT.moves["resolve"], to=Status.FULFILLED)
_after = frozenset({Status.FULFILLED})

REQUEST = Kind(
    code="request",
    prefix="REQ",
    done=Status.FULFILLED,
    pausing=INCIDENT.pausing,
    moves=MappingProxyType(
        {
            **INCIDENT.moves,
            "resolve": _fulfilled,
            "close": Move(_after, Status.CLOSED),
            "reopen": Move(_after | {Status.CLOSED}, Status.IN_PROGRESS),
        }
    ),
)
