"""Somebody must get up: the page to a person, the call into the channel, and the call that reached nobody."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.card import Card, Tone
from bot.domain.sla import MarkKind
from handlers.cards.late import with_lateness
from handlers.cards.team_card import crew_lead, team_card
from handlers.cards.view import View


def page_card(view: View) -> Card:
    """The team's card in the tone of an alarm while nobody has acknowledged; live, so later it shows who did. Who has
    been called before is told in a line; what is private stays in the chat and in its circle."""
    if view.is_hushed:
        return _hushed_card(view)
    card = team_card(view)
    if not is_calling(view):
        return card
    summary = view.say("page-summary", priority=view.ticket.priority, ref=view.ticket.ref, gist=view.gist)
    if "again" in view.facts:
        lead = with_lateness(_again(view), view)
        return Card(title=card.title, tone=Tone.ALARM, lead=lead, actions=card.actions, summary=summary)
    return replace(card, tone=Tone.ALARM, lead=with_lateness(_call(view), view), summary=summary)


def _call(view: View) -> str:
    level, missed = view.facts.get("level", "1"), view.facts.get("missed", "")
    sentences = [view.say("page-lead", level=level, round=view.facts.get("round", "1"))]
    if missed:
        sentences.append(view.say("page-missed", levels=view.reader.listed(missed.split(","))))
    sentences.append(view.call_to_come())
    return view.say("list-sentence").join(part for part in sentences if part)


def _again(view: View) -> str:
    """Called again, the n-th call, and since when it is open. After somebody let it lapse calls are counted anew."""
    opened = [mark.at for mark in view.ticket.marks if mark.what is MarkKind.REOPEN]
    since = view.reader.moment(max((view.ticket.created_at, *opened)), view.now)
    facts = {"count": view.facts["again"], "since": since}
    key = "page-again" if facts["count"] == "1" else "page-again-count"
    sentences = [view.say(key, **facts), view.call_to_come()]
    return view.say("list-sentence").join(part for part in sentences if part)


def _hushed_card(view: View) -> Card:
    """That something private needs somebody, and not a word of it."""
    stranger = view.is_shut
    title = view.say("page-private")
    if not is_calling(view):
        return Card(title=view.say("page-private-over"), tone=Tone.QUIET)
    lead = view.say("page-private-stranger" if stranger else "page-private-lead")
    return Card(title=title, tone=Tone.ALARM, lead=with_lateness(lead, view), summary=title)


def channel_call_card(view: View, mentions: tuple[str, ...]) -> Card:
    """The same for everybody in the channel."""
    card = page_card(replace(view, facts={name: said for name, said in view.facts.items() if name != "again"}))
    return replace(card, mentions=mentions) if is_calling(view) else card


def nobody_card(view: View) -> Card:
    """A level of the policy had nobody in it; somebody should mend the rota."""
    return Card(
        title=view.say("nobody-title", ref=view.ticket.ref, level=view.facts.get("level", "?")),
        tone=Tone.WARN,
        lead=view.say("list-sentence").join((view.say("nobody-lead"), crew_lead(view))),
        summary=view.say("nobody-title", ref=view.ticket.ref, level=view.facts.get("level", "?")),
    )


def is_calling(view: View) -> bool:
    """Nobody has it yet and somebody is being called."""
    return view.ticket.is_open and view.ticket.acknowledged_by is None
