"""Work on a ticket, by button, by form or by text: every row of the table of steps, and the words for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.chat.card import Card, Tone
from bot.domain import commands as orders
from bot.domain.access import is_crew
from bot.domain.commands import Command
from bot.domain.ids import TeamId, TicketId
from bot.domain.refusals import Unknown
from bot.domain.ticket import Ticket
from bot.services.ports import Filed
from handlers import asking, phrasing, raising
from handlers.cards.plain import word_back
from handlers.duty_words import team_in
from handlers.forms import form_for
from handlers.heard import Heard, Wish
from handlers.natural_time import understood
from handlers.steps import BY_WISH, Answers, Side, Step, refuse_unless
from handlers.turn import Ask, Deed, Do, Tell, Turn

ACK_FOR = timedelta(minutes=30)
"""How long the promise of the button lasts."""

_SAID_BACK = frozenset({"escalate", "answer", "say", "note", "ask", "nudge"})
"""What leaves no trace on the card that was pressed gets a word back."""


async def press(turn: Turn, wish: Wish) -> Deed:
    """A button of the table: its command, or its form."""
    step, number = _step(wish), _number(wish)
    if step.press is None:
        return await _open(turn, step, number)
    command = step.press(turn.who.id, number, wish.argument)
    match wish.verb:
        case "reopen":
            return await raising.reopen(turn, await turn.ticket(number))
        case "kind":
            return Do(await _kind_or_yes(turn, number, wish.argument, command))
        case "ack_30":
            return Do(orders.Acknowledge(by=turn.who.id, ticket=number, until=turn.now + ACK_FOR))
        case "nudge":
            return Do(command, (turn.letter(word_back(turn.say("nudged-answer-lead"))),))
        case _:
            return Do(command)


async def submit(turn: Turn, wish: Wish, answers: Answers) -> Deed:
    """A form of the table: the command it fills."""
    step, number = _step(wish), _number(wish)
    if step.fill is None:
        raise Unknown(what="button", value=wish.verb)
    clean = {name: _written(answer) for name, answer in answers.items()}
    command = step.fill(turn.who.id, number, clean)
    if step.wish not in _SAID_BACK:
        return Do(command)
    if step.wish == "escalate":
        return Do(command, (turn.letter(word_back(turn.say("escalated"))),))
    ticket = await turn.ticket(number)
    return Do(command, (turn.letter(passed_on(turn, ticket, private=step.wish == "note")),))


def _written(answer: str) -> str:
    """What was written, if anything of it can be seen."""
    return phrasing.storable(answer) if phrasing.has_words(answer) else ""


def passed_on(turn: Turn, ticket: Ticket, *, private: bool = False, lead: str = "") -> Card:
    """Who hears the words now."""
    view = turn.view(ticket)
    if private:
        return word_back(turn.say("noted", ref=ticket.ref), tone=Tone.QUIET)
    to = view.requester if is_crew(turn.me(ticket), ticket, turn.house.rules, turn.now) else view.holder
    return word_back(turn.say("passed-on", ref=ticket.ref, to=to), lead=lead, tone=Tone.QUIET)


async def _open(turn: Turn, step: Step, number: TicketId) -> Deed:
    ticket = await turn.ticket(number)
    refuse_unless(step, ticket, turn.me(ticket, step.verb), turn.house.rules, turn.now)
    return Ask(form_for(step.wish, turn.view(ticket)))


async def _kind_or_yes(turn: Turn, number: TicketId, kind: str, command: Command) -> Command:
    """Naming the kind that it has already is the author's yes."""
    ticket = await turn.ticket(number)
    if ticket.kind == kind and not ticket.confirmed:
        return orders.Confirm(by=turn.who.id, ticket=number)
    return command


def _step(wish: Wish) -> Step:
    step = BY_WISH.get(wish.verb)
    if step is None:
        raise Unknown(what="button", value=wish.verb[:40])
    return step


def _number(wish: Wish) -> TicketId:
    if wish.ticket is None:
        raise Unknown(what="button", value=wish.verb[:40])
    return wish.ticket


# --- by text ---------------------------------------------------------------------------------------------------------


async def nudge(turn: Turn, heard: Heard) -> Deed:
    """催单 #42; without a number the only one that is open."""
    meant = await _meant(turn, heard, await _open_ones(turn, heard))
    return meant if isinstance(meant, Tell) else asking.nudge(turn, meant)


async def cancel(turn: Turn, heard: Heard) -> Deed:
    """撤单 #42: no longer needed. Without a number one is asked first: "cancel" may have meant something else."""
    meant = await _meant(turn, heard, await _open_ones(turn, heard))
    if isinstance(meant, Tell):
        return meant
    if heard.ticket is None:
        return turn.tell(_surely(turn, meant))
    return _and_show(turn, meant, orders.Cancel(by=turn.who.id, ticket=meant.id, why=heard.rest))


async def reopen(turn: Turn, heard: Heard) -> Deed:
    """重开 #42: not done after all."""
    lately = [] if heard.ticket is not None else await turn.my_tickets(only_open=False, limit=10)
    meant = await _meant(turn, heard, [filed for filed in lately if filed.ticket.is_done])
    return meant if isinstance(meant, Tell) else await raising.reopen(turn, meant, heard.rest)


async def acknowledge(turn: Turn, heard: Heard) -> Deed:
    """ "ack #42", "受理 42", "ack 42 30m"; without a number the only one that calls me."""
    until = _until(turn, heard.rest)
    return await _on_theirs(
        turn, heard, lambda one: orders.Acknowledge(by=turn.who.id, ticket=one.id, until=until), _calls_me(turn)
    )


async def pass_on(turn: Turn, heard: Heard) -> Deed:
    """ "not me #42", "不是我 42"; without a number the only one that calls me."""
    return await _on_theirs(turn, heard, lambda one: orders.PassOn(by=turn.who.id, ticket=one.id), _calls_me(turn))


async def keep_on(turn: Turn, heard: Heard) -> Deed:
    """ "still on #42", "还在处理 42 1小时"; without a number the only one of mine that is asked about."""
    until = _until(turn, heard.rest)
    return await _on_theirs(
        turn,
        heard,
        lambda one: orders.KeepOn(by=turn.who.id, ticket=one.id, until=until),
        lambda one: one.asked_at is not None and one.holder == turn.who.id,
    )


async def call_up(turn: Turn, heard: Heard) -> Deed:
    """ "escalate #42 the customer is leaving": the words are the reason."""
    step = BY_WISH["call_up"]
    if heard.ticket is not None and not heard.rest:
        return await _open(turn, step, heard.ticket)
    return await _on_theirs(turn, heard, lambda one: orders.CallUp(by=turn.who.id, ticket=one.id, why=heard.rest))


async def hand_over(turn: Turn, heard: Heard) -> Deed:
    """ "hand over #42 to network: it is the switch", "转交 42 网络组 是交换机的问题"."""
    team, why = team_in(heard.rest, turn.house.rules)
    if heard.ticket is not None and (team is None or not why):
        return await _open(turn, BY_WISH["hand_over"], heard.ticket)
    to = team or TeamId("")
    return await _on_theirs(turn, heard, lambda one: orders.HandOver(by=turn.who.id, ticket=one.id, to=to, why=why))


def _calls_me(turn: Turn) -> Callable[[Ticket], bool]:
    return lambda one: one.acknowledged_by is None and one.chase is not None and turn.who.id in one.chase.pending


def _until(turn: Turn, said: str) -> datetime | None:
    """The end of the length that was said, if one was."""
    heard = understood(said, now=turn.now, zone=turn.reader.zone.key) if said else None
    return None if heard is None else heard.at


async def take(turn: Turn, heard: Heard) -> Deed:
    """ "take #42", "接单 42"."""
    return await _on_theirs(turn, heard, lambda ticket: orders.Assign(by=turn.who.id, ticket=ticket.id, to=turn.who.id))


async def start(turn: Turn, heard: Heard) -> Deed:
    """ "start #42", "开始处理 42"."""
    return await _on_theirs(turn, heard, lambda ticket: orders.Start(by=turn.who.id, ticket=ticket.id))


async def resolve(turn: Turn, heard: Heard) -> Deed:
    """ "resolve #42 replaced the cable": the words are the solution."""
    return await _on_theirs(
        turn, heard, lambda ticket: orders.Resolve(by=turn.who.id, ticket=ticket.id, solution=heard.rest)
    )


async def _on_theirs(
    turn: Turn, heard: Heard, order: Callable[[Ticket], Command], fits: Callable[[Ticket], bool] = lambda _: False
) -> Deed:
    """For those who work: the ticket is named, or the only one of their teams that `fits`."""
    if heard.ticket is not None:
        ticket = await turn.ticket(heard.ticket)
        return _and_show(turn, ticket, order(ticket))
    found = [filed for team in turn.teams for filed in await turn.house.reads.tickets(team=team)]
    meant = {filed.ticket.id: filed.ticket for filed in found if fits(filed.ticket)}
    if len(meant) != 1:
        return await asking.queue(turn, heard)
    ticket = next(iter(meant.values()))
    return _and_show(turn, ticket, order(ticket))


async def _open_ones(turn: Turn, heard: Heard) -> list[Filed]:
    return [] if heard.ticket is not None else await turn.my_tickets()


async def _meant(turn: Turn, heard: Heard, candidates: list[Filed]) -> Ticket | Tell:
    """The ticket that was named, or the only candidate; otherwise the answer that asks which."""
    if heard.ticket is not None:
        return await turn.ticket(heard.ticket)
    if not candidates:
        return turn.tell(word_back(turn.say("mine-none"), lead=turn.say("mine-none-lead"), tone=Tone.QUIET))
    if len(candidates) > 1:
        return turn.tell(asking.list_of(turn, turn.say("which-one"), "", candidates))
    return candidates[0].ticket


def _surely(turn: Turn, ticket: Ticket) -> Card:
    view = turn.view(ticket)
    drop = [step for step in view.buttons(Side.REQUESTER) if step.wish == "drop"]
    buttons = [view.button(step, label=turn.say("sure-yes")) for step in drop]
    return word_back(turn.say("sure-drop", ref=ticket.ref), lead=view.gist, actions=buttons)


def _and_show(turn: Turn, ticket: Ticket, command: Command) -> Deed:
    return Do(command, (turn.showing(ticket),))
