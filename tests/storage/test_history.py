"""Nobody changes the past unseen: the first broken link is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import TicketId
from storage.engine import SqlStore, open_store
from storage.history import FIRST_SEAL, Break, Fault, Head, Verdict, chain
from tests.storage.values import HOUR, IT, NOW, a_ticket, any_event, changed, new, said

LINES = 12
"""Two tickets, raised and then commented on in turn: odd lines are of ticket 1, even ones of ticket 2."""


async def fill(database: Path) -> Verdict:
    store = await open_store(database, now=NOW)
    tickets = {number: a_ticket(number) for number in (1, 2)}
    async with store.transaction() as unit:
        await unit.save([new(ticket) for ticket in tickets.values()])
    for line in range(3, LINES + 1):
        number = 2 - line % 2
        change = changed(tickets[number], said(f"line {line}"))
        tickets[number] = change.ticket
        async with store.transaction() as unit:
            await unit.save([change])
    verdict = await store.verify_history()
    await store.close()
    return verdict


async def verdict_on(database: Path) -> Verdict:
    store = await open_store(database, now=NOW)
    verdict = await store.verify_history()
    await store.close()
    return verdict


def tamper(database: Path, *statements: str) -> None:
    """As somebody with the file and a shell would."""
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("DROP TRIGGER history_no_update")
        raw.execute("DROP TRIGGER history_no_delete")
        for statement in statements:
            raw.execute(statement)


async def test_an_untouched_history_is_whole(database: Path) -> None:
    verdict = await fill(database)

    assert (verdict.lines, verdict.broken) == (LINES, None)
    assert verdict.seal != FIRST_SEAL
    assert await verdict_on(database) == verdict


async def test_an_empty_history_is_whole(store: SqlStore) -> None:
    assert await store.verify_history() == Verdict(0, FIRST_SEAL, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ticket", "2"),
        ("at", "at + 1"),
        ("by", "'somebody else'"),
        ("name", "'confirmed'"),
        ("facts", "replace(facts, 'line', 'lie')"),
        ("facts", "facts || ' '"),
        ("facts", "'not json'"),
        ("seal", "upper(seal)"),
    ],
)
async def test_a_changed_line_is_named(database: Path, column: str, value: str) -> None:
    await fill(database)
    unguarded = "DROP INDEX history_of_ticket"
    tamper(database, unguarded, f'UPDATE history SET "{column}" = {value} WHERE seq = 5')

    broken = (await verdict_on(database)).broken

    assert broken is not None
    assert (broken.fault, broken.seq) == (Fault.CHANGED, 5)


@pytest.mark.parametrize("line", [1, 5, LINES - 1])
async def test_a_missing_line_is_named(database: Path, line: int) -> None:
    await fill(database)
    tamper(database, f"DELETE FROM history WHERE seq = {line}")

    assert (await verdict_on(database)).broken == Break(Fault.MISSING, line)


async def test_a_missing_line_is_named_though_the_rest_moved_up(database: Path) -> None:
    await fill(database)
    moved_up = "UPDATE history SET seq = -seq WHERE seq > 5", "UPDATE history SET seq = -seq - 1 WHERE seq < 0"
    tamper(database, "DELETE FROM history WHERE seq = 5", *moved_up)

    broken = (await verdict_on(database)).broken

    assert broken is not None
    assert broken.seq == 5


@pytest.mark.parametrize("kept", [0, 1, LINES - 1])
async def test_a_tail_that_was_cut_off_is_noticed(database: Path, kept: int) -> None:
    await fill(database)
    tamper(database, f"DELETE FROM history WHERE seq > {kept}")

    assert (await verdict_on(database)).broken == Break(Fault.MISSING, kept + 1)


async def test_lines_out_of_order_are_named(database: Path) -> None:
    await fill(database)
    tamper(
        database,
        "UPDATE history SET seq = -7 WHERE seq = 5",
        "UPDATE history SET seq = 5 WHERE seq = 7",
        "UPDATE history SET seq = 7 WHERE seq = -7",
    )

    broken = (await verdict_on(database)).broken

    assert broken == Break(Fault.OUT_OF_ORDER, 5, TicketId(1), 4)


async def test_a_chain_forged_from_a_line_on_does_not_fit_the_kept_end(database: Path) -> None:
    await fill(database)
    with closing(sqlite3.connect(database)) as raw:
        before = raw.execute("SELECT seal FROM history WHERE seq = ?", (LINES - 1,)).fetchone()[0]
    lie = changed(a_ticket(2, entries=LINES // 2 - 1), said("a lie"))
    (forged,), _ = chain(Head(LINES - 1, before), [lie])
    tamper(
        database,
        f"UPDATE history SET facts = '{forged['facts']}', seal = '{forged['seal']}' WHERE seq = {LINES}",
    )

    assert (await verdict_on(database)).broken == Break(Fault.CHANGED, LINES)


async def test_the_database_itself_refuses_to_change_the_past(store: SqlStore) -> None:
    async with store.transaction() as unit:
        await unit.save([new(a_ticket())])

    for statement in ("UPDATE history SET by = 'x'", "DELETE FROM history"):
        with pytest.raises(Exception, match="append-only"):
            async with store.transaction() as unit:
                await unit.connection.exec_driver_sql(statement)

    assert len(await store.reads.history(TicketId(1))) == 1


async def test_whoever_kept_a_seal_can_find_it_again(database: Path) -> None:
    store = await open_store(database, now=NOW)
    async with store.transaction() as unit:
        await unit.save([new(a_ticket())])
    kept = (await store.reads.tally(IT, NOW, NOW + HOUR)).seal
    async with store.transaction() as unit:
        await unit.save([changed(a_ticket())])

    lines = await store.reads.history(TicketId(1))

    assert kept == lines[0].seal
    assert (await store.reads.tally(IT, NOW, NOW + HOUR)).seal == lines[1].seal
    await store.close()


@pytest.mark.parametrize("at_once", [1, 5, LINES, LINES + 1])
async def test_a_long_history_is_walked_in_parts(database: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    whole = await fill(database)
    monkeypatch.setattr("storage.history.LINES_AT_ONCE", at_once)

    assert await verdict_on(database) == whole


@given(st.lists(any_event(), min_size=1, max_size=5), st.integers(0, 4))
@settings(max_examples=60)
def test_each_seal_answers_for_all_before_it(events: list[object], at: int) -> None:
    place = at % len(events)
    ticket = a_ticket(entries=0, version=0)
    honest, _ = chain(Head(), [changed(ticket, *events)])  # type: ignore[arg-type]  # any_event makes events

    forged, _ = chain(Head(0, "0" * 63 + "1"), [changed(ticket, *events)])  # type: ignore[arg-type]

    assert len({row["seal"] for row in honest}) == len(honest)
    assert honest[place]["seal"] != forged[place]["seal"]
