"""One thing that came in, with who it came from; and what a conversation may decide to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2s
from typing import Any, Generic, TypeVar

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Incoming, Said
from bot.domain import standby
from bot.domain.access import is_crew, may, may_see
from bot.domain.announce import About, Urgency
from bot.domain.commands import Command
from bot.domain.covers import Wish as CoverWish
from bot.domain.ids import CoverId, PersonId, TeamId, TicketId
from bot.domain.refusals import NotFound
from bot.domain.rules import Person
from bot.domain.ticket import Ticket
from bot.services.covers import Word as CoverWord
from bot.services.desk import Chore
from bot.services.ports import Filed, Letter, Profile
from handlers import phrasing, ready_card
from handlers.cards.view import View
from handlers.house import House, Reading
from handlers.reader import Reader

T = TypeVar("T")

# --- what a conversation decides -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Do:
    """This command goes through the door, with these letters in the same transaction."""

    command: Command
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class Tell:
    """No command: only these letters."""

    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """This form is opened at once."""

    form: Form


@dataclass(frozen=True, slots=True)
class Learn:
    """Something became known about the person; then these letters."""

    profile: Profile
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class Errand(Generic[T]):
    """This small write goes through the door; what then has to be said depends on what it found. It may be done twice,
    when the desk goes down between the two."""

    chore: Chore[T]
    letters: Callable[[T], Sequence[Letter]]
    """Raises Refusal: only the refusal is told."""


@dataclass(frozen=True, slots=True)
class AskCover:
    """This cover is asked for, with these letters in the same transaction."""

    wish: CoverWish
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class SettleCover:
    """This request for a cover is answered or taken back, with these letters in the same transaction."""

    cover: CoverId
    word: CoverWord
    letters: Sequence[Letter] = ()


Deed = Do | Tell | Ask | Learn | Errand[Any] | AskCover | SettleCover

Answer = Ask | None
"""What the platform does at once; everything else goes out by letters."""

# --- the turn --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody has said, pressed or submitted something, and it is the desk's turn."""

    house: House
    who: Person
    reader: Reader
    came: Incoming
    now: datetime

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in the language of the one who acted."""
        return self.reader.say(key, **facts)

    @property
    def is_private(self) -> bool:
        """Only the one who acted reads what is answered there."""
        return self.came.private if isinstance(self.came, Said) else self.came.place in self.who.addresses

    def letter(self, card: Card, place: int = 0) -> Letter:
        """The card, for the one who acted, where they acted: a whisper wherever others could read it."""
        return Letter(
            key=f"answer:{self.came.key}:{place}",
            to=self.came.place,
            reader=f"person:{self.who.id}",
            about="card",
            urgency=Urgency.SOON,
            facts={"card": ready_card.written(card)},
            only="" if self.is_private else self.came.author,
        )

    def tell(self, *cards: Card) -> Tell:
        """Only these answers."""
        return Tell(tuple(self.letter(card, place) for place, card in enumerate(cards)))

    def showing(self, ticket: Ticket) -> Letter:
        """The ticket itself, drawn when it is sent and live from then on: what somebody asked to be shown."""
        me = self.me(ticket)
        crew = is_crew(me, ticket, self.house.rules, self.now)
        return Letter(
            key=f"answer:{self.came.key}:show:{ticket.id}",
            to=self.came.place,
            reader=f"person:{me}",
            about=About.TEAM_CARD if crew else About.RECEIPT,
            urgency=Urgency.SOON,
            ticket=ticket.id,
            live=self.is_private,
            only="" if self.is_private else self.came.author,
        )

    def draft(self, card: Card, words: str) -> Letter:
        """An answer that keeps the words it answers, so that a press can still make a ticket of them."""
        letter = self.letter(card)
        return replace(letter, key=draft_key(self.draft_id), facts={**letter.facts, "words": words})

    @property
    def draft_id(self) -> str:
        """What the button carries: short enough for any button, the same for the same arrival."""
        return blake2s(self.came.key.encode(), digest_size=10).hexdigest()

    def reading_of(self, words: str) -> Reading:
        """How the words are read; those they call by name or by "@everyone" are no part of them."""
        return self.house.read_words(phrasing.unaddressed(words))

    # --- tickets ---

    async def ticket(self, number: TicketId) -> Ticket:
        """The ticket, if it exists for this person. Raises NotFound."""
        return (await self.filed(number)).ticket

    async def filed(self, number: TicketId) -> Filed:
        """The ticket as it lies in the file, if it exists for this person. Raises NotFound."""
        found = await self.house.reads.ticket(number)
        if found is None or not may_see(self.me(found.ticket), found.ticket, self.house.rules, self.now):
            raise NotFound(ref=f"#{number}")
        return found

    async def my_tickets(self, *, only_open: bool = True, limit: int = 50) -> list[Filed]:
        """What this person has raised, under whichever of their names."""
        found: list[Filed] = []
        for name in self.house.directory.names_of(self.who.id):
            found += await self.house.reads.tickets(requester=name, only_open=only_open, limit=limit)
        return found[:limit] if only_open else sorted(found, key=lambda one: -one.ticket.id)[:limit]

    def me(self, ticket: Ticket, verb: str = "see") -> PersonId:
        """Under which id this person stands to the ticket: the one under which they raised it before their identities
        were joined, where that one may do this; otherwise their own."""
        is_mine = self.house.directory.same_person(ticket.requester, self.who.id)
        if is_mine and may(ticket.requester, verb, ticket, self.house.rules, self.now):
            return ticket.requester
        return self.who.id

    def view(self, ticket: Ticket) -> View:
        """The ticket as this person sees it now."""
        reader = replace(self.reader, person=self.me(ticket))
        return View(ticket, self.house.rules, reader, self.now, self.name_of)

    def name_of(self, person: PersonId) -> str | None:
        """What somebody is called."""
        known = self.house.directory.person(person)
        return None if known is None else known.name

    @property
    def teams(self) -> tuple[TeamId, ...]:
        """The teams this person works in, leads or oversees."""
        return tuple(
            team.id
            for team in self.house.rules.teams.values()
            if self.who.id in (*team.members, *standby.everybody(team, self.house.rules), team.lead, team.manager)
        )


def draft_key(draft: str) -> str:
    """The key of the letter that keeps the words."""
    return f"draft:{draft}"
