"""Hand-made templates -> training messages, the same ones each time."""

import random
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from bot.classifier.values import KINDS, Kind, Lang

TEXT: Final = files("bot.classifier.training") / "text"
LANGS: Final[tuple[Lang, ...]] = ("en", "zh")

# How many messages of a kind are made in each language: what people write most is seen most.
MESSAGES: Final[Mapping[Kind, int]] = {
    "incident": 3_200,
    "request": 2_600,
    "question": 1_900,
    "complaint": 1_500,
    "chitchat": 1_200,
}
VAGUE_EACH: Final = 30
PLAIN_EACH: Final = 5

_KIND_NAMES: Final[tuple[str, ...]] = KINDS
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_SLOT: Final = re.compile(r"\{([^{}]+)\}")
_SPACES: Final = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Sample:
    """A made message; those of one template share its number, so that a test can hold a template out whole."""

    text: str
    kind: Kind
    lang: Lang
    template: int


def samples() -> list[Sample]:
    """All training messages, without doubles."""
    slots = read_slots()
    made: dict[tuple[str, Kind], Sample] = {}
    number = 0
    for lang in LANGS:
        frames = Frames(lang, slots)
        for kind in KINDS:
            templates = read_templates(kind, lang)
            each = -(-MESSAGES[kind] // len(templates))
            for template in templates:
                number += 1
                for sample in _of_template(template, number, kind, frames, each):
                    made.setdefault((sample.text, kind), sample)
        for kind, text in _labelled(f"plain.{lang}.txt"):
            number += 1
            for sample in _of_template(text, number, kind, frames, PLAIN_EACH):
                made.setdefault((sample.text, kind), sample)
        for template in _lines(f"vague.{lang}.txt"):
            number += 1
            for sample in _of_any_kind(template, number, frames):
                made.setdefault((sample.text, sample.kind), sample)
    return list(made.values())


def aside() -> list[Sample]:
    """Whole messages, written apart from the grammar and never learnt, that set how sure the model may be."""
    return [Sample(text, kind, lang, 0) for lang in LANGS for kind, text in _labelled(f"aside.{lang}.txt")]


def text_checksum() -> str:
    """Names what the model is made from, text and cues: eight hexadecimal digits over all the files."""
    total = 0
    for file in (files("bot.classifier") / "cues.yaml", *sorted(_text_files(), key=lambda file: file.name)):
        total = zlib.crc32(file.read_bytes(), total)
    return f"{total:08x}"


def read_templates(kind: Kind, lang: Lang) -> list[str]:
    return _lines(f"{kind}.{lang}.txt")


def read_slots() -> dict[str, list[str]]:
    named = (line.split(":", 1) for line in _lines("slots.txt"))
    return {name.strip(): [choice.strip() for choice in choices.split("|")] for name, choices in named}


def filled(template: str, slots: Mapping[str, list[str]], dice: random.Random) -> str:
    """One message that the template allows."""
    text = _CHOICE.sub(lambda match: dice.choice(match[1].split("|")), _optional(template, dice))
    return _SPACES.sub(" ", _SLOT.sub(lambda match: dice.choice(slots[match[1]]), text)).strip()


class Frames:
    """What people put around a message, whatever it says: greetings, thanks, haste, signatures, circumstances."""

    def __init__(self, lang: Lang, slots: Mapping[str, list[str]]) -> None:
        self.lang = lang
        self.slots = slots
        self._before = read_frame(f"before.{lang}")
        self._after = read_frame(f"after.{lang}")

    def around(self, text: str, dice: random.Random) -> str:
        gap = " " if self.lang == "en" else dice.choice(["，", " ", ""])
        if dice.random() < 0.3:
            text = filled(dice.choice(self._before), self.slots, dice) + gap + text
        if dice.random() < 0.35:
            text = (
                text
                + dice.choice([gap, gap, "\n", ". " if self.lang == "en" else "。"])
                + filled(dice.choice(self._after), self.slots, dice)
            )
        return text


def read_frame(name: str) -> list[str]:
    return _lines(f"frame.{name}.txt")


def _of_template(template: str, number: int, kind: Kind, frames: Frames, each: int) -> Iterator[Sample]:
    dice = random.Random(zlib.crc32(template.encode()))  # noqa: S311  # no secret: the same text each time
    for _ in range(each):
        text = filled(template, frames.slots, dice)
        if kind != "chitchat":
            text = frames.around(text, dice)
        yield Sample(as_typed(text, frames.lang, dice), kind, frames.lang, number)


def _of_any_kind(template: str, number: int, frames: Frames) -> Iterator[Sample]:
    dice = random.Random(zlib.crc32(template.encode()))  # noqa: S311  # no secret: the same text each time
    for _ in range(VAGUE_EACH):
        text = as_typed(filled(template, frames.slots, dice), frames.lang, dice)
        yield from (Sample(text, kind, frames.lang, number) for kind in KINDS if kind != "chitchat")


def as_typed(text: str, lang: Lang, dice: random.Random) -> str:
    """The way it comes out of somebody's fingers: mostly clean, sometimes not."""
    chance = dice.random()
    if chance < 0.25:
        text = text.lower()
    elif chance < 0.28:
        text = text.upper()
    if dice.random() < 0.15:
        text = re.sub(r"[,.，。!！;；:：'’]", "" if lang == "en" else " ", text)
    if lang == "en" and dice.random() < 0.18:
        text = _slip(text, dice)
    if lang == "zh" and dice.random() < 0.1:
        text = _mistaken_character(text, dice)
    if dice.random() < 0.12:
        text = text.rstrip(".。!！") + dice.choice(["!", "!!", "...", ".", "！", "。", "~", "!!!"])
    return text


_MISTAKEN: Final = """
登录 登陆  账号 帐号  打印 打应  在 再  密码 蜜码  不了 不鸟  那 哪  已经 以经  网络 网落  权限 全县  的 得
做 作  申请 神请  重启 从启  什么 神马  没有 木有  怎么 肿么  系统 系桶  打不开 打不kai  帮 邦  装 庄
"""
_HOMOPHONES: Final = tuple(zip(_MISTAKEN.split()[::2], _MISTAKEN.split()[1::2], strict=True))


def _mistaken_character(text: str, dice: random.Random) -> str:
    present = [pair for pair in _HOMOPHONES if pair[0] in text]
    return text.replace(*dice.choice(present), 1) if present else text


def _slip(text: str, dice: random.Random) -> str:
    places = [place for place in range(1, len(text) - 2) if text[place].isalpha() and text[place + 1].isalpha()]
    if not places:
        return text
    place = dice.choice(places)
    match dice.randrange(4):
        case 0:
            return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        case 1:
            return text[:place] + text[place + 1 :]
        case 2:
            return text[:place] + text[place] + text[place:]
        case _:
            return text[:place] + dice.choice("aeiourtnsl") + text[place + 1 :]


def _optional(template: str, dice: random.Random) -> str:
    # In Chinese templates 的? is an optional character.
    return re.sub(
        r"([\u4e00-\u9fff])\?(?=[\u4e00-\u9fff({])", lambda match: dice.choice([match[1], ""]), _maybe(template, dice)
    )


def _maybe(template: str, dice: random.Random) -> str:
    return re.sub(r"(\{[^{}]+\})\?", lambda match: dice.choice([match[1], ""]), template)


def _labelled(name: str) -> list[tuple[Kind, str]]:
    parted = (line.split(": ", 1) for line in _lines(name))
    return [(KINDS[_KIND_NAMES.index(kind)], text) for kind, text in parted]


def _lines(name: str) -> list[str]:
    lines = (TEXT / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _text_files() -> Iterator[Traversable]:
    return (file for file in TEXT.iterdir() if file.name.endswith(".txt"))
