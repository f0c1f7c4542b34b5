"""The forms of the desk: each asks what one command needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.chat.form import Choice, Field, FieldKind, Form
from bot.domain import standby
from bot.domain.ids import Level, PersonId, Priority, ServiceId
from bot.domain.kinds import KINDS
from handlers.cards.view import View, level_name, named, priority_name, service_name
from handlers.steps import HARMLESS, WAITS
from handlers.time_words import MOST_CHARS

WORDS_CHARS = 3000
LONG_CHARS = 10_000


def form_for(wish: str, view: View) -> Form:
    """The form behind a button. Raises KeyError for a wish that has none."""
    return FORMS[wish](view)


def _form(view: View, wish: str, *fields: Field, lead: str = "") -> Form:
    return Form(
        wish=f"{wish}:{view.ticket.id}",
        title=view.say(f"form-{wish}", ref=view.ticket.ref),
        fields=fields,
        submit=view.say(f"submit-{wish}"),
        lead=lead or view.gist,
    )


def _text(view: View, name: str, key: str, *, required: bool = True, chars: int = WORDS_CHARS) -> Field:
    return Field(
        name=name,
        label=view.say(f"ask-{key}"),
        kind=FieldKind.TEXT,
        required=required,
        hint=view.say(f"hint-{key}"),
        max_chars=chars,
    )


def _choice(view: View, name: str, initial: str, choices: Iterable[Choice], *, required: bool = True) -> Field:
    return Field(
        name=name,
        label=view.say(f"ask-{name}"),
        kind=FieldKind.CHOICE,
        required=required,
        initial=initial,
        choices=tuple(choices),
    )


def _answer(view: View) -> Form:
    return _form(view, "answer", _text(view, "words", "words", chars=LONG_CHARS), lead=view.ticket.waiting_for[:300])


def _say(view: View) -> Form:
    return _form(view, "say", _text(view, "words", "words", chars=LONG_CHARS))


def _note(view: View) -> Form:
    return _form(view, "note", _text(view, "words", "note", chars=LONG_CHARS))


def _ask(view: View) -> Form:
    return _form(view, "ask", _text(view, "why", "question"))


def _wait(view: View) -> Form:
    reasons = [Choice(verb, view.say(f"wait-for-{verb}")) for verb in WAITS if _may(view, verb)]
    first = view.facts.get("for", "")
    until = Field(
        name="until",
        label=view.say("ask-until"),
        required=False,
        initial=view.facts.get("until", ""),
        hint=view.say("hint-until"),
        max_chars=MOST_CHARS,
    )
    why = replace(_text(view, "why", "why"), initial=view.facts.get("why", ""))
    return _form(view, "wait", _choice(view, "for", first, reasons), why, until)


def _resolve(view: View) -> Form:
    return _form(view, "resolve", _text(view, "solution", "solution", chars=LONG_CHARS))


def _assign(view: View) -> Form:
    people = [Choice(person, _person(view, person)) for person in assignable(view)]
    return _form(view, "assign", _choice(view, "to", view.ticket.holder or "", people))


def _regrade(view: View) -> Form:
    ticket = view.ticket
    levels = [Choice(level, level_name(level, view.reader)) for level in Level]
    kinds = [Choice(kind, view.say(f"kind-{kind}")) for kind in KINDS]
    return _form(
        view,
        "regrade",
        _choice(view, "impact", ticket.impact, levels),
        _choice(view, "urgency", ticket.urgency, levels),
        _choice(view, "kind", ticket.kind, kinds),
        _choice(view, "service", ticket.service, services(view)),
    )


def _overrule(view: View) -> Form:
    matrix = view.rules.matrix[view.ticket.impact, view.ticket.urgency]
    choices = [Choice(one, priority_name(one, view.reader)) for one in Priority if one is not view.ticket.priority]
    if view.ticket.override is not None:
        choices = [choice for choice in choices if choice.value != matrix]
        choices.append(Choice(HARMLESS, view.say("back-to-matrix", priority=matrix)))
    return _form(view, "overrule", _choice(view, "priority", "", choices), _text(view, "why", "reason"))


def _cancel(view: View) -> Form:
    return _form(view, "cancel", _text(view, "why", "reason"))


def _service(view: View) -> Form:
    return _form(view, "service", _choice(view, "service", view.ticket.service, services(view)))


def _add_responder(view: View) -> Form:
    known = [one for team in view.rules.teams.values() for one in (*team.members, team.lead) if one is not None]
    fresh = [one for one in dict.fromkeys(known) if one not in view.ticket.responders and one != view.ticket.requester]
    return _form(view, "add_responder", _choice(view, "to", "", [Choice(one, _person(view, one)) for one in fresh]))


def _call_up(view: View) -> Form:
    return _form(view, "call_up", _text(view, "why", "reason"))


def _escalate(view: View) -> Form:
    return _form(view, "escalate", _text(view, "why", "reason"))


def _hand_over(view: View) -> Form:
    others = [team for team in view.rules.teams.values() if team.id != view.ticket.team]
    choices = [Choice(team.id, named(team.names, view.reader, team.id)) for team in others]
    return _form(view, "hand_over", _choice(view, "team", "", choices), _text(view, "why", "reason"))


FORMS: Mapping[str, Callable[[View], Form]] = MappingProxyType(
    {
        "answer": _answer,
        "say": _say,
        "note": _note,
        "ask": _ask,
        "wait": _wait,
        "resolve": _resolve,
        "assign": _assign,
        "regrade": _regrade,
        "overrule": _overrule,
        "cancel": _cancel,
        "add_responder": _add_responder,
        "call_up": _call_up,
        "escalate": _escalate,
        "hand_over": _hand_over,
        "service": _service,
    }
)


def services(view: View) -> Iterable[Choice]:
    """The catalogue, what the author's words speak for first."""
    heard = [ServiceId(clue.says) for clue in view.ticket.clues if clue.about == "service"]
    known = [service for service in dict.fromkeys((*heard, *view.rules.services)) if service in view.rules.services]
    return [Choice(service, service_name(service, view.rules, view.reader)) for service in known]


def assignable(view: View) -> tuple[PersonId, ...]:
    """Who may hold it: members, those on call and called, the lead; the reader first."""
    ticket, team = view.ticket, view.rules.team(view.ticket.team)
    everybody = dict.fromkeys(
        (
            *standby.crew(team, view.rules, view.now),
            *team.members,
            *((team.lead,) if team.lead is not None else ()),
            *ticket.called,
        )
    )
    me = view.reader.person
    first = (me,) if me is not None and me in everybody else ()
    return tuple(dict.fromkeys((*first, *everybody)))


def _person(view: View, person: PersonId) -> str:
    if person == view.reader.person:
        return view.say("myself", name=view.name(person))
    return view.name(person)


def _may(view: View, verb: str) -> bool:
    return view.ticket.nature.may_move(verb, view.ticket.status)
