"""Words about a ticket that is known: in answer to one of our messages, behind a number, or awaited."""

from __future__ import annotations

from bot.chat.card import Card
from bot.domain.access import is_crew
from bot.domain.commands import Say
from bot.domain.ids import Status
from bot.domain.refusals import NotFound
from bot.domain.ticket import Ticket
from handlers import asking, phrasing, raising, rating
from handlers.cards.done import done_buttons
from handlers.cards.plain import draft_button, word_back
from handlers.heard import Heard
from handlers.turn import Deed, Do, Tell, Turn
from handlers.working import passed_on


async def about_a_ticket(turn: Turn, heard: Heard) -> Deed:
    """Only the number: the ticket is shown. With words: they belong to it, in the sense they have there."""
    if heard.ticket is None:
        raise ValueError("these words are about no ticket")
    try:
        ticket = await turn.ticket(heard.ticket)
    except NotFound:
        return _unknown_number(turn, heard)
    if not phrasing.has_words(heard.rest):
        return Tell((turn.showing(ticket),))
    if is_crew(turn.me(ticket), ticket, turn.house.rules, turn.now):
        return comment(turn, ticket, heard.rest)
    return await _of_the_requester(turn, ticket, heard.rest)


async def _of_the_requester(turn: Turn, ticket: Ticket, words: str) -> Deed:
    if phrasing.is_thanks(words):
        return await rating.thanks(turn, ticket)
    if ticket.is_open:
        if phrasing.is_urging(words) and ticket.status is not Status.WAITING_REQUESTER:
            return asking.nudge(turn, ticket)
        return Tell((turn.showing(ticket),)) if _only_asks(ticket, words) else comment(turn, ticket, words)
    if phrasing.says_still_broken(words):
        return await raising.reopen(turn, ticket, words)
    if ticket.is_over:
        return await raising.raise_sequel(turn, ticket, words)
    if phrasing.asks_after(words):
        return Tell((turn.showing(ticket),))
    return Do(Say(by=turn.who.id, ticket=ticket.id, words=words), (turn.letter(_still_done(turn, ticket)),))


def _only_asks(ticket: Ticket, words: str) -> bool:
    """A question about progress is answered by the status, unless words are awaited."""
    return ticket.status is not Status.WAITING_REQUESTER and phrasing.asks_after(words)


def comment(turn: Turn, ticket: Ticket, words: str) -> Deed:
    """The words are on the record and the other side hears them."""
    return Do(Say(by=turn.who.id, ticket=ticket.id, words=words), (turn.letter(passed_on(turn, ticket)),))


async def the_awaited_answer(turn: Turn, text: str) -> Deed | None:
    """Exactly one ticket of theirs waits for them: the text is the answer, and that is said, with a way back."""
    ticket = await _the_waiting_one(turn)
    if ticket is None:
        return None
    card = word_back(
        turn.say("taken-as-answer", ref=ticket.ref, holder=turn.view(ticket).holder),
        lead=turn.say("taken-as-answer-lead"),
        actions=(draft_button(turn.reader, turn.draft_id, "do-draft-new"),),
    )
    return Do(Say(by=turn.who.id, ticket=ticket.id, words=text), (turn.draft(card, text),))


async def is_awaited(turn: Turn) -> bool:
    """A short "好的" means something to whoever was asked a question."""
    return await _the_waiting_one(turn) is not None


async def _the_waiting_one(turn: Turn) -> Ticket | None:
    waiting = [filed.ticket for filed in await turn.my_tickets() if filed.ticket.status is Status.WAITING_REQUESTER]
    return waiting[0] if len(waiting) == 1 else None


async def still_broken(turn: Turn, text: str) -> Deed | None:
    """ "Still not working", and exactly one thing was done for them lately: that one is open again."""
    if not phrasing.says_still_broken(text) or len(text) > phrasing.MOST_IN_PASSING:
        return None
    done = [filed.ticket for filed in await turn.my_tickets(only_open=False, limit=10) if filed.ticket.is_done]
    return await raising.reopen(turn, done[0], text) if len(done) == 1 else None


def _still_done(turn: Turn, ticket: Ticket) -> Card:
    """Words on something that counts as done do not reopen it; whoever means that has a button."""
    buttons = [action for action in done_buttons(turn.view(ticket)) if action.verb == "reopen"]
    return word_back(turn.say("passed-on-done", ref=ticket.ref), actions=buttons)


def _unknown_number(turn: Turn, heard: Heard) -> Deed:
    """No such ticket, or none for them: the words are kept in case they should become one."""
    if not phrasing.has_words(heard.rest):
        raise NotFound(ref=f"#{heard.ticket}")
    card = word_back(
        turn.say("refusal-not_found"),
        lead=turn.say("words-kept"),
        actions=(draft_button(turn.reader, turn.draft_id),),
    )
    return Tell((turn.draft(card, heard.text),))
