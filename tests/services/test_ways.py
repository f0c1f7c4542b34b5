"""A call goes by every way of a person, one after another, and all its letters are written with the call itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.announce import About
from bot.domain.commands import AddResponder, CallUp, PassOn, Say
from bot.domain.ids import Level, TicketId
from bot.domain.rules import Rules, Way, Weighty
from bot.services.directory import AddressBook
from bot.services.ports import Letter, Outgoing, Profile
from storage.engine import SqlStore
from tests.domain.small_desk import CHEN, LIN, MON_9, minutes, raising, small_rules
from tests.services.open_desk import AllLetters, Open, at_work, happened

ONE = TicketId(1)
LATER = MON_9 + timedelta(days=1)
WAYS = {
    Weighty.IMPORTANT: (
        Way("slack:dm:lin"),
        Way("sms:+861380000", minutes(1)),
        Way("call:+861380000", minutes(3)),
    ),
    Weighty.DEFAULT: (Way("mail:lin@example.org", minutes(5)),),
}


def rules_with(**changes: object) -> Rules:
    """Lin has these ways, or whatever else is said."""
    rules = small_rules()
    lin = replace(rules.people[LIN], **(changes or {"ways": WAYS}))  # type: ignore[arg-type]  # passed on to replace
    return replace(rules, people={**rules.people, LIN: lin})


async def letters(here: Open, *abouts: About) -> list[Letter]:
    """Every letter of these kinds that waits, now or later."""
    found: list[Outgoing] = await here.desk.chore(AllLetters(LATER))
    wanted = {str(one) for one in abouts}
    return sorted((one.letter for one in found if one.letter.about in wanted), key=lambda one: one.key)


def moment(letter: Letter) -> datetime:
    return letter.not_before or MON_9


async def test_an_important_call_goes_by_the_ways_for_that_in_their_order_and_time(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with()) as here:
        await here.desk.do(raising())
        found = await letters(here, About.PAGE)

    assert [(one.key, one.to, moment(one) - MON_9, one.facts["way"]) for one in found] == [
        ("1:2:page:person:lin", "slack:dm:lin", minutes(0), "0"),
        ("1:2:page:person:lin:w1", "sms:+861380000", minutes(1), "1"),
        ("1:2:page:person:lin:w2", "call:+861380000", minutes(3), "2"),
    ]
    assert {(one.facts["priority"], one.facts["level"], one.facts["round"]) for one in found} == {("P1", "1", "1")}


async def test_another_call_goes_by_the_others_and_waits_where_the_first_way_does(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with()) as here:
        await here.desk.do(raising(urgency=Level.LOW))
        ticket = (await here.desk.do(AddResponder(by=CHEN, ticket=ONE, to=LIN))).ticket
        found = await letters(here, About.SUMMONED)

    assert ticket.priority == "P3"
    assert [(one.to, moment(one) - MON_9) for one in found] == [("mail:lin@example.org", minutes(5))]


async def test_who_has_named_no_ways_is_called_at_one_address_after_another(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with(addresses=("slack:dm:lin", "telegram:7", "mail:lin"))) as here:
        await here.desk.do(raising())
        found = await letters(here, About.PAGE)

    assert [(one.to, moment(one) - MON_9) for one in found] == [
        ("slack:dm:lin", minutes(0)),
        ("telegram:7", minutes(2)),
        ("mail:lin", minutes(4)),
    ]


async def test_whoever_is_called_up_or_to_help_is_called_by_all_their_ways_too(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with()) as here:
        await here.desk.do(raising())
        await here.desk.do(AddResponder(by=CHEN, ticket=ONE, to=LIN))
        await here.desk.do(CallUp(by=CHEN, ticket=ONE, why="too big"))
        found = await letters(here, About.SUMMONED)

    assert [(one.reader, one.to, one.facts["by"]) for one in found] == [
        ("person:lin", "slack:dm:lin", CHEN),
        ("person:lin", "sms:+861380000", CHEN),
        ("person:lin", "call:+861380000", CHEN),
        ("person:wang", "local:dm:wang", CHEN),
    ]


async def test_what_only_wants_to_be_read_goes_to_the_first_address_alone(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with(addresses=("slack:dm:lin", "telegram:7"))) as here:
        await here.desk.do(raising(by=LIN))
        await here.desk.do(Say(by=CHEN, ticket=ONE, words="looking into it"))
        found = await letters(here, About.RECEIPT, About.REPLY)

    assert [one.to for one in found] == ["slack:dm:lin", "slack:dm:lin"]
    assert all("way" not in one.facts for one in found)


async def test_an_address_that_became_known_since_counts_and_the_level_does_not_give_way(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with(addresses=())) as here:
        without = (await here.desk.do(raising())).ticket
        book = here.desk.directory
        assert isinstance(book, AddressBook)
        book.learn(Profile(LIN, addresses=("telegram:7",)))
        with_one = (await here.desk.do(raising())).ticket
        found = await letters(here, About.PAGE)

    assert (without.called, with_one.called) == ((CHEN,), (LIN,))
    assert [one.to for one in found] == ["local:dm:chen", "telegram:7"]


async def test_the_letters_of_a_call_are_there_or_the_call_is_not(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with()) as here:
        await here.desk.do(raising())
        await here.desk.do(PassOn(by=LIN, ticket=ONE))
        found = await letters(here, About.PAGE)

    assert await happened(store) == ["raised", "called", "passed_on", "called"]
    assert [one.key for one in found] == [
        "1:2:page:person:lin",
        "1:2:page:person:lin:w1",
        "1:2:page:person:lin:w2",
        "1:4:page:person:chen",
    ]
