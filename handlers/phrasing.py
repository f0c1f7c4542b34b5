"""How people write: ticket numbers, thanks, "is it fixed yet", which language; pure, and never changing their words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.ids import TicketId

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_BLANK = re.compile(r"\s+")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")

LOOKED_AT = 240
"""Characters that are looked at for numbers, commands and set phrases; whoever writes more is telling a story."""

_NUMBER = (
    r"(?:#\s?(?P<hash>\d{1,9})"
    r"|(?:inc|req)\s?[-–—_#]\s?(?P<ref>\d{1,9})"
    r"|(?:inc|req)(?P<glued>\d{1,9})"
    r"|(?:工单号?|单号|编号)\s?[:#]?\s?(?P<named>\d{1,9})"
    r"|(?:ticket|case)(?:\s(?:number|no\.?))?\s?[:#]?\s?(?P<ticket>\d{1,9})"
    r"|(?P<ordinal>\d{1,9})\s?号(?:工单|单))"
    r"(?![a-z0-9_])"
)
_LEADING_NUMBER = re.compile(rf"\s*{_NUMBER}")
_ANY_NUMBER = re.compile(rf"(?<![\w&]){_NUMBER}")
_BARE_NUMBER = re.compile(r"\s*(?P<bare>\d{1,9})\s*")
_BARE_HEAD = re.compile(r"\s*(?P<bare>\d{1,9})(?![a-z0-9_])")
SEPARATORS = " \t\r\n,:;.!?，。：；、！？-–—~"

_THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great|perfect|awesome|cool|yes|yep|good|nice|wonderful|super"
    r"|it works(?: now)?|works now|works again|all good|that worked)[\s,!.]*)?"
    r"(?:many )?(?:thanks|thank you|thank u|thx|tks|ty|cheers|much appreciated)"
    r"(?: (?:a lot|a million|so much|very much|again|all|everyone|guys|team|for .{1,40}))?"
    r"|(?:it works(?: now| again)?|works (?:now|again|fine|perfectly)|all good(?: now)?|that worked)"
    r"|(?:嗯+|好的?|可以了?|行了?|搞定了?|好了|能用了|没问题了|太好了|哦)?[\s,，。!！]*"
    r"(?:非常|太|万分|十分)?(?:谢谢|多谢|感谢|谢了|谢啦|辛苦|3q)(?:了|您|你|啦|大家|各位|哈|们|老师|支持|帮忙)*[\s,，。!！]*(?:辛苦了?|谢谢)?"
    r"|(?:可以了|能用了|好使了|搞定了|没问题了|已经好了|好了)"
)
_THANKFUL_SIGNS = frozenset("👍🙏👏💯❤😊🙂😀😄🎉👌🌹💐")
_ASKS_AFTER = re.compile(
    r"(?:is|are|was) (?:it|this|that|they|my [\w -]{1,24}|the [\w -]{1,24}) "
    r"(?:fixed|done|ready|resolved|solved|working|back|up)\b"
    r"|\b(?:any|some) (?:update|news|progress|word)"
    r"|what(?:'s| is) (?:the )?(?:status|progress)|where (?:are we|do we stand|does it stand|is my (?:ticket|request))"
    r"|\bhow long (?:will|does|is|until|more|till)\b|\bstill waiting\b|\beta\b|when will (?:it|this|that|my)\b"
    r"|(?:修|弄|搞|处理|解决|办)?(?:好|完|定|决)了[吗没么]|(?:修|弄|搞|处理|解决|办)得?怎么样|进展|进度|到哪(?:一步|了)"
    r"|什么时候(?:能|可以)?(?:修|弄|搞|处理|解决|办|好|完)|多久(?:能|可以|才)|还要(?:多久|等多久)|还没(?:好|弄好|修好|处理|解决|办好)[吗么]"
    r"|有(?:消息|结果|进展)[了]?[吗没么]"
)
_URGES = re.compile(r"催|快点|快一?些|尽快|抓紧|hurry|still waiting|chas(?:e|ing)|nudge|any (?:update|news|progress)")
_STILL_BROKEN = re.compile(
    r"\bstill (?:not|broken|down|fail|doesn|don|can|isn|won|the same|happen|slow|no\b|having|get|see|stuck|unable)"
    r"|\b(?:broken|failing|fails|down|happening|happened|stopped|back|crashed|slow) again\b"
    r"|\bnot (?:fixed|solved|resolved|working|done)\b|\b(?:doesn|didn|isn)['’]?t (?:work|help|fixed|solved)"
    r"|\bsame (?:problem|issue|error|thing)(?: again| as before| still)?\b|\bcame back\b|\bunresolved\b"
    r"|还是(?:不|没|坏|连不|打不|登不|上不|用不|报|一样|老样子|很慢|卡|有问题|这样|那样)|又(?:坏|不行|断|挂|出|连不|打不|登不|不能|卡|报错|这样|来了|犯)"
    r"|没(?:有)?(?:修好|解决|弄好|搞好|搞定|处理好|好$|好[,，。!！])|(?:仍然|依然|依旧|照样|照旧|仍旧|仍不|老毛病|问题依旧|没用|不管用)"
)
_CALL = re.compile(r"[@＠][\w\u3400-\u9fff-]{1,20}")

_MENTION = re.compile(
    r"<[@!#][^<>\n]{1,80}>"
    r"|(?<![\w.+-])[@＠](?:(?:everyone|here|channel|all|team)(?![\w-])|[A-Za-z0-9][A-Za-z0-9_.-]{0,38})"
    r"|(?<![a-zA-Z0-9_.+-])[@＠](?:所有人|全体成员|全体人员|全体|全员|大家)"
    r"|(?<![a-zA-Z0-9_.+-])[@＠][\w\u3400-\u9fff·-]{1,20}(?=[\s,，:：;；.。!！?？]|$)",
    re.IGNORECASE,
)
"""Whom a message calls: by its network's own sign, by the word for all of them, or by name."""

MOST_IN_PASSING = 80
"""Set phrases count only in a short message: a longer one tells something of its own."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A ticket number at the head of a text, and what is said about it."""

    ticket: TicketId
    rest: str


def storable(text: str) -> str:
    """The text with U+FFFD for what neither a database nor JSON can keep (NUL, lone surrogates); all else stays."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def has_words(text: str) -> bool:
    """Whether anything in it can be seen."""
    return any(unicodedata.category(char)[0] not in "CZ" and unicodedata.category(char) != "Mn" for char in text[:5000])


def folded(text: str) -> str:
    """The head of the text made comparable: half-width, lower case, one plain blank, no invisible marks."""
    plain = unicodedata.normalize("NFKC", text[:LOOKED_AT])
    return _BLANK.sub(" ", _HIDDEN.sub("", plain)).strip().lower().replace("’", "'")


def narrowed(text: str) -> str:
    """Half-width and lower case, every character still in its place."""
    if text.isascii():
        return text.lower()
    return "".join(_narrow(char) for char in text)


def bare(text: str) -> str:
    """The same without the punctuation around it."""
    return folded(text).strip(SEPARATORS + "~…·*()（）\"'“”")


def leading_number(text: str) -> Numbered | None:
    """The ticket number a text begins with: INC-42, ＃42, 单号42, ticket 42."""
    head = narrowed(text[:LOOKED_AT])
    found = _LEADING_NUMBER.match(head)
    if found is None:
        return None
    return Numbered(_number(found), text[found.end() :].lstrip(SEPARATORS))


def any_number(text: str) -> TicketId | None:
    """The first ticket number anywhere in the head of the text."""
    found = _ANY_NUMBER.search(narrowed(text[:LOOKED_AT]))
    return None if found is None else _number(found)


def number_alone(text: str) -> TicketId | None:
    """The ticket number when the text is nothing else; after a command plain digits are one."""
    numbered = leading_number(text)
    if numbered is not None:
        return numbered.ticket if not numbered.rest else None
    found = _BARE_NUMBER.fullmatch(narrowed(text[:LOOKED_AT]))
    return None if found is None else TicketId(int(found["bare"]))


def number_after_command(text: str) -> Numbered | None:
    """A ticket number at the head, where plain digits are one too."""
    numbered = leading_number(text)
    if numbered is not None:
        return numbered
    found = _BARE_HEAD.match(narrowed(text[:LOOKED_AT]))
    return None if found is None else Numbered(TicketId(int(found["bare"])), text[found.end() :].lstrip(SEPARATORS))


def is_thanks(text: str) -> bool:
    """Thanks and nothing else; signs such as a thumb count."""
    words = bare(text)
    if len(words) > MOST_IN_PASSING or not words:
        return False
    if all(char in _THANKFUL_SIGNS or _is_trimming(char) for char in words):
        return any(char in _THANKFUL_SIGNS for char in words)
    spoken = "".join(char for char in words if char not in _THANKFUL_SIGNS and unicodedata.category(char) != "So")
    return _THANKS.fullmatch(spoken.strip(SEPARATORS + "~")) is not None


def asks_after(text: str) -> bool:
    """Whether somebody asks where something stands."""
    words = folded(text)
    return len(words) <= MOST_IN_PASSING and (_ASKS_AFTER.search(words) is not None or is_urging(words))


def is_urging(text: str) -> bool:
    """Whether somebody wants it to go faster."""
    words = folded(text)
    return len(words) <= MOST_IN_PASSING and _URGES.search(words) is not None and "尽快处理" not in words


def says_still_broken(text: str) -> bool:
    """Whether somebody says that what was done did not help."""
    return _STILL_BROKEN.search(folded(text)) is not None


def is_bare_call(text: str) -> bool:
    """The desk's name and nothing else."""
    return _CALL.fullmatch(text.strip()) is not None and unaddressed(text) == text


def unaddressed(text: str) -> str:
    """The text without those it calls: "@everyone" says who should read it, not how many it hurts. The text itself
    when nothing else is left."""
    plain = _MENTION.sub(" ", text)
    return plain if has_words(plain) else text


def guess_language(text: str) -> str:
    """Chinese when at least every fourth word is a Chinese character, otherwise English."""
    head = text[:2000]
    han = len(_CJK.findall(head))
    words = len(_LATIN_WORD.findall(head))
    return "zh" if han and han * 3 >= words else "en"


def gist(text: str, most_chars: int = 60) -> str:
    """The words on one line, without what would disturb its neighbours; clipped with a mark."""
    line = _BLANK.sub(" ", _HIDDEN.sub("", text[: most_chars * 8])).strip()
    return line if len(line) <= most_chars else _cut(line, most_chars - 1).rstrip() + "…"


def telling(pieces: Iterable[str]) -> list[str]:
    """Those pieces that tell something beside the others: none twice, none that stands within another, and no single
    character where there are words."""
    known = list(dict.fromkeys(piece for piece in pieces if piece))
    apart = [one for one in known if not any(one != other and one.lower() in other.lower() for other in known)]
    return [piece for piece in apart if len(piece) > 1] or apart


def quoted(text: str, most_chars: int) -> tuple[str, int]:
    """The words as written, with their direction marks closed; how many characters were left out at the end."""
    kept = text if len(text) <= most_chars else _cut(text, most_chars)
    return kept + _closing_marks(kept), len(text) - len(kept)


def _cut(text: str, most_chars: int) -> str:
    """The beginning, not cut within a joined or combined character."""
    end = most_chars
    while end > 0 and end < len(text) and _is_trimming(text[end]):
        end -= 1
    while end > 0 and text[end - 1] == "\u200d":
        end -= 2
    return text[: max(end, 0)] or text[:most_chars]


def _is_trimming(char: str) -> bool:
    """Joiners, variation selectors, skin tones and combining marks belong to what stands before them."""
    return char in "\u200d\ufe0f\ufe0e " or "\U0001f3fb" <= char <= "\U0001f3ff" or unicodedata.combining(char) > 0


def _closing_marks(text: str) -> str:
    open_marks: list[str] = []
    for mark in _BIDI.findall(text):
        if mark in "\u202a\u202b\u202d\u202e":
            open_marks.append("\u202c")
        elif mark in "\u2066\u2067\u2068":
            open_marks.append("\u2069")
        elif open_marks and open_marks[-1] == mark:
            open_marks.pop()
    return "".join(reversed(open_marks))


def _number(found: re.Match[str]) -> TicketId:
    return TicketId(int(next(group for group in found.groupdict().values() if group)))


def _narrow(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char).lower()
    return plain if len(plain) == 1 else char
