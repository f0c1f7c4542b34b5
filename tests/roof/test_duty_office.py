"""What one asks about people from the command line, on a real policy and a real database."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.covers import CoverRequest, CoverState
from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.oncall import on_call_at
from bot.house_rules import load
from bot.services.directory import AddressBook
from bot.services.ical import by_address_or_name, read_calendar
from bot.shifts_page import ShiftsPage, key_beside, way_of
from handlers.speech import load_texts
from storage.engine import open_store
from tests.imports.reading import EXPORTS
from tests.roof.small_policy import with_files, write_policy
from tests.services.open_desk import at_work, standing

ROTAS = """\
nights:
  names: {en: Nights, zh: 夜班}
  zone: Europe/London
  people: [ann, bo]
  every: 1 week
  begins: 2026-03-02
  handover: 09:00
"""
TEAM = ("teams.yaml", "on_call: [ann]", "on_call: [rota nights]")
NIGHTS = RotaId("nights")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy whose team has a rota; the database is `desk.db` in it, once somebody makes it."""
    rules = tmp_path / "rules"
    with_files(write_policy(rules, TEAM), {"rotas.yaml": ROTAS})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKBELL_RULES", str(rules))
    monkeypatch.setenv("DESKBELL_DATABASE", str(tmp_path / "desk.db"))
    return tmp_path


def said(*words: str, code: int = 0) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


async def agreed(folder: Path, starts: datetime, ends: datetime) -> None:
    """Bo stands in for Ann."""
    store = await open_store(folder / "desk.db", now=starts)
    request = CoverRequest(
        id=CoverId(0),
        rota=NIGHTS,
        person=PersonId("bo"),
        starts=starts,
        ends=ends,
        instead_of=PersonId("ann"),
        asked_by=PersonId("ann"),
        asked_at=starts,
        state=CoverState.AGREED,
    )
    async with store.transaction() as unit:
        await unit.add_covers([request])
    await store.close()


def test_it_says_who_is_on_call_until_when_and_who_is_next_at_any_date(desk: Path) -> None:
    shown = said("oncall", "desk", "--at", "2026-03-27T18:00")

    # The clocks of London go forward on 29 March: the handover stays at 09:00 there.
    assert "1 nights" in shown
    assert re.search(r"博 .*Mon 30 Mar 09:00 \(UTC\+1\) .*Ann, Mon 30 Mar 09:00", shown)


def test_the_shifts_of_the_next_days_are_listed(desk: Path) -> None:
    shown = said("oncall", "--at", "2026-03-02T09:00", "--days", "14")

    assert [line.split()[-1] for line in shown.splitlines() if line.startswith("  ")] == ["Ann", "博"]


def test_a_cover_that_was_agreed_on_is_marked(desk: Path) -> None:
    at = datetime(2026, 3, 3, 18, tzinfo=UTC)
    asyncio.run(agreed(desk, at, at + timedelta(hours=4)))

    rows = json.loads(CliRunner().invoke(app, ["oncall", "--at", "2026-03-03T19:00", "--json"]).output)

    assert rows[0]["on_call"] == [{"person": "bo", "cover": 1}]
    assert rows[0]["until"] == "2026-03-03T22:00:00Z"
    assert rows[0]["next"]["person"] == "ann"
    assert {(one["person"], one["cover"]) for one in rows[0]["shifts"]} == {("bo", 1), ("ann", None), ("bo", None)}
    assert (
        "博 (cover #1)" in CliRunner(env={"COLUMNS": "200"}).invoke(app, ["oncall", "--at", "2026-03-03T19:00"]).output
    )


def test_a_gap_is_nobody_in_capitals(desk: Path) -> None:
    assert "NOBODY" in said("oncall", "--at", "2026-03-02T08:00")


def test_people_who_always_are_on_call_need_no_rota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_policy(tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKBELL_RULES", str(tmp_path / "rules"))

    assert re.search(r"Ann .*always", said("oncall"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["oncall", "sales"], "There is no team `sales`. There are: desk."),
        (["oncall", "--at", "tomorrow"], "--at is `tomorrow`"),
        (["oncall", "--at", "0001-01-01T00:00"], "out of reach"),
        (["oncall", "ics", "carl"], "There is no person `carl`"),
        (["oncall", "ics"], "deskbell oncall ics PERSON"),
        (["import", "excel", ".", "--to", "x"], "There is no import from `excel`"),
    ],
)
def test_what_cannot_be_answered_says_what_can(desk: Path, words: list[str], told: str) -> None:
    assert told in said(*words, code=1)


def test_ones_own_shifts_read_back_are_the_shifts_of_the_rota(desk: Path) -> None:
    text = said("oncall", "ics", "ann", "--days", "60")
    again = said("oncall", "ics", "ann", "--days", "60")

    rules, now = load(desk / "rules", now=datetime.now(UTC)), datetime.now(UTC)
    found = read_calendar(text, now, now + timedelta(days=60), by_address_or_name(rules.people))
    uids = [[str(event["UID"]) for event in Calendar.from_ical(one).walk("VEVENT")] for one in (text, again)]
    assert len(found.left_out) == 1  # the title names the rota, not the person
    assert uids[0] == uids[1]
    assert len(set(uids[0])) == len(uids[0]) >= 4
    for event in Calendar.from_ical(text).walk("VEVENT"):
        starts, ends = event.decoded("DTSTART"), event.decoded("DTEND")
        assert on_call_at(rules.rotas[NIGHTS], (), max(starts, now)) == ("ann",)
        assert on_call_at(rules.rotas[NIGHTS], (), ends) == ("bo",)


async def test_the_web_server_hands_the_shifts_to_whoever_knows_the_address(desk: Path) -> None:
    at = datetime(2026, 3, 3, 18, tzinfo=UTC)
    rules, key = load(desk / "rules", now=at), key_beside(str(desk / "desk.db"))
    store = await open_store(desk / "desk.db", now=at)
    time = standing(at)
    async with at_work(store, rules=rules, time=time, people=AddressBook(rules.people)) as here:
        page = Starlette(routes=ShiftsPage(here.desk, time, load_texts(), key).routes())
        transport = httpx.ASGITransport(app=page)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as web:
            mine = await web.get(way_of("bo", key))
            refused = [
                await web.get(way)
                for way in (
                    way_of("bo", key)[:-5] + "x.ics",
                    way_of("bo", b"another key that is just as long!"),
                    way_of("carl", key),
                    "/oncall/bo.ics",
                    "/oncall/-.ics",
                    way_of("ann", key).replace("ann", "bo"),
                )
            ]
    await store.close()

    assert mine.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "值班：夜班" in mine.text
    assert len(Calendar.from_ical(mine.text).walk("VEVENT")) == 7
    assert {(one.status_code, one.text) for one in refused} == {(404, "Not found.")}


def test_the_address_stays_the_same_and_its_key_is_the_owners_alone(desk: Path) -> None:
    first, second = said("oncall", "ics", "ann", "--address"), said("oncall", "ics", "ann", "--address")
    key = next(desk.glob("*.shifts-key"))

    assert first == second
    assert re.fullmatch(r"/oncall/ann-[a-z2-7]{26}\.ics\n", first)
    assert key.stat().st_mode & 0o777 == 0o600
    key.write_bytes(b"")
    assert said("oncall", "ics", "ann", "--address") != first  # cut off by a crash: made anew


def test_an_import_becomes_a_policy_that_the_desk_can_run_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    shown = said("import", "pagerduty", str(EXPORTS / "pagerduty"), "--to", "imported")
    monkeypatch.setenv("DESKBELL_RULES", "imported")

    assert "Carried: 4 people, 1 rotas" in shown
    assert "Next: deskbell check imported" in shown
    assert said("check", "imported").splitlines()[-1].startswith("Mistakes: 0.")
    assert "payments-primary" in said("oncall", "payments")
    assert "choose an empty folder" in said(
        "import", "pagerduty", str(EXPORTS / "pagerduty"), "--to", "imported", code=1
    )
