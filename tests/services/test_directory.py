"""Who people are: identities carry authority, names never do, and no profile gives a right."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import PersonId
from bot.domain.rules import Person, Role
from bot.services.directory import AddressBook, Remember
from bot.services.ports import Profile
from storage.engine import SqlStore
from tests.domain.small_desk import LIN, MEI, WANG, ZHOU
from tests.services.open_desk import RULES, at_work

NEW = PersonId("local:new")


def book(*profiles: Profile) -> AddressBook:
    return AddressBook(RULES.people, profiles)


def test_people_are_found_by_id_and_by_identity() -> None:
    known = book()

    assert known.person(MEI) == known.who_is("local:mei") == RULES.people[MEI]
    assert known.address_of(MEI) == "local:dm:mei"
    assert known.person(NEW) is None
    assert known.who_is("local:nobody") is None
    assert known.address_of(NEW) is None
    assert known.everybody() == tuple(RULES.people.values())


def test_a_name_carries_no_authority() -> None:
    known = book()
    manager = RULES.people[ZHOU]

    pretender = known.learn(Profile(NEW, name=manager.name, identities=("local:new",)))

    assert known.who_is("local:new") == pretender
    assert pretender.id == NEW
    assert pretender.roles == {Role.EMPLOYEE}
    assert known.who_is(manager.name) is None
    assert known.who_is(f"local:{ZHOU}") == manager


def test_an_identity_cannot_be_taken_over() -> None:
    known = book()

    pretender = known.learn(Profile(NEW, identities=("local:wang", "local:new")))
    known.learn(Profile(PersonId("later"), identities=("local:new",)))

    wang, new = known.who_is("local:wang"), known.who_is("local:new")
    assert wang is not None
    assert new is not None
    assert (wang.id, new.id) == (WANG, NEW)
    assert pretender.identities == ("local:new",)


def test_an_identity_taken_in_a_profile_on_the_disk_is_not_given_either() -> None:
    known = book(Profile(NEW, identities=("local:wang",)))

    wang = known.who_is("local:wang")
    assert wang is not None
    assert wang.id == WANG


def test_what_is_learnt_is_added_to_what_is_known_and_nothing_empty_changes_anything() -> None:
    known = book()
    was = RULES.people[LIN]

    known.learn(Profile(LIN, language="en", addresses=("slack:D1",)))
    known.learn(Profile(LIN, zone="Europe/London", identities=("slack:U1",), addresses=("slack:D1", "slack:D2")))
    known.learn(Profile(LIN))

    now = known.person(LIN)
    assert now is not None
    assert (now.name, now.language, now.zone) == (was.name, "en", "Europe/London")
    assert now.identities == (*was.identities, "slack:U1")
    assert now.addresses == (*was.addresses, "slack:D1", "slack:D2")
    assert known.who_is("slack:U1") == known.who_is("local:lin") == now
    assert known.address_of(LIN) == "local:dm:lin"


def test_a_stranger_is_known_from_then_on_as_an_employee_and_nothing_else() -> None:
    known = book()

    stranger = known.learn(Profile(NEW, identities=("local:new",), addresses=("local:dm:new",)))

    assert (stranger.name, stranger.language, stranger.zone) == (NEW, "en", "UTC")
    assert stranger.roles == {Role.EMPLOYEE}
    assert known.address_of(NEW) == "local:dm:new"
    assert known.everybody()[-1] == stranger


def test_the_rules_of_one_desk_are_not_changed_by_what_it_learns() -> None:
    before = dict(RULES.people)

    book().learn(Profile(MEI, name="Somebody else"))

    assert RULES.people == before


def test_a_profile_has_no_place_for_roles() -> None:
    assert "roles" not in {one.name for one in fields(Profile)}


people = st.sampled_from([*RULES.people, NEW, PersonId("other")])
words = st.sampled_from(["", "Wang", "zhou", "admin", "zh", "Asia/Shanghai"])
identities = st.lists(st.sampled_from([f"local:{one}" for one in (*RULES.people, "new")]), max_size=3).map(tuple)


@settings(max_examples=60)
@given(st.lists(st.builds(Profile, people, words, words, words, identities, identities), max_size=8))
def test_whatever_is_learnt_roles_stay_and_each_identity_stays_with_its_first_owner(profiles: list[Profile]) -> None:
    known = book()
    owners = {identity: one.id for one in known.everybody() for identity in one.identities}

    for profile in profiles:
        learnt = known.learn(profile)
        for identity in profile.identities:
            owners.setdefault(identity, learnt.id)

    found = {identity: known.who_is(identity) for identity in owners}
    assert {identity: one.id for identity, one in found.items() if one is not None} == owners
    for one in known.everybody():
        before = RULES.people.get(one.id)
        assert one.roles == (before.roles if before is not None else {Role.EMPLOYEE})


async def test_what_was_remembered_is_known_after_a_restart(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.chore(Remember((Profile(NEW, language="zh", identities=("local:new",)),)))
        await here.desk.chore(Remember((Profile(NEW, addresses=("local:dm:new",)), Profile(MEI, language="en"))))

    known = book(*await store.reads.profiles())

    new, mei = known.who_is("local:new"), known.person(MEI)
    assert new is not None
    assert mei is not None
    assert (new.id, new.language, new.addresses) == (NEW, "zh", ("local:dm:new",))
    assert (mei.language, mei.roles) == ("en", RULES.people[MEI].roles)


def test_an_identity_of_the_rules_is_no_other_name_of_its_person() -> None:
    mei = Person(PersonId("mei"), "Mei", "zh", "Asia/Shanghai", identities=("local:mei",))
    book = AddressBook({mei.id: mei})
    book.register([Profile(mei.id, identities=("telegram:7",))])

    assert book.names_of(mei.id) == ("mei", "telegram:7")
    assert book.same_person(PersonId("telegram:7"), mei.id)
    assert not book.is_joined(mei.id, "local:mei")


def test_what_is_registered_replaces_what_was_known_besides_the_rules() -> None:
    mei = Person(PersonId("mei"), "Mei", "zh", "Asia/Shanghai", identities=("local:mei",))
    book = AddressBook({mei.id: mei}, [Profile(mei.id, identities=("telegram:7",), addresses=("telegram:dm:7",))])

    book.register([Profile(mei.id)])

    assert book.who_is("telegram:7") is None
    assert book.who_is("local:mei") == mei
    assert book.learnt_addresses(mei.id) == ()
