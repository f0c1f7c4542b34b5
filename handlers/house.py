"""What the conversations can count on: one bundle of everything the house can do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bot.domain.commands import Command
from bot.domain.covers import CoverRequest
from bot.domain.covers import Wish as CoverWish
from bot.domain.ids import CoverId, PersonId
from bot.domain.rules import Person, Rules
from bot.services.covers import Word as CoverWord
from bot.services.desk import Chore, Outcome
from bot.services.linking import Untold
from bot.services.ports import Directory, Letter, Profile, Reads, Timepiece
from handlers.speech import Texts

T = TypeVar("T")


class Clue(Protocol):
    """Words of a text and what they speak for; a negative weight speaks against it."""

    @property
    def about(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def weight(self) -> float: ...


class Reading(Protocol):
    """How a text was read: a proposal, with the words that led to it."""

    @property
    def kind(self) -> str: ...
    @property
    def kind_scores(self) -> Mapping[str, float]: ...
    @property
    def service(self) -> str | None: ...
    @property
    def impact(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def decision(self) -> str: ...
    @property
    def evidence(self) -> Sequence[Clue]: ...
    @property
    def lang(self) -> str: ...


class Door(Protocol):
    """The desk, as far as conversations use it."""

    @property
    def rules(self) -> Rules:
        """Those that hold now: they change while the desk works."""

    async def do(self, command: Command, *, cause: str | None = None, letters: Sequence[Letter] = ()) -> Outcome:
        """Committed with its letters, and the arrival `cause` is done. Raises Refusal: nothing was written."""

    async def settle_arrival(self, cause: str, letters: Sequence[Letter] = ()) -> None:
        """The arrival is done without a command; its answers wait in the outbox."""

    async def chore(self, chore: Chore[T]) -> T:
        """A small write that is no command is committed."""


class Book(Directory, Protocol):
    """The address book, which learns from what people tell the desk."""

    def learn(self, profile: Profile) -> Person:
        """The person with what the profile adds."""

    def register(self, profiles: Sequence[Profile]) -> None:
        """Exactly this is known of these people besides the rules."""

    def names_of(self, person: PersonId) -> tuple[PersonId, ...]:
        """All ids under which this person may have raised tickets."""

    def is_joined(self, person: PersonId, identity: str) -> bool:
        """Whether it is theirs by a code and not by the rules."""

    def learnt_addresses(self, person: PersonId) -> tuple[str, ...]:
        """Where this person is reached besides what the rules say."""


class Arrangements(Protocol):
    """Covers, as far as conversations use them."""

    async def ask(self, wish: CoverWish, *, cause: str | None = None, letters: Sequence[Letter] = ()) -> CoverRequest:
        """Written down with its letters, and the arrival `cause` is done. Raises Refusal: nothing was written."""

    async def settle(
        self, cover: CoverId, word: CoverWord, by: PersonId, *, cause: str | None = None, letters: Sequence[Letter] = ()
    ) -> CoverRequest:
        """Agreed to, declined or taken back, in the same way. Raises Refusal: nothing was written."""


@dataclass(frozen=True, slots=True)
class House:
    """Everything a conversation may ask for."""

    texts: Texts
    desk: Door
    reads: Reads
    directory: Book
    clock: Timepiece
    read_words: Callable[[str], Reading]
    covers: Arrangements
    untold: Untold = field(default_factory=Untold)
    """One-time codes on their way to whom they are for."""
    outside: Collection[str] = frozenset()
    """The names of platforms that are no chat of ours: what stands there, strangers may read."""

    @property
    def rules(self) -> Rules:
        """The desk's, as they are now."""
        return self.desk.rules
