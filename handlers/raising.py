"""Somebody needs something: a ticket at once, from the first message; the receipt then proposes how it was read."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.card import Tone
from bot.domain.commands import Raise, Reopen
from bot.domain.ids import Level, ServiceId
from bot.domain.kinds import KINDS
from bot.domain.moves import reopen_until
from bot.domain.refusals import Unknown
from bot.domain.ticket import Clue, Ticket
from bot.services.ports import Letter
from handlers.cards.plain import greeting_card, word_back
from handlers.heard import Heard, Wish
from handlers.house import Reading
from handlers.turn import Deed, Do, Turn, draft_key

SURE = frozenset({"accept", "ignore"})
"""Decisions of the reading that need no question; with the others the ticket is raised as doubtful."""

MOST_CLUES = 12

_RAISED_AS = {"incident": "incident", "request": "request", "question": "request", "complaint": "request"}
"""A question and a complaint are answered by people, within the promises of a request."""


def raise_from(turn: Turn, words: str, reading: Reading, *, kind: str | None = None) -> Deed:
    """The ticket that these words are. `kind` is given when the author named it."""
    return Do(_order(turn, words, reading, kind=kind), _said_elsewhere(turn))


async def raise_explicitly(turn: Turn, heard: Heard, kind: str) -> Deed:
    """ "报修 打印机卡纸": the author says what it is. Without words behind it: what could be written."""
    if not heard.rest.strip():
        return turn.tell(greeting_card(turn.reader, turn.who.name, lead=turn.say("raise-how")))
    return raise_from(turn, heard.rest, turn.reading_of(heard.rest), kind=kind)


async def report(turn: Turn, heard: Heard) -> Deed:
    """Something is broken, says the author."""
    return await raise_explicitly(turn, heard, "incident")


async def request(turn: Turn, heard: Heard) -> Deed:
    """Something is wanted, says the author."""
    return await raise_explicitly(turn, heard, "request")


async def raise_draft(turn: Turn, wish: Wish) -> Deed:
    """The words that an answer of ours kept become a ticket after all, once however often it is pressed."""
    kept = await turn.house.reads.letter(draft_key(wish.argument)) if wish.argument else None
    if kept is None or kept.reader != f"person:{turn.who.id}" or not kept.facts.get("words"):
        raise Unknown(what="button", value=wish.argument[:40])
    used = f"used:{draft_key(wish.argument)}"
    if await turn.house.reads.letter(used) is not None:
        return turn.tell(word_back(turn.say("draft-used"), tone=Tone.QUIET))
    words = kept.facts["words"]
    order = _order(turn, words, turn.reading_of(words))
    return Do(order, (replace(turn.letter(word_back(turn.say("draft-raised"))), key=used),))


async def raise_sequel(turn: Turn, ticket: Ticket, words: str) -> Deed:
    """The grace period is over: a new ticket, read as the old one was, linked to it; once for each time it ended."""
    once = f"sequel:{ticket.id}:{ticket.cycle}:{turn.who.id}"
    if not words and await turn.house.reads.letter(once) is not None:
        return turn.tell(word_back(turn.say("sequel-there", ref=ticket.ref), tone=Tone.QUIET))
    order = Raise(
        by=turn.who.id,
        words=words or ticket.words,
        language=ticket.language,
        kind=ticket.kind,
        service=_known_service(turn, ticket.service),
        impact=ticket.impact,
        urgency=ticket.urgency,
        origin=turn.came.place,
        sequel_of=ticket.id,
        requester=ticket.requester,
    )
    letter = turn.letter(word_back(turn.say("sequel-raised", ref=ticket.ref)))
    return Do(order, (letter if words else replace(letter, key=once),))


async def reopen(turn: Turn, ticket: Ticket, words: str = "") -> Deed:
    """Still broken: the same ticket again within the grace period, afterwards a new one linked to it."""
    if ticket.is_over and not ticket.nature.may_move("reopen", ticket.status):
        return await raise_sequel(turn, ticket, words)
    if ticket.done_at is not None and not ticket.is_open and turn.now > reopen_until(ticket, turn.house.rules):
        return await raise_sequel(turn, ticket, words)
    answer = word_back(turn.say("reopened-answer", ref=ticket.ref))
    return Do(Reopen(by=turn.who.id, ticket=ticket.id, words=words), (turn.letter(answer),))


def _order(turn: Turn, words: str, reading: Reading, *, kind: str | None = None) -> Raise:
    clues = tuple(
        Clue(clue.about, clue.words, clue.says) for clue in reading.evidence if clue.weight > 0 and clue.words.strip()
    )
    return Raise(
        by=turn.who.id,
        words=words,
        language=reading.lang,
        kind=kind or _RAISED_AS.get(reading.kind) or _likelier_kind(reading),
        service=_known_service(turn, reading.service),
        impact=Level(reading.impact),
        urgency=Level(reading.urgency),
        origin=turn.came.place,
        clues=clues[:MOST_CLUES],
        doubtful=kind is None and reading.decision not in SURE,
    )


def _likelier_kind(reading: Reading) -> str:
    """For chit-chat that is raised all the same."""
    return max(KINDS, key=lambda kind: reading.kind_scores.get(kind, 0.0))


def _known_service(turn: Turn, service: str | None) -> ServiceId:
    rules = turn.house.rules
    if service is not None and service in rules.services:
        return ServiceId(service)
    return rules.manner.default_service


def _said_elsewhere(turn: Turn) -> tuple[Letter, ...]:
    """The receipt goes to where its author is reached; whoever wrote elsewhere is told so there."""
    reached = turn.house.directory.address_of(turn.who.id)
    if reached == turn.came.place:
        return ()
    key = "raised-receipt-elsewhere" if reached is not None else "raised-no-address"
    return (turn.letter(word_back(turn.say(key))),)
