"""Somebody writes to the desk: which conversation is it? One order, from the certain to the guessed."""

from __future__ import annotations

from bot.chat.incoming import Said
from bot.domain.access import may
from bot.domain.ids import TicketId
from handlers import asking, covering, duty_words, on_call, phrasing, raising, rating, replying
from handlers.heard import Heard
from handlers.routes import Spoken, Takes, is_unknown_command, spoken
from handlers.turn import Deed, Turn


async def hear(turn: Turn, said: Said) -> Deed:
    """A command; words about a ticket that is known; who is on call; thanks; "is it fixed yet?"; the answer that one
    ticket waits for; still broken; chit-chat; and otherwise a new ticket at once. Whoever was guessed wrong has a
    button to say so."""
    text = phrasing.storable(said.text)
    if not phrasing.has_words(said.text):
        return asking.nothing_written(turn)
    heard = await _about(turn, said, text)
    if phrasing.is_bare_call(text):
        return await asking.greet(turn, heard)
    order = await _command(turn, heard)
    if order is not None:
        return await order.word.handler(turn, Heard(text, order.rest, order.ticket))
    if heard.ticket is not None:
        return await replying.about_a_ticket(turn, heard)
    duty = await _about_duty(turn, text)
    if duty is not None:
        return duty
    if is_unknown_command(text):
        return await asking.help_me(turn, heard)
    if phrasing.is_thanks(text):
        return await rating.thanks(turn)
    return await _guessed(turn, text)


async def _about_duty(turn: Turn, text: str) -> Deed | None:
    """Who is on call at some time, for everybody; covers and swaps, for those who take turns or work in a team."""
    rules = turn.house.rules
    question = duty_words.asks_who(text, rules)
    if question is not None:
        return await on_call.asked(turn, question)
    if not turn.teams:
        return None
    others = {one: rules.people[one] for one in duty_words.people_with(turn.who.id, rules)}
    dealt = duty_words.deal_in(text, others)
    return None if dealt is None else await covering.deal(turn, dealt)


async def _guessed(turn: Turn, text: str) -> Deed:
    """Words that name no ticket and are no command."""
    if phrasing.asks_after(text):
        stands = await asking.where_it_stands(turn, text, urges=phrasing.is_urging(text))
        if stands is not None:
            return stands
    reading = turn.reading_of(text)
    if reading.decision == "ignore" and not await replying.is_awaited(turn):
        return asking.small_talk(turn, text)
    known = await replying.the_awaited_answer(turn, text) or await replying.still_broken(turn, text)
    return known or raising.raise_from(turn, text, reading)


async def _about(turn: Turn, said: Said, text: str) -> Heard:
    """Which ticket the words are about: the number at their head, the message they answer, or, in a short question or
    complaint, a number anywhere."""
    numbered = phrasing.leading_number(text)
    if numbered is not None:
        return Heard(text, numbered.rest, numbered.ticket)
    answered = await turn.house.reads.ticket_of_message(said.reply_to) if said.reply_to is not None else None
    if answered is None and (phrasing.asks_after(text) or phrasing.says_still_broken(text)):
        answered = phrasing.any_number(text)
    return Heard(text, text, answered)


async def _command(turn: Turn, heard: Heard) -> Spoken | None:
    """The command that was said. About a ticket that is known only commands about tickets count, and what is for the
    crew counts only from the crew: from others these are words."""
    for order in spoken(heard.rest):
        word, number = order.word, order.ticket if order.ticket is not None else heard.ticket
        if heard.ticket is not None and word.takes not in (Takes.TICKET, Takes.TIMED, Takes.ABOUT):
            continue
        if word.takes is Takes.ABOUT and number is None and order.rest:
            continue
        if not word.for_crew or await _is_of_the_crew(turn, number):
            return Spoken(word, number, order.rest)
    return None


async def _is_of_the_crew(turn: Turn, number: TicketId | None) -> bool:
    if turn.teams or number is None:
        return bool(
            turn.teams
        )  # who works in a team gives orders: a ticket of others is then refused, not talked about
    found = await turn.house.reads.ticket(number)
    return found is not None and may(
        turn.me(found.ticket, "acknowledge"), "acknowledge", found.ticket, turn.house.rules, turn.now
    )
