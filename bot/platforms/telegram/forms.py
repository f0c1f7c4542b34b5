"""A form asked step by step: where somebody stands in it, and what an answer or a button does to that. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Address, Identity
from bot.platforms.telegram.speech import Language, language_of

LIVES_FOR = timedelta(hours=24)
SIGN = "~"
"""What the data of a form's buttons begins with; no wish does."""

BACK, SKIP, LEAVE, SEND, CHOICE = "b", "s", "x", "o", "c"
COMMANDS = {"/back": BACK, "/skip": SKIP, "/cancel": LEAVE}


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that somebody is filling in. `step` counts its fields from 0; behind the last one comes the summary."""

    id: str
    who: Identity
    place: Address
    """Where it is asked."""
    origin: Address
    """Where it was asked for."""
    form: Form
    at: datetime
    """When something happened to it last."""
    upto: int
    """The last update that was looked at before it, or that changed it: nothing counts twice."""
    step: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    said_in: Mapping[str, str] = field(default_factory=dict)
    """Number of a message to the name of the field that it answered."""
    message: int = 0
    """The question as it stands in the chat; 0 before it does."""
    shown: int = -1
    """The step that stands there."""
    trouble: str = ""
    """Why the last answer was not taken, as a key of `texts`."""
    most: int = 0
    has: int = 0

    @property
    def field(self) -> Field | None:
        """What is asked now; None when everything is answered."""
        return self.form.fields[self.step] if self.step < len(self.form.fields) else None

    @property
    def language(self) -> Language:
        return language_of(self.form)

    @property
    def is_shown(self) -> bool:
        """The person sees where they stand."""
        return self.shown == self.step and self.message != 0 and not self.trouble

    def is_over(self, now: datetime) -> bool:
        """Nobody has touched it for too long."""
        return now - self.at > LIVES_FOR

    def may_skip(self) -> bool:
        """The question can be passed over, or has an answer already."""
        asked = self.field
        return asked is not None and (not asked.required or bool(self.given(asked)))

    def given(self, asked: Field) -> str:
        """The answer so far; before there is one, what the form proposes."""
        return self.answers.get(asked.name, asked.initial)


@dataclass(frozen=True, slots=True)
class Left:
    """The person left; nothing is sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The person has filled in everything and sent it."""

    answers: Mapping[str, str]


def answered(draft: Draft, text: str, message: int) -> Draft:
    """The person wrote this. When it is no answer to what is asked, `trouble` says why."""
    asked = draft.field
    if asked is None:
        return draft
    if asked.kind is FieldKind.CHOICE and asked.choices:
        meant = _chosen(asked, text)
        if meant is None:
            return replace(draft, trouble="not_a_choice")
        return _forward(draft, asked, meant.value)
    if not text.strip():
        return replace(draft, trouble="blank")
    if len(text) > asked.max_chars:
        return replace(draft, trouble="too_long", most=asked.max_chars, has=len(text))
    return replace(_forward(draft, asked, text), said_in={**draft.said_in, str(message): asked.name})


def corrected(draft: Draft, text: str, message: int) -> Draft | None:
    """The person changed a message that was an answer; None when it was none, or is none now."""
    name = draft.said_in.get(str(message))
    asked = next((one for one in draft.form.fields if one.name == name), None)
    if asked is None or not text.strip() or len(text) > asked.max_chars:
        return None
    return replace(draft, answers={**draft.answers, asked.name: text}, shown=-1 if draft.field is None else draft.shown)


def pressed(draft: Draft, deed: str) -> Draft | Left | Sent:
    """The person pressed a button of the form. What makes no sense here changes nothing."""
    asked = draft.field
    match deed[:1]:
        case "x":
            return Left()
        case "o" if asked is None:
            return Sent({one.name: draft.given(one) for one in draft.form.fields})
        case "b" if draft.step > 0:
            return replace(draft, step=draft.step - 1, trouble="")
        case "s" if asked is not None and draft.may_skip():
            return _forward(draft, asked, draft.given(asked))
        case "s" if asked is not None:
            return replace(draft, trouble="blank")
        case "c" if asked is not None and deed[1:].isascii() and deed[1:].isdigit() and len(deed) <= 4:
            at = int(deed[1:])
            return _forward(draft, asked, asked.choices[at].value) if at < len(asked.choices) else draft
        case _:
            return draft


def button(draft: Draft, deed: str) -> str:
    """The data of a button of this question."""
    return f"{SIGN}{draft.id}:{draft.step}:{deed}"


def read_button(data: str) -> tuple[str, int, str] | None:
    """The form's id, the step and the deed that a button stands for; None for what is no button of a form."""
    parts = data.removeprefix(SIGN).split(":")
    if not data.startswith(SIGN) or len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    return parts[0], int(parts[1][:6]), parts[2]


def written(draft: Draft) -> str:
    """The draft as it is kept."""
    return json.dumps(asdict(draft) | {"at": draft.at.isoformat()}, ensure_ascii=False)


def draft_of(text: str) -> Draft:
    """What `written` wrote. Raises ValueError for anything else."""
    try:
        body: dict[str, Any] = json.loads(text)
        form = body["form"]
        fields = tuple(
            Field(**one | {"kind": FieldKind(one["kind"]), "choices": tuple(Choice(**c) for c in one["choices"])})
            for one in form["fields"]
        )
        at = datetime.fromisoformat(body["at"])
        return Draft(**body | {"form": Form(**form | {"fields": fields}), "at": at})
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"no draft: {type(fault).__name__}") from None


def _chosen(asked: Field, text: str) -> Choice | None:
    said = text.strip().casefold()
    return next((one for one in asked.choices if said in (one.label.strip().casefold(), one.value.casefold())), None)


def _forward(draft: Draft, asked: Field, answer: str) -> Draft:
    return replace(draft, answers={**draft.answers, asked.name: answer}, step=draft.step + 1, trouble="")
