"""The receipt: what the requester sees of a ticket, edited in place on every change."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.card import Action, Card, Fact, Tone, Weight
from bot.domain.ids import DONE, OVER, Status
from bot.domain.kinds import KINDS
from handlers import phrasing
from handlers.cards.clocks import clock_facts, clock_gauges, is_overdue
from handlers.cards.done import done_buttons
from handlers.cards.view import SOLUTION_CHARS, View
from handlers.steps import Side, less_urgent, more_urgent


def receipt(view: View) -> Card:
    """Number, kind and why, priority and its cell, what is promised, who holds it, and what one can do now."""
    gauges = clock_gauges(view)
    return Card(
        title=view.heading,
        tone=_tone(view),
        lead=_lead(view),
        quote=view.quote(view.ticket.words),
        facts=(*_facts(view), *clock_facts(view)),
        gauges=gauges,
        actions=(*receipt_buttons(view), *_more(view)),
        footer=view.say("as-of", at=view.reader.moment(view.now, view.now)) if gauges else "",
        summary=view.say("receipt-summary", ref=view.ticket.ref, status=view.status, gist=view.gist),
    )


def is_asked_to_confirm(view: View) -> bool:
    """The author may still say how it was meant."""
    return view.ticket.status is Status.NEW and not view.ticket.confirmed


def receipt_buttons(view: View) -> Iterator[Action]:
    """The requester's buttons: first is it understood, later what helps it on."""
    if view.ticket.is_done or view.ticket.is_over:
        yield from done_buttons(view)
        return
    for step in view.buttons(Side.REQUESTER):
        match step.wish:
            case "right":
                yield from _understood(view)
            case "kind" if view.ticket.confirmed or not view.ticket.doubtful:
                yield from _other_kinds(view)
            case "grade":
                yield from _grades(view)
            case "answer" if view.ticket.status is Status.WAITING_REQUESTER:
                yield view.button(step, weight=Weight.MAIN)
            case "answer" if not is_asked_to_confirm(view):
                yield view.button(step, label=view.say("do-add"))
            case "nudge" if not is_asked_to_confirm(view) and view.ticket.status is not Status.WAITING_REQUESTER:
                yield view.button(step)
            case "drop":
                label = view.say("do-not-a-ticket") if is_asked_to_confirm(view) else ""
                yield view.button(step, label=label)
            case "service":
                yield view.button(step)
            case _:
                continue


def _more(view: View) -> Iterator[Action]:
    """What one rarely asks: how its times come about."""
    if view.ticket.is_open and view.promises:
        yield Action("more", str(view.ticket.id), view.say("do-more"))


def _understood(view: View) -> Iterator[Action]:
    """Sure: one button says that it is right. Not sure: one for each kind, none of them suggested."""
    found = {step.wish: step for step in view.buttons(Side.REQUESTER)}
    if not view.ticket.doubtful:
        yield view.button(found["right"])
        return
    for kind in KINDS:
        yield view.button(found["kind"], argument=kind, label=view.say(f"do-it-is-{kind}"))


def _other_kinds(view: View) -> Iterator[Action]:
    found = {step.wish: step for step in view.buttons(Side.REQUESTER)}
    for kind in KINDS:
        if kind != view.ticket.kind:
            yield view.button(found["kind"], argument=kind, label=view.say(f"do-it-is-{kind}"))


def _grades(view: View) -> Iterator[Action]:
    if view.ticket.override is not None:
        return
    found = {step.wish: step for step in view.buttons(Side.REQUESTER)}
    higher, lower = more_urgent(view.ticket, view.rules.matrix), less_urgent(view.ticket, view.rules.matrix)
    if higher is not None:
        yield view.button(found["grade"], argument=higher, label=view.say("do-more-urgent"))
    if lower is not None:
        yield view.button(found["grade"], argument=lower, label=view.say("do-less-urgent"))


def _lead(view: View) -> str:
    ticket = view.ticket
    sentences = [view.say(f"receipt-{_state(view)}", holder=view.holder, team=view.team, ref=ticket.ref)]
    if is_asked_to_confirm(view):
        sentences.append(view.say("receipt-unsure" if ticket.doubtful else "receipt-proposal"))
    if is_overdue(view):
        sentences.append(view.say("receipt-late"))
    if ticket.waiting_for and not ticket.is_done:
        sentences.append(view.say("receipt-what-for", words=phrasing.gist(ticket.waiting_for, 300)))
    if ticket.status in DONE and ticket.solution:
        sentences.append(view.quote(ticket.solution, SOLUTION_CHARS))
    if ticket.status is Status.CANCELLED and ticket.cancelled_because:
        sentences.append(view.quote(ticket.cancelled_because, SOLUTION_CHARS))
    return view.reader.say("list-sentence").join(sentences)


def _state(view: View) -> str:
    """Which sentence says how it stands."""
    ticket = view.ticket
    if ticket.status is Status.NEW:
        if ticket.chase is not None and ticket.chase.calls:
            return "called"
        if ticket.holder is not None:
            return "assigned"
    if ticket.status is Status.IN_PROGRESS and ticket.cycle > 1 and ticket.acknowledged_by is None:
        return "again"
    return str(ticket.status)


def _facts(view: View) -> Iterator[Fact]:
    yield Fact(view.say("label-status"), view.standing, _tone(view))
    yield from view.reading()
    if view.ticket.is_open:
        held = view.ticket.holder is not None
        yield Fact(
            view.say("label-holder"), view.name(view.ticket.holder) if held else view.say("holder-none", team=view.team)
        )
    if view.ticket.rating is not None:
        yield Fact(view.say("label-rating"), stars(view.ticket.rating))
    yield from view.sequel()


def stars(count: int) -> str:
    """★★★★☆."""
    return "★" * count + "☆" * (5 - count)


def _tone(view: View) -> Tone:
    status = view.ticket.status
    if status in DONE:
        return Tone.GOOD
    if status in OVER:
        return Tone.QUIET
    return Tone.WARN if status is Status.WAITING_REQUESTER else Tone.CALM
