"""Thanks, and how good it was. Thanks never reopen anything."""

from __future__ import annotations

from bot.domain.announce import About, Urgency
from bot.domain.ids import Status
from bot.domain.refusals import Unknown
from bot.domain.ticket import Ticket
from bot.services.ports import Letter
from handlers.cards.plain import word_back
from handlers.heard import Wish
from handlers.steps import BY_WISH
from handlers.turn import Deed, Do, Tell, Turn

_LATELY = 10
"""Among so many of the latest tickets one looks for what the thanks are for."""


async def thanks(turn: Turn, ticket: Ticket | None = None) -> Deed:
    """A kind word; when something of theirs was done and not rated yet, also the question how good it was."""
    done = ticket if ticket is not None and _may_be_rated(ticket) else await _lately_done(turn)
    word = turn.letter(word_back(turn.say("thanks-back")))
    if done is None:
        return Tell((word,))
    return Tell((word, _rating_letter(turn, done)))


_WORDS = {
    "5": "rated-well",
    "4": "rated-well",
    "3": "rated-middling",
    "2": "rated-badly",
    "1": "rated-badly",
}


async def rate(turn: Turn, wish: Wish) -> Deed:
    """One to five, in one tap; the answer fits."""
    press = BY_WISH["rate"].press
    if press is None or wish.ticket is None:
        raise Unknown(what="button", value=wish.argument[:40])
    command = press(turn.who.id, wish.ticket, wish.argument)
    return Do(command, (turn.letter(word_back(turn.say(_WORDS[wish.argument]))),))


def _rating_letter(turn: Turn, ticket: Ticket) -> Letter:
    """The card that asks whether it works, live like the one that came when it was done."""
    return Letter(
        key=f"answer:{turn.came.key}:rate:{ticket.id}",
        to=turn.came.place,
        reader=f"person:{turn.who.id}",
        about=About.DONE,
        urgency=Urgency.SOON,
        ticket=ticket.id,
        live=turn.is_private,
        only="" if turn.is_private else turn.came.author,
    )


async def _lately_done(turn: Turn) -> Ticket | None:
    found = await turn.my_tickets(only_open=False, limit=_LATELY)
    return next((filed.ticket for filed in found if _may_be_rated(filed.ticket)), None)


def _may_be_rated(ticket: Ticket) -> bool:
    return not ticket.is_open and ticket.status is not Status.CANCELLED and ticket.rating is None
