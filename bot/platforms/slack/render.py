"""Cards as Block Kit, forms as modals, pages as App Home. Raises nothing for any card; over a limit `…` says so.

Limits: docs.slack.dev, Block Kit reference; the limit of a whole message is nowhere written, Slack refuses from about
13,200 characters on."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Address
from bot.platforms.slack.mrkdwn import MARK, Body, bold, clipped, length, mrkdwn, one_line, plain, quoted
from bot.platforms.slack.words import whole

MOST_BLOCKS, MOST_HOME_BLOCKS = 50, 100
MOST_TEXT, MOST_FIELD, MOST_HEADER, MOST_BUTTON = 3000, 2000, 150, 75
MOST_FIELDS, MOST_ELEMENTS, MOST_OPTIONS, MOST_RADIOS = 10, 25, 100, 5
MOST_ALL = 12_000
MOST_FALLBACK = 3000

FORM_CALLBACK = "desk_form"
EVENT_TYPE = "desk_msg"
REPEAT = "\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}"

BAR = 12
_TONES = {Tone.GOOD: "🟢", Tone.WARN: "🟠", Tone.ALARM: "🔴"}
_USER = re.compile(r"slack:([UW][A-Z0-9]{1,20})")


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of each part may be shown."""

    text: int
    value: int
    facts: int
    lines: int


_ROOMS = (_Room(2900, 1900, 40, 8000), _Room(1500, 400, 20, 3000), _Room(700, 150, 10, 1000), _Room(250, 60, 10, 250))
"""From all of it to the least that still says what it is about."""


def message(card: Card, *, key: str = "", repeat: bool = False) -> Body:
    """The arguments of chat.postMessage or chat.update. `key` is put where `find` looks for it; `repeat` shows a sign
    that says that this may stand there already."""
    blocks = _fitting(card, repeat)
    marked = {"metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}}} if key else {}
    if key:
        blocks[0] = {**blocks[0], "block_id": block_name(key)}
    return {"text": _fallback(card), "blocks": blocks, **_MANNERS, **marked}


def plain_message(card: Card, *, key: str = "") -> Body:
    """The same card for a Slack that refuses its blocks: words only."""
    parts = [one_line(card.title), card.lead, card.quote, *(f"{fact.label}: {fact.value}" for fact in card.facts)]
    words = "\n".join(part for part in (*parts, *card.lines, card.footer) if part.strip())
    text = " ".join(filter(None, (_calls(card), clipped(words, MOST_FALLBACK - 500) or MARK)))
    marked = {"metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}}} if key else {}
    return {"text": text, "blocks": [], **_MANNERS, **marked}


def modal(form: Form, place: Address) -> Body:
    """The view for views.open. Its wish and the place where it was asked come back with the answers."""
    lead = [_section(clipped(form.lead, MOST_TEXT))] if form.lead.strip() else []
    return {
        "type": "modal",
        "callback_id": FORM_CALLBACK,
        "private_metadata": json.dumps({"wish": form.wish, "place": place}),
        "title": plain(form.title, 24),
        "submit": plain(form.submit, 24),
        "blocks": [*lead, *(_input(field) for field in form.fields)][:MOST_HOME_BLOCKS],
    }


def home(cards: Sequence[Card]) -> Body:
    """The view for views.publish: the cards one below the other; `…` where not all of them fit."""
    blocks: list[Body] = []
    for card in cards:
        more = [*([{"type": "divider"}] if blocks else []), *_fitting(card, repeat=False)]
        if len(blocks) + len(more) >= MOST_HOME_BLOCKS:
            blocks.append(_context(MARK))
            break
        blocks += more
    return {"type": "home", "blocks": blocks or [_context(MARK)]}


def block_name(key: str) -> str:
    """The name of a message's first block: the history shows it even to who may not read its metadata."""
    return f"desk:{sha256(key.encode()).hexdigest()[:32]}"


_MANNERS: Body = {"link_names": False, "unfurl_links": False, "unfurl_media": False, "parse": "none"}


# --- a card ----------------------------------------------------------------------------------------------------------


def _fitting(card: Card, repeat: bool) -> list[Body]:
    """As much of the card as Slack takes."""
    blocks: list[Body] = []
    for room in _ROOMS:
        blocks = _blocks(card, room, repeat)
        if len(blocks) <= MOST_BLOCKS and length(json.dumps(blocks, ensure_ascii=False)) <= MOST_ALL:
            return blocks
    return [*blocks[: MOST_BLOCKS - 1], _context(MARK)] if len(blocks) > MOST_BLOCKS else blocks


def _blocks(card: Card, room: _Room, repeat: bool) -> list[Body]:
    blocks = [
        *_head(card),
        *_words(clipped(card.lead.strip(), room.text)),
        *_words(quoted(card.quote, room.text) if card.quote.strip() else ""),
        *_facts(card.facts, room),
        *_words("\n".join(_gauge(gauge, room) for gauge in card.gauges[:10])),
        *_lines(card.lines, room),
        *_rows(card.actions),
        *_foot(card, room, repeat),
    ]
    return blocks or [_context(MARK)]


def _head(card: Card) -> list[Body]:
    title = one_line(card.title)
    tone = _TONES.get(card.tone, "")
    header = [{"type": "header", "text": plain(f"{tone} {title}".strip(), MOST_HEADER)}] if title else []
    return [*header, *_words(_calls(card))]


def _words(safe: str) -> list[Body]:
    return [_section(safe)] if safe.strip() else []


def _section(safe: str) -> Body:
    return {"type": "section", "text": mrkdwn(safe)}


def _context(safe: str) -> Body:
    return {"type": "context", "elements": [mrkdwn(safe)]}


def _facts(facts: Sequence[Fact], room: _Room) -> list[Body]:
    shown = [_fact(fact, room) for fact in facts[: room.facts]]
    if len(facts) > room.facts:
        shown[-1] = mrkdwn(MARK)
    rows = [shown[at : at + MOST_FIELDS] for at in range(0, len(shown), MOST_FIELDS)]
    return [{"type": "section", "fields": row} for row in rows]


def _fact(fact: Fact, room: _Room) -> Body:
    value = clipped(fact.value.strip(), room.value)
    toned = f"{_TONES.get(fact.tone, '')} {value or '–'}".strip()
    return mrkdwn("\n".join(filter(None, (bold(fact.label, 90), toned))))


def _gauge(gauge: Gauge, room: _Room) -> str:
    """`▰▰▰▱▱` and in words; a share below nothing or above all is drawn as nothing or all."""
    share = min(max(gauge.share, 0.0), 1.0) if gauge.share == gauge.share else 0.0
    full = min(BAR, round(share * BAR) if share < 1 else BAR)
    parts = (_TONES.get(gauge.tone, ""), bold(gauge.label, 60), "▰" * full + "▱" * (BAR - full))
    return " ".join(filter(None, (*parts, clipped(one_line(gauge.note), min(room.value, 120)))))


def _lines(lines: Sequence[str], room: _Room) -> list[Body]:
    """Packed into as few sections as they fit in."""
    packed: list[str] = []
    left = room.lines
    for line in lines:
        item = clipped(line.strip(), min(room.text, 900))
        cost = length(item) + 3
        if left < cost:
            item = MARK
        entry = f"• {item}" if item != MARK else MARK
        if packed and length(packed[-1]) + cost <= MOST_TEXT:
            packed[-1] += f"\n{entry}"
        else:
            packed.append(entry)
        if left < cost:
            break
        left -= cost
    return [_section(text) for text in packed]


def _rows(actions: Sequence[Action]) -> list[Body]:
    rows = [actions[at : at + MOST_ELEMENTS] for at in range(0, len(actions), MOST_ELEMENTS)]
    return [
        {"type": "actions", "elements": [_button(action, f"{nr}.{at}") for at, action in enumerate(row)]}
        for nr, row in enumerate(rows)
    ]


_STYLES = {Weight.MAIN: {"style": "primary"}, Weight.DANGER: {"style": "danger"}}


def _button(action: Action, name: str) -> Body:
    asked = {"confirm": _confirm(action, action.confirm)} if action.confirm else {}
    return {
        "type": "button",
        "action_id": f"desk.{name}",
        "text": plain(action.label, MOST_BUTTON),
        "value": action.wish,
        **_STYLES.get(action.weight, {}),
        **asked,
    }


def _confirm(action: Action, confirm: Confirm) -> Body:
    danger = {"style": "danger"} if action.weight is Weight.DANGER else {}
    return {
        "title": plain(action.label, 100),
        "text": plain(confirm.question, 300),
        "confirm": plain(confirm.yes, 30),
        "deny": plain(confirm.no, 30),
        **danger,
    }


def _foot(card: Card, room: _Room, repeat: bool) -> list[Body]:
    words = clipped(card.footer.strip(), min(room.text, 1500))
    shown = " ".join(filter(None, (REPEAT if repeat else "", words)))
    return [_context(shown)] if shown else []


def _calls(card: Card) -> str:
    """Only whom the card means to call, never a name in somebody's words."""
    users = (_USER.fullmatch(one) for one in card.mentions)
    return " ".join(dict.fromkeys(f"<@{user[1]}>" for user in users if user))


def _fallback(card: Card) -> str:
    """What a notification shows."""
    return " ".join(filter(None, (_calls(card), clipped(one_line(card.one_line), MOST_FALLBACK - 500) or MARK)))


# --- a form ----------------------------------------------------------------------------------------------------------


def _input(field: Field) -> Body:
    hint = {"hint": plain(field.hint, 2000)} if field.hint.strip() else {}
    element = _choice(field) if field.kind is FieldKind.CHOICE and field.choices else _writing(field)
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label, 2000),
        "optional": not field.required,
        "element": {"action_id": "answer", **element},
        **hint,
    }


def _writing(field: Field) -> Body:
    most = min(max(field.max_chars, 1), 3000)
    initial = {"initial_value": _raw_clip(field.initial, most)} if field.initial else {}
    return {
        "type": "plain_text_input",
        "multiline": field.kind is FieldKind.TEXT,
        "max_length": most,
        **initial,
    }


def _choice(field: Field) -> Body:
    options = [_option(choice) for choice in field.choices]
    chosen = next((option for option in options if option["value"] == field.initial), None)
    initial = {"initial_option": chosen} if chosen else {}
    if len(options) <= MOST_RADIOS:
        return {"type": "radio_buttons", "options": options, **initial}
    if len(options) <= MOST_OPTIONS:
        return {"type": "static_select", "options": options, **initial}
    parts = [options[at : at + MOST_OPTIONS] for at in range(0, len(options), MOST_OPTIONS)][:MOST_OPTIONS]
    groups = [{"label": plain(part[0]["text"]["text"] + " –", 75), "options": part} for part in parts]
    return {"type": "static_select", "option_groups": groups, **initial}


def _option(choice: Choice) -> Body:
    return {"text": plain(choice.label, 75), "value": choice.value}


def _raw_clip(text: str, limit: int) -> str:
    """Words that come back as they are: what a person goes on writing in is not escaped by Slack."""
    text = whole(text)
    return text if length(text) <= limit else text[: max(0, limit // 2 - 1)] + MARK
