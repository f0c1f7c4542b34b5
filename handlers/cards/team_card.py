"""What the team sees of a ticket, with the crew's buttons: in the channel, on a page, at a new holder's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.chat.card import Action, Card, Confirm, Fact, Tone, Weight
from bot.domain.ids import DONE, WAITING, Priority, Status
from handlers import phrasing
from handlers.cards.clocks import clock_facts, clock_gauges
from handlers.cards.receipt import stars
from handlers.cards.view import SOLUTION_CHARS, View
from handlers.steps import Side, Step

_LEADING = {Status.NEW: "acknowledge", Status.ACCEPTED: "start", Status.IN_PROGRESS: "resolve"}
"""What is most likely next."""


def team_card(view: View) -> Card:
    """The whole ticket for those who work on it."""
    gauges = clock_gauges(view)
    return Card(
        title=view.say("team-title", priority=view.ticket.priority, heading=view.heading),
        tone=crew_tone(view),
        lead=crew_lead(view),
        quote=view.quote(view.ticket.words),
        facts=tuple(crew_facts(view)),
        gauges=gauges,
        actions=tuple(crew_buttons(view)),
        footer=view.say("as-of", at=view.reader.moment(view.now, view.now)) if gauges else "",
        summary=view.say(
            "team-summary",
            priority=view.ticket.priority,
            ref=view.ticket.ref,
            status=view.status,
            gist=view.gist,
        ),
    )


def crew_lead(view: View) -> str:
    """How it stands, what it waits for, and whom the clock calls next."""
    ticket = view.ticket
    sentences = [
        view.say(f"crew-{_state(view)}", holder=view.holder, requester=view.requester, team=view.team),
    ]
    if ticket.waiting_for and not view.is_shut:
        sentences.append(view.say("crew-what-for", words=phrasing.gist(ticket.waiting_for, 300)))
    if ticket.status in DONE and not view.is_shut:
        sentences.append(view.quote(ticket.solution, SOLUTION_CHARS))
    if ticket.status is Status.CANCELLED and ticket.cancelled_because and not view.is_shut:
        sentences.append(view.quote(ticket.cancelled_because, SOLUTION_CHARS))
    sentences.append(view.call_to_come())
    return view.say("list-sentence").join(sentence for sentence in sentences if sentence)


def crew_facts(view: View) -> Iterator[Fact]:
    """Who, what, how it was read, who holds it, and how the promises stand."""
    ticket = view.ticket
    yield Fact(view.say("label-status"), view.standing, crew_tone(view))
    yield Fact(view.say("label-requester"), view.requester)
    yield from view.reading()
    if ticket.doubtful and not ticket.confirmed and ticket.is_open:
        yield Fact(view.say("label-doubt"), view.say("doubt-unconfirmed", requester=view.requester), Tone.WARN)
    held = ticket.holder is not None
    yield Fact(view.say("label-holder"), view.name(ticket.holder) if held else view.say("nobody"))
    if ticket.rating is not None:
        yield Fact(view.say("label-rating"), stars(ticket.rating))
    yield from view.sequel()
    yield from clock_facts(view)


def crew_buttons(view: View) -> Iterator[Action]:
    """The crew's buttons, the likeliest one first to the eye, the rare ones behind "More"."""
    found = list(view.buttons(Side.CREW))
    main = _likeliest(view)
    for step in found:
        match step.wish:
            case "take" if view.ticket.acknowledged_by is None or view.ticket.holder == view.reader.person:
                continue
            case "take" if view.ticket.holder is not None:
                yield _take_over(view, step)
                continue
            case "pass_on" | "ack_30" if not _is_called(view):
                continue
            case "keep_on" if view.reader.person != view.ticket.holder:
                continue
            case "start" if view.ticket.status in WAITING:
                label = view.say("do-go-on")
            case _:
                label = ""
        yield view.button(step, label=label, weight=Weight.MAIN if step.wish == main else None)
    if any(view.buttons(Side.CREW, deep=True)):
        yield Action("more", str(view.ticket.id), view.say("do-more"))


def _take_over(view: View, step: Step) -> Action:
    """Somebody has it: who takes it from them is asked once more, and told from whom."""
    confirm = Confirm(
        view.say("sure-take_over", ref=view.ticket.ref, holder=view.holder),
        view.say("sure-take_over-yes"),
        view.say("sure-take_over-no"),
    )
    return replace(view.button(step, label=view.say("do-take_over")), confirm=confirm)


def more_card(view: View, *, crew: bool) -> Card:
    """What is needed now and then; what only the crew does is only for the crew."""
    return Card(
        title=view.heading,
        tone=Tone.QUIET,
        lead=view.say("more-lead", status=view.status),
        actions=tuple(_rare_buttons(view, crew=crew)),
    )


def _rare_buttons(view: View, *, crew: bool) -> Iterator[Action]:
    for step in view.buttons(Side.CREW if crew else Side.REQUESTER, deep=True):
        yield view.button(step)
    if view.promises:
        yield Action("why", str(view.ticket.id), view.say("do-why"))


def crew_tone(view: View) -> Tone:
    """Alarm is for what nobody has yet and cannot wait."""
    ticket = view.ticket
    if ticket.is_done:
        return Tone.GOOD
    if ticket.is_over:
        return Tone.QUIET
    if ticket.acknowledged_by is None:
        return Tone.ALARM if ticket.priority in (Priority.P1, Priority.P2) else Tone.WARN
    return Tone.CALM


def _is_called(view: View) -> bool:
    """The reader is among those who were called: only they can say "not me"."""
    chase = view.ticket.chase
    return chase is not None and view.reader.person in chase.tried and view.reader.person not in chase.passed


def _likeliest(view: View) -> str:
    if view.ticket.is_open and view.ticket.acknowledged_by is None:
        return "acknowledge"
    return _LEADING.get(view.ticket.status, "start")


def _state(view: View) -> str:
    ticket = view.ticket
    if ticket.status is Status.NEW and ticket.acknowledged_by is None:
        return "assigned" if ticket.holder is not None else "new"
    if ticket.status is Status.NEW:
        return str(Status.ACCEPTED)
    if ticket.status in (Status.ACCEPTED, Status.IN_PROGRESS) and ticket.acknowledged_by is None:
        return "again" if ticket.cycle > 1 else "new"
    return str(ticket.status)
