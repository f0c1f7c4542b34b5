"""Stored JSON read back: what came in, and the cards that were posted. Unknown fields are ignored."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Address, Identity, Incoming, MessageRef, Pressed, Said, Submitted
from bot.chat.port import RawIncoming
from bot.platforms.local.knock import PLATFORM, is_private, without_call
from bot.services.transcript import Body


def parse(raw: RawIncoming) -> Incoming | None:
    """What came in; None for talk that was not meant for the desk. Raises ValueError when it is malformed."""
    try:
        return _incoming(raw.key, json.loads(raw.body))
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"malformed: {fault!r}") from fault


def card_from(body: Body) -> Card:
    """The card that `card_json` wrote."""
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


def form_from(body: Body) -> Form:
    """The form that `form_json` wrote."""
    return Form(
        wish=body["wish"],
        title=body["title"],
        fields=tuple(_field(one) for one in body["fields"]),
        submit=body["submit"],
        lead=body["lead"],
    )


def _incoming(key: str, body: dict[str, Any]) -> Incoming | None:
    author = Identity(f"{PLATFORM}:{body['person']}")
    place = Address(f"{PLATFORM}:{body['place']}")
    at = datetime.fromisoformat(body["at"])
    match body["what"]:
        case "said":
            return _said(key, author, place, at, body) if body["is_for_desk"] else None
        case "pressed":
            return Pressed(key, author, place, body["wish"], at, MessageRef(body["message"]), trigger=key)
        case "submitted":
            return Submitted(key, author, place, body["wish"], at, dict(body["answers"]))
        case other:
            raise ValueError(f"malformed: nobody can do {other!r}")


def _said(key: str, author: Identity, place: Address, at: datetime, body: dict[str, Any]) -> Said:
    private = is_private(body["place"])
    return Said(
        key=key,
        author=author,
        place=place,
        text=body["text"] if private else without_call(body["text"]),
        at=at,
        message=MessageRef(body["message"]),
        private=private,
        reply_to=MessageRef(body["reply_to"]) if body["reply_to"] else None,
    )


def _action(body: Body) -> Action:
    confirm = body["confirm"]
    return Action(
        verb=body["verb"],
        subject=body["subject"],
        label=body["label"],
        weight=Weight(body["weight"]),
        confirm=Confirm(confirm["question"], confirm["yes"], confirm["no"]) if confirm else None,
    )


def _field(body: Body) -> Field:
    return Field(
        name=body["name"],
        label=body["label"],
        kind=FieldKind(body["kind"]),
        required=body["required"],
        initial=body["initial"],
        hint=body["hint"],
        choices=tuple(Choice(one["value"], one["label"]) for one in body["choices"]),
        max_chars=body["max_chars"],
    )
