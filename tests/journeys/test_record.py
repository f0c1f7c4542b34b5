"""The record: after any day it is whole, and what somebody changed in it shows."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot import office
from bot.domain.kinds import KINDS
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    LIN,
    OUTAGE,
    SOFIA,
    TUESDAY_10,
    WISH,
    YUE,
    ZHAO,
    Life,
    living,
    said,
)

JAMES = "james-okoro"
EVERYBODY = (LIN, EMMA, YUE, ZHAO, CHEN, HE, SOFIA, JAMES)
WORDS = (
    OUTAGE,
    f"request: {WISH}",
    "报修：打印机卡纸了",
    "VPN drops every few minutes since this morning",
    "还是不行",
    "谢谢",
    "催单",
    "is it fixed yet?",
    "hello",
    "cancel",
    "queue",
    "English",
    "中文",
    "#1 我再说一句",
    "take #2",
    "resolve #1 done",
)
WAITS_S = (0, 1, 30, 240, 900, 3600, 2 * 3600)


@pytest.fixture
def _at_the_keyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody types commands where this desk lives."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKBELL_DATABASE", str(tmp_path / "desk.db"))


@pytest.mark.parametrize("seed", [14, 19])
async def test_after_a_day_of_anything_the_record_is_whole_and_nothing_is_left_undone(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    moment = TUESDAY_10
    for _ in range(3):
        async with living(tmp_path, start=moment) as life:
            for _ in range(12):
                await _something(life, chance)
            moment = life.now + timedelta(seconds=chance.choice(WAITS_S))

    async with living(tmp_path, start=moment) as life:
        tickets = await life.store.reads.tickets(only_open=False, limit=100)
        for filed in tickets:
            lines = await life.history(filed.ticket.id)
            assert [one.entry for one in lines] == list(range(1, filed.ticket.entries + 1))
            assert [one.at for one in lines] == sorted(one.at for one in lines)
            _assert_moves_are_in_the_table([one.facts for one in lines if one.name == "moved"])
            assert filed.wake_at is None or filed.wake_at > life.now
        assert tickets
        assert (await life.store.verify_history()).broken is None
        assert await life.store.reads.waiting_arrivals() == 0
        assert await life.store.reads.dead_letters() == []
        for person in EVERYBODY:
            assert not {said("en", "apology-title"), said("zh", "apology-title")} & set(await life.titles(person))


@pytest.mark.usefixtures("_at_the_keyboard")
async def test_a_line_that_somebody_changed_is_named_by_ticket_and_number(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.say(YUE, OUTAGE)
        await life.press(CHEN, "start", "2")
        lines = len(await life.history(1)) + len(await life.history(2))
        beside = await office.verify_history()
    changed = _tampered(tmp_path, "UPDATE history SET by = 'zhao-lei' WHERE ticket = 2 AND name = 'moved'")

    problem, whole, _ = await office.verify_history()

    assert (beside[0], beside[1]) == (None, lines)
    assert changed == 1
    assert problem is not None
    assert "ticket 2" in problem
    assert whole < lines


@pytest.mark.usefixtures("_at_the_keyboard")
async def test_the_last_line_cut_off_shows_too(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "start")
    cut = _tampered(tmp_path, "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)")

    problem, _, _ = await office.verify_history()

    assert cut == 1
    assert problem is not None


@pytest.mark.usefixtures("_at_the_keyboard")
async def test_what_the_command_line_shows_is_what_is_stored_while_the_desk_works(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "acknowledge")
        await life.say(EMMA, f"request: {WISH}")
        await life.press(EMMA, "drop", "2")

        shown = await office.show_ticket("INC-1")
        listed = await office.list_tickets(only_open=True, limit=10)
        everything = await office.list_tickets(only_open=False, limit=10)

        assert shown is not None
        assert (shown["words"], shown["holder"], shown["priority"]) == (OUTAGE, CHEN, "P1")
        assert [line["what"] for line in shown["history"]] == [one.name for one in await life.history()]
        assert shown["due"]["resolution"] == "2026-03-03T06:00:00Z"
        assert [row["ref"] for row in listed] == ["INC-1"]
        assert {row["ref"] for row in everything} == {"INC-1", "REQ-2"}
        assert await office.show_ticket("INC-777") is None


async def test_the_file_itself_lets_nobody_change_the_past(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

    for statement in ("UPDATE history SET at = 0", "DELETE FROM history"):
        with sqlite3.connect(tmp_path / "desk.db") as file, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            file.execute(statement)


def _tampered(folder: Path, statement: str) -> int:
    """How many lines somebody changed who knows what they are doing and took the guards away first."""
    with sqlite3.connect(folder / "desk.db") as file:
        guards = file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
        ).fetchall()
        for (guard,) in guards:
            file.execute(f"DROP TRIGGER {guard}")
        return file.execute(statement).rowcount


async def _something(life: Life, chance: random.Random) -> None:
    """Somebody does something that can be done, or time passes."""
    person = chance.choice(EVERYBODY)
    match chance.randrange(4):
        case 0:
            await life.say(person, chance.choice(WORDS))
        case 1 | 2:
            await _any_button(life, person, chance)
        case _:
            await life.later(seconds=chance.choice(WAITS_S))


async def _any_button(life: Life, person: str, chance: random.Random) -> None:
    """Any button that the person sees is pressed; a form that opens is filled in."""
    cards = await life.reads(person, lambda body: bool(body.get("card", {}).get("actions")))
    if not cards:
        return
    message = chance.choice(cards)
    action = chance.choice(message["card"]["actions"])
    await life.press_wish(person, message["id"], f"{action['verb']}:{action['subject']}")
    forms = await life.reads(person, lambda body: "form" in body and not body.get("answered"))
    if forms:
        form = forms[-1]["form"]
        answers = {
            field["name"]: chance.choice(field["choices"])["value"] if field["choices"] else "话不多说"
            for field in form["fields"]
        }
        given = {"as": person, "wish": form["wish"], "answers": answers, "message": forms[-1]["id"]}
        await life.deed("submit", given)


def _assert_moves_are_in_the_table(moves: list[object]) -> None:
    for facts in moves:
        assert isinstance(facts, dict)
        allowed = [kind.moves.get(facts["verb"]) for kind in KINDS.values()]
        assert any(move and facts["was"] in move.sources and facts["to"] == move.to for move in allowed), facts
