"""Who is on call: now, at any moment, and through any day."""

from __future__ import annotations

from bot.domain.ids import TeamId
from handlers import phrasing
from handlers.cards.duty import Duty, on_call_between_card, on_call_card
from handlers.cards.plain import word_back
from handlers.duty_words import Asked
from handlers.heard import Heard, Wish
from handlers.natural_time import understood_spell
from handlers.time_words import meanings_in
from handlers.turn import Deed, Turn


async def now(turn: Turn, _: Heard | Wish) -> Deed:
    """Everywhere; the asker's own teams first."""
    return turn.tell(on_call_card(duty_of(turn), _ordered(turn), turn.now))


async def asked(turn: Turn, about: Asked) -> Deed:
    """Of that team, or of all; at that moment, or through that day."""
    teams = _ordered(turn) if about.team is None else (about.team,)
    if not any(meanings_in(about.about)):
        return turn.tell(on_call_card(duty_of(turn), teams, turn.now))
    spell = understood_spell(about.about, now=turn.now, zone=turn.reader.zone.key, language=turn.reader.voice.language)
    if spell is None:
        text = turn.say("until-unclear", words=phrasing.gist(about.about))
        return turn.tell(word_back(text, lead=turn.say("duty-unclear-lead")))
    if spell.ends is None:
        return turn.tell(on_call_card(duty_of(turn), teams, spell.starts))
    return turn.tell(on_call_between_card(duty_of(turn), teams, max(spell.starts, turn.now), spell.ends))


def duty_of(turn: Turn) -> Duty:
    """What the one who acted reads about being on call."""
    return Duty(turn.reader, turn.house.rules, turn.now, turn.name_of)


def _ordered(turn: Turn) -> tuple[TeamId, ...]:
    own = turn.teams
    return (*own, *(team for team in turn.house.rules.teams if team not in own))
