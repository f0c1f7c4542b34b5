"""Incident: something that worked does not work (ISO/IEC 20000-1:2018, 8.6.1)."""

from __future__ import annotations

from types import MappingProxyType

from bot.domain.ids import WAITING, Status
from bot.domain.kinds.kind import Kind, Move

_AT_WORK = frozenset({Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS}) | WAITING

INCIDENT = Kind(
    code="incident",
    prefix="INC",
    done=Status.RESOLVED,
    pausing=frozenset({Status.WAITING_REQUESTER, Status.WAITING_APPROVAL, Status.SCHEDULED}),
    moves=MappingProxyType(
        {
            "acknowledge": Move(frozenset({Status.NEW}), Status.ACCEPTED),
            "start": Move(_AT_WORK - {Status.IN_PROGRESS}, Status.IN_PROGRESS),
            "wait_requester": Move(_AT_WORK - {Status.WAITING_REQUESTER}, Status.WAITING_REQUESTER, ("why",)),
            "wait_supplier": Move(_AT_WORK - {Status.WAITING_SUPPLIER}, Status.WAITING_SUPPLIER, ("why",)),
            "wait_approval": Move(_AT_WORK - {Status.WAITING_APPROVAL}, Status.WAITING_APPROVAL, ("why",)),
            "schedule": Move(_AT_WORK - {Status.SCHEDULED}, Status.SCHEDULED, ("why",)),
            "resolve": Move(_AT_WORK, Status.RESOLVED, ("solution",)),
            "close": Move(frozenset({Status.RESOLVED}), Status.CLOSED),
            "reopen": Move(frozenset({Status.RESOLVED, Status.CLOSED}), Status.IN_PROGRESS),
            "cancel": Move(_AT_WORK, Status.CANCELLED),
        }
    ),
)
