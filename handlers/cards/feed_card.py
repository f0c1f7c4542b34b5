"""A calendar of shifts that has not come for a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.chat.card import Card, Tone
from bot.domain.ids import RotaId
from bot.domain.rules import Rules
from bot.services.feeds import ABOUT
from handlers.cards.view import named
from handlers.reader import Reader

__all__ = ["ABOUT", "feed_card"]


def feed_card(facts: Mapping[str, str], rules: Rules, reader: Reader, now: datetime) -> Card | None:
    """Which rota stands still, since when and why; None when the rota is gone or reads no calendar any more."""
    rota = rules.rotas.get(RotaId(facts["rota"]))
    if rota is None or not rota.feed:
        return None
    name = named(rota.names, reader, rota.id)
    since = reader.moment(datetime.fromisoformat(facts["since"]), now)
    return Card(
        title=reader.say("feed-title", rota=name),
        tone=Tone.WARN,
        lead=reader.say("feed-lead", since=since),
        lines=(reader.say(f"feed-why-{facts['why']}"),),
        footer=reader.say("feed-footer"),
    )
