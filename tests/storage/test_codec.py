"""What is written comes back equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import AnyEvent
from bot.domain.ids import TicketId
from bot.domain.ticket import Ticket
from bot.services.ports import Arrival, Change, Dues, Filed, Letter, Profile
from storage import codec
from storage.codec import Record
from storage.engine import SqlStore
from storage.history import Head, chain
from tests.storage.values import NOW, a_ticket, any_event, any_of, new

NASTY = [
    "",
    "x" * 40_000,
    "\x00 in the middle \x00",
    "family: \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u202egnp.exe\u202c",
    "zero\u200bwidth",
    "'; DROP TABLE tickets; --",
    '{"json": "inside"}\\',
    "<!channel> <b>bold</b> [link](x)",
    "无法登录，请尽快处理！",
]


def as_row(columns: dict[str, Any]) -> Any:
    return SimpleNamespace(**columns)


@given(any_of(Ticket), any_of(Dues), st.none() | any_of(Arrival).map(lambda arrival: arrival.at))
@settings(max_examples=150)
def test_a_ticket_comes_back_equal(ticket: Ticket, dues: Dues, wake_at: Any) -> None:
    row = codec.ticket_row(Change(ticket, True, (), wake_at, dues))

    assert codec.filed_of(as_row(row)) == Filed(ticket, wake_at, dues)


@given(any_event())
@settings(max_examples=200)
def test_an_event_comes_back_equal(event: AnyEvent) -> None:
    (row,), _ = chain(Head(), [Change(a_ticket(entries=1), False, (event,), None, Dues())])

    entry = codec.entry_of(as_row(row))

    assert codec.event_of(entry) == event
    assert (entry.ticket, entry.entry, entry.name) == (1, 1, event.name)


@pytest.mark.parametrize("kind", get_args(AnyEvent))
def test_every_kind_of_event_has_its_own_name(kind: type[AnyEvent]) -> None:
    namesakes = [other for other in get_args(AnyEvent) if other.name == kind.name]

    assert namesakes == [kind]


@given(any_of(Letter, urgency=st.integers(0, 3)))
def test_a_letter_comes_back_equal(letter: Letter) -> None:
    assert codec.letter_of(as_row(codec.letter_columns(letter))) == letter


@given(any_of(Arrival))
def test_an_arrival_comes_back_equal(arrival: Arrival) -> None:
    assert codec.arrival_of(as_row(codec.arrival_row(arrival, "new"))) == arrival


@given(any_of(Profile))
def test_a_profile_comes_back_equal(profile: Profile) -> None:
    assert codec.profile_of(as_row(codec.profile_row(profile))) == profile


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
async def test_words_survive_the_file_as_they_are(store: SqlStore, words: str) -> None:
    ticket = a_ticket(words=words, solution=words, called=(words,), said=frozenset({words}))

    async with store.transaction() as unit:
        await unit.save([new(ticket)])

    filed = await store.reads.ticket(TicketId(1))
    (entry,) = await store.reads.history(TicketId(1))
    assert filed is not None
    assert filed.ticket == ticket
    assert entry.facts["words"] == words
    assert (await store.verify_history()).broken is None


def test_a_field_that_an_old_row_lacks_takes_its_default() -> None:
    row = codec.ticket_row(new(a_ticket()))
    row["body"] = codec.to_json({**codec.from_json(row["body"]), "of_the_future": 1, "rating": 5})
    older = codec.from_json(row["body"])
    del older["private"], older["said"]

    ticket = codec.ticket_of(as_row({**row, "body": codec.to_json(older)}))

    assert ticket == a_ticket(rating=5)


def test_somebody_is_woken_at_or_after_the_moment_never_before() -> None:
    moment = NOW + timedelta(microseconds=1500)

    row = codec.ticket_row(new(a_ticket(), wake_at=moment))

    assert codec.from_ms(row["wake_at"]) == NOW + timedelta(milliseconds=2)


def test_a_type_nobody_thought_of_is_refused_at_once() -> None:
    @dataclass(frozen=True)
    class Strange:
        parts: Sequence[complex]

    with pytest.raises(TypeError, match="no way to keep"):
        Record(Strange)
