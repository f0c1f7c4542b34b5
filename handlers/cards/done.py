"""It is done: does it work? One tap says how good it was, another that it is not done after all."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.card import Action, Card, Tone, Weight
from bot.domain.ids import Status
from handlers.cards.view import QUOTE_CHARS, View
from handlers.steps import Side


def done_card(view: View) -> Card:
    """What was done, and the question whether it works; afterwards what the requester said."""
    ticket = view.ticket
    if ticket.is_open:
        lead = view.say("done-open-again", holder=view.holder)
    elif ticket.rating is not None:
        lead = view.say("done-rated", stars="★" * ticket.rating + "☆" * (5 - ticket.rating))
    elif ticket.is_done:
        lead = view.say(f"done-asks-{ticket.kind}", by=view.holder)
    else:
        lead = view.say("done-closed")
    return Card(
        title=view.say(f"done-title-{ticket.kind}", ref=ticket.ref, gist=view.gist),
        tone=Tone.CALM if ticket.is_open else Tone.GOOD,
        lead=lead,
        quote=view.quote(ticket.solution, QUOTE_CHARS),
        actions=() if ticket.is_open else tuple(done_buttons(view)),
        summary=view.say("done-summary", ref=ticket.ref, gist=view.gist),
    )


def done_buttons(view: View) -> Iterator[Action]:
    """Five to one, and still broken."""
    for step in view.buttons(Side.REQUESTER):
        if step.wish == "rate":
            for count in (5, 4, 3, 2, 1):
                yield view.button(
                    step,
                    argument=str(count),
                    label=view.say("do-rate", stars=str(count)),
                    weight=Weight.MAIN if count == 5 else Weight.SIDE,
                )
        elif step.wish == "reopen":
            is_over = view.ticket.status is Status.CLOSED
            yield view.button(step, label=view.say("do-open-again") if is_over else "")
