"""Every question that is asked often is answered by an index, however much lies in the file."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sqlalchemy import Executable, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import covers, history, inbox, outbox, people, reads, showings, tally, transcript, unit_of_work
from storage.dialect import Many
from storage.engine import SqlStore

GIVEN: dict[str, Any] = {"busy": ["a", "b"], "ids": [1, 2], "dead": [1, 2], "persons": ["a"], "places": ["a", "b"]}

ASKED: dict[str, Any] = {
    "load": unit_of_work._LOAD,
    "last number": unit_of_work._LAST_NUMBER,
    "replace": unit_of_work._REPLACE,
    "lapse": outbox._LAPSE,
    "claim letters": outbox._CLAIM,
    "sent": outbox._SENT,
    "postponed": outbox._POSTPONED,
    "replay": outbox._REPLAY,
    "want": showings._WANT,
    "claim edits": showings._CLAIM,
    "drawn": showings._SENT,
    "pending": inbox._PENDING,
    "handled": inbox._HANDLED,
    "quarantine": inbox._ASIDE,
    "known people": people._KNOWN,
    "ticket": reads._TICKET,
    "letter": reads._LETTER,
    "ticket of message": reads._OF_MESSAGE,
    "history": reads._HISTORY,
    "due": reads._DUE,
    "next wake": reads._NEXT_WAKE,
    "next letter": reads._NEXT_LETTER,
    "waiting arrivals": reads._WAITING_ARRIVALS,
    "waiting letters": reads._WAITING_LETTERS,
    "dead letters": reads._DEAD,
    "last digest": reads._LAST_DIGEST,
    "covers ahead": covers.ENDING_AFTER,
    "cover": covers.ONE,
    "open held": reads._OPEN_HELD,
    "open of team": tally.OPEN,
    "happened": tally.HAPPENED,
    "touched": tally.TOUCHED,
    "down": tally.DOWN,
    "died": tally.DIED,
    "walk": history._AFTER,
    "message": transcript._GET,
    "messages since": transcript._SINCE,
    "messages before": transcript._BEFORE,
    "append": transcript._APPEND,
    "edit": transcript._REPLACE,
    **{
        f"list {filters}": reads.listing(*filters)
        for filters in product((False, True), (False, True), (False, True), (False, True))
    },
}


@pytest.mark.parametrize("name", ASKED)
def test_postgresql_understands_it_too(name: str) -> None:
    statement = getattr(ASKED[name], "_statement", ASKED[name])

    text = str(statement.compile(dialect=POSTGRESQL))

    assert ("SKIP LOCKED" in text) is name.startswith("claim")


POSTGRESQL = make_url("postgresql+asyncpg://").get_dialect()()

BIG = ("tickets", "history", "outbox", "showings", "inbox", "transcript", "outages", "digests", "people")

WALKS_BY_KEY = {f"list {(False, False, False, False)}": "tickets", "messages before": "transcript"}
"""The newest of all are found by walking the key from its end until there are enough; SQLite calls that a scan."""


async def plan(connection: AsyncConnection, asked: Executable | Many) -> list[str]:
    """How SQLite would go about it, step by step."""
    statement: Any = asked._statement if isinstance(asked, Many) else asked
    compiled = statement.compile(dialect=sqlite.dialect())
    given = {name: GIVEN.get(bound.key) for bound, name in compiled.bind_names.items()}
    run = compiled.construct_expanded_state(given)
    rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {run.statement}", run.positional_parameters)
    return [row.detail for row in rows]


def scans(steps: list[str]) -> list[str]:
    """The steps that go through a whole table; going through an index of the few that matter is no scan."""
    return [step for step in steps for table in BIG if step == f"SCAN {table}"]


@pytest.mark.parametrize("name", ASKED)
async def test_no_question_goes_through_a_whole_table(store: SqlStore, name: str) -> None:
    async with store.transaction() as unit:
        steps = await plan(unit.connection, ASKED[name])

    allowed = [f"SCAN {WALKS_BY_KEY[name]}"] if name in WALKS_BY_KEY else []
    assert steps
    assert scans(steps) in ([], allowed)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("due", "tickets_wake"),
        ("next wake", "tickets_wake"),
        ("claim letters", "outbox_queue"),
        ("claim edits", "showings_stale"),
        ("pending", "inbox_new"),
        ("waiting letters", "showings_stale"),
        ("open of team", "tickets_open_of_team"),
        (f"list {(False, False, False, True)}", "tickets_open"),
        (f"list {(False, True, False, True)}", "tickets_open_of_team"),
        (f"list {(False, False, True, True)}", "tickets_open_of_holder"),
        (f"list {(True, False, False, False)}", "tickets_of_requester"),
        ("open held", "tickets_open_of_holder"),
        ("covers ahead", "covers_ends"),
        ("happened", "history_at"),
        ("touched", "history_at"),
        ("touched", "(team=? AND id=?"),
    ],
)
async def test_the_index_made_for_a_question_answers_it(store: SqlStore, name: str, index: str) -> None:
    async with store.transaction() as unit:
        steps = await plan(unit.connection, ASKED[name])

    assert any(index in step for step in steps), steps


@pytest.mark.parametrize(
    "name", ["due", "next wake", "history", f"list {(False, False, False, True)}", f"list {(False, True, False, True)}"]
)
async def test_what_is_asked_for_in_order_is_not_sorted(store: SqlStore, name: str) -> None:
    async with store.transaction() as unit:
        steps = await plan(unit.connection, ASKED[name])

    assert not any("TEMP B-TREE" in step for step in steps), steps
