"""A house for the tests of conversations: the real rules and the real decisions, a desk and a file in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TypeVar, cast

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Identity, MessageRef, Pressed, Said, Submitted
from bot.domain.announce import LIVE, ToPerson, announce
from bot.domain.commands import Command, Raise, Tick
from bot.domain.covers import CoverRequest
from bot.domain.covers import Wish as CoverWish
from bot.domain.ids import DESK, CoverId, PersonId, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.linking import LinkCode
from bot.domain.passing import ahead
from bot.domain.refusals import NotYours
from bot.domain.rules import Rules
from bot.domain.sla import Clock, PromiseState
from bot.domain.ticket import Ticket
from bot.services.covers import Word
from bot.services.desk import Chore, Outcome
from bot.services.directory import AddressBook
from bot.services.drawn import Drawn
from bot.services.ports import (
    Call,
    DeadLetter,
    Dues,
    Entry,
    Filed,
    Lag,
    Letter,
    OpenCount,
    Outgoing,
    Profile,
    Road,
    Sheet,
    Tally,
    Vitals,
    Wake,
)
from handlers.dispatch import Ask, Dispatcher
from handlers.drawing import Drawer
from handlers.house import House
from handlers.speech import Texts, load_texts
from tests.domain.small_desk import MEI, MON_9, small_rules

T = TypeVar("T")


@cache
def texts() -> Texts:
    """The catalogues, read once for all tests."""
    return load_texts()


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that speak for something."""

    about: str
    words: str
    says: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Read:
    """How a text is read; a test says what it needs to be otherwise."""

    kind: str = "incident"
    kind_scores: Mapping[str, float] = field(default_factory=lambda: {"incident": 0.9, "request": 0.1})
    service: str | None = "email"
    impact: str = "medium"
    urgency: str = "medium"
    confidence: float = 0.9
    decision: str = "accept"
    evidence: Sequence[Heard] = ()
    lang: str = "zh"


SMALL_TALK = Read(kind="chitchat", decision="ignore", service=None)


class File:
    """Everything that was ever written, and questions to it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.now = MON_9
        self.saved: dict[TicketId, Ticket] = {}
        self.letters: dict[str, Letter] = {}
        self.showings: dict[str, TicketId] = {}
        self.counted: Tally | None = None

    def filed(self, ticket: Ticket) -> Filed:
        before_us = ahead(ticket, self.rules, self.now)
        due = {
            promise.clock: promise.due
            for promise in before_us.promises
            if promise.state in (PromiseState.RUNNING, PromiseState.BROKEN)
        }
        dues = Dues(due.get(Clock.RESPONSE), due.get(Clock.UPDATE), due.get(Clock.RESOLUTION))
        return Filed(ticket, before_us.wake_at, dues)

    async def covers(self, ending_after: datetime) -> list[CoverRequest]:
        return []

    async def cover(self, cover: CoverId) -> CoverRequest | None:
        return None

    async def open_held(self, holder: PersonId) -> int:
        return sum(one.is_open and one.holder == holder for one in self.saved.values())

    async def cursor(self, name: str) -> str | None:
        return None

    async def sheets(self, platform: str) -> list[Sheet]:
        return []

    async def codes(self, now: datetime) -> list[LinkCode]:
        return []

    async def wrong_codes(self, identity: str, after: datetime) -> list[datetime]:
        return []

    async def roads(self) -> list[Road]:
        return []

    async def calls_in_trouble(self, now: datetime, *, waiting_since: datetime, buried_since: datetime) -> list[Call]:
        return []

    async def open_counts(self) -> list[OpenCount]:
        return []

    async def vitals(self, now: datetime, *, late: timedelta, late_pages: timedelta, late_letters: timedelta) -> Vitals:
        return Vitals(Lag(0), Lag(0), Lag(0), Lag(0), buried=0, aside=0)

    async def to_check(self, *, asleep_after: TicketId, after: TicketId, limit: int) -> list[Filed]:
        return []

    async def ticket(self, ticket: TicketId) -> Filed | None:
        found = self.saved.get(ticket)
        return None if found is None else self.filed(found)

    async def tickets(
        self,
        *,
        requester: PersonId | None = None,
        team: TeamId | None = None,
        holder: PersonId | None = None,
        only_open: bool = True,
        limit: int = 50,
    ) -> list[Filed]:
        found = [
            one
            for one in self.saved.values()
            if (requester is None or one.requester == requester)
            and (team is None or one.team == team)
            and (holder is None or one.holder == holder)
            and (one.is_open or not only_open)
        ]
        order = sorted(found, key=lambda one: (one.priority, one.id) if only_open else ("", -one.id))
        return [self.filed(one) for one in order[:limit]]

    async def outdated(self, rules_version: str, limit: int) -> list[Filed]:
        found = [one for one in self.saved.values() if one.is_open and one.rules_version != rules_version]
        return [self.filed(one) for one in found[:limit]]

    async def ticket_of_message(self, message: str) -> TicketId | None:
        return self.showings.get(message)

    async def letter(self, key: str) -> Letter | None:
        return self.letters.get(key)

    async def tally(self, team: TeamId, since: datetime, until: datetime) -> Tally:
        assert self.counted is not None
        return self.counted

    async def history(self, ticket: TicketId) -> list[Entry]:
        return []

    async def due(self, now: datetime, limit: int) -> list[Wake]:
        return []

    async def next_wake(self) -> datetime | None:
        return None

    async def next_letter(self, now: datetime) -> datetime | None:
        return None

    async def waiting_arrivals(self) -> int:
        return 0

    async def waiting_letters(self) -> int:
        return 0

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        return []

    async def profiles(self) -> list[Profile]:
        return []

    async def last_seen(self) -> datetime | None:
        return None

    async def last_digest(self, team: TeamId) -> date | None:
        return None


class SmallDesk:
    """The door without a disk: the real decisions, and everything said is written down."""

    def __init__(self, file: File, people: AddressBook) -> None:
        self._file = file
        self._people = people
        self.done: list[Command] = []
        self.settled: list[str] = []
        self.fails_with: Exception | None = None

    @property
    def rules(self) -> Rules:
        return self._file.rules

    async def do(self, command: Command, *, cause: str | None = None, letters: Sequence[Letter] = ()) -> Outcome:
        file = self._file
        if isinstance(command, Raise):
            command = replace(command, ticket=TicketId(len(file.saved) + 1))
        decision = decide(file.saved.get(command.ticket), command, file.rules, file.now)
        file.saved[decision.ticket.id] = decision.ticket
        self.done.append(command)
        self._announce(decision.ticket, Outcome(decision.ticket, decision.events))
        self._post(letters)
        if cause is not None:
            self.settled.append(cause)
        return Outcome(decision.ticket, decision.events)

    async def settle_arrival(self, cause: str, letters: Sequence[Letter] = ()) -> None:
        if self.fails_with is not None:
            raise self.fails_with
        self.settled.append(cause)
        self._post(letters)

    async def chore(self, chore: Chore[T]) -> T:
        """What is remembered, the address book learns by itself; nobody here asks for more."""
        return cast(T, None)

    def _announce(self, ticket: Ticket, outcome: Outcome) -> None:
        for notice in announce(ticket, outcome.events, self._file.rules):
            if isinstance(notice.to, ToPerson):
                to, reader = self._people.address_of(notice.to.person), f"person:{notice.to.person}"
            else:
                to, reader = self._file.rules.teams[notice.to.team].channel, f"team:{notice.to.team}"
            if to is not None:
                key = f"{ticket.id}:{notice.entry}:{notice.about}:{reader}"
                letter = Letter(key, to, reader, notice.about, notice.urgency, ticket.id, notice.facts)
                self._post([replace(letter, live=notice.about in LIVE)])

    def _post(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            self._file.letters.setdefault(letter.key, letter)


class NoCovers:
    """Nobody stands in for anybody here: covers need a real file."""

    async def ask(self, wish: CoverWish, *, cause: str | None = None, letters: Sequence[Letter] = ()) -> CoverRequest:
        raise NotYours(person=wish.by)

    async def settle(
        self, cover: CoverId, word: Word, by: PersonId, *, cause: str | None = None, letters: Sequence[Letter] = ()
    ) -> CoverRequest:
        raise NotYours(person=by)


class Now:
    """The desk's time is the file's."""

    def __init__(self, file: File) -> None:
        self._file = file

    def now(self) -> datetime:
        return self._file.now

    def real_seconds_until(self, moment: datetime) -> float:
        return 0.0


class SmallHouse:
    """People speak, press and submit; what they and others are shown can be looked at."""

    def __init__(self, rules: Rules | None = None, read_words: Callable[[str], Read] | None = None) -> None:
        self.rules = rules or small_rules()
        self.file = File(self.rules)
        self.people = AddressBook(self.rules.people)
        self.desk = SmallDesk(self.file, self.people)
        self.readings: dict[str, Read] = {}
        self.house = House(
            texts=texts(),
            desk=self.desk,
            reads=self.file,
            directory=self.people,
            clock=Now(self.file),
            read_words=read_words or (lambda text: self.readings.get(text, Read())),
            covers=NoCovers(),
        )
        self.dispatcher = Dispatcher(self.house)
        self.drawer = Drawer(self.house)
        self._arrivals = 0

    async def says(
        self,
        text: str,
        *,
        by: PersonId = MEI,
        place: str = "",
        private: bool = True,
        reply_to: str | None = None,
        key: str = "",
    ) -> list[Card]:
        """What the one who spoke is answered."""
        came = Said(
            key=key or self._key(),
            author=Identity(f"local:{by}"),
            place=Address(place or f"local:dm:{by}"),
            text=text,
            at=self.file.now,
            message=MessageRef("theirs"),
            private=private,
            reply_to=None if reply_to is None else MessageRef(reply_to),
        )
        return await self._seen(self.dispatcher.handle(came), came.key)

    async def presses(self, wish: str, *, by: PersonId = MEI, place: str = "") -> list[Card]:
        """What the one who pressed is answered."""
        came = Pressed(
            key=self._key(),
            author=Identity(f"local:{by}"),
            place=Address(place or f"local:dm:{by}"),
            wish=wish,
            at=self.file.now,
        )
        return await self._seen(self.dispatcher.handle(came), came.key)

    async def asks(self, wish: str, *, by: PersonId = MEI) -> Form:
        """The form that opens when the button is pressed."""
        came = Pressed(self._key(), Identity(f"local:{by}"), Address(f"local:dm:{by}"), wish, self.file.now)
        answer = await self.dispatcher.handle(came)
        assert isinstance(answer, Ask), self.answers(came.key)
        return answer.form

    async def submits(self, wish: str, answers: dict[str, str], *, by: PersonId = MEI) -> list[Card]:
        """What the one who filled in the form is answered."""
        came = Submitted(self._key(), Identity(f"local:{by}"), Address(f"local:dm:{by}"), wish, self.file.now, answers)
        return await self._seen(self.dispatcher.handle(came), came.key)

    async def passes(self, *, minutes: float = 0, days: float = 0) -> None:
        """Time goes by, and every ticket hears of it."""
        self.file.now += timedelta(minutes=minutes, days=days)
        for ticket in list(self.file.saved.values()):
            if not ticket.is_over:
                await self.desk.do(Tick(by=DESK, ticket=ticket.id))

    def ticket(self, number: int = 1) -> Ticket:
        """The ticket as it is now."""
        return self.file.saved[TicketId(number)]

    def letters(self, about: str) -> list[Letter]:
        """All letters about that, in the order they were written."""
        return [letter for letter in self.file.letters.values() if letter.about == about]

    def answers(self, key: str) -> list[Letter]:
        """The letters that answer an arrival."""
        return [letter for letter in self.file.letters.values() if key in letter.key or "draft:" in letter.key]

    async def draws(self, *letters: Letter, message: str | None = None) -> Drawn | None:
        """The letters as they would be sent now."""
        outgoing = [
            Outgoing(place, letter, self.file.now, 1, maybe_sent=False, message=message)
            for place, letter in enumerate(letters)
        ]
        return await self.drawer.draw(outgoing, self.file.now)

    async def sees(self, letter: Letter) -> Card:
        """The card of one letter, drawn now."""
        drawn = await self.draws(letter)
        assert drawn is not None, letter
        return drawn.card

    async def _seen(self, handling: object, key: str) -> list[Card]:
        before = set(self.file.letters)
        answer = await handling  # type: ignore[misc]  # a coroutine of the dispatcher
        assert answer is None, "a form was opened"
        news = [letter for letter_key, letter in self.file.letters.items() if letter_key not in before]
        mine = [letter for letter in news if letter.key.split(":")[0] in ("answer", "draft", "used", "sequel")]
        return [await self.sees(letter) for letter in mine]

    def _key(self) -> str:
        self._arrivals += 1
        return f"local:arrival:{self._arrivals}"


def labels(card: Card) -> list[str]:
    """What is written on the buttons."""
    return [action.label for action in card.actions]


def wish_of(card: Card, verb: str) -> str:
    """The wish behind the button with this verb."""
    return next(action.wish for action in card.actions if action.verb == verb)


def everything_on(card: Card) -> str:
    """All the text of a card, for looking things up."""
    parts = [card.title, card.lead, card.quote, card.footer, card.summary, *card.lines]
    parts += [f"{fact.label}: {fact.value}" for fact in card.facts]
    parts += [f"{gauge.label}: {gauge.note}" for gauge in card.gauges]
    parts += [action.label for action in card.actions]
    parts += [
        f"{action.confirm.question} {action.confirm.yes} {action.confirm.no}"
        for action in card.actions
        if action.confirm is not None
    ]
    return "\n".join(parts)
