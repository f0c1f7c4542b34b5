"""Cards that are not about one ticket's life: a refusal, a greeting, help, a small word back, an apology."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.chat.card import Action, Card, Tone, Weight
from bot.domain.ids import PersonId
from bot.domain.refusals import Refusal
from handlers import phrasing
from handlers.cards.receipt import receipt_buttons
from handlers.cards.team_card import crew_buttons
from handlers.cards.view import View
from handlers.reader import Reader
from handlers.steps import BY_WISH

_MOST_BUTTONS = 6


def word_back(text: str, *, lead: str = "", tone: Tone = Tone.CALM, actions: Sequence[Action] = ()) -> Card:
    """A short answer."""
    return Card(title=text, tone=tone, lead=lead, actions=tuple(actions))


def refusal_card(
    refusal: Refusal,
    reader: Reader,
    name_of: Callable[[PersonId], str | None],
    view: View | None,
    words: str = "",
) -> Card:
    """Why not, how the ticket stands now, and what can be done instead. `view` only where the reader may see it;
    `words` are given back to the one who wrote them for nothing."""
    lead = ""
    actions: tuple[Action, ...] = ()
    if view is not None:
        lead = reader.say("refusal-now", status=view.status, holder=view.holder, gist=view.gist)
        actions = tuple(_what_can_be_done(view))[:_MOST_BUTTONS]
    return Card(title=_why_not(refusal, reader, name_of), tone=Tone.WARN, lead=lead, quote=words, actions=actions)


def _why_not(refusal: Refusal, reader: Reader, name_of: Callable[[PersonId], str | None]) -> str:
    facts = refusal.facts
    ref = facts.get("ref", "")
    match refusal.code:
        case "not_found":
            return reader.say("refusal-not_found")
        case "not_allowed":
            return reader.say("refusal-not_allowed", ref=ref or "blank")
        case "not_from_here":
            return reader.say("refusal-not_from_here", ref=ref, status=reader.say(f"status-{facts['status']}"))
        case "already_done":
            by = PersonId(facts.get("by", ""))
            if by == reader.person:
                return reader.say("refusal-already_done_you", ref=ref)
            name = reader.say("the-desk") if by in ("", "desk") else phrasing.gist(name_of(by) or str(by), 40)
            return reader.say("refusal-already_done", ref=ref, by=name)
        case "not_called":
            return reader.say("refusal-not_called", ref=ref)
        case "too_soon":
            return reader.say("refusal-too_soon", ref=ref)
        case "too_late":
            return reader.say("refusal-too_late", ref=ref)
        case "missing":
            return reader.say("refusal-missing", what=_field(facts, reader))
        case "unknown":
            return reader.say(
                "refusal-unknown", what=_field(facts, reader), value=phrasing.gist(facts.get("value", ""), 40)
            )
        case "locked_out":
            return reader.say("refusal-locked_out", at=reader.time(datetime.fromisoformat(facts["when"])))
        case "empty":
            return reader.say("refusal-empty")
        case "not_on_call_then" | "already_on_call" | "not_on_that_rota" | "several_on_call":
            people = facts.get("people") or facts.get("person", "")
            names = [phrasing.gist(name_of(PersonId(one)) or one, 40) for one in people.split(",")]
            return reader.say(f"refusal-{refusal.code}", people=reader.listed(names))
        case "cover_in_the_past" | "ends_before_it_starts" | "not_yours":
            return reader.say(f"refusal-{refusal.code}")
        case "cover_too_long":
            return reader.say("refusal-cover_too_long", days=facts["days"])
        case "already_settled":
            by = PersonId(facts.get("by", ""))
            return reader.say(f"refusal-cover-{facts['state']}", by=phrasing.gist(name_of(by) or str(by), 40))
        case _:
            return reader.say("refusal-refused")


_FIELDS = frozenset(
    {
        "why",
        "solution",
        "words",
        "kind",
        "service",
        "priority",
        "level",
        "to",
        "holder",
        "stars",
        "wait",
        "for",
        "button",
        "until",
        "account",
        "responder",
        "team",
        "lead",
    }
)


def _field(facts: Mapping[str, str], reader: Reader) -> str:
    """What the thing is called that is missing or unknown."""
    what = facts.get("what", "")
    return reader.say(f"field-{what}") if what in _FIELDS else what


def _what_can_be_done(view: View) -> Sequence[Action]:
    if view.reader.person == view.ticket.requester:
        return tuple(receipt_buttons(view))
    return tuple(action for action in crew_buttons(view) if action.verb in BY_WISH)


def greeting_card(reader: Reader, name: str, *, draft: str = "", lead: str = "") -> Card:
    """Hello, three examples of what can be written, and for words that may have been more than chit-chat a button."""
    actions = [Action("mine", "", reader.say("do-mine")), Action("help", "", reader.say("do-help"))]
    if draft:
        actions.insert(0, draft_button(reader, draft))
    return Card(
        title=reader.say("greeting-title", name=phrasing.gist(name, 40)),
        lead=lead or reader.say("greeting-lead"),
        lines=tuple(reader.say(f"example-{number}") for number in ("1", "2", "3")),
        actions=tuple(actions),
    )


def draft_button(reader: Reader, draft: str, label: str = "do-draft") -> Action:
    """Makes a ticket of the words that led to this card."""
    return Action("draft", draft, reader.say(label), Weight.SIDE)


def help_card(reader: Reader, *, is_crew: bool, is_over_team: Sequence[str] = ()) -> Card:
    """What can be said to the desk, in the reader's language."""
    for_all = ("raise", "mine", "status", "why", "nudge", "cancel", "reopen", "language", "link")
    lines = [reader.say(f"help-{key}") for key in for_all]
    if is_crew:
        lines += [reader.say(f"help-{key}") for key in ("queue", "on-call", "cover", "work")]
    actions = [Action("mine", "", reader.say("do-mine")), _other_language(reader)]
    actions += [Action("queue", team, reader.say("do-queue")) for team in is_over_team[:1]]
    return Card(
        title=reader.say("help-title"),
        lead=reader.say("help-lead"),
        lines=tuple(lines),
        actions=tuple(actions),
    )


def _other_language(reader: Reader) -> Action:
    other = "en" if reader.voice.language == "zh" else "zh"
    return Action("language", other, reader.say(f"do-language-{other}"))


def apology_card(reader: Reader, key: str) -> Card:
    """Something broke on our side; the key finds it in the log."""
    return Card(
        title=reader.say("apology-title"),
        tone=Tone.WARN,
        lead=reader.say("apology-lead"),
        footer=reader.say("apology-key", key=key),
    )
