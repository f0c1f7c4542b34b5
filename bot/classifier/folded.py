"""A text made comparable, with the way back to the words as the person wrote them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from bot.classifier.traditional import SIMPLIFIED
from bot.classifier.values import Lang

MOST_CHARS: Final = 4_000

# A Latin word with its digits (kb5034441; srv-db-01 gives three), one Han character, a telling mark, an emoji.
_TOKEN: Final = re.compile(r"[a-z0-9_]+(?:'[a-z]+)?|[^\W\d_]|[?!%\u2600-\u27bf\U0001f300-\U0001faff]")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_ENGLISH: Final = re.compile(
    r"\b(?:the|my|is|are|it|i|to|we|can|please|pls|not|and|for|in|on|of|with|a|has|have|our|how|you|no)\b"
)
# NUL and the other controls are read as spaces.
_ASCII: Final = dict.fromkeys((*range(32), 127), " ") | {ord("`"): "'"}
_APOSTROPHES: Final = "\u2018\u2019\u02bc\u00b4\u0060\u2032"


class Token(NamedTuple):
    """A piece of the folded text at its characters [start, end)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """The comparable text. `origin[i]` is the place of folded character i in the original."""

    original: str
    text: str
    origin: Sequence[int]
    tokens: tuple[Token, ...]
    lang: Lang
    has_han: bool

    def words(self, start: int, end: int) -> str:
        """The original words under folded characters [start, end); lone surrogates shown as U+FFFD."""
        return _printable(self.original[self.origin[start] : self.origin[end - 1] + 1])


def fold(text: str) -> Folded:
    """NFKC, lower case, no accents, simplified characters, no invisible marks; of the first 4,000 characters."""
    original = text[:MOST_CHARS]
    folded, origin = _fold_ascii(original) if original.isascii() else _fold_any(original)
    return Folded(
        original=original,
        text=folded,
        origin=origin,
        tokens=tuple(Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(folded)),
        lang=language_of(folded),
        has_han=_HAN.search(folded) is not None,
    )


def language_of(folded: str) -> Lang:
    """Chinese when Han characters carry the sentence: more of them than Latin words, or no English grammar at all."""
    han = len(_HAN.findall(folded))
    if not han:
        return "en"
    latin_words = len(re.findall(r"[a-z]{2,}", folded))
    english_grammar = len(_ENGLISH.findall(folded))
    return "zh" if han >= latin_words or han > 2 * english_grammar else "en"


def _fold_ascii(original: str) -> tuple[str, range]:
    return original.lower().translate(_ASCII), range(len(original))


def _fold_any(original: str) -> tuple[str, list[int]]:
    pieces: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(original):
        if len(origin) >= MOST_CHARS:  # one character may fold into eighteen
            break
        piece = fold_char(char)
        pieces.append(piece)
        origin.extend([place] * len(piece))
    return "".join(pieces), origin


@lru_cache(maxsize=8_192)
def fold_char(char: str) -> str:
    """One character made comparable; invisible and combining ones become nothing, controls a space."""
    if char in _APOSTROPHES:
        return "'"
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category in ("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"):
        return " "
    plain = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in plain if not unicodedata.combining(part))
    return SIMPLIFIED.get(bare, unicodedata.normalize("NFKC", bare).casefold())


def _printable(words: str) -> str:
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
