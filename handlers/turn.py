"""One thing that came in, with who it came from; and what a conversation may decide to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2s

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Incoming, Said
from bot.domain.access import is_crew, may_see
from bot.domain.announce import About, Urgency
from bot.domain.commands import Command
from bot.domain.ids import PersonId, TeamId, TicketId
from bot.domain.refusals import NotFound
from bot.domain.rules import Person
from bot.domain.ticket import Ticket
from bot.services.ports import Filed, Letter, Profile
from handlers import phrasing, ready_card
from handlers.cards.view import View
from handlers.house import House, Reading
from handlers.reader import Reader

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


Deed = Do | Tell | Ask | Learn

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
        crew = is_crew(self.who.id, ticket, self.house.rules, self.now)
        return Letter(
            key=f"answer:{self.came.key}:show:{ticket.id}",
            to=self.came.place,
            reader=f"person:{self.who.id}",
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
        if found is None or not may_see(self.who.id, found.ticket, self.house.rules, self.now):
            raise NotFound(ref=f"#{number}")
        return found

    async def my_tickets(self, *, only_open: bool = True, limit: int = 50) -> list[Filed]:
        """What this person has raised."""
        return await self.house.reads.tickets(requester=self.who.id, only_open=only_open, limit=limit)

    def view(self, ticket: Ticket) -> View:
        """The ticket as this person sees it now."""
        return View(ticket, self.house.rules, self.reader, self.now, self.name_of)

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
            if self.who.id in (*team.members, *team.on_call, team.lead, team.manager)
        )


def draft_key(draft: str) -> str:
    """The key of the letter that keeps the words."""
    return f"draft:{draft}"
