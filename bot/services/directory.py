"""Who people are, now: what the rules say and what became known since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.domain.ids import PersonId
from bot.domain.rules import Person, Way, Weighty
from bot.domain.ways import ways_of
from bot.services.ports import Profile, Unit


class AddressBook:
    """Everybody the desk knows, by id and by identity. Ids and identities carry authority, names never do."""

    def __init__(self, people: Mapping[PersonId, Person], profiles: Iterable[Profile] = ()) -> None:
        self._in_rules = dict(people)
        self._people = dict(people)
        self._by_identity = {identity: one.id for one in people.values() for identity in one.identities}
        for profile in profiles:
            self.learn(profile)

    @property
    def people(self) -> Mapping[PersonId, Person]:
        """Everybody, as known at any moment at which it is looked at."""
        return MappingProxyType(self._people)

    def person(self, person: PersonId) -> Person | None:
        """The person as known now; for what an identity was called before it was joined to somebody: that one."""
        owner = None if person in self._in_rules else self._by_identity.get(person)
        return self._people.get(owner or person)

    def is_self_made(self, person: PersonId) -> bool:
        """Whether the desk knows the person only from what they wrote themselves."""
        return person not in self._in_rules

    def same_person(self, one: PersonId, other: PersonId) -> bool:
        """Whether both are one: the same, or what an identity was called before it was joined to the other."""
        mine, theirs = self.person(one), self.person(other)
        return one == other or (mine is not None and theirs is not None and mine.id == theirs.id)

    def names_of(self, person: PersonId) -> tuple[PersonId, ...]:
        """All ids under which this person may have raised tickets: their own, then those of identities that were
        joined to them."""
        known = self._people.get(person)
        joined = (one for one in (known.identities if known is not None else ()) if self.is_joined(person, one))
        return tuple(dict.fromkeys((person, *map(PersonId, joined))))

    def is_joined(self, person: PersonId, identity: str) -> bool:
        """Whether it is theirs by a code and not by the rules."""
        fixed = self._in_rules.get(person)
        return self._by_identity.get(identity) == person and (fixed is None or identity not in fixed.identities)

    def learnt_addresses(self, person: PersonId) -> tuple[str, ...]:
        """Where this person is reached besides what the rules say."""
        known, fixed = self.person(person), self._in_rules.get(person)
        return tuple(one for one in (known.addresses if known else ()) if fixed is None or one not in fixed.addresses)

    def who_is(self, identity: str) -> Person | None:
        """Whose identity this is."""
        known = self._by_identity.get(identity)
        return None if known is None else self._people[known]

    def address_of(self, person: PersonId) -> str | None:
        """Where this person is reached first; None when nowhere."""
        known = self.person(person)
        return known.addresses[0] if known is not None and known.addresses else None

    def ways_of(self, person: PersonId, weighty: Weighty) -> tuple[Way, ...]:
        """How a call of that weight reaches this person, in order; empty when it cannot."""
        known = self.person(person)
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

    def register(self, profiles: Sequence[Profile]) -> None:
        """Exactly this is known of these people besides the rules."""
        for profile in profiles:
            self._forget(profile.person)
        for profile in profiles:
            self.learn(profile)

    def _forget(self, person: PersonId) -> None:
        """Only what the rules say is known of this person."""
        was, fixed = self._people.pop(person, None), self._in_rules.get(person)
        for identity in was.identities if was is not None else ():
            if self._by_identity.get(identity) == person:
                del self._by_identity[identity]
        if fixed is not None:
            self._people[person] = fixed
            self._by_identity |= dict.fromkeys(fixed.identities, person)


@dataclass(frozen=True, slots=True)
class Remember:
    """A chore: these profiles are on the disk. The address book learns them when that is so."""

    profiles: tuple[Profile, ...]

    async def apply(self, unit: Unit) -> None:
        await unit.remember(self.profiles)
