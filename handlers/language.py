"""In which language somebody wants to be spoken to."""

from __future__ import annotations

from bot.domain.refusals import Unknown
from bot.services.ports import Profile
from handlers.cards.plain import word_back
from handlers.heard import Heard, Wish
from handlers.reader import Reader
from handlers.speech import LANGUAGES
from handlers.turn import Deed, Learn, Turn


async def english(turn: Turn, _: Heard) -> Deed:
    """In English, please."""
    return _speak(turn, "en")


async def chinese(turn: Turn, _: Heard) -> Deed:
    """请说中文。"""
    return _speak(turn, "zh")


async def other(turn: Turn, _: Heard) -> Deed:
    """The other of the two."""
    return _speak(turn, "en" if turn.reader.voice.language == "zh" else "zh")


async def press(turn: Turn, wish: Wish) -> Deed:
    """The button says which."""
    if wish.argument not in LANGUAGES:
        raise Unknown(what="language", value=wish.argument)
    return _speak(turn, wish.argument)


def _speak(turn: Turn, language: str) -> Deed:
    """From now on; the answer is in the new language already."""
    reader = Reader(turn.house.texts.of(language), turn.reader.zone, person=turn.who.id, address=turn.reader.address)
    profile = Profile(turn.who.id, language=language)
    return Learn(profile, (turn.letter(word_back(reader.say("language-chosen"))),))
