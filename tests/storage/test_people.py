"""What is known of people grows; what is not said changes nothing."""

from __future__ import annotations

from bot.services.ports import Profile
from storage.engine import SqlStore
from tests.storage.values import BO, MEI


async def remember(store: SqlStore, *profiles: Profile) -> None:
    async with store.transaction() as unit:
        await unit.remember(profiles)


async def test_a_profile_comes_back_as_it_was(store: SqlStore) -> None:
    mei = Profile(MEI, "美", "zh", "Asia/Shanghai", ("slack:U1",), ("slack:D1", "telegram:7"))
    await remember(store, mei, Profile(BO))

    assert await store.reads.profiles() == [Profile(BO), mei]


async def test_empty_fields_change_nothing(store: SqlStore) -> None:
    mei = Profile(MEI, "Mei", "zh", "Asia/Shanghai", ("slack:U1",), ("slack:D1",))
    await remember(store, mei)

    await remember(store, Profile(MEI))

    assert await store.reads.profiles() == [mei]


async def test_what_is_said_anew_wins(store: SqlStore) -> None:
    await remember(store, Profile(MEI, "Mei", "zh", "Asia/Shanghai"))

    await remember(store, Profile(MEI, language="en"))

    assert await store.reads.profiles() == [Profile(MEI, "Mei", "en", "Asia/Shanghai")]


async def test_identities_and_addresses_add_up_the_newest_first(store: SqlStore) -> None:
    await remember(store, Profile(MEI, identities=("slack:U1",), addresses=("slack:D1", "telegram:7")))

    await remember(store, Profile(MEI, identities=("telegram:7",), addresses=("telegram:7",)))

    (mei,) = await store.reads.profiles()
    assert mei.identities == ("telegram:7", "slack:U1")
    assert mei.addresses == ("telegram:7", "slack:D1")


async def test_several_of_one_person_are_merged_in_their_order(store: SqlStore) -> None:
    await remember(store, Profile(MEI, "Mei", "zh"), Profile(MEI, language="en"), Profile(MEI, zone="UTC"))

    assert await store.reads.profiles() == [Profile(MEI, "Mei", "en", "UTC")]


async def test_nothing_to_remember_is_nothing_done(store: SqlStore) -> None:
    await remember(store)

    assert await store.reads.profiles() == []
