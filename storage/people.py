"""What people chose and what became known of them, on top of what the rules say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId
from bot.services.ports import Profile
from storage import codec, schema

_p = schema.people.c

_KNOWN = select(schema.people).where(_p.person.in_(bindparam("persons", expanding=True)))
_INSERT = insert(schema.people)
_UPDATE = update(schema.people).where(_p.person == bindparam("of"))


async def remember(connection: AsyncConnection, profiles: Sequence[Profile]) -> None:
    """Several of one person are merged in their order."""
    if not profiles:
        return
    before_us = await known(connection, {profile.person for profile in profiles})
    merged: dict[PersonId, Profile] = {}
    for profile in profiles:
        before = merged.get(profile.person) or before_us.get(profile.person)
        merged[profile.person] = profile if before is None else merge(before, profile)
    await _write(connection, merged.values(), before_us)


async def register(connection: AsyncConnection, profiles: Sequence[Profile]) -> None:
    """What was known of these people is replaced."""
    await _write(connection, profiles, await known(connection, {profile.person for profile in profiles}))


async def known(connection: AsyncConnection, wanted: Collection[PersonId]) -> dict[PersonId, Profile]:
    rows = (await connection.execute(_KNOWN, {"persons": list(wanted)})).all()
    return {PersonId(row.person): codec.profile_of(row) for row in rows}


async def _write(connection: AsyncConnection, profiles: Iterable[Profile], before: Collection[PersonId]) -> None:
    rows = [codec.profile_row(profile) for profile in profiles]
    new = [row for row in rows if row["person"] not in before]
    old = [{**row, "of": row.pop("person")} for row in rows if row["person"] in before]
    if new:
        await connection.execute(_INSERT, new)
    if old:
        await connection.execute(_UPDATE, old)


def merge(before: Profile, now: Profile) -> Profile:
    """What `now` says wins where it says anything; identities and addresses add up, the newest first."""
    return Profile(
        person=before.person,
        name=now.name or before.name,
        language=now.language or before.language,
        zone=now.zone or before.zone,
        identities=tuple(dict.fromkeys((*now.identities, *before.identities))),
        addresses=tuple(dict.fromkeys((*now.addresses, *before.addresses))),
    )
