"""Values of the desk as rows, and back: what is written comes back equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson
from sqlalchemy import Row

from bot.domain.events import AnyEvent
from bot.domain.ids import PersonId, Priority, Status, TicketId
from bot.domain.ticket import Ticket
from bot.services.ports import Arrival, Change, Dues, Entry, Filed, Letter, Profile

T = TypeVar("T")

Raw = dict[str, Any]
"""A JSON object, or the columns of a row."""

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns."""

Decode = Callable[[Any], Any]
Encode = Callable[[Any], Any]

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970; what is finer is cut off."""
    since = moment - _BEGINNING
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def to_ms_after(moment: datetime) -> int:
    """The first whole millisecond that is not before `moment`: somebody woken then is not too early."""
    return -((_BEGINNING - moment) // MS)


def from_ms(ms: int) -> datetime:
    return _BEGINNING + timedelta(milliseconds=ms)


def maybe_ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def maybe_moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def to_json(value: object) -> str:
    """Canonical: keys in order, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def to_json_as_is(value: object) -> str:
    """With the keys in the order they have."""
    return orjson.dumps(value).decode()


def from_json(written: str) -> Any:
    return orjson.loads(written)


class Record(Generic[T]):
    """How a dataclass is written as a JSON object, without the fields that stand `apart` in columns.

    Worked out once from the annotations, so that a new field is kept without anybody thinking of it. A field that is
    missing in an old row takes its default; one that is no longer known is passed over."""

    def __init__(self, kind: type[T], apart: frozenset[str] = frozenset()) -> None:
        hints = get_type_hints(kind)
        self.kind = kind
        self._names = [field.name for field in fields(kind) if field.name not in apart]  # type: ignore[arg-type]  # T is a dataclass, which typing cannot say
        self._known = frozenset(self._names)
        forms = {name: _form(hints[name]) for name in self._names}
        self._encoders = [(name, form.encode) for name, form in forms.items() if form.encode is not None]
        self._decoders = [(name, form.decode) for name, form in forms.items() if form.decode is not None]
        self._get: Callable[[T], tuple[Any, ...]] = _getter(self._names)

    def dump(self, value: T) -> Raw:
        raw = dict(zip(self._names, self._get(value), strict=True))
        for name, encode in self._encoders:
            raw[name] = encode(raw[name])
        return raw

    def fields(self, raw: Raw) -> Raw:
        """The values by field, ready for the constructor. `raw` is used up."""
        found = raw if raw.keys() == self._known else {name: raw[name] for name in self._names if name in raw}
        for name, decode in self._decoders:
            if name in found:
                found[name] = decode(found[name])
        return found

    def load(self, raw: Raw) -> T:
        return self.kind(**self.fields(raw))


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a value of one type is written and read; None where JSON does it by itself."""

    encode: Encode | None = None
    decode: Decode | None = None


_PLAIN = _Form()


def _form(hint: Any) -> _Form:
    """The form for an annotation. Raises TypeError for one nobody has thought of, so that it is seen at once."""
    if isinstance(hint, NewType):
        return _form(hint.__supertype__)
    if hint in (str, int, bool, float):
        return _PLAIN
    if hint is datetime:
        return _Form(to_ms, from_ms)
    if hint is timedelta:
        return _Form(lambda length: length // MS, lambda ms: timedelta(milliseconds=ms))
    if hint is date:
        return _Form(date.isoformat, date.fromisoformat)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Form(decode={member.value: member for member in hint}.__getitem__)
    if is_dataclass(hint) and isinstance(hint, type):
        record = Record(hint)
        return _Form(record.dump, record.load)
    return _form_of_many(hint)


def _form_of_many(hint: Any) -> _Form:
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType) and len(inside) == 2 and NoneType in inside:
        return _or_none(_form(next(one for one in inside if one is not NoneType)))
    if kind is tuple and len(inside) == 2 and inside[1] is Ellipsis:
        return _of_items(_form(inside[0]), list, tuple)
    if kind is frozenset:
        return _of_items(_form(inside[0]), sorted, frozenset)
    if kind in (dict, Mapping) and inside == (str, str):
        return _Form(encode=dict)
    raise TypeError(f"no way to keep {hint!r} has been thought of")


def _or_none(form: _Form) -> _Form:
    encode, decode = form.encode, form.decode
    return _Form(
        None if encode is None else lambda value: None if value is None else encode(value),
        None if decode is None else lambda raw: None if raw is None else decode(raw),
    )


def _of_items(form: _Form, written_as: Callable[[Any], list[Any]], read_as: Callable[[Any], Any]) -> _Form:
    encode, decode = form.encode, form.decode
    return _Form(
        written_as if encode is None else lambda values: written_as([encode(value) for value in values]),
        read_as if decode is None else lambda raws: read_as([decode(raw) for raw in raws]),
    )


# --- tickets ---------------------------------------------------------------------------------------------------------

_TICKET = Record(
    Ticket,
    apart=frozenset(
        {
            "id",
            "kind",
            "status",
            "requester",
            "team",
            "holder",
            "service",
            "priority",
            "version",
            "created_at",
            "rules_version",
        }
    ),
)
_PRIORITIES = {priority.value: priority for priority in Priority}
_STATUSES = {status.value: status for status in Status}

RESPONSE, UPDATE, RESOLUTION = 1, 2, 4
"""The bits of `promised`."""


def ticket_row(change: Change) -> Raw:
    ticket, dues = change.ticket, change.dues
    return {
        "id": ticket.id,
        "kind": ticket.kind,
        "status": ticket.status.value,
        "is_open": 1 if ticket.is_open else 0,
        "requester": ticket.requester,
        "team": ticket.team,
        "holder": ticket.holder,
        "service": ticket.service,
        "priority": ticket.priority.value,
        "version": ticket.version,
        "created_at": to_ms(ticket.created_at),
        "wake_at": None if change.wake_at is None else to_ms_after(change.wake_at),
        "due_response": maybe_ms(dues.response),
        "due_update": maybe_ms(dues.update),
        "due_resolution": maybe_ms(dues.resolution),
        "promised": _promised(dues),
        "body": to_json(_TICKET.dump(ticket)),
        "rules_version": ticket.rules_version,
    }


def ticket_of(row: AnyRow) -> Ticket:
    return Ticket(
        id=TicketId(row.id),
        kind=row.kind,
        status=_STATUSES[row.status],
        version=row.version,
        requester=row.requester,
        service=row.service,
        team=row.team,
        priority=_PRIORITIES[row.priority],
        created_at=from_ms(row.created_at),
        holder=row.holder,
        rules_version=row.rules_version,
        **_TICKET.fields(from_json(row.body)),
    )


def filed_of(row: AnyRow) -> Filed:
    dues = Dues(maybe_moment(row.due_response), maybe_moment(row.due_update), maybe_moment(row.due_resolution))
    return Filed(ticket_of(row), maybe_moment(row.wake_at), dues)


def touched_of(row: AnyRow) -> tuple[Ticket, int]:
    """The ticket, and which of its clocks ever ran."""
    return ticket_of(row), row.promised


def _promised(dues: Dues) -> int:
    return (
        (RESPONSE if dues.response is not None else 0)
        | (UPDATE if dues.update is not None else 0)
        | (RESOLUTION if dues.resolution is not None else 0)
    )


# --- history ---------------------------------------------------------------------------------------------------------

_EVENTS: dict[str, Record[Any]] = {
    kind.name: Record(kind, apart=frozenset({"at", "by"})) for kind in get_args(AnyEvent)
}


def event_facts(event: AnyEvent) -> str:
    """What the event says beside its name, its moment and who did it; canonical JSON."""
    return to_json(_EVENTS[event.name].dump(event))


def event_of(entry: Entry) -> AnyEvent:
    """The event behind a line of the history. Raises KeyError for a name this version does not know."""
    event: AnyEvent = _EVENTS[entry.name].kind(at=entry.at, by=entry.by, **entry.facts)
    return event


def entry_of(row: AnyRow) -> Entry:
    """Facts with the types of their event; raw JSON values when the event is unknown to this version."""
    raw = from_json(row.facts)
    record = _EVENTS.get(row.name)
    return Entry(
        ticket=TicketId(row.ticket),
        entry=row.entry,
        at=from_ms(row.at),
        by=PersonId(row.by),
        name=row.name,
        facts=raw if record is None else record.fields(raw),
        seal=row.seal,
    )


# --- letters, arrivals, people ---------------------------------------------------------------------------------------

_LETTER = Record(Letter, apart=frozenset({"key", "to", "about", "urgency", "ticket"}))


def letter_columns(letter: Letter) -> Raw:
    """The columns that the outbox and the showings have in common."""
    return {
        "key": letter.key,
        "address": letter.to,
        "urgency": int(letter.urgency),
        "about": str(letter.about),
        "ticket": letter.ticket,
        "body": to_json(_LETTER.dump(letter)),
    }


def letter_of(row: AnyRow) -> Letter:
    return Letter(
        key=row.key,
        to=row.address,
        about=row.about,
        urgency=row.urgency,
        ticket=None if row.ticket is None else TicketId(row.ticket),
        **_LETTER.fields(from_json(row.body)),
    )


def arrival_row(arrival: Arrival, state: str) -> Raw:
    return {
        "key": arrival.key,
        "platform": arrival.platform,
        "lane": arrival.lane,
        "at": to_ms(arrival.at),
        "state": state,
        "attempts": 0,
        "body": arrival.body,
    }


def arrival_of(row: AnyRow) -> Arrival:
    return Arrival(row.key, row.platform, row.lane, row.body, from_ms(row.at))


def profile_row(profile: Profile) -> Raw:
    return {
        "person": profile.person,
        "name": profile.name,
        "language": profile.language,
        "zone": profile.zone,
        "identities": to_json(profile.identities),
        "addresses": to_json(profile.addresses),
    }


def profile_of(row: AnyRow) -> Profile:
    return Profile(
        person=PersonId(row.person),
        name=row.name,
        language=row.language,
        zone=row.zone,
        identities=tuple(from_json(row.identities)),
        addresses=tuple(from_json(row.addresses)),
    )
