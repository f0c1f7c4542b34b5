"""The daily digest: one for each team and local date, whatever restarts, clocks and quiet days do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import CalendarId
from bot.domain.rules import Rules
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    NETWORK,
    OUTAGE,
    YUE,
    ZHAO,
    Life,
    fact,
    living,
    said,
    with_team,
)

JAMES = "james-okoro"


async def test_the_digest_comes_in_the_morning_of_each_team_in_its_language(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.later(hours=34)

        ours, theirs = await _digests(life, HE, IT_DESK), await _digests(life, JAMES, NETWORK)

        assert [one["at"] for one in ours] == [datetime(2026, 3, 4, 1, 0, tzinfo=UTC).isoformat()]
        assert [one["at"] for one in theirs] == [datetime(2026, 3, day, 9, 0, tzinfo=UTC).isoformat() for day in (3, 4)]
        assert ours[0]["card"]["title"] == said("zh", "digest-title", team="IT 服务台", day="2026-03-04（周三）")
        assert theirs[1]["card"]["title"] == said("en", "digest-title", team="Network", day="Wed 4 Mar")


async def test_a_day_without_news_is_reported_too(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.later(hours=24)

        (quiet,) = await _digests(life, HE, IT_DESK)

        card = quiet["card"]
        span = said("zh", "a-long-span", since=_nine("2026-03-03（周二）"), until=_nine("2026-03-04（周三）"))
        assert card["lead"] == said("zh", "digest-nothing", span=span)
        assert fact(card, "当前值班") == "赵磊、陈思远"


async def test_the_digest_counts_what_came_what_was_kept_and_what_is_due(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "acknowledge", "1")
        await life.later(minutes=31)
        await life.fill(CHEN, "resolve", "1", solution="证书已更换")
        await life.press(LIN, "rate", "1:4")
        await life.say(YUE, "报修：打印机卡纸了")
        await life.press(ZHAO, "acknowledge", "2")
        await life.say(YUE, "申请：新显示器")
        await life.press(YUE, "drop", "3")

        await life.until(datetime(2026, 3, 4, 1, 0, tzinfo=UTC))

        card = (await _digests(life, HE, IT_DESK))[-1]["card"]
        span = said("zh", "a-long-span", since=_nine("2026-03-03（周二）"), until=_nine("2026-03-04（周三）"))
        assert card["lead"].startswith(said("zh", "digest-lead", span=span, raised=3, done=1, cancelled=1))
        age = said("zh", "for-hours-minutes", hours="22", minutes="29")
        assert fact(card, "P4 较低") == said("zh", "digest-open", count=1, ref="INC-2", age=age)
        assert fact(card, "按时兑现") == said("zh", "digest-promises", clock="解决", count=1)
        assert fact(card, "超时") == said("zh", "digest-promises", clock="首次响应", count=1)
        assert fact(card, "评价") == said("zh", "digest-ratings", mean="4.0", count=1)
        assert [line for line in card["lines"] if "INC-2" in line]
        assert not [line for line in card["lines"] if "INC-1" in line]


async def test_neither_restarts_nor_looking_again_bring_a_second_digest(tmp_path: Path) -> None:
    nine = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    moments = [nine - timedelta(seconds=30), nine, nine + timedelta(seconds=20), nine + timedelta(minutes=1)]
    counts = []
    for moment in moments:
        async with living(tmp_path, start=moment) as life:
            counts.append(len(await _digests(life, HE, IT_DESK)))
            await life.later(seconds=5)

    assert counts == [0, 1, 1, 1]
    async with living(tmp_path, start=nine + timedelta(hours=23)) as life:
        assert len(await _digests(life, HE, IT_DESK)) == 1
        await life.later(hours=1)
        assert len(await _digests(life, HE, IT_DESK)) == 2


async def test_a_desk_that_was_away_for_days_sends_one_digest_over_all_of_them(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(ZHAO, "acknowledge")
        await life.until(datetime(2026, 3, 4, 1, 30, tzinfo=UTC))
        assert len(await _digests(life, HE, IT_DESK)) == 1

    async with living(tmp_path, start=datetime(2026, 3, 9, 4, 0, tzinfo=UTC)) as life:
        digests = await _digests(life, HE, IT_DESK)
        await life.later(hours=3)

        card = digests[-1]["card"]
        assert len(digests) == len(await _digests(life, HE, IT_DESK)) == 2
        assert "2026-03-09（周一）" in card["title"]
        assert "2026-03-04（周三）09:00" in card["lead"]
        assert "2026-03-09（周一）09:00" in card["lead"]


async def test_weekends_and_holidays_of_the_team_have_no_digest(tmp_path: Path) -> None:
    before_easter = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
    async with living(tmp_path, start=before_easter) as life:
        await life.until(datetime(2026, 4, 8, 10, 0, tzinfo=UTC))

        london = [one["at"][8:10] for one in await _digests(life, JAMES, NETWORK)]
        shanghai = [one["at"][8:10] for one in await _digests(life, HE, IT_DESK)]

        assert london == ["02", "07", "08"]
        assert shanghai == ["02", "03", "07", "08"]


@pytest.mark.parametrize(
    ("start", "days", "hours_of_the_digest"),
    [
        (datetime(2026, 3, 27, 12, 0, tzinfo=UTC), 4, ["28 09", "29 08", "30 08", "31 08"]),
        (datetime(2026, 10, 23, 12, 0, tzinfo=UTC), 4, ["24 08", "25 09", "26 09", "27 09"]),
    ],
    ids=["into summer time", "out of summer time"],
)
async def test_over_a_change_of_the_clocks_the_digest_keeps_its_local_time(
    tmp_path: Path, start: datetime, days: int, hours_of_the_digest: list[str]
) -> None:
    async with living(tmp_path, start=start, rules=_every_day(time(9, 0))) as life:
        await life.later(days=days, hours=-3)

        assert [one["at"][8:13].replace("T", " ") for one in await _digests(life, JAMES, NETWORK)] == (
            hours_of_the_digest
        )


@pytest.mark.parametrize(
    ("sunday", "due"),
    [
        (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=["an hour that does not exist", "an hour that comes twice"],
)
async def test_a_digest_in_the_hour_of_the_change_comes_exactly_once_even_over_a_restart(
    tmp_path: Path, sunday: datetime, due: datetime
) -> None:
    rules = _every_day(time(1, 30))
    async with living(tmp_path, start=sunday - timedelta(hours=12), rules=rules) as life:
        await life.until(due + timedelta(minutes=10))
        assert [one["at"] for one in await _digests(life, JAMES, NETWORK)] == [due.isoformat()]

    async with living(tmp_path, start=due + timedelta(minutes=50), rules=rules) as life:
        await life.later(hours=22)

        assert len(await _digests(life, JAMES, NETWORK)) == 1


async def test_the_digest_names_the_time_when_the_desk_was_not_there(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.later(minutes=10)

    async with living(tmp_path, start=datetime(2026, 3, 3, 2, 41, tzinfo=UTC)) as life:
        await life.until(datetime(2026, 3, 4, 1, 0, tzinfo=UTC))

        card = (await _digests(life, HE, IT_DESK))[-1]["card"]

        assert fact(card, "服务台停机") == "10:10–10:41（UTC+8）"


async def test_whoever_keeps_a_digest_can_prove_the_record_of_that_day(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, OUTAGE)
        await life.press(CHEN, "acknowledge")
        await life.fill(CHEN, "resolve", solution="Replaced the certificate")
        last = (await life.history())[-1].seal

        await life.until(datetime(2026, 3, 4, 1, 0, tzinfo=UTC))

        card = (await _digests(life, HE, IT_DESK))[-1]["card"]
        assert card["footer"] == said("zh", "digest-seal", seal=last)


def _every_day(at: time) -> Rules:
    """The team in London works around the clock, every day."""
    return with_team("network", calendar=CalendarId("24x7"), digest_at=at)


def _nine(day: str) -> str:
    return f"{day}09:00（UTC+8）"


async def _digests(life: Life, person: str, place: str) -> list[dict[str, Any]]:
    """The digests in that channel, oldest first."""
    names = ("IT 服务台", "Network,")
    found = await life.reads(person, lambda one: "card" in one and one["card"]["title"].startswith(names))
    return [one for one in found if one["place"] == place]
