"""Who is this, in which language, and who answers; refusals become cards. One of the three borders that catch."""

from __future__ import annotations

import structlog

from bot.chat.card import Card
from bot.chat.incoming import Incoming, Pressed, Said, Submitted
from bot.domain.anew import anew
from bot.domain.commands import Command, Say
from bot.domain.ids import PersonId, TicketId
from bot.domain.refusals import NotFound, Refusal, Unknown
from bot.domain.rules import Person
from bot.services.directory import Remember
from bot.services.ports import Fenced, NotSaved, Profile
from handlers import listening, phrasing
from handlers.cards.plain import apology_card, refusal_card
from handlers.heard import wish_from
from handlers.house import House
from handlers.reader import reader_for
from handlers.routes import FORMS, PRESSES
from handlers.turn import Answer, Ask, AskCover, Deed, Do, Errand, Learn, SettleCover, Tell, Turn

__all__ = ["Answer", "Ask", "Dispatcher"]

log = structlog.get_logger(__name__)


class Dispatcher:
    """Handles what comes in, one at a time or many at once: it keeps nothing between two of them."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def handle(self, incoming: Incoming) -> Answer:
        """The arrival is done: decided, committed and answered. Raises what only the caller can mend (a full disk,
        another instance at work); then the arrival still waits."""
        turn = self._turn(self._house.directory.who_is(incoming.author) or _stranger(incoming), incoming)
        try:
            return await self._answer(await self._introduced(turn))
        except (Fenced, NotSaved):
            raise
        except Exception:
            log.exception("arrival_failed", key=incoming.key)
            await self._settle(turn, turn.tell(apology_card(turn.reader, incoming.key)))
        return None

    async def _answer(self, turn: Turn) -> Answer:
        try:
            return await self._carry_out(turn, await _decide(turn))
        except Refusal as refusal:
            await self._settle(turn, turn.tell(await _refused(turn, refusal)))
        return None

    async def _carry_out(self, turn: Turn, deed: Deed) -> Answer:
        match deed:
            case Do():
                command = await _under_my_name(turn, deed.command)
                await self._house.desk.do(command, cause=turn.came.key, letters=deed.letters)
            case Tell():
                await self._settle(turn, deed)
            case Learn():
                await self._learn(deed.profile)
                await self._settle(turn, Tell(deed.letters))
            case Errand():
                done = await self._house.desk.chore(deed.chore)
                await self._settle(turn, Tell(deed.letters(done)))
            case AskCover():
                await self._house.covers.ask(deed.wish, cause=turn.came.key, letters=deed.letters)
            case SettleCover():
                await self._house.covers.settle(
                    deed.cover, deed.word, turn.who.id, cause=turn.came.key, letters=deed.letters
                )
            case Ask():
                await self._settle(turn, Tell())
                return deed
        return None

    async def _settle(self, turn: Turn, answer: Tell) -> None:
        await self._house.desk.settle_arrival(turn.came.key, answer.letters)

    def _turn(self, who: Person, incoming: Incoming) -> Turn:
        reader = reader_for(who, self._house.texts, incoming.place)
        return Turn(self._house, who, reader, incoming, self._house.clock.now())

    async def _introduced(self, turn: Turn) -> Turn:
        """Whoever is new is remembered as an employee without any other right, in the language they write; whoever
        writes from a new place can be reached there from now on."""
        who, came = turn.who, turn.came
        is_new = self._house.directory.who_is(came.author) is None
        here = (str(came.place),) if isinstance(came, Said) and came.private else ()
        if not is_new and (not here or here[0] in who.addresses):
            return turn
        language, identities = (who.language, (str(came.author),)) if is_new else ("", ())
        profile = Profile(who.id, language=language, identities=identities, addresses=here)
        return self._turn(await self._learn(profile), came)

    async def _learn(self, profile: Profile) -> Person:
        await self._house.desk.chore(Remember((profile,)))
        return self._house.directory.learn(profile)


def _stranger(incoming: Incoming) -> Person:
    words = incoming.text if isinstance(incoming, Said) else ""
    return Person(PersonId(incoming.author), incoming.author, phrasing.guess_language(words), "UTC")


async def _decide(turn: Turn) -> Deed:
    match turn.came:
        case Said():
            return await listening.hear(turn, turn.came)
        case Pressed():
            wish = wish_from(turn.came.wish)
            presser = PRESSES.get(wish.verb)
            if presser is None:
                raise Unknown(what="button", value=wish.verb[:40])
            return await presser(turn, wish)
        case Submitted():
            wish = wish_from(turn.came.wish)
            filler = FORMS.get(wish.verb)
            if filler is None:
                raise Unknown(what="button", value=wish.verb[:40])
            return await filler(turn, wish, turn.came.answers)


async def _under_my_name(turn: Turn, command: Command) -> Command:
    """Who raised it before their identities were joined gives the order under the name they had then."""
    names = turn.house.directory.names_of(turn.who.id)
    filed = await turn.house.reads.ticket(command.ticket) if len(names) > 1 else None
    if filed is None or command.by != turn.who.id:
        return command
    verb = "note" if isinstance(command, Say) and not command.public else command.verb
    return anew(command, by=turn.me(filed.ticket, verb))


async def _refused(turn: Turn, refusal: Refusal) -> Card:
    """Why not, with the ticket as it stands now where the person may see it."""
    try:
        number = _ticket_of(turn.came)
        view = None if number is None else turn.view(await turn.ticket(number))
    except NotFound:
        view = None
    return refusal_card(refusal, turn.reader, turn.name_of, view, _written(turn.came))


def _written(incoming: Incoming) -> str:
    """What somebody wrote into a form that was refused: it stands nowhere else."""
    if not isinstance(incoming, Submitted):
        return ""
    texts = [incoming.answers.get(name, "") for name in ("words", "solution", "why")]
    return phrasing.storable(next((text for text in texts if text.strip()), ""))


def _ticket_of(incoming: Incoming) -> TicketId | None:
    if isinstance(incoming, Said):
        return phrasing.any_number(incoming.text)
    return wish_from(incoming.wish).ticket
