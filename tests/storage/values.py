"""Values to store: a few by hand for the stories, and any at all for the properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from bot.domain.events import AnyEvent, Commented, Raised
from bot.domain.ids import Level, PersonId, Priority, ServiceId, Status, TeamId, TicketId
from bot.domain.sla import Mark, MarkKind
from bot.domain.ticket import Ticket
from bot.services.ports import Arrival, Change, Dues, Letter

T = TypeVar("T")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MEI, BO = PersonId("mei"), PersonId("bo")
IT, HR = TeamId("it"), TeamId("hr")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_ticket(number: int = 1, **changed: Any) -> Ticket:
    plain = Ticket(
        id=TicketId(number),
        kind="incident",
        status=Status.NEW,
        version=1,
        requester=MEI,
        words="打印机坏了",
        language="zh",
        service=ServiceId("print"),
        team=IT,
        impact=Level.MEDIUM,
        urgency=Level.HIGH,
        priority=Priority.P2,
        created_at=NOW,
        origin="local:dm:mei",
        rules_version="rules-1",
        marks=(Mark(NOW, MarkKind.CREATE, "standard/incident/P2"),),
        entries=1,
    )
    return replace(plain, **changed)


def raised(ticket: Ticket, at: datetime = NOW) -> Raised:
    return Raised(
        at=at,
        by=ticket.requester,
        words=ticket.words,
        kind=ticket.kind,
        service=ticket.service,
        team=ticket.team,
        impact=ticket.impact,
        urgency=ticket.urgency,
        priority=ticket.priority,
        requester=ticket.requester,
        rules_version=ticket.rules_version,
    )


def new(ticket: Ticket, *, wake_at: datetime | None = None, dues: Dues | None = None) -> Change:
    """The ticket has just been raised."""
    return Change(ticket, True, (raised(ticket),), wake_at, dues or Dues())


def said(words: str = "still broken", at: datetime = NOW) -> Commented:
    return Commented(at=at, by=MEI, words=words, public=True, side="requester")


def changed(
    ticket: Ticket,
    *events: AnyEvent,
    wake_at: datetime | None = None,
    dues: Dues | None = None,
    **parts: Any,
) -> Change:
    """The same ticket one version on, with these events."""
    happened = events or (said(),)
    after = replace(ticket, version=ticket.version + 1, entries=ticket.entries + len(happened), **parts)
    return Change(after, False, happened, wake_at, dues or Dues())


def a_letter(key: str, to: str = "local:dm:mei", **parts: Any) -> Letter:
    plain = Letter(key=key, to=to, reader="person:mei", about="receipt", urgency=2, ticket=TicketId(1))
    return replace(plain, **parts)


def an_arrival(key: str, lane: str = "dm:mei") -> Arrival:
    return Arrival(key, "local", lane, '{"text": "help"}', NOW)


# --- any value of a type ---------------------------------------------------------------------------------------------

_MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware at once
    lambda wall: wall.replace(microsecond=wall.microsecond // 1000 * 1000, tzinfo=UTC)
)


def any_of(kind: type[T], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Any value of this dataclass; moments are whole milliseconds, as the desk's clock gives them."""
    hints = get_type_hints(kind)
    parts = {one.name: _any(hints[one.name]) for one in fields(kind)}  # type: ignore[arg-type]  # T is a dataclass
    return st.builds(kind, **parts | fixed)


def any_event() -> st.SearchStrategy[AnyEvent]:
    return st.one_of([any_of(kind) for kind in get_args(AnyEvent)])


def _any(hint: Any) -> st.SearchStrategy[Any]:
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType):
        return st.one_of(st.none(), *(_any(one) for one in inside if one is not NoneType))
    if kind is tuple:
        return st.lists(_any(inside[0]), max_size=3).map(tuple)
    if kind is frozenset:
        return st.frozensets(_any(inside[0]), max_size=3)
    if kind is Mapping:
        return st.dictionaries(_any(inside[0]), _any(inside[1]), max_size=3)
    if hint is datetime:
        return _MOMENTS
    if hint is timedelta:
        return st.integers(-(10**12), 10**12).map(lambda ms: timedelta(milliseconds=ms))
    if hint is int:
        return st.integers(-(2**31), 2**31 - 1)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if hint in (str, bool, date):
        return st.from_type(hint)
    return any_of(hint)
