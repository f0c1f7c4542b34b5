"""From when to when, as people say it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.natural_time import understood_spell

TUESDAY_10 = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def spell(text: str, *, now: datetime = TUESDAY_10, zone: str = "Asia/Shanghai") -> str | None:
    found = understood_spell(text, now=now, zone=zone, language="en")
    if found is None:
        return None
    here = ZoneInfo(zone)
    ends = f"{found.ends.astimezone(here):%m-%d %H:%M}" if found.ends is not None else "open"
    return f"{found.starts.astimezone(here):%m-%d %H:%M} {ends}{' whole' if found.is_whole else ''}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cover me tomorrow 18-22", "03-04 18:00 03-04 22:00"),
        ("tomorrow 18:00–22:00", "03-04 18:00 03-04 22:00"),
        ("明天18点到22点帮我顶班", "03-04 18:00 03-04 22:00"),
        ("from 6pm to 10pm tomorrow", "03-04 18:00 03-04 22:00"),
        ("6-10pm tomorrow", "03-04 18:00 03-04 22:00"),
        ("明天晚上6点到10点", "03-04 18:00 03-04 22:00"),
        ("明天上午9点到下午3点", "03-04 09:00 03-04 15:00"),
        ("9-5 tomorrow", "03-04 09:00 03-04 17:00"),
        ("tomorrow 9am-1pm", "03-04 09:00 03-04 13:00"),
        ("10pm-6am friday", "03-06 22:00 03-07 06:00"),
        ("晚上10点到早上6点", "03-03 22:00 03-04 06:00"),
        ("22-6", "03-03 22:00 03-04 06:00"),
        ("18-22", "03-03 18:00 03-03 22:00"),
        ("today 8-12", "03-03 08:00 03-03 12:00"),
        ("周五18点到周六9点", "03-06 18:00 03-07 09:00"),
        ("from tomorrow 18:00 to Friday 09:00", "03-04 18:00 03-06 09:00"),
        ("Friday", "03-06 00:00 03-07 00:00 whole"),
        ("周五的班", "03-06 00:00 03-07 00:00 whole"),
        ("today", "03-03 00:00 03-04 00:00 whole"),
        ("周五晚上", "03-06 18:00 03-07 00:00"),
        ("tomorrow night", "03-04 18:00 03-05 00:00"),
        ("Friday to Sunday", "03-06 00:00 03-09 00:00 whole"),
        ("周五到周日", "03-06 00:00 03-09 00:00 whole"),
        ("24-26 Dec", "12-24 00:00 12-27 00:00 whole"),
        ("3月10日到12日", "03-10 00:00 03-13 00:00 whole"),
        ("next week", "03-09 00:00 03-16 00:00 whole"),
        ("下周", "03-09 00:00 03-16 00:00 whole"),
        ("下周一", "03-09 00:00 03-10 00:00 whole"),
        ("this weekend", "03-07 00:00 03-09 00:00 whole"),
        ("周末", "03-07 00:00 03-09 00:00 whole"),
        ("2026-03-10", "03-10 00:00 03-11 00:00 whole"),
        ("3月10日 18:00-22:00", "03-10 18:00 03-10 22:00"),
        ("明天18点", "03-04 18:00 open"),
        ("yesterday", None),
        ("February 30 to February 31", None),
        ("cover me", None),
    ],
)
def test_a_time_is_understood_from_its_beginning_to_its_end(text: str, meant: str | None) -> None:
    assert spell(text) == meant


def test_what_has_begun_today_may_be_meant_and_what_is_over_is_tomorrows() -> None:
    at_19, at_23 = (datetime(2026, 3, 3, hour, 30, tzinfo=UTC) for hour in (11, 15))

    assert spell("18-22", now=at_19) == "03-03 18:00 03-03 22:00"
    assert spell("18-22", now=at_23) == "03-04 18:00 03-04 22:00"


def test_a_day_and_a_night_are_counted_on_the_clock_over_its_changes() -> None:
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)

    assert spell("sunday", now=friday, zone="Europe/London") == "03-29 00:00 03-30 00:00 whole"
    assert spell("saturday 22-6", now=friday, zone="Europe/London") == "03-28 22:00 03-29 06:00"
    found = understood_spell("sunday", now=friday, zone="Europe/London")
    assert found is not None
    assert found.ends is not None
    assert (found.ends - found.starts).total_seconds() == 23 * 3600
