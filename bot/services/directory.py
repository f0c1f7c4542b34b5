"""Who people are, now: what the rules say and what became known since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.domain.ids import PersonId
from bot.domain.rules import Person, Way, Weighty
from bot.domain.ways import ways_of
from bot.services.ports import Profile, Unit


class AddressBook:
    """Everybody the desk knows, by id and by identity. Ids and identities carry authority, names never do."""

    def __init__(self, people: Mapping[PersonId, Person], profiles: Iterable[Profile] = ()) -> None:
        self._people = dict(people)
        self._by_identity = {identity: one.id for one in people.values() for identity in one.identities}
        for profile in profiles:
            self.learn(profile)

    def person(self, person: PersonId) -> Person | None:
        """The person as known now."""
        return self._people.get(person)

    def who_is(self, identity: str) -> Person | None:
        """Whose identity this is."""
        known = self._by_identity.get(identity)
        return None if known is None else self._people[known]

    def address_of(self, person: PersonId) -> str | None:
        """Where this person is reached first; None when nowhere."""
        known = self._people.get(person)
        return known.addresses[0] if known is not None and known.addresses else None

    def ways_of(self, person: PersonId, weighty: Weighty) -> tuple[Way, ...]:
        """How a call of that weight reaches this person, in order; empty when it cannot."""
        known = self._people.get(person)
        return () if known is None else ways_of(known, weighty)

    def everybody(self) -> tuple[Person, ...]:
        """All people, in the order they became known."""
        return tuple(self._people.values())

    def learn(self, profile: Profile) -> Person:
        """The person with what the profile adds; empty fields change nothing. Roles never come this way, and no
        identity that is another's."""
        was = self._people.get(profile.person)
        if was is None:
            was = Person(profile.person, profile.name or profile.person, "en", "UTC")
        own = tuple(one for one in profile.identities if self._by_identity.setdefault(one, was.id) == was.id)
        now = replace(
            was,
            name=profile.name or was.name,
            language=profile.language or was.language,
            zone=profile.zone or was.zone,
            identities=tuple(dict.fromkeys((*was.identities, *own))),
            addresses=tuple(dict.fromkeys((*was.addresses, *profile.addresses))),
        )
        self._people[now.id] = now
        return now


@dataclass(frozen=True, slots=True)
class Remember:
    """A chore: these profiles are on the disk. The address book learns them when that is so."""

    profiles: tuple[Profile, ...]

    async def apply(self, unit: Unit) -> None:
        await unit.remember(self.profiles)
