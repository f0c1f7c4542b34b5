"""Somebody must get up: the page to a person, the call into the channel, and the call that reached nobody."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.card import Card, Tone
from handlers.cards.late import with_lateness
from handlers.cards.team_card import crew_lead, team_card
from handlers.cards.view import View


def page_card(view: View) -> Card:
    """The team's card in the tone of an alarm while nobody has acknowledged; live, so later it shows who did."""
    card = team_card(view)
    if not is_calling(view):
        return card
    level, missed = view.facts.get("level", "1"), view.facts.get("missed", "")
    sentences = [view.say("page-lead", level=level, round=view.facts.get("round", "1"))]
    if missed:
        sentences.append(view.say("page-missed", levels=view.reader.listed(missed.split(","))))
    sentences.append(view.call_to_come())
    return replace(
        card,
        tone=Tone.ALARM,
        lead=with_lateness(view.say("list-sentence").join(part for part in sentences if part), view),
        summary=view.say("page-summary", priority=view.ticket.priority, ref=view.ticket.ref, gist=view.gist),
    )


def channel_call_card(view: View, mentions: tuple[str, ...]) -> Card:
    """The same for everybody in the channel."""
    card = page_card(view)
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
