"""Moments as people say them, in both languages: what is understood, what is a guess, and what is not understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.worktime import Calendar, always, parse_hours
from handlers.natural_time import FARTHEST, Understood, understood

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 10, 7, tzinfo=SHANGHAI)
"""A Wednesday morning."""


OFFICE = Calendar("office", "Asia/Shanghai", parse_hours({"mon-fri": [["08:30", "12:00"], ["13:00", "17:30"]]}))


START = datetime(2027, 1, 1, tzinfo=UTC)
MINUTES = st.integers(0, 2 * 365 * 24 * 60)


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


CLEAR = {
    # English
    "tomorrow 3pm": "2026-11-26 15:00",
    "Tomorrow at 3:30 p.m.": "2026-11-26 15:30",
    "in two hours": "2026-11-25 12:07",
    "in 30 min": "2026-11-25 10:37",
    "30 minutes": "2026-11-25 10:37",
    "half an hour": "2026-11-25 10:37",
    "in an hour and a half": "2026-11-25 11:37",
    "in 2 hours 15 minutes": "2026-11-25 12:22",
    "in 2.5 hours": "2026-11-25 12:37",
    "two hours from now": "2026-11-25 12:07",
    "in 3 days": "2026-11-28 10:07",
    "in two weeks": "2026-12-09 10:07",
    "in a month": "2026-12-25 10:07",
    "in 2 days 3 hours": "2026-11-27 13:07",
    "in 2 days at 9am": "2026-11-27 09:00",
    "next Monday 9:00": "2026-11-30 09:00",
    "Monday morning at 9": "2026-11-30 09:00",
    "by Friday 5pm": "2026-11-27 17:00",
    "until Friday, 17:00": "2026-11-27 17:00",
    "Wednesday 3 pm": "2026-11-25 15:00",
    "end of day": "2026-11-25 17:30",
    "EOD": "2026-11-25 17:30",
    "by close of business Friday": "2026-11-27 17:30",
    "end of the week": "2026-11-27 17:30",
    "end of the month": "2026-11-30 17:30",
    "2026-12-24 17:55": "2026-12-24 17:55",
    "2026-12-24T17:55": "2026-12-24 17:55",
    "24 Dec 10:00": "2026-12-24 10:00",
    "December 24th at 3 pm": "2026-12-24 15:00",
    "Dec 24, 2026 15:00": "2026-12-24 15:00",
    "5 March 2027 at noon": "2027-03-05 12:00",
    "24/12 15:00": "2026-12-24 15:00",
    "12/24 15:00": "2026-12-24 15:00",
    "24.12. 15:00": "2026-12-24 15:00",
    "the 30th at 8am": "2026-11-30 08:00",
    "today 15:00": "2026-11-25 15:00",
    "3pm": "2026-11-25 15:00",
    "tonight at 8": "2026-11-25 20:00",
    "tomorrow at noon": "2026-11-26 12:00",
    "midnight": "2026-11-26 00:00",
    "the day after tomorrow at 10": "2026-11-27 10:00",
    "Fri 27 Nov 15:00 (UTC+8)": "2026-11-27 15:00",
    "27 Nov 07:00 UTC": "2026-11-27 15:00",
    "the supplier comes tomorrow at 14:00": "2026-11-26 14:00",
    # Chinese
    "明天下午3点": "2026-11-26 15:00",
    "后天上午十点半": "2026-11-27 10:30",
    "大后天下午两点": "2026-11-28 14:00",
    "周五下班前": "2026-11-27 17:30",
    "今天下班前": "2026-11-25 17:30",
    "下班前": "2026-11-25 17:30",
    "半小时后": "2026-11-25 10:37",
    "半个小时之后": "2026-11-25 10:37",
    "两个小时后": "2026-11-25 12:07",
    "2小时后": "2026-11-25 12:07",
    "一个半小时后": "2026-11-25 11:37",
    "一小时二十分钟后": "2026-11-25 11:27",
    "一刻钟后": "2026-11-25 10:22",
    "三十分钟后": "2026-11-25 10:37",
    "三天后": "2026-11-28 10:07",
    "三天后上午9点": "2026-11-28 09:00",
    "两周后": "2026-12-09 10:07",
    "一个月后": "2026-12-25 10:07",
    "12月24日下午3点": "2026-12-24 15:00",
    "十二月二十四号下午三点": "2026-12-24 15:00",
    "2026年12月24日17:55": "2026-12-24 17:55",
    "30号上午8点": "2026-11-30 08:00",
    "下个月5号上午9点": "2026-12-05 09:00",
    "月底前": "2026-11-30 17:30",
    "明天１５：３０": "2026-11-26 15:30",
    "明天１５点３０分": "2026-11-26 15:30",
    "今晚8点": "2026-11-25 20:00",
    "今晚12点": "2026-11-26 00:00",
    "明早9点": "2026-11-26 09:00",
    "明晚七点三刻": "2026-11-26 19:45",
    "明天凌晨2点": "2026-11-26 02:00",
    "中午12点": "2026-11-25 12:00",
    "中午1点": "2026-11-25 13:00",
    "下周一上午九点": "2026-11-30 09:00",
    "下周三9点": "2026-12-02 09:00",
    "下下周一上午10点": "2026-12-07 10:00",
    "本周五下午4点": "2026-11-27 16:00",
    "星期五晚上7点": "2026-11-27 19:00",
    "礼拜天上午10点": "2026-11-29 10:00",
    "2026-11-27（周五）15:00（UTC+8）": "2026-11-27 15:00",
    "明天 14 点 30 分": "2026-11-26 14:30",
    "12 月 24 日 下午 3 点": "2026-12-24 15:00",
    "2 小时后": "2026-11-25 12:07",
    "周五五点三刻下午": "2026-11-27 17:45",
    "两天三小时后": "2026-11-27 13:07",
    "等到明天上午十点零五分": "2026-11-26 10:05",
}

GUESSED = {
    "Friday": "2026-11-27 08:30",
    "by Friday": "2026-11-27 08:30",
    "tomorrow": "2026-11-26 08:30",
    "tomorrow afternoon": "2026-11-26 14:00",
    "tomorrow after lunch": "2026-11-26 14:00",
    "next week": "2026-11-30 08:30",
    "next Friday 9:00": "2026-12-04 09:00",
    "tomorrow at 3": "2026-11-26 15:00",
    "at 9am": "2026-11-26 09:00",
    "9:00": "2026-11-26 09:00",
    "3/4 10:00": "2027-04-03 10:00",
    "Saturday end of day": "2026-11-28 18:00",
    "tomorrow or Friday 9:00": "2026-11-26 09:00",
    "today": "2026-11-25 17:30",
    "Monday 27 Nov 9:00": "2026-11-27 09:00",
    "tomorrow 3pm in two hours": "2026-11-26 15:00",
    "下周一上午": "2026-11-30 08:30",
    "明天": "2026-11-26 08:30",
    "周五": "2026-11-27 08:30",
    "明天3点": "2026-11-26 15:00",
    "今天8点": "2026-11-25 20:00",
    "周三9点": "2026-12-02 09:00",
    "周末": "2026-11-28 09:00",
    "今晚": "2026-11-25 20:00",
}

NOTHING_SAID = [
    "",
    "   ",
    "soon",
    "when the part arrives",
    "等备件到货",
    "尽快",
    "2026-11-24 10:00",
    "yesterday",
    "昨天下午3点",
    "两小时前",
    "2 hours ago",
    "last Monday 9:00",
    "上周五下班前",
    "本周一上午9点",
    "30 February 10:00",
    "2月30日上午10点",
    "25:00",
    "在 9999 小时后的 9999 天后",
    "1999年1月1日",
    "版本 3.4.1",
    "the may release",
    "UTC",
]


def _understood(text: str, **how: str) -> Understood | None:
    return understood(text, now=NOW.astimezone(UTC), zone="Asia/Shanghai", calendar=OFFICE, **how)


@pytest.mark.parametrize(("said", "meant"), CLEAR.items())
def test_a_clear_moment_is_understood(said: str, meant: str) -> None:
    heard = _understood(said)

    assert heard is not None
    assert heard.at.astimezone(SHANGHAI) == _at(meant)
    assert not heard.is_a_guess


@pytest.mark.parametrize(("said", "meant"), GUESSED.items())
def test_what_could_be_another_moment_is_a_guess(said: str, meant: str) -> None:
    heard = _understood(said)

    assert heard is not None
    assert heard.at.astimezone(SHANGHAI) == _at(meant)
    assert heard.is_a_guess


@pytest.mark.parametrize("said", NOTHING_SAID)
def test_what_names_no_moment_to_come_is_not_understood(said: str) -> None:
    assert _understood(said) is None


@given(st.text(max_size=60), st.sampled_from(["UTC", "Asia/Shanghai", "America/St_Johns", "no/zone"]))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_moment_to_come_or_nothing(text: str, zone: str) -> None:
    heard = understood(text, now=NOW.astimezone(UTC), zone=zone)

    assert heard is None or NOW < heard.at <= NOW + FARTHEST


_PIECES = [
    *"0123456789:/.-年月日点半周下一两十九",
    " in ",
    " next ",
    " fri",
    " pm",
    " dec",
    "小时后",
    "天后",
    "今晚",
    "月底",
    "at ",
]


@given(
    st.lists(st.sampled_from(_PIECES), max_size=12).map("".join),
    MINUTES,
)
@example("十十日", 0)
@settings(max_examples=200, deadline=None)
def test_any_heap_of_words_for_time_is_a_moment_to_come_or_nothing(text: str, minute: int) -> None:
    now = START + timedelta(minutes=minute)

    heard = understood(text, now=now, zone="Europe/Berlin", calendar=OFFICE)

    assert heard is None or (now < heard.at <= now + FARTHEST and heard.words in text)


@given(MINUTES, st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"]))
@settings(max_examples=100, deadline=None)
def test_a_date_and_a_time_of_day_mean_what_a_clock_there_shows(minute: int, zone: str) -> None:
    moment = START + timedelta(minutes=minute)
    shown = f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"

    heard = understood(shown, now=START - timedelta(days=2), zone=zone)

    assert heard is not None
    assert f"{heard.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == shown


def test_the_words_are_those_of_the_speaker() -> None:
    heard = _understood("供应商说明天下午３点送到")

    assert heard is not None
    assert heard.words == "明天下午３点"


def test_days_and_hours_are_those_of_the_speakers_zone() -> None:
    late = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)

    there = understood("tomorrow 9am", now=late, zone="Asia/Shanghai")
    here = understood("tomorrow 9am", now=late, zone="America/New_York")

    assert there is not None
    assert there.at == datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    assert here is not None
    assert here.at == datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_leave_out_is_the_moment_of_the_change() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    heard = understood("tomorrow 02:30", now=before, zone="Europe/Berlin")

    assert heard is not None
    assert heard.at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_comes_twice_is_its_first() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)

    heard = understood("tomorrow 02:30", now=before, zone="Europe/Berlin")

    assert heard is not None
    assert heard.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_hours_are_real_hours_and_days_are_those_of_the_wall_clock() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    hours = understood("in 24 hours", now=before, zone="Europe/Berlin")
    day = understood("in 1 day", now=before, zone="Europe/Berlin")

    assert hours is not None
    assert hours.at == before + timedelta(hours=24)
    assert day is not None
    assert day.at == before + timedelta(hours=23)


def test_after_closing_the_end_of_the_day_is_that_of_the_next_working_day() -> None:
    friday_night = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

    heard = understood("下班前", now=friday_night, zone="Asia/Shanghai", calendar=OFFICE)

    assert heard is not None
    assert heard.is_a_guess
    assert heard.at.astimezone(SHANGHAI) == _at("2026-11-30 17:30")


def test_an_office_that_never_closes_has_six_oclock_as_its_end_of_day() -> None:
    heard = understood("end of day", now=NOW, zone="Asia/Shanghai", calendar=always("Asia/Shanghai"))

    assert heard is not None
    assert heard.is_a_guess
    assert heard.at.astimezone(SHANGHAI) == _at("2026-11-25 18:00")


def test_in_chinese_the_month_comes_first() -> None:
    heard = _understood("3/4 10:00", language="zh-CN")

    assert heard is not None
    assert heard.at.astimezone(SHANGHAI) == _at("2027-03-04 10:00")


def test_a_long_text_costs_no_more_than_a_short_one() -> None:
    began = perf_counter()

    understood("1" * 100_000 + "点" * 100_000, now=NOW, zone="Asia/Shanghai", calendar=OFFICE)

    assert perf_counter() - began < 0.5
