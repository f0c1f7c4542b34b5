"""A card that is ready to be sent, as text that a letter can carry, and back; nothing is lost on the way."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight


def written(card: Card) -> str:
    """The card as JSON."""
    return json.dumps(asdict(card), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Card:
    """The card that `written` wrote."""
    body: dict[str, Any] = json.loads(text)
    return Card(
        title=body["title"],
        tone=Tone(body["tone"]),
        lead=body["lead"],
        quote=body["quote"],
        facts=tuple(Fact(one["label"], one["value"], Tone(one["tone"])) for one in body["facts"]),
        gauges=tuple(Gauge(one["label"], one["share"], one["note"], Tone(one["tone"])) for one in body["gauges"]),
        lines=tuple(body["lines"]),
        actions=tuple(_action(one) for one in body["actions"]),
        footer=body["footer"],
        summary=body["summary"],
        mentions=tuple(body["mentions"]),
    )


def _action(body: dict[str, Any]) -> Action:
    confirm = body["confirm"]
    return Action(
        verb=body["verb"],
        subject=body["subject"],
        label=body["label"],
        weight=Weight(body["weight"]),
        confirm=Confirm(**confirm) if confirm else None,
    )
