"""Cards and questions as Telegram's HTML with buttons. Raises nothing for any card; over a limit `…` says so.

Limits: core.telegram.org/bots/api: 4,096 characters after parsing, 64 bytes of button data, 100 buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from unicodedata import east_asian_width

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import FieldKind
from bot.platforms.telegram import forms
from bot.platforms.telegram.forms import Draft
from bot.platforms.telegram.html import MARK, clipped, length, one_line, safe, tidy
from bot.platforms.telegram.speech import say

MOST_TEXT = 4096
MOST_ALERT = 200
MOST_BUTTONS = 100
MOST_LABEL = 60
ROW_WIDTH, ROW_LENGTH = 34, 3
"""How much stands beside one another: columns of a phone, and buttons."""

REPEAT = "\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}"
BELL = "\N{BELL}"
BAR = 10
LONG_QUOTE, LONG_LIST = 300, 8
"""A longer one is folded."""

ASKS, NO, NOTHING = "?", "!", "-"
"""What the data of a button begins with that asks first, that says no, and that does nothing; no wish does."""

_TONES = {Tone.GOOD: "🟢", Tone.WARN: "🟠", Tone.ALARM: "🔴"}
_STYLES = {Weight.MAIN: "primary", Weight.DANGER: "danger"}
_ORDER = {Weight.MAIN: 0, Weight.SIDE: 1, Weight.DANGER: 2}
_USER = re.compile(r"telegram:(\d{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it says, what comes back, and how it looks."""

    label: str
    data: str
    style: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message for Telegram: as HTML, and in plain words for when it refuses that."""

    html: str
    plain: str
    rows: Rows = ()
    awaits_reply: bool = False
    hint: str = ""
    """What stands in the empty field where a reply is written."""


@dataclass(frozen=True, slots=True)
class _Room:
    text: int
    quote: int
    value: int
    facts: int
    lines: int


_ROOMS = (
    _Room(1500, 1500, 600, 30, 2400),
    _Room(800, 700, 200, 16, 1200),
    _Room(400, 350, 90, 10, 600),
    _Room(150, 100, 40, 6, 150),
)
"""From all of it to the least that still says what it is about."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a message: its words, and the tags around the escaped words."""

    words: str
    html: str


# --- cards -----------------------------------------------------------------------------------------------------------


def message(card: Card, *, repeat: bool = False, names: Mapping[int, str] | None = None) -> Shown:
    """The card. `repeat` shows a sign that says that this may stand there already; `names` are what people are called
    who must be made to look."""
    parts = _fitting(card, repeat, names or {})
    return Shown(
        html="\n".join(part.html for part in parts) or MARK,
        plain=clipped("\n".join(part.words for part in parts), MOST_TEXT) or MARK,
        rows=rows_of(card.actions),
    )


def alert(card: Card) -> str:
    """The card as the few words of a pop-up."""
    return clipped(" ".join(filter(None, (one_line(card.title), one_line(card.lead)))), MOST_ALERT) or MARK


def rows_of(actions: Sequence[Action]) -> Rows:
    """The buttons, what matters most first, side by side as far as their labels let them."""
    ordered = sorted(actions, key=lambda action: _ORDER[action.weight])
    return packed([_button(action) for action in ordered])


def packed(buttons: Sequence[Button]) -> Rows:
    """Rows that a phone can show without cutting the labels."""
    rows: list[list[Button]] = []
    for button in buttons[:MOST_BUTTONS]:
        row = rows[-1] if rows else []
        widest = max(_width(one.label) for one in (*row, button))
        if row and len(row) < ROW_LENGTH and widest * (len(row) + 1) <= ROW_WIDTH:
            row.append(button)
        else:
            rows.append([button])
    return tuple(tuple(row) for row in rows)


def confirm_name(wish: str, confirm: Confirm) -> str:
    """Under which a button that asks first is looked up: its wish and the question may be longer than its data."""
    told = "\0".join((wish, confirm.question, confirm.yes, confirm.no))
    return blake2s(told.encode(errors="replace"), digest_size=10).hexdigest()


def asking_rows(wish: str, confirm: Confirm) -> Rows:
    """What comes under a button that asks first."""
    asked = Button(_label(confirm.question), NOTHING)
    yes, no = Button(_label(confirm.yes), wish, "danger"), Button(_label(confirm.no), NO)
    return ((asked,), (yes, no))


def _button(action: Action) -> Button:
    data = action.wish if action.confirm is None else ASKS + confirm_name(action.wish, action.confirm)
    return Button(_label(action.label), data, _STYLES.get(action.weight))


def _label(text: str) -> str:
    return clipped(one_line(text), MOST_LABEL) or MARK


def _width(label: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in label) + 2


def _fitting(card: Card, repeat: bool, names: Mapping[int, str]) -> list[_Part]:
    """As much of the card as Telegram takes."""
    parts: list[_Part] = []
    for room in _ROOMS:
        parts = _parts(card, room, repeat, names)
        if sum(length(part.words) + 1 for part in parts) <= MOST_TEXT:
            return parts
    return _first(parts)


def _first(parts: list[_Part]) -> list[_Part]:
    """The first parts, and a mark in place of the rest."""
    kept: list[_Part] = []
    left = MOST_TEXT - len(MARK) - 1
    for part in parts:
        left -= length(part.words) + 1
        if left < 0:
            return [*kept, _Part(MARK, MARK)]
        kept.append(part)
    return kept


def _parts(card: Card, room: _Room, repeat: bool, names: Mapping[int, str]) -> list[_Part]:
    found = [
        _head(card, repeat),
        _words(clipped(card.lead, room.text)),
        _quote(clipped(card.quote, room.quote)),
        *_facts(card.facts, room),
        *(_gauge(gauge, room) for gauge in card.gauges[:10]),
        _list(_items(card.lines, room)),
        _wrapped("i", clipped(card.footer, min(room.text, 600))),
        _calls(card.mentions, names),
    ]
    return [part for part in found if part.words]


def _words(words: str) -> _Part:
    return _Part(words, safe(words))


def _wrapped(tag: str, words: str) -> _Part:
    return _Part(words, f"<{tag}>{safe(words)}</{tag}>" if words else "")


def _head(card: Card, repeat: bool) -> _Part:
    title = clipped(one_line(card.title), 200)
    sign = " ".join(filter(None, (REPEAT if repeat else "", _TONES.get(card.tone, ""))))
    bold = f"<b>{safe(title)}</b>" if title else ""
    return _Part(f"{sign} {title}".strip(), f"{sign} {bold}".strip())


def _quote(words: str) -> _Part:
    is_long = length(words) > LONG_QUOTE or words.count("\n") >= LONG_LIST
    return _folded(words, safe(words), is_long)


def _folded(words: str, html: str, is_long: bool) -> _Part:
    tag = "blockquote expandable" if is_long else "blockquote"
    return _Part(words, f"<{tag}>{html}</blockquote>" if words else "")


def _facts(facts: Sequence[Fact], room: _Room) -> list[_Part]:
    shown = [_fact(fact, room) for fact in facts[: room.facts]]
    return [*shown, _words(MARK)] if len(facts) > room.facts else shown


def _fact(fact: Fact, room: _Room) -> _Part:
    label, value = clipped(one_line(fact.label), 90), clipped(fact.value, room.value) or "–"
    toned = f"{_TONES.get(fact.tone, '')} {value}".strip()
    if not label:
        return _words(toned)
    return _Part(f"{label}: {toned}", f"<b>{safe(label)}:</b> {safe(toned)}")


def _gauge(gauge: Gauge, room: _Room) -> _Part:
    """`▰▰▰▱▱` and in words; a share below nothing or above all is drawn as nothing or all."""
    share = min(max(gauge.share, 0.0), 1.0) if gauge.share == gauge.share else 0.0
    full = min(BAR, round(share * BAR))
    bar, note = "▰" * full + "▱" * (BAR - full), clipped(one_line(gauge.note), min(room.value, 120))
    tone, label = _TONES.get(gauge.tone, ""), clipped(one_line(gauge.label), 60)
    bold = f"<b>{safe(label)}</b>" if label else ""
    return _Part(
        " ".join(filter(None, (tone, label, bar, note))), " ".join(filter(None, (tone, bold, bar, safe(note))))
    )


def _items(lines: Sequence[str], room: _Room) -> list[str]:
    items: list[str] = []
    left = room.lines
    for line in lines:
        item = f"• {clipped(line, min(room.text, 500)) or MARK}"
        left -= length(item) + 1
        if left < 0:
            return [*items, MARK]
        items.append(item)
    return items


def _list(items: list[str]) -> _Part:
    words = "\n".join(items)
    if len(items) > LONG_LIST:
        return _folded(words, safe(words), True)
    return _words(words)


def _calls(mentions: Sequence[str], names: Mapping[int, str]) -> _Part:
    """Only whom the card means to call, never a name in somebody's words."""
    users = dict.fromkeys(int(found[1]) for found in map(_USER.fullmatch, mentions) if found)
    called = [(user, clipped(one_line(names.get(user, "")), 40) or BELL) for user in list(users)[:20]]
    return _Part(
        " ".join(name for _, name in called),
        " ".join(f'<a href="tg://user?id={user}">{safe(name)}</a>' for user, name in called),
    )


# --- questions -------------------------------------------------------------------------------------------------------


def question(draft: Draft, *, in_private: bool) -> Shown:
    """What is asked now, or the summary. In a group the person is called, and words come as a reply."""
    parts = [part for part in (_summary(draft) if draft.field is None else _asked(draft, in_private)) if part.words]
    if not in_private:
        parts.append(_calls((draft.who,), {}))
    kept = parts if sum(length(part.words) + 1 for part in parts) <= MOST_TEXT else _first(parts)
    takes_words = draft.field is not None and not _is_choice(draft)
    is_reply = takes_words and not in_private
    return Shown(
        html="\n".join(part.html for part in kept),
        plain=clipped("\n".join(part.words for part in kept), MOST_TEXT),
        rows=() if is_reply else _ways(draft),
        awaits_reply=is_reply,
        hint=clipped(one_line(draft.field.label), 60) if is_reply and draft.field else "",
    )


def closed(draft: Draft, *, sent: bool) -> Shown:
    """What is left of the form when it is over."""
    words = say(draft.language, "form.sent" if sent else "form.left")
    title = clipped(one_line(draft.form.title), 200)
    sign = "✅" if sent else "✖"
    return Shown(f"{sign} <b>{safe(title)}</b>\n{safe(words)}", f"{sign} {title}\n{words}")


def _asked(draft: Draft, in_private: bool) -> list[_Part]:
    asked, language = draft.field, draft.language
    if asked is None:
        return []
    at = say(language, "form.step", at=draft.step + 1, all=len(draft.form.fields))
    label = clipped(one_line(asked.label), 300) or MARK
    remark = "" if asked.required else f" ({say(language, 'form.optional')})"
    given = _answer(draft, asked.name)
    so_far = f"{say(language, 'form.now')}: {clipped(given, 600)}" if given else ""
    trouble = say(language, f"form.{draft.trouble}", most=draft.most, has=draft.has) if draft.trouble else ""
    title = clipped(one_line(draft.form.title), 200)
    return [
        _Part(f"{title} · {at}", f"<b>{safe(title)}</b> · {safe(at)}"),
        _words(clipped(draft.form.lead, 900) if draft.step == 0 else ""),
        _words(f"⚠️ {trouble}" if trouble else ""),
        _Part(f"{label}{remark}", f"<b>{safe(label)}</b>{safe(remark)}"),
        _wrapped("i", clipped(asked.hint, 500)),
        _quote(so_far),
        _words(_how(draft, in_private)),
    ]


def _how(draft: Draft, in_private: bool) -> str:
    if _is_choice(draft):
        return say(draft.language, "form.choose")
    if in_private:
        return say(draft.language, "form.write")
    return say(draft.language, "form.reply" if draft.may_skip() else "form.reply_needed")


def _summary(draft: Draft) -> list[_Part]:
    none = say(draft.language, "form.none")
    room = _Room(600, 600, max(60, min(900, 3000 // max(len(draft.form.fields), 1))), 30, 0)
    facts = [Fact(one.label, _answer(draft, one.name) or none) for one in draft.form.fields]
    title = clipped(one_line(draft.form.title), 200)
    return [
        _Part(title, f"<b>{safe(title)}</b>"),
        *_facts(facts, room),
        _words(say(draft.language, "form.check")),
    ]


def _ways(draft: Draft) -> Rows:
    """The answers to choose from, and the ways on, back and out."""
    language, asked = draft.language, draft.field
    back = [Button(say(language, "form.back"), forms.button(draft, forms.BACK))] if draft.step else []
    leave = Button(say(language, "form.cancel"), forms.button(draft, forms.LEAVE))
    if asked is None:
        send = Button(_label(draft.form.submit), forms.button(draft, forms.SEND), "primary")
        return ((send,), (*back, leave))
    choices = [
        Button(_label(choice.label), forms.button(draft, f"{forms.CHOICE}{at}"))
        for at, choice in enumerate(asked.choices[: MOST_BUTTONS - 4] if _is_choice(draft) else ())
    ]
    word = "form.keep" if draft.given(asked) else "form.skip"
    skip = [Button(say(language, word), forms.button(draft, forms.SKIP))] if draft.may_skip() else []
    return (*packed(choices), (*back, *skip, leave))


def _answer(draft: Draft, name: str) -> str:
    """The answer so far as a person reads it."""
    asked = next(one for one in draft.form.fields if one.name == name)
    given = draft.given(asked)
    label = next((choice.label for choice in asked.choices if choice.value == given), given)
    return tidy(label)


def _is_choice(draft: Draft) -> bool:
    asked = draft.field
    return asked is not None and asked.kind is FieldKind.CHOICE and bool(asked.choices)
