"""Words that passed between people: questions, replies, nudges, and what else somebody has to hear."""

from __future__ import annotations

from bot.chat.card import Action, Card, Fact, Tone, Weight
from bot.domain.ids import PersonId, Status
from handlers.cards.clocks import clock_facts, clock_gauges
from handlers.cards.receipt import stars
from handlers.cards.team_card import crew_buttons, crew_facts, team_card
from handlers.cards.view import View
from handlers.steps import BY_WISH, Side, Step


def question_card(view: View) -> Card:
    """The desk asks the requester; live, so that it shows when the ball is no longer with them."""
    waits = view.ticket.status is Status.WAITING_REQUESTER
    return Card(
        title=view.say("question-title", ref=view.ticket.ref, by=_by(view)),
        tone=Tone.WARN if waits else Tone.QUIET,
        lead=view.say("question-lead" if waits else "question-over", gist=view.gist, status=view.status),
        quote=view.quote(view.facts.get("words", "")),
        facts=clock_facts(view) if waits else (),
        actions=tuple(
            view.button(step, weight=Weight.MAIN if step.wish == "answer" else None)
            for step in view.buttons(Side.REQUESTER)
            if waits and step.wish in ("answer", "drop")
        ),
        summary=view.say("question-title", ref=view.ticket.ref, by=_by(view)),
    )


def reply_card(view: View) -> Card:
    """The desk said something to the requester."""
    return Card(
        title=view.say("reply-title", ref=view.ticket.ref, by=_by(view)),
        lead=view.gist,
        quote=view.quote(view.facts.get("words", "")),
        actions=_only(view, Side.REQUESTER, "answer"),
        summary=view.say("reply-title", ref=view.ticket.ref, by=_by(view)),
    )


def reply_back_card(view: View, mentions: tuple[str, ...] = ()) -> Card:
    """The requester said something to the desk."""
    return Card(
        title=view.say("reply-back-title", ref=view.ticket.ref, by=_by(view)),
        lead=f"{view.gist} · {view.status}",
        quote=view.quote(view.facts.get("words", "")),
        actions=(*_only(view, Side.CREW, "say", "resolve"), show_button(view)),
        summary=view.say("reply-back-title", ref=view.ticket.ref, by=_by(view)),
        mentions=mentions,
    )


def reopened_card(view: View, mentions: tuple[str, ...] = ()) -> Card:
    """It was not done after all."""
    return Card(
        title=view.say("reopened-title", ref=view.ticket.ref, by=_by(view)),
        tone=Tone.ALARM,
        lead=view.gist,
        quote=view.quote(view.facts.get("words", "")),
        facts=tuple(crew_facts(view)),
        gauges=clock_gauges(view),
        actions=tuple(crew_buttons(view)),
        summary=view.say("reopened-title", ref=view.ticket.ref, by=_by(view)),
        mentions=mentions,
    )


def time_come_card(view: View, mentions: tuple[str, ...] = ()) -> Card:
    """What waited until now is to be worked on again."""
    title = view.say("time-come-title", ref=view.ticket.ref)
    was = view.facts.get("status", "")
    return Card(
        title=title,
        tone=Tone.WARN,
        lead=view.say("time-come-lead", gist=view.gist, was=view.say(f"status-{was}") if was else view.status),
        facts=tuple(crew_facts(view)),
        gauges=clock_gauges(view),
        actions=(*_only(view, Side.CREW, "resolve", "say", "wait"), show_button(view)),
        summary=title,
        mentions=mentions,
    )


def assigned_card(view: View) -> Card:
    """The ticket has a new holder: the reader. Live like the team's card."""
    card = team_card(view)
    mine = view.ticket.holder == view.reader.person and view.ticket.is_open
    if not mine:
        return card
    lead = view.say("assigned-lead", by=_by(view))
    return Card(
        title=card.title,
        tone=card.tone,
        lead=view.say("list-sentence").join((lead, card.lead)),
        quote=card.quote,
        facts=card.facts,
        gauges=card.gauges,
        actions=card.actions,
        footer=card.footer,
        summary=view.say("assigned-summary", by=_by(view), ref=view.ticket.ref, gist=view.gist),
    )


def nudged_card(view: View, mentions: tuple[str, ...] = ()) -> Card:
    """The requester asks where it stands."""
    return Card(
        title=view.say("nudged-title", ref=view.ticket.ref, requester=view.requester),
        tone=Tone.WARN,
        lead=view.say("nudged-lead", gist=view.gist, status=view.status, holder=view.holder),
        gauges=clock_gauges(view),
        actions=(*_only(view, Side.CREW, "acknowledge", "start", "say", "resolve"), show_button(view)),
        summary=view.say("nudged-title", ref=view.ticket.ref, requester=view.requester),
        mentions=mentions,
    )


def low_rating_card(view: View) -> Card:
    """Somebody was not content; the lead should know."""
    count = int(view.facts.get("stars", "1"))
    return Card(
        title=view.say("low-rating-title", ref=view.ticket.ref, requester=view.requester, stars=stars(count)),
        tone=Tone.WARN,
        lead=view.gist,
        quote=view.quote(view.facts.get("words", "")),
        facts=(
            Fact(view.say("label-holder"), view.holder),
            Fact(view.say("label-solution"), view.quote(view.ticket.solution, 300) or view.say("none")),
        ),
        actions=(show_button(view),),
    )


def show_button(view: View) -> Action:
    """Shows the whole ticket."""
    return Action("show", str(view.ticket.id), view.say("do-show"))


def _only(view: View, side: Side, *wishes: str) -> tuple[Action, ...]:
    offered: list[Step] = [step for step in view.buttons(side) if step.wish in wishes]
    return tuple(
        view.button(step, weight=Weight.MAIN if place == 0 and step is BY_WISH[wishes[0]] else None)
        for place, step in enumerate(offered)
    )


def _by(view: View) -> str:
    by = view.facts.get("by", "")
    if by == view.ticket.requester:
        return view.requester
    return view.name(PersonId(by)) if by else view.holder
