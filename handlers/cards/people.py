"""Who has it in hand, who is called besides, who could not be reached; and the test pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.chat.card import Action, Card, Tone, Weight
from bot.domain.ids import DESK, PersonId, Status
from handlers import phrasing
from handlers.cards.page import page_card
from handlers.cards.team_card import crew_lead, team_card
from handlers.cards.view import View
from handlers.cards.words import show_button
from handlers.steps import Side

_WHY = frozenset({"promise", "forgotten"})


def still_on_it_card(view: View) -> Card:
    """Nothing has been heard of it for long: is it forgotten? Live, so that it shows when that is answered."""
    title = view.say("still-title", ref=view.ticket.ref)
    if not is_asked(view):
        return Card(title=title, tone=Tone.QUIET, lead=crew_lead(view), actions=(show_button(view),))
    until = datetime.fromisoformat(view.facts["answer_by"])
    wished = [step for step in view.buttons(Side.CREW) if step.wish in ("keep_on", "resolve", "wait", "assign")]
    return Card(
        title=title,
        tone=Tone.WARN,
        lead=view.say("still-lead", gist=view.gist, at=view.reader.moment(until, view.now)),
        actions=tuple(view.button(one, weight=Weight.MAIN if one.wish == "keep_on" else None) for one in wished),
        summary=title,
    )


def lapsed_card(view: View) -> Card:
    """Nobody has it any more: people are called again."""
    why = view.facts.get("why", "")
    person = view.name(PersonId(view.facts.get("person", "")))
    title = view.say("lapsed-title", ref=view.ticket.ref)
    lead = view.say(f"lapsed-{why if why in _WHY else 'danger'}", person=person)
    return Card(
        title=title, tone=Tone.WARN, lead=view.say("list-sentence").join((lead, crew_lead(view))), summary=title
    )


def summoned_card(view: View) -> Card:
    """Somebody besides the one who has it is asked to come; live like the team's card."""
    if view.is_hushed:
        return page_card(view)
    card = team_card(view)
    if not view.ticket.is_open:
        return card
    lead = view.say("list-sentence").join((_summons(view), card.lead))
    summary = view.say("summoned-summary", priority=view.ticket.priority, ref=view.ticket.ref, gist=view.gist)
    return replace(card, tone=Tone.ALARM, lead=lead, summary=summary)


def not_reached_card(view: View) -> Card:
    """No message to that person went through."""
    person = view.name(PersonId(view.facts.get("person", "")))
    title = view.say("not-reached-title", ref=view.ticket.ref, person=person)
    lead = view.say("list-sentence").join((view.say("not-reached-lead"), crew_lead(view)))
    return Card(title=title, tone=Tone.WARN, lead=lead, summary=title)


def nobody_reached_card(view: View) -> Card:
    """The requester must know that nobody knows yet."""
    title = view.say("nobody-reached-title", ref=view.ticket.ref)
    lead = view.say("nobody-reached-lead", gist=view.gist)
    return Card(title=title, tone=Tone.WARN, lead=lead, summary=title)


def drill_card(view: View) -> Card:
    """The test page; live, so that it shows how it went."""
    ticket = view.ticket
    summary = view.say("drill-title", ref=ticket.ref)
    if ticket.is_open:
        button = Action("acknowledge", str(ticket.id), view.say("do-drill"), Weight.MAIN)
        lead = view.say("drill-lead", team=view.team)
        return Card(title=summary, tone=Tone.WARN, lead=lead, actions=(button,), summary=summary)
    took = view.reader.length((ticket.over_at or view.now) - ticket.created_at)
    if ticket.status is Status.CANCELLED:
        return Card(title=summary, tone=Tone.QUIET, lead=view.say("drill-failed", took=took), summary=summary)
    lead = view.say("drill-passed", person=view.name(ticket.acknowledged_by or DESK), took=took)
    return Card(title=summary, tone=Tone.GOOD, lead=lead, summary=summary)


def drill_failed_card(view: View) -> Card:
    """The lead hears of a drill that nobody answered."""
    title = view.say("drill-failed-title", team=view.team)
    called = view.reader.listed([view.name(one) for one in view.ticket.called]) or view.say("nobody")
    return Card(title=title, tone=Tone.WARN, lead=view.say("drill-failed-lead", people=called), summary=title)


def is_asked(view: View) -> bool:
    """The question whether it is forgotten is still open."""
    return view.ticket.is_open and view.ticket.asked_at is not None and view.ticket.acknowledged_by is not None


def _summons(view: View) -> str:
    by, why = PersonId(view.facts.get("by", DESK)), view.facts.get("why", "")
    if by == DESK:
        return view.say("summoned-by-promise")
    if not why:
        return view.say("summoned-to-help", by=view.name(by))
    return view.say(
        "summoned-why", by=view.name(by), why=view.say("private-words") if view.is_shut else phrasing.gist(why, 200)
    )
