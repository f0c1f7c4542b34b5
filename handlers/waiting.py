"""A ticket has to wait, perhaps until a moment said in words: it is shown back, and counts only after a press."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.chat.card import Action, Card, Tone, Weight
from bot.domain.commands import Schedule, WaitForApproval, WaitForSupplier
from bot.domain.ids import TicketId
from bot.domain.refusals import Unknown
from bot.domain.ticket import Ticket
from bot.services.ports import Letter
from handlers import phrasing, working
from handlers.cards.plain import word_back
from handlers.forms import form_for
from handlers.heard import Wish
from handlers.natural_time import Understood, understood
from handlers.steps import BY_WISH, Answers, refuse_unless
from handlers.turn import Ask, Deed, Do, Tell, Turn, draft_key

_STEP = BY_WISH["wait"]
_Waits = WaitForSupplier | WaitForApproval | Schedule


async def open_form(turn: Turn, wish: Wish) -> Deed:
    """The form; filled in as before when somebody wants to change what was understood."""
    if wish.ticket is None or not wish.argument:
        return await working.press(turn, wish)
    kept = await _kept(turn, wish)
    ticket = await _workable(turn, wish.ticket)
    return Ask(form_for(_STEP.wish, replace(turn.view(ticket), facts=kept.facts)))


async def submit(turn: Turn, wish: Wish, answers: Answers) -> Deed:
    """Without a moment it waits at once; with one, it is first shown what was understood."""
    said = answers.get("until", "")
    if wish.ticket is None or not phrasing.has_words(said):
        return await working.submit(turn, wish, answers)
    command = _command(turn, wish.ticket, answers)
    ticket = await _workable(turn, wish.ticket)
    heard = understood(
        said,
        now=turn.now,
        zone=turn.reader.zone.key,
        calendar=turn.house.rules.calendar_of(ticket.team),
        language=turn.reader.voice.language,
    )
    facts = {"ticket": str(ticket.id), "for": command.verb, "why": command.why, "until": phrasing.storable(said)}
    if heard is None:
        return Tell((_keeping(turn, _not_understood(turn, ticket, facts["until"]), facts),))
    facts["at"] = heard.at.isoformat()
    return Tell((_keeping(turn, _shown_back(turn, ticket, heard, command.why), facts),))


async def confirm(turn: Turn, wish: Wish) -> Deed:
    """Yes, that moment: only now it waits."""
    kept = await _kept(turn, wish)
    if wish.ticket is None or "at" not in kept.facts:
        raise Unknown(what="button", value=wish.verb)
    at = datetime.fromisoformat(kept.facts["at"])
    command = replace(_command(turn, wish.ticket, kept.facts), until=at)
    ticket = await turn.ticket(wish.ticket)
    text = turn.say("waits-until", ref=ticket.ref, at=turn.reader.moment(at, turn.now))
    return Do(command, (turn.letter(word_back(text)),))


async def _workable(turn: Turn, number: TicketId) -> Ticket:
    """The ticket, if this person may let it wait now. Raises Refusal."""
    ticket = await turn.ticket(number)
    refuse_unless(_STEP, ticket, turn.me(ticket, _STEP.verb), turn.house.rules, turn.now)
    return ticket


async def _kept(turn: Turn, wish: Wish) -> Letter:
    """The answer that keeps what was filled in: of this person, about this ticket."""
    kept = await turn.house.reads.letter(draft_key(wish.argument)) if wish.argument else None
    if kept is None or kept.reader != f"person:{turn.who.id}" or kept.facts.get("ticket") != str(wish.ticket):
        raise Unknown(what="button", value=wish.argument[:40])
    return kept


def _command(turn: Turn, number: TicketId, answers: Answers) -> _Waits:
    """What the form says, without its moment. Raises Refusal."""
    clean = {name: phrasing.storable(answers.get(name, "")) for name in ("for", "why")}
    command = _STEP.fill(turn.who.id, number, clean) if _STEP.fill is not None else None
    if not isinstance(command, _Waits):
        raise Unknown(what="button", value=_STEP.wish)
    return command


def _keeping(turn: Turn, card: Card, facts: dict[str, str]) -> Letter:
    letter = turn.letter(card)
    return replace(letter, key=draft_key(turn.draft_id), facts={**letter.facts, **facts})


def _shown_back(turn: Turn, ticket: Ticket, heard: Understood, why: str) -> Card:
    at = turn.reader.moment(heard.at, turn.now)
    lead = turn.say("until-guessed" if heard.is_a_guess else "until-heard", words=phrasing.gist(heard.words))
    return Card(
        title=turn.say("until-understood", at=at),
        tone=Tone.WARN if heard.is_a_guess else Tone.CALM,
        lead=lead,
        quote=turn.view(ticket).quote(why),
        actions=(
            Action("until", f"{ticket.id}:{turn.draft_id}", turn.say("do-until"), Weight.MAIN),
            _change(turn, ticket),
        ),
    )


def _not_understood(turn: Turn, ticket: Ticket, said: str) -> Card:
    return word_back(
        turn.say("until-unclear", words=phrasing.gist(said)),
        lead=turn.say("until-unclear-lead"),
        tone=Tone.WARN,
        actions=(_change(turn, ticket),),
    )


def _change(turn: Turn, ticket: Ticket) -> Action:
    return Action(_STEP.wish, f"{ticket.id}:{turn.draft_id}", turn.say("do-change"))
