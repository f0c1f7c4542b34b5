"""What things are called by."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

TicketId = NewType("TicketId", int)
"""The number of a ticket. It stays when the kind changes; INC-42 may become REQ-42."""

PersonId = NewType("PersonId", str)
TeamId = NewType("TeamId", str)
ServiceId = NewType("ServiceId", str)
PolicyId = NewType("PolicyId", str)
AgreementId = NewType("AgreementId", str)
CalendarId = NewType("CalendarId", str)
RotaId = NewType("RotaId", str)
GroupId = NewType("GroupId", str)
CoverId = NewType("CoverId", int)

DESK = PersonId("desk")
"""The desk itself, when time and not a person is the reason."""


class Level(StrEnum):
    """How wide the harm is (impact) or how soon it hurts (urgency)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """The order in which things are done; P1 first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING_REQUESTER = "waiting_requester"
    WAITING_SUPPLIER = "waiting_supplier"
    WAITING_APPROVAL = "waiting_approval"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    FULFILLED = "fulfilled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


DONE = frozenset({Status.RESOLVED, Status.FULFILLED})
OVER = frozenset({Status.CLOSED, Status.CANCELLED})
WAITING = frozenset({Status.WAITING_REQUESTER, Status.WAITING_SUPPLIER, Status.WAITING_APPROVAL, Status.SCHEDULED})
