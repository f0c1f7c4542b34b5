"""A promise is about to run out, or has."""

from __future__ import annotations

from datetime import datetime

from bot.chat.card import Card, Tone
from bot.domain.sla import Promise, PromiseState
from handlers.cards.clocks import clock_facts, clock_gauges, clock_name, due_moment, time_left
from handlers.cards.late import with_lateness
from handlers.cards.team_card import crew_buttons, crew_facts
from handlers.cards.view import View


def warning_card(view: View) -> Card:
    """Which promise, until when, how much is left, and the buttons that keep it."""
    promise = the_promise(view)
    clock = clock_name(view.facts["clock"], view)
    due, left = _due(view, promise), time_left(promise, view) if promise is not None else ""
    return Card(
        title=view.say("warning-title", clock=clock, ref=view.ticket.ref, due=due),
        tone=Tone.WARN,
        lead=with_lateness(view.say("warning-lead", gist=view.gist, left=left, holder=view.holder), view),
        facts=tuple(crew_facts(view))[:2],
        gauges=clock_gauges(view),
        actions=tuple(crew_buttons(view)),
        summary=view.say("warning-title", clock=clock, ref=view.ticket.ref, due=due),
    )


def breach_card(view: View, mentions: tuple[str, ...] = ()) -> Card:
    """Which promise ran out when, said once."""
    clock = clock_name(view.facts["clock"], view)
    due = _due(view, the_promise(view), broken=True)
    why = "breach-lead-reclassified" if view.facts.get("reclassified") else "breach-lead"
    return Card(
        title=view.say("breach-title", clock=clock, ref=view.ticket.ref),
        tone=Tone.ALARM,
        lead=with_lateness(view.say(why, gist=view.gist, due=due, holder=view.holder), view),
        facts=(*tuple(crew_facts(view))[:2], *clock_facts(view)),
        gauges=clock_gauges(view),
        actions=tuple(crew_buttons(view)),
        summary=view.say("breach-title", clock=clock, ref=view.ticket.ref),
        mentions=mentions,
    )


def the_promise(view: View) -> Promise | None:
    """The promise that the letter is about, as it stands now."""
    clock, cycle = view.facts.get("clock", ""), view.facts.get("cycle", "")
    return next((one for one in view.promises if one.clock == clock and str(one.cycle) == cycle), None)


def is_settled(view: View) -> bool:
    """A warning has nothing to say any more: the promise is kept, paused, stopped, or has run out by now."""
    promise = the_promise(view)
    return promise is None or promise.state is not PromiseState.RUNNING


def _due(view: View, promise: Promise | None, *, broken: bool = False) -> str:
    said = datetime.fromisoformat(view.facts["due"])
    if promise is None:
        return view.reader.moment(said, view.now)
    due = said if broken or promise.due is None else promise.due
    return due_moment(promise, due, view)
