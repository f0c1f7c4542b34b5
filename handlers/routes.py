"""All that one can say, press and fill in, and who answers: one explicit table."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.domain.ids import TicketId
from bot.domain.linking import DIGITS
from handlers import asking, covering, language, linking, on_call, phrasing, raising, rating, waiting, working
from handlers.heard import Heard, Wish
from handlers.steps import STEPS, Answers
from handlers.turn import Deed, Turn

Listener = Callable[[Turn, Heard], Awaitable[Deed]]
Presser = Callable[[Turn, Wish], Awaitable[Deed]]
Filler = Callable[[Turn, Wish, Answers], Awaitable[Deed]]


class Takes(StrEnum):
    """What may stand behind a command. Where something else does, it is no command but somebody's words."""

    NOTHING = "nothing"
    TICKET = "ticket"
    """Nothing, or a ticket number."""
    ABOUT = "about"
    """Nothing, or a ticket number and perhaps words."""
    WORDS = "words"
    """Nothing, or words set off by a colon, a slash before the command, or a blank behind a Chinese one."""
    CODE = "code"
    """Nothing, or about as many digits as a code has, in one or several groups."""
    TIMED = "timed"
    """Nothing, or a ticket number and perhaps how long."""
    LINK = "link"
    """Nothing, or what a link of ours carried: exactly the digits of a code."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that can be said, in both languages."""

    handler: Listener
    en: str
    """Phrases, with commas between them."""
    zh: str
    takes: Takes = Takes.NOTHING
    for_crew: bool = False
    """From others the same words are only words."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """All ways to say it."""
        return tuple(phrase.strip() for phrase in re.split("[,，]", f"{self.en},{self.zh}") if phrase.strip())


WORDS: tuple[Word, ...] = (
    Word(asking.help_me, "help, desk, deskbell, menu", "帮助，菜单，怎么用"),
    Word(linking.opened, "start", "", Takes.LINK),
    Word(linking.link, "link, link account, link my account", "关联，关联账号，绑定，绑定账号", Takes.CODE),
    Word(linking.unlink, "unlink, unlink account", "解除关联，取消关联，解绑"),
    Word(asking.mine, "my tickets, mine, my requests, tickets", "我的工单，我的报修，我的申请"),
    Word(asking.queue, "queue, open tickets, backlog", "队列，待办，待处理，工单列表"),
    Word(on_call.now, "on call, who is on call, who's on call, whos on call", "值班，谁值班，今天谁值班，值班表"),
    Word(
        covering.my_shifts,
        "my shifts, shifts, my on call, when am i on call, cover, swap",
        "我的班次，我的班，我的值班，我什么时候值班，换班，顶班",
        for_crew=True,
    ),
    Word(asking.show, "status, show, ticket", "查询，查单，工单，状态", Takes.TICKET),
    Word(asking.why, "why, why these times", "为什么，怎么算的，时限怎么算的，时限怎么算", Takes.TICKET),
    Word(working.nudge, "nudge, chase", "催单，催办，催一下", Takes.TICKET),
    Word(working.cancel, "cancel, withdraw", "撤单，撤销工单，取消工单", Takes.ABOUT),
    Word(working.cancel, "never mind", "取消，撤销", Takes.TICKET),
    Word(working.reopen, "reopen", "重开，重新打开", Takes.ABOUT),
    Word(raising.report, "report, incident", "报修，报障", Takes.WORDS),
    Word(raising.request, "request", "申请", Takes.WORDS),
    Word(working.acknowledge, "ack, acknowledge", "受理，确认接单", Takes.TIMED, for_crew=True),
    Word(working.pass_on, "not me, pass, pass on", "不是我，不归我，下一个", Takes.TICKET, for_crew=True),
    Word(working.keep_on, "still on it, still on, on it", "还在处理，还在弄", Takes.TIMED, for_crew=True),
    Word(working.call_up, "escalate, call the lead, call up", "升级，呼叫主管", Takes.ABOUT, for_crew=True),
    Word(working.hand_over, "hand over, hand", "转给，转交，移交", Takes.ABOUT, for_crew=True),
    Word(working.take, "take, take over", "接单，我来，接手", Takes.TICKET, for_crew=True),
    Word(working.start, "start work, begin, start", "开始处理，开始", Takes.TICKET, for_crew=True),
    Word(working.resolve, "resolve, resolved, fulfil, done", "解决，已解决，办结", Takes.ABOUT, for_crew=True),
    Word(language.english, "english, language en, language english, lang en", "英文，英语，语言 英文，切换英文"),
    Word(language.chinese, "chinese, language zh, language chinese, lang zh", "中文，汉语，语言 中文，切换中文"),
    Word(language.other, "language, lang", "语言，切换语言"),
)
"""Said alone or with what they take. The first row that fits answers."""

PRESSES: Mapping[str, Presser] = MappingProxyType(
    {
        **{step.wish: working.press for step in STEPS},
        "rate": rating.rate,
        "wait": waiting.open_form,
        "until": waiting.confirm,
        "show": asking.press_show,
        "more": asking.more,
        "why": asking.press_why,
        "mine": asking.mine,
        "queue": asking.queue,
        "help": asking.help_me,
        "draft": raising.raise_draft,
        "language": language.press,
        "unlink": linking.press_unlink,
        "on_call": on_call.now,
        "shifts": covering.my_shifts,
        "cover_shift": covering.press_shift,
        "cover": covering.press_person,
        "cover_return": covering.press_return,
        "cover_ask": covering.press_ask,
        "cover_yes": covering.press_yes,
        "cover_no": covering.press_no,
        "cover_undo": covering.press_undo,
    }
)
"""Verb of a button to who answers."""

FORMS: Mapping[str, Filler] = MappingProxyType(
    {**{step.wish: working.submit for step in STEPS if step.fill is not None}, "wait": waiting.submit}
)
"""Verb of a form to who takes its answers."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command that was said, with its ticket number and the words behind it."""

    word: Word
    ticket: TicketId | None
    rest: str


def spoken(text: str) -> tuple[Spoken, ...]:
    """The commands that the text may be, in the order of the table; none when it is somebody's own words."""
    head = phrasing.narrowed(text[: phrasing.LOOKED_AT])
    found = _COMMAND.match(head)
    if found is None:
        return ()
    gap = text[found.end() : found.end() + 1]
    rest = text[found.end() :].lstrip(phrasing.SEPARATORS)
    fitting = (_fitting(word, found, gap, rest) for word in _ROWS[_squeezed(found["phrase"])])
    return tuple(one for one in fitting if one is not None)


def is_unknown_command(text: str) -> bool:
    """A slash and one word that nobody knows."""
    return _SLASHED.fullmatch(text.strip()) is not None


def _fitting(word: Word, found: re.Match[str], gap: str, rest: str) -> Spoken | None:
    if not rest:
        return Spoken(word, None, "")
    match word.takes:
        case Takes.NOTHING:
            return None
        case Takes.CODE:
            return Spoken(word, None, rest) if _CODE.fullmatch(phrasing.narrowed(rest)) else None
        case Takes.LINK:
            return Spoken(word, None, rest) if _CARRIED.fullmatch(rest) else None
        case Takes.TICKET:
            number = phrasing.number_alone(rest)
            return None if number is None else Spoken(word, number, "")
        case Takes.TIMED:
            numbered = phrasing.number_after_command(rest)
            if numbered is None or not (not numbered.rest or _LENGTH.fullmatch(phrasing.narrowed(numbered.rest))):
                return None
            return Spoken(word, numbered.ticket, numbered.rest)
        case Takes.ABOUT:
            numbered = phrasing.leading_number(rest) or _plainly_numbered(found, rest)
            if numbered is not None:
                return Spoken(word, numbered.ticket, numbered.rest)
            return Spoken(word, None, rest) if _is_set_off(found, gap) else None
        case Takes.WORDS:
            return Spoken(word, None, rest) if _is_set_off(found, gap) else None


def _plainly_numbered(found: re.Match[str], rest: str) -> phrasing.Numbered | None:
    """ "cancel 42" and 撤单42，好了 name a ticket; "cancel 2 meetings" and 取消 2 个会议 count things."""
    numbered = phrasing.number_after_command(rest)
    if numbered is None or not numbered.rest or found["slash"]:
        return numbered
    is_counting = found["phrase"].isascii() or numbered.rest[0] in _COUNTED
    return None if is_counting else numbered


def _is_set_off(found: re.Match[str], gap: str) -> bool:
    chinese = not found["phrase"].isascii()
    return bool(found["slash"]) or gap in "：:\n" or (chinese and gap in " ，,\t\u3000")


def _squeezed(phrase: str) -> str:
    return re.sub(r"[\s_-]+", "", phrase)


def _rows() -> Mapping[str, tuple[Word, ...]]:
    rows: dict[str, list[Word]] = {}
    for word in WORDS:
        for phrase in word.phrases:
            rows.setdefault(_squeezed(phrase), []).append(word)
    return MappingProxyType({phrase: tuple(words) for phrase, words in rows.items()})


def _pattern() -> re.Pattern[str]:
    """One automaton for all commands, so that the fiftieth costs what the first does."""
    phrases = sorted({phrase for word in WORDS for phrase in word.phrases}, key=len, reverse=True)
    spelled = "|".join(
        r"[\s_-]*".join(re.escape(part) for part in phrase.split()) + (_ENDS if phrase.isascii() else "")
        for phrase in phrases
    )
    return re.compile(rf"\s*(?P<slash>/(?:desk(?:bell)?\s+)?)?(?P<phrase>{spelled})(?:@\w+)?")


_COUNTED = frozenset("个台条张份次位人天月年日点周块本部套名封小分")
"""What stands behind a number that counts."""

_ENDS = r"(?![a-z0-9_'’])"
"""An English word ends; behind a Chinese one the number may follow at once."""

_LENGTH = re.compile(r"(?:for )?(?:\d{1,3} ?(?:m|min|mins|minutes?|h|hours?|分钟|个?小时)|half an hour|半个?小时)")
_CODE = re.compile(r"\d(?:[\s-]?\d){5,9}")
_CARRIED = re.compile(rf"[0-9]{{{DIGITS}}}")

_ROWS = _rows()
_COMMAND = _pattern()
_SLASHED = re.compile(r"/[a-z0-9_]{1,32}(?:@\w+)?", re.IGNORECASE)
