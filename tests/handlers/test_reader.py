"""Moments and durations as people of each language write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.reader import Reader, zone_named
from tests.handlers.small_house import texts

NOW = datetime(2025, 1, 20, 9, 0, tzinfo=UTC)


def reader(language: str, zone: str) -> Reader:
    return Reader(texts().of(language), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("language", "zone", "at", "printed"),
    [
        ("en", "Asia/Shanghai", datetime(2025, 1, 26, 9, 0, tzinfo=UTC), "Sun 26 Jan 17:00 (UTC+8)"),
        ("zh", "Asia/Shanghai", datetime(2025, 1, 26, 9, 0, tzinfo=UTC), "2025-01-26（周日）17:00（UTC+8）"),
        ("en", "Europe/London", datetime(2025, 7, 1, 9, 5, tzinfo=UTC), "Tue 1 Jul 10:05 (UTC+1)"),
        ("en", "UTC", datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "Thu 1 Jan 2026 00:00 (UTC)"),
        ("en", "Asia/Kolkata", datetime(2025, 1, 20, 0, 0, tzinfo=UTC), "Mon 20 Jan 05:30 (UTC+5:30)"),
        ("zh", "America/St_Johns", datetime(2025, 1, 20, 2, 0, tzinfo=UTC), "2025-01-19（周日）22:30（UTC-3:30）"),
        ("en", "Asia/Shanghai", datetime(2024, 12, 31, 16, 0, tzinfo=UTC), "Wed 1 Jan 00:00 (UTC+8)"),
    ],
)
def test_a_moment_is_printed_in_the_readers_zone_with_the_offset(
    language: str, zone: str, at: datetime, printed: str
) -> None:
    assert reader(language, zone).moment(at, NOW) == printed


def test_a_make_up_day_stands_beside_the_weekday() -> None:
    at = datetime(2025, 1, 26, 9, 0, tzinfo=UTC)

    assert reader("zh", "Asia/Shanghai").moment(at, NOW, note="补班") == "2025-01-26（周日，补班）17:00（UTC+8）"


@pytest.mark.parametrize(
    ("minutes", "days", "english", "chinese"),
    [
        (150, False, "2 h 30 min", "2 小时 30 分"),
        (0.4, False, "less than a minute", "不到 1 分钟"),
        (29.99, False, "30 min", "30 分"),
        (60, False, "1 h", "1 小时"),
        (59, False, "59 min", "59 分"),
        (3000, False, "50 h", "50 小时"),
        (3000, True, "2 days 2 h", "2 天 2 小时"),
        (2880, True, "2 days", "2 天"),
        (1500, True, "25 h", "25 小时"),
    ],
)
def test_a_duration_has_days_only_where_a_day_has_24_hours(
    minutes: float, days: bool, english: str, chinese: str
) -> None:
    length = timedelta(minutes=minutes)

    assert reader("en", "UTC").length(length, days=days) == english
    assert reader("zh", "UTC").length(length, days=days) == chinese


def test_a_downtime_is_printed_from_when_to_when() -> None:
    since = datetime(2025, 1, 20, 2, 10, tzinfo=UTC)

    assert reader("en", "UTC").span(since, since + timedelta(minutes=31)) == "02:10–02:41 (UTC)"
    assert reader("zh", "UTC").span(since, since + timedelta(minutes=31)) == "02:10–02:41（UTC）"
    assert reader("en", "UTC").span(since, since + timedelta(days=1)) == (
        "Mon 20 Jan 02:10 (UTC) – Tue 21 Jan 02:10 (UTC)"
    )


def test_a_card_is_not_lost_over_a_zone_nobody_knows() -> None:
    assert zone_named("Middle/Earth") == ZoneInfo("UTC")
