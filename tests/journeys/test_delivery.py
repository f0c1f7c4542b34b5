"""Delivery: what was said is delivered once, in order, or lies where the operator can read and replay it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import office
from tests.journeys.life import (
    CHEN,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    TUESDAY_10,
    ZHAO,
    fact,
    living,
    said,
)
from tests.journeys.other_street import BREAKS_OFF, Body, other_street

FROM_LIN = f"dm:{LIN}"


@pytest.fixture
def _at_the_keyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody types commands where this desk lives."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKBELL_DATABASE", str(tmp_path / "desk.db"))


@pytest.mark.usefixtures("_at_the_keyboard")
async def test_a_letter_nobody_takes_is_listed_with_its_reason_and_arrives_when_it_is_replayed(tmp_path: Path) -> None:
    async with other_street() as street:
        street.mood = lambda _, body: 410 if body.get("place") == FROM_LIN else None
        async with living(tmp_path, out=street.url) as life:
            await life.say(LIN, OUTAGE)
            listed = await office.dead_letters()
            await life.deed("submit", {"as": CHEN, "wish": "resolve:1", "answers": {"solution": "证书已更换"}})
            assert (await life.ticket()).words == OUTAGE
        street.mood = lambda *_: None
        replayed = await office.replay_letters([int(row["id"]) for row in listed])
        async with living(tmp_path, out=street.url, start=TUESDAY_10 + timedelta(seconds=30)) as life:
            left = await office.dead_letters()

    assert [(row["to"], row["about"], row["ticket"], row["attempts"]) for row in listed] == [
        (f"local:{FROM_LIN}", "receipt", 1, 1)
    ]
    assert "410" in str(listed[0]["reason"])
    assert replayed == 1
    assert [row["about"] for row in left] == ["done"]
    (receipt,) = street.at(FROM_LIN)
    assert receipt["quote"] == OUTAGE
    assert said("zh", "receipt-resolved") in receipt["lead"]


async def test_the_digest_counts_what_could_not_be_delivered(tmp_path: Path) -> None:
    async with other_street() as street:
        street.mood = lambda _, body: 410 if body.get("place") == FROM_LIN else None
        async with living(tmp_path, out=street.url) as life:
            await life.say(LIN, "报修：打印机卡纸了")
            await life.until(datetime(2026, 3, 4, 1, 0, tzinfo=UTC))

    digest = next(card for card in street.at(IT_DESK) if card["title"].startswith("IT 服务台"))
    assert fact(digest, "未送达") == said("zh", "digest-dead-letters", count=1)


async def test_a_page_that_cannot_be_delivered_stops_no_escalation(tmp_path: Path) -> None:
    async with other_street() as street:
        street.mood = lambda _, body: 410 if body.get("place") == f"dm:{ZHAO}" else None
        async with living(tmp_path, out=street.url) as life:
            await life.say(LIN, OUTAGE)
            await life.later(minutes=16)

    assert street.at(f"dm:{ZHAO}") == []
    assert len(street.at(f"dm:{CHEN}")) == 1
    assert [card["tone"] for card in street.at(f"dm:{HE}")] == ["warn", "alarm"]  # Zhao was not reached; then the call


async def test_a_street_that_fails_for_a_while_gets_everything_once_and_in_order(tmp_path: Path) -> None:
    failures = iter([500, 503, 500, 502])
    async with other_street() as street:
        street.mood = lambda method, body: next(failures, None) if body.get("place") == FROM_LIN else None
        async with living(tmp_path, out=street.url) as life:
            await life.say(LIN, OUTAGE)
            await life.deed("submit", {"as": CHEN, "wish": "say:1", "answers": {"words": "正在看"}})
            await life.deed("submit", {"as": CHEN, "wish": "ask:1", "answers": {"why": "哪个办公室？"}})
            await life.later(minutes=4)

    assert [one["title"] for one in street.at(FROM_LIN)] == [
        f"INC-1 · {OUTAGE}",
        said("zh", "reply-title", ref="INC-1", by="陈思远"),
        said("zh", "question-title", ref="INC-1", by="陈思远"),
    ]
    assert len({one["key"] for one in street.posted}) == len(street.posted)


async def test_what_was_delivered_although_the_connection_broke_is_found_and_not_repeated(tmp_path: Path) -> None:
    moods = iter([BREAKS_OFF])
    async with other_street() as street:
        street.mood = lambda _, body: next(moods, None) if body.get("place") == FROM_LIN else None
        async with living(tmp_path, out=street.url) as life:
            await life.say(LIN, OUTAGE)
            await life.later(minutes=3)
            await life.say(CHEN, "start #1")

    assert len(street.at(FROM_LIN)) == 1
    keys = [one["key"] for one in street.posted if one["place"] == FROM_LIN]
    assert street.asked == keys
    receipts = [body["card"] for message, body in street.edited if message == _id_of(street.posted, keys[0])]
    assert said("zh", "receipt-in_progress", holder="陈思远") in receipts[-1]["lead"]


async def test_after_a_silence_of_the_street_a_message_shows_its_last_state_in_one_edit(tmp_path: Path) -> None:
    async with other_street() as street, living(tmp_path, out=street.url) as life:
        await life.say(LIN, OUTAGE)
        street.mood = lambda method, _: 503 if method == "PUT" else None
        for words in ("right #1", "ack #1", "start #1"):
            await life.say(CHEN, words)
        street.mood = lambda *_: None
        street.edited.clear()
        await life.later(minutes=3)

    receipt = _id_of(street.posted, next(one["key"] for one in street.posted if one["place"] == FROM_LIN))
    edits = [body["card"]["lead"] for message, body in street.edited if message == receipt]
    assert len(edits) == 1
    assert said("zh", "receipt-in_progress", holder="陈思远") in edits[0]


async def test_what_was_on_its_way_when_the_desk_stopped_arrives_after_the_restart(tmp_path: Path) -> None:
    async with other_street() as street:
        street.mood = lambda *_: 503
        async with living(tmp_path, out=street.url) as life:
            await life.say(LIN, OUTAGE)
            assert await life.store.reads.waiting_letters() == 3
        street.mood = lambda *_: None
        async with living(tmp_path, out=street.url, start=TUESDAY_10 + timedelta(minutes=2)) as life:
            await life.later(minutes=2)
            assert await life.store.reads.waiting_letters() == 0

    first = [one["place"] for one in street.posted if ":page:" not in one["key"] and ":not_reached:" not in one["key"]]
    assert sorted(first) == [IT_DESK, FROM_LIN]
    pages = [one["place"] for one in street.posted if ":page:" in one["key"]]
    assert sorted(pages) == [f"dm:{CHEN}", f"dm:{ZHAO}"]  # Zhao's page was late, so Chen was called at once


def _id_of(posted: list[Body], key: str) -> str:
    return f"m{[one['key'] for one in posted].index(key) + 1}"
