"""Identities of one person come together by a one-time code, and apart again.

A code is kept as a hash with a salt of its own and never stands on a disk of ours: until it is told it is only in
memory. scrypt, because eight digits alone are tried through in a second once somebody has a copy of the database; with
one megabyte and some milliseconds a try that takes longer than the code lives, and a company that links all its people
in one morning still costs only seconds."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import linking
from bot.domain.ids import PersonId
from bot.domain.linking import LinkCode, Verdict
from bot.services.ports import Profile, Unit

_COST, _BLOCK, _SALT_BYTES = 2**10, 8, 16
"""128 * 2**10 * 8 bytes: one megabyte (RFC 7914, section 2)."""


class Untold:
    """Codes on their way to whom they are for, by the key of their letter; only in memory. After a restart they are
    gone, and the letter says that a new one is needed."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, datetime]] = {}

    def keep(self, key: str, code: str, now: datetime) -> None:
        """The letter with this key can say the code until it counts no more."""
        self._codes = {one: kept for one, kept in self._codes.items() if kept[1] > now}
        self._codes[key] = code, now + linking.VALID_FOR

    def code(self, key: str, now: datetime) -> str | None:
        """The code; None when it is gone."""
        code, until = self._codes.get(key, ("", now))
        return code if until > now else None


def new_code() -> str:
    """Eight digits that nobody can foresee."""
    return f"{secrets.randbelow(10**linking.DIGITS):0{linking.DIGITS}}"


async def hashed(code: str) -> str:
    """The salt and the hash, as they are kept."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return await asyncio.to_thread(_hashed, code, salt)


async def found(code: str, codes: Iterable[LinkCode]) -> LinkCode | None:
    """The one of which this is the code, whether it still counts or not; the newest of several."""
    return await asyncio.to_thread(_found, code, tuple(codes))


@dataclass(frozen=True, slots=True)
class GiveCode:
    """A chore: this person has a code, and the one before counts no more."""

    person: PersonId
    hash: str
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.give_code(LinkCode(0, self.hash, self.person, self.now, self.now + linking.VALID_FOR))


@dataclass(frozen=True, slots=True)
class VoidCode:
    """A chore: others may have read it, so it counts no more."""

    code: int
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.use_code(self.code, "", self.now)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What became of a code that was said: whose it is, and the profiles as they stand now."""

    verdict: Verdict
    person: PersonId | None = None
    profiles: tuple[Profile, ...] = ()
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Redeem:
    """A chore: `identity`, which is `owner`'s, said a code. It is used once, whoever else says it at the same moment,
    and a wrong one is counted. Whatever belonged to a profile that the desk made for that identity goes with it."""

    identity: str
    place: str
    owner: PersonId
    is_self_made: bool
    code: int | None
    """The id of the code that was said; None when there is none."""
    now: datetime

    async def apply(self, unit: Unit) -> Redeemed:
        wrong = await unit.wrong_codes(self.identity, self.now - linking.REMEMBERED_FOR)
        locked = linking.locked_until(wrong, self.now)
        if locked is not None:
            return Redeemed(Verdict.WRONG, locked_until=locked)
        known = [one for one in await unit.codes(self.now) if one.id == self.code]
        code = known[0] if known else None
        verdict = linking.judged(code, self.identity, self.owner, is_self_made=self.is_self_made, now=self.now)
        if code is None or verdict is Verdict.WRONG:
            await unit.wrong_code(self.identity, self.now)
            return Redeemed(Verdict.WRONG, locked_until=linking.locked_until([*wrong, self.now], self.now))
        if verdict is not Verdict.LINKED:
            return Redeemed(verdict, code.person)
        await unit.use_code(code.id, self.identity, self.now)
        profiles = await self._joined(unit, code.person)
        await unit.register(profiles)
        return Redeemed(verdict, code.person, profiles)

    async def _joined(self, unit: Unit, person: PersonId) -> tuple[Profile, ...]:
        known = await unit.profiles_of((person, self.owner))
        theirs = known.get(self.owner, Profile(self.owner))
        mine = known.get(person, Profile(person))
        joined = replace(
            mine,
            identities=_both(mine.identities, (self.identity, *theirs.identities)),
            addresses=_both(mine.addresses, (self.place, *theirs.addresses)),
        )
        return joined, replace(theirs, identities=(), addresses=())


@dataclass(frozen=True, slots=True)
class Unlink:
    """A chore: this identity is not that person's any more, nor are these addresses. What it raised before is its own
    again."""

    person: PersonId
    identity: str
    addresses: frozenset[str]

    async def apply(self, unit: Unit) -> Profile:
        known = (await unit.profiles_of((self.person,))).get(self.person, Profile(self.person))
        left = replace(
            known,
            identities=tuple(one for one in known.identities if one != self.identity),
            addresses=tuple(one for one in known.addresses if one not in self.addresses),
        )
        await unit.register((left,))
        return left


def _both(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _hashed(code: str, salt: bytes) -> str:
    digest = hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, dklen=32)
    return f"{salt.hex()}${digest.hex()}"


def _found(code: str, codes: tuple[LinkCode, ...]) -> LinkCode | None:
    for one in reversed(codes):
        salt, _, _ = one.hash.partition("$")
        if hmac.compare_digest(_hashed(code, bytes.fromhex(salt)), one.hash):
            return one
    return None
