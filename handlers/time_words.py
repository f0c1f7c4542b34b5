"""Words for moments, English and Chinese, and what each means by itself: one table, looked up from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from handlers import phrasing


class Part(StrEnum):
    """A part of the day, said with an hour or without one."""

    DAWN = "dawn"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Span:
    """In two hours: real time from now on."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Ahead:
    """Tomorrow, in three days, in a month: so many days and months from today. `timed`: at the present time of day."""

    days: int = 0
    months: int = 0
    timed: bool = False


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """Monday is 0. `weeks` is 0 for this week and 1 for the next; None is whichever comes first."""

    number: int
    weeks: int | None = None
    unclear: bool = False
    """English "next Friday" is the coming one to some and the one after to others."""


@dataclass(frozen=True, slots=True)
class OnDate:
    """The 24th, 24 December, 24 December 2026. `months` is 1 for that day of the next month."""

    day: int
    month: int | None = None
    year: int | None = None
    months: int = 0
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class EndOfMonth:
    """The last day of this month (0) or the next (1)."""

    months: int = 0


@dataclass(frozen=True, slots=True)
class At:
    """A time of day as it was said. `sure`: nobody would take it for the other half of the day."""

    hour: int
    minute: int = 0
    half: str = ""
    """"am", "pm", or nothing."""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """When the office closes."""


@dataclass(frozen=True, slots=True)
class Offset:
    """UTC+8: the zone was named."""

    from_utc: timedelta


Day = Ahead | OnWeekday | OnDate | EndOfMonth
Meaning = Span | Day | At | Part | Closing | Offset


@dataclass(frozen=True, slots=True)
class Found:
    """Where in the text words mean something."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


MOST_CHARS = 200
"""Whoever names a moment does it early."""


def meanings_in(text: str) -> Iterator[Found]:
    """What the text says about time, from left to right, nothing twice."""
    plain = phrasing.narrowed(text[:MOST_CHARS])
    place = 0
    while place < len(plain):
        found = _at(plain, place)
        if found is not None:
            yield found
        place = place + 1 if found is None else found.end


def _at(plain: str, place: int) -> Found | None:
    for pattern, meant in _ROWS:
        match = pattern.match(plain, place)
        if match is not None and match.end() > place:
            meanings = meant(match)
            if meanings:
                return Found(place, match.end(), meanings)
    return None


# --- numbers ---------------------------------------------------------------------------------------------------------

_ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBERS = {
    **{word: float(number) for number, word in enumerate(_ENGLISH)},
    **{"a": 1.0, "an": 1.0, "a couple of": 2.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0},
    **{"forty": 40.0, "forty five": 45.0, "forty-five": 45.0, "fifty": 50.0, "ninety": 90.0},
}
_EN = r"(?:\d{1,4}(?:\.\d{1,2})?|" + "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True)) + ")"
_DIGITS = "零一二三四五六七八九"
_ZH = r"(?:\d{1,4}|[零〇一二两三四五六七八九十]{1,3})"


def _english(word: str) -> float:
    return _NUMBERS[word] if word in _NUMBERS else float(word)


def _chinese(word: str) -> int | None:
    """十五 is 15, 零五 is 5, 两 is 2; None for what is no number up to 99, such as 五十二三."""
    if word.isdecimal():
        return int(word)
    plain = word.replace("两", "二").replace("〇", "零")
    tens, ten, ones = plain.rpartition("十")
    if not ten:
        ones, tens = plain.removeprefix("零") or "零", ""
    if len(tens) > 1 or len(ones) > 1 or tens in ("零", "十"):
        return None
    return (_DIGITS.index(tens or "一") if ten else 0) * 10 + (_DIGITS.index(ones) if ones else 0)


# --- English ---------------------------------------------------------------------------------------------------------

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs?)?(?:day)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_TH = r"(?:st|nd|rd|th)"
_UNIT = r"(?P<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)"
_IN = "(?:in |after |for |within )?"
_FROM_NOW = "(?: from now| later)?(?! ago)"
_NO_MORE = rf"(?![:./-]\d| ?(?:[ap]\.?m|of|m|h|d|w)|[ -]?{_MONTH}|{_TH})"
"""An hour is only an hour where nothing else is counted."""

_PARTS = {
    "morning": Part.MORNING,
    "noon": Part.NOON,
    "lunch": Part.NOON,
    "afternoon": Part.AFTERNOON,
    "evening": Part.EVENING,
    "night": Part.EVENING,
}
_PAST = {"half past": 30, "quarter past": 15, "quarter to": -15}


def _for_so_long(match: re.Match[str]) -> tuple[Meaning, ...]:
    count = _english(match["count"]) + (0.5 if match["half"] or match["later_half"] else 0)
    more = timedelta(minutes=_english(match["more"])) if match["more"] else timedelta()
    match match["unit"][:2].rstrip("s"):
        case "mo":
            return (Ahead(months=int(count), timed=True),)
        case "m" | "mi":
            return (Span(timedelta(minutes=count)),)
        case "h" | "ho" | "hr":
            return (Span(timedelta(hours=count) + more),)
        case "d" | "da":
            return (Ahead(days=int(count), timed=True),) if count == int(count) else (Span(timedelta(days=count)),)
        case _:
            return (Ahead(days=int(count * 7), timed=True),)


def _weekday(match: re.Match[str]) -> tuple[Meaning, ...]:
    number = _WEEKDAYS.index(match["weekday"][:3])
    match match["which"]:
        case "next":
            return (OnWeekday(number, weeks=1, unclear=True),)
        case "last":
            return (OnWeekday(number, weeks=-1),)
        case "this":
            return (OnWeekday(number, weeks=0),)
        case _:
            return (OnWeekday(number),)


def _named_date(match: re.Match[str]) -> tuple[Meaning, ...]:
    year = int(match["year"]) if match["year"] else None
    return (OnDate(int(match["day"]), _MONTHS.index(match["month"][:3]) + 1, year),)


def _numbered_date(match: re.Match[str]) -> tuple[Meaning, ...]:
    return (OnDate(int(match["day"]), int(match["month"]), int(match["year"])),)


def _day_first(match: re.Match[str]) -> tuple[Meaning, ...]:
    """24.12. is a day and a month."""
    year = int(match["year"]) if match["year"] else None
    return (OnDate(int(match["day"]), int(match["month"]), year),)


def _slashed_date(match: re.Match[str]) -> tuple[Meaning, ...]:
    """24/12 and 12/24 say by themselves which is the month; 3/4 does not."""
    first, second = int(match["first"]), int(match["second"])
    year = int(match["year"]) if match["year"] else None
    if first > 12:
        return (OnDate(first, second, year),)
    return (OnDate(second, first, year, unclear=second <= 12 and first != second),)


def _twelve_hours(match: re.Match[str]) -> tuple[Meaning, ...]:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if not 1 <= hour <= 12:
        return (At(hour, minute, sure=True),)
    return (At(hour, minute, half=match["half"][0] + "m", sure=True),)


def _clock(match: re.Match[str]) -> tuple[Meaning, ...]:
    hour = match["hour"]
    return (At(int(hour), int(match["minute"]), sure=hour.startswith("0") or int(hour) > 12),)


def _plain_hour(match: re.Match[str]) -> tuple[Meaning, ...]:
    hour = int(_english(match["hour"]))
    return (At(hour, sure=hour > 12),) if hour <= 24 else ()


def _past(match: re.Match[str]) -> tuple[Meaning, ...]:
    minutes = int(_english(match["hour"])) * 60 + _PAST[match["how"]]
    return (At(minutes // 60 % 24, minutes % 60),)


def _offset(match: re.Match[str]) -> tuple[Meaning, ...]:
    ahead = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    return (Offset(-ahead if match["sign"] == "-" else ahead),) if ahead < timedelta(hours=15) else ()


# --- Chinese ---------------------------------------------------------------------------------------------------------

_ZH_DAYS = {"前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
_ZH_PARTS = {
    "凌晨": Part.DAWN,
    "清晨": Part.MORNING,
    "一早": Part.MORNING,
    "早上": Part.MORNING,
    "早晨": Part.MORNING,
    "上午": Part.MORNING,
    "中午": Part.NOON,
    "下午": Part.AFTERNOON,
    "傍晚": Part.DUSK,
    "晚上": Part.EVENING,
    "晚间": Part.EVENING,
    "夜里": Part.EVENING,
    "半夜": Part.EVENING,
    "深夜": Part.EVENING,
    "晚": Part.EVENING,
}
_ZH_WEEKS = {"上": -1, "下下": 2, "下": 1, "这": 0, "本": 0, None: None}
_ZH_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}
_WEEK = r"个?(?:周|星期|礼拜)"
_LATER = r"(?:以后|之后|后|以内|之内|内)"
_LATER_IF = rf"{_LATER}?(?!之?前|以前)"
"""Two hours are two hours from now, unless they are two hours ago."""


def _zh_hours(match: re.Match[str]) -> tuple[Meaning, ...]:
    count, more = _chinese(match["count"]), _chinese(match["more"] or "零") or 0
    if count is None:
        return ()
    half = timedelta(minutes=30 if match["half"] or match["later_half"] else 0)
    return (Span(timedelta(hours=count, minutes=more) + half),)


def _zh_count(made: Callable[[int], Meaning]) -> Callable[[re.Match[str]], tuple[Meaning, ...]]:
    def meant(match: re.Match[str]) -> tuple[Meaning, ...]:
        count = _chinese(match["count"])
        return () if count is None else (made(count),)

    return meant


def _zh_weekday(match: re.Match[str]) -> tuple[Meaning, ...]:
    number = 5 if match["weekday"] == "末" else "一二三四五六日".index(match["weekday"].replace("天", "日"))
    return (OnWeekday(number, _ZH_WEEKS[match["which"]], unclear=match["weekday"] == "末"),)


def _zh_date(match: re.Match[str]) -> tuple[Meaning, ...]:
    said = match.groupdict()
    day, month = _chinese(said["day"]), _chinese(said.get("month") or "零")
    if day is None or month is None:
        return ()
    year = int(said["year"]) if said.get("year") else None
    return (OnDate(day, month or None, year, months=1 if said.get("next") else 0),)


def _zh_clock(match: re.Match[str]) -> tuple[Meaning, ...]:
    hour = _chinese(match["hour"])
    minute = _ZH_QUARTERS[match["quarter"]] if match["quarter"] else _chinese(match["minute"] or "零")
    if match["minute"] is None and not match["quarter"]:
        minute = 0
    if hour is None or minute is None:
        return ()
    return (At(hour, minute, sure=hour > 12 or match["hour"].startswith("0")),)


# --- the table -------------------------------------------------------------------------------------------------------


def _always(*meanings: Meaning) -> Callable[[re.Match[str]], tuple[Meaning, ...]]:
    return lambda _: meanings


Row = tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Meaning, ...]]]


def _word(pattern: str, meant: Callable[[re.Match[str]], tuple[Meaning, ...]]) -> Row:
    """English stands between blanks."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])"), meant


def _sign(pattern: str, meant: Callable[[re.Match[str]], tuple[Meaning, ...]]) -> Row:
    """Chinese stands anywhere, but no number is cut."""
    return re.compile(rf"(?<!\d)(?:{pattern})"), meant


_ROWS: tuple[Row, ...] = (
    _word(r"(?:utc|gmt)(?:\s?(?P<sign>[+-])(?P<hours>\d{1,2})(?::(?P<minutes>\d\d))?)?", _offset),
    _sign(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:t(?=\d)|(?!\d))", _numbered_date),
    _word(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>am|pm|a\.m|p\.m)\.?", _twelve_hours),
    _word(rf"{_IN}half an hour{_FROM_NOW}", _always(Span(timedelta(minutes=30)))),
    _word(
        rf"{_IN}(?:about )?(?P<count>{_EN})(?P<half> and a half)?[ -]?{_UNIT}"
        rf"(?P<later_half> and a half)?(?:(?: and)? ?(?P<more>{_EN}) ?m(?:in(?:ute)?s?)?)?{_FROM_NOW}",
        _for_so_long,
    ),
    _word(r"(?:the )?day after tomorrow", _always(Ahead(2))),
    _word(r"tomorrow|tmrw?|tmw", _always(Ahead(1))),
    _word(r"today", _always(Ahead(0))),
    _word(r"(?:the )?day before yesterday", _always(Ahead(-2))),
    _word(r"yesterday", _always(Ahead(-1))),
    _word(r"(?:last|past) (?:week|month|year|night)", _always(Ahead(-1))),
    _word(r"tonight", _always(Ahead(0), Part.EVENING)),
    _word(r"(?:the )?end of next week", _always(OnWeekday(4, weeks=1), Closing())),
    _word(r"(?:the )?end of (?:the |this )?week|eow", _always(OnWeekday(4, weeks=0), Closing())),
    _word(r"(?:the )?end of next month", _always(EndOfMonth(1), Closing())),
    _word(r"(?:the )?end of (?:the |this )?month|eom", _always(EndOfMonth(), Closing())),
    _word(r"(?:the )?(?:end of (?:the |this )?(?:business |working |work )?day|close of business)", _always(Closing())),
    _word(r"eod|cob|eob|end of business|closing(?: time)?", _always(Closing())),
    _word(rf"(?:(?P<which>next|this|coming|last) )?{_WEEKDAY}", _weekday),
    _word(r"next week", _always(OnWeekday(0, weeks=1))),
    _word(rf"(?P<day>\d{{1,2}}){_TH}?(?: of)?[ -]?{_MONTH}(?:,? ?(?P<year>\d{{4}}))?(?!:)", _named_date),
    _word(rf"{_MONTH} ?(?P<day>\d{{1,2}}){_TH}?(?:,? (?P<year>\d{{4}}))?(?!:)", _named_date),
    _word(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})?", _day_first),
    _word(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}))?", _slashed_date),
    _word(rf"(?:the )?(?P<day>\d{{1,2}}){_TH}", lambda match: (OnDate(int(match["day"])),)),
    _sign(r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d)", _clock),
    _word(r"(?:at )?midnight", _always(At(24, sure=True))),
    _word(r"(?:at )?(?:noon|midday)", _always(At(12, sure=True))),
    _word(rf"(?P<how>half past|quarter past|quarter to) (?P<hour>{_EN})", _past),
    _word(rf"(?P<hour>{_EN}) ?o'?clock", _plain_hour),
    _word(rf"(?:at|by|until|till|before|around) (?P<hour>\d{{1,2}}){_NO_MORE}", _plain_hour),
    _word(r"after lunch", _always(Part.AFTERNOON)),
    _word(
        r"(?:in the |at )?(?P<part>morning|noon|lunch|afternoon|evening|night)",
        lambda match: (_PARTS[match["part"]],),
    ),
    # Chinese
    _sign(rf"半个?(?:小时|钟头){_LATER_IF}", _always(Span(timedelta(minutes=30)))),
    _sign(
        rf"(?P<count>{_ZH}) ?个?(?P<half>半)?(?:小时|钟头)(?P<later_half>半)?"
        rf"(?: ?零?(?P<more>{_ZH}) ?分钟?)?{_LATER_IF}",
        _zh_hours,
    ),
    _sign(rf"(?P<count>[一三])刻钟{_LATER_IF}", _zh_count(lambda count: Span(timedelta(minutes=15 * count)))),
    _sign(rf"(?P<count>{_ZH}) ?分钟{_LATER_IF}", _zh_count(lambda count: Span(timedelta(minutes=count)))),
    _sign(rf"(?P<count>{_ZH}) ?天{_LATER_IF}", _zh_count(lambda count: Ahead(days=count, timed=True))),
    _sign(
        rf"(?P<count>{_ZH}) ?(?:个?(?:星期|礼拜)|周){_LATER}",
        _zh_count(lambda count: Ahead(days=7 * count, timed=True)),
    ),
    _sign(rf"(?P<count>{_ZH}) ?个月{_LATER}", _zh_count(lambda count: Ahead(months=count, timed=True))),
    _sign(
        r"(?P<day>昨|今|明|后|大后)(?P<part>晚|早)上?",
        lambda match: (
            Ahead(_ZH_DAYS[match["day"]]),
            Part.EVENING if match["part"] == "晚" else Part.MORNING,
        ),
    ),
    _sign(r"(?P<day>前|昨|今|当|明|大后|后)[天日儿]", lambda match: (Ahead(_ZH_DAYS[match["day"]]),)),
    _sign(rf"(?P<which>下下|下|这|本|上)?{_WEEK}(?P<weekday>[一二三四五六日天末])", _zh_weekday),
    _sign(rf"(?P<which>下下|下|上){_WEEK}", lambda match: (OnWeekday(0, _ZH_WEEKS[match["which"]]),)),
    _sign(rf"(?P<year>\d{{4}})年 ?(?P<month>{_ZH}) ?月 ?(?P<day>{_ZH}) ?[日号]?", _zh_date),
    _sign(rf"(?P<month>{_ZH}) ?月 ?(?P<day>{_ZH}) ?[日号]?", _zh_date),
    _sign(rf"(?P<next>下个?月)(?P<day>{_ZH}) ?[日号]", _zh_date),
    _sign(rf"(?:本月|这个月)?(?P<day>{_ZH}) ?[日号]", _zh_date),
    _sign(r"下个?月[底末]", _always(EndOfMonth(1), Closing())),
    _sign(r"(?:本|这个)?月[底末]", _always(EndOfMonth(), Closing())),
    _sign(r"下班(?:之前|以前|前|时)?|收工(?:前)?", _always(Closing())),
    _sign(
        rf"(?P<hour>{_ZH}) ?[点时](?!间)钟?"
        rf"(?:(?P<quarter>半|一刻|三刻|整)| ?[零过]?(?P<minute>{_ZH}) ?(?!\s?[个天])分?)?",
        _zh_clock,
    ),
    _sign("(?P<part>" + "|".join(_ZH_PARTS) + ")", lambda match: (_ZH_PARTS[match["part"]],)),
)
"""The first row that fits decides, so what is longer stands before what it begins with."""
