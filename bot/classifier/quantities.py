"""How many people a text speaks of, and whether it names a moment that is near."""

import re
from dataclasses import dataclass
from typing import Final

from bot.classifier.folded import Folded

_WORDS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "dozen": 12, "fifteen": 15, "twenty": 20, "dozens": 24, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
    "hundreds": 200,
}  # fmt: skip
_HAN_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HAN_TENS: Final = {"十": 10, "百": 100, "千": 1_000}
_HAN_VAGUE: Final = {"十": 30, "百": 100, "千": 1_000}

# A machine that people work at counts as one of them.
_PEOPLE_EN: Final = re.compile(
    rf"""\b (\d{{1,5}} | {"|".join(_WORDS)}) \s* \+? \s*
    (?: of \s+ (?:us|them|our|my) \b
    | (?:or \s+ so \s+)? (?:[a-z]+ \s+){{0,2}}?
      (?: people|persons|users|colleagues|coworkers|employees|staff|workers|agents|operators|nurses|doctors|students
      | teachers|engineers|cashiers|pickers|drivers|guests|pupils|kids|patients|callers
      | passengers|visitors|customers|clients|seats|workstations|pcs|computers|machines|terminals|tills
      | registers|stores|shops) \b)""",
    re.VERBOSE,
)
_PEOPLE_ZH: Final = re.compile(
    r"""(\d{1,5} | [一二两俩三四五六七八九十百千]{1,5} | 几十|上百|数百|几百|上千) \s* [多几来]? \s* [个位名号台家]? \s*
    (?: 人|同事|员工|用户|护士|医生|学生|老师|工人|坐席|客服|电脑|机器|终端|门店|店|收银台|顾客|客户|病人|操作工)""",
    re.VERBOSE,
)
_NOT_A_NUMBER_OF_PEOPLE_ZH: Final = re.compile(r"[第每]$")
_NEAR_EN: Final = re.compile(
    r"""\b (?:by|before|until|till|at) \s+ \d{1,2} (?::\d{2}|h\d{0,2})? \s* (?:am|pm|o'?clock|h|uhr)? \b
        (?! \s* (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))
    | \b in \s+ (?:\d{1,2}|a \s few|ten|fifteen|twenty|thirty) \s* (?:min|mins|minutes|m) \b
    | \b in \s+ (?:an|1|one|half \s an|2|two) \s* (?:hour|hours|h) \b
    | \b within \s+ (?:\d|the|an|one) \s* (?:hour|hours|minutes)""",
    re.VERBOSE,
)
_NEAR_ZH: Final = re.compile(
    r"""(?:(?:今天|今晚|今早|今日|上午|下午|晚上|中午|早上) \s*)?
        (?:\d{1,2}|[一二两三四五六七八九十]{1,3}) \s* (?:点|时|:\d{2}) (?:半|钟|整|\d{1,2}分?)? \s*
        (?:之前|以前|前|就要|要|开|截止|必须)
    | (?:\d{1,2}|[一二两三五十]{1,3}|半个?) \s* (?:分钟|小时|个小时|个钟头?|钟头) \s* (?:后|内|之内|以内|就|之后)
    | 今天 \s* (?:之?前|必须|就要|要交|要用|截止|内)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of people (or of machines, one person each) and the folded characters [start, end) that say it."""

    people: int
    start: int
    end: int


def most_people(folded: Folded) -> Quantity | None:
    """The largest number of people that the text names, or none."""
    found = [Quantity(_english(m[1]), m.start(), m.end()) for m in _PEOPLE_EN.finditer(folded.text)]
    if folded.has_han:
        found += [
            Quantity(_chinese(m[1]), m.start(), m.end())
            for m in _PEOPLE_ZH.finditer(folded.text)
            if not _NOT_A_NUMBER_OF_PEOPLE_ZH.search(folded.text, 0, m.start())
        ]
    return max(found, key=lambda quantity: quantity.people, default=None)


def near_moments(folded: Folded) -> list[tuple[int, int]]:
    """Places [start, end) of words that name a deadline within hours."""
    places = [m.span() for m in _NEAR_EN.finditer(folded.text)]
    if folded.has_han:
        places += [m.span() for m in _NEAR_ZH.finditer(folded.text)]
    return places


def _english(number: str) -> int:
    return int(number) if number.isdigit() else _WORDS[number]


def _chinese(number: str) -> int:
    if number.isdigit():
        return int(number)
    if number[0] in "几上数":
        return _HAN_VAGUE[number[-1]]
    total, digit = 0, 0
    for char in number:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        else:
            total += max(digit, 1) * _HAN_TENS[char]
            digit = 0
    return total + digit
