"""What stands in a chat follows its ticket: every change wants it drawn anew, and only the last one counts."""

from __future__ import annotations

from pathlib import Path

from bot.domain.ids import TicketId
from bot.domain.ticket import Ticket
from bot.services.ports import LEASE, Buried, Letter, Moot, Outgoing, Postponed, Sent
from storage.engine import SqlStore, open_store
from tests.storage.test_outbox import claim, keys, post, settle
from tests.storage.values import HOUR, MINUTE, NOW, a_letter, a_ticket, changed, new

LIVE = a_letter("1:1:receipt", live=True, facts={"x": "y"})


async def change(store: SqlStore, ticket: Ticket) -> Ticket:
    one = changed(ticket)
    async with store.transaction() as unit:
        await unit.save([one])
    return one.ticket


async def shown(store: SqlStore, letter: Letter = LIVE, message: str = "m1", ticket: Ticket | None = None) -> Ticket:
    """The ticket, whose live letter stands as this message, up to date."""
    raised = ticket or a_ticket()
    async with store.transaction() as unit:
        await unit.save([new(raised)])
        await unit.post([letter], NOW)
    (one,) = await claim(store)
    await settle(store, Sent(one, message, raised.version, "hash 1"))
    return raised


async def edits(store: SqlStore, ticket: Ticket) -> Outgoing:
    await change(store, ticket)
    (edit,) = await claim(store)
    return edit


async def test_a_live_letter_that_was_sent_is_edited_when_its_ticket_changes(store: SqlStore) -> None:
    ticket = await shown(store)
    idle = await claim(store)
    await change(store, ticket)

    (edit,) = await claim(store, NOW + MINUTE)

    assert idle == []
    assert (edit.letter, edit.message, edit.drawn_hash) == (LIVE, "m1", "hash 1")
    assert (edit.attempts, edit.maybe_sent, edit.written_at) == (1, False, NOW)


async def test_a_letter_that_is_not_live_is_never_edited(store: SqlStore) -> None:
    ticket = await shown(store, a_letter("1:1:reply"))

    await change(store, ticket)

    assert await claim(store) == []
    assert await store.reads.ticket_of_message("m1") is None


async def test_many_changes_want_one_edit(store: SqlStore) -> None:
    ticket = await shown(store)
    for _ in range(5):
        ticket = await change(store, ticket)
    (edit,) = await claim(store)

    await settle(store, Sent(edit, "m1", ticket.version, "hash 6"))

    assert await claim(store) == []
    assert await store.reads.waiting_letters() == 0


async def test_a_change_while_the_edit_is_under_way_wants_another(store: SqlStore) -> None:
    ticket = await change(store, await shown(store))
    (edit,) = await claim(store)
    drawn = ticket.version
    await change(store, ticket)
    meanwhile = await claim(store)

    await settle(store, Sent(edit, "m1", drawn, "hash 2"))

    (again,) = await claim(store)
    assert meanwhile == []
    assert (again.drawn_hash, again.attempts) == ("hash 2", 1)


async def test_a_letter_whose_ticket_moved_on_while_it_was_sent_is_edited_at_once(store: SqlStore) -> None:
    ticket = a_ticket()
    async with store.transaction() as unit:
        await unit.save([new(ticket)])
        await unit.post([LIVE], NOW)
    (one,) = await claim(store)
    await change(store, ticket)

    await settle(store, Sent(one, "m1", ticket.version, "hash 1"))

    (edit,) = await claim(store)
    assert edit.message == "m1"


async def test_every_showing_of_a_ticket_is_edited_and_no_other(store: SqlStore) -> None:
    ticket = await shown(store)
    async with store.transaction() as unit:
        await unit.post([a_letter("1:1:team_card", "local:channel:it", live=True)], NOW)
    (card,) = await claim(store)
    await settle(store, Sent(card, "m2", ticket.version))
    await shown(store, a_letter("2:1", ticket=TicketId(2), live=True), "m3", a_ticket(2))

    await change(store, ticket)

    assert [edit.message for edit in await claim(store)] == ["m1", "m2"]


async def test_edits_come_after_posts_and_within_the_limit(store: SqlStore) -> None:
    ticket = await shown(store)
    await change(store, ticket)
    await post(store, a_letter("2"), a_letter("3", "elsewhere"))

    first, second = await claim(store, limit=1), await claim(store, limit=2)

    assert keys(first) == ["2"]
    assert keys(second) == ["3", LIVE.key]


async def test_no_edit_is_claimed_for_an_address_that_is_busy(store: SqlStore) -> None:
    await change(store, await shown(store))

    assert await claim(store, busy=[LIVE.to]) == []
    assert len(await claim(store, busy=["elsewhere"])) == 1


async def test_a_postponed_edit_waits(store: SqlStore) -> None:
    edit = await edits(store, await shown(store))
    await settle(store, Postponed(edit, NOW + HOUR, "429", maybe_sent=True))

    early = await claim(store, NOW + MINUTE)
    (late,) = await claim(store, NOW + HOUR)

    assert early == []
    assert await store.reads.next_letter(NOW) == NOW + HOUR + LEASE
    assert (late.attempts, late.maybe_sent) == (2, True)


async def test_the_next_moment_counts_postponed_edits(store: SqlStore) -> None:
    edit = await edits(store, await shown(store))
    await settle(store, Postponed(edit, NOW + HOUR, "429", maybe_sent=False))

    assert await store.reads.next_letter(NOW) == NOW + HOUR
    assert await store.reads.waiting_letters() == 1


async def test_an_edit_that_would_show_the_same_is_done(store: SqlStore) -> None:
    ticket = await shown(store)
    edit = await edits(store, ticket)

    await settle(store, Moot(edit, ticket.version + 1))

    assert await claim(store) == []


async def test_an_edit_that_is_moot_whatever_the_version_is_done(store: SqlStore) -> None:
    edit = await edits(store, await shown(store))

    await settle(store, Moot(edit))

    assert await claim(store) == []


async def test_a_showing_that_was_given_up_is_left_alone_for_ever(store: SqlStore) -> None:
    ticket = await shown(store)
    edit = await edits(store, ticket)
    await settle(store, Buried(edit, "message deleted"))

    ticket = await change(store, a_ticket(version=2, entries=2))

    assert await claim(store) == []
    assert await store.reads.waiting_letters() == 0
    assert await store.reads.dead_letters() == []
    assert await store.reads.ticket_of_message("m1") == ticket.id


async def test_an_edit_may_leave_another_message_behind(store: SqlStore) -> None:
    ticket = await shown(store)
    edit = await edits(store, ticket)
    await settle(store, Sent(edit, "m1, posted anew", ticket.version + 1, "hash 2"))

    assert await store.reads.ticket_of_message("m1, posted anew") == ticket.id
    assert await store.reads.ticket_of_message("m1") is None


async def test_the_ticket_of_a_message_is_known(store: SqlStore) -> None:
    await shown(store)

    assert await store.reads.ticket_of_message("m1") == 1
    assert await store.reads.ticket_of_message("m2") is None


async def test_one_message_may_show_several_tickets(store: SqlStore) -> None:
    tickets = [a_ticket(number) for number in (1, 2, 3)]
    letters = [a_letter(f"{one.id}:1", "channel", ticket=one.id, live=True) for one in tickets]
    async with store.transaction() as unit:
        await unit.save([new(one) for one in tickets])
        await unit.post(letters, NOW)
    claimed = await claim(store)

    await settle(store, *(Sent(one, "m1", 1) for one in claimed))
    await change(store, tickets[1])

    assert keys(await claim(store)) == ["2:1"]


async def test_an_edit_of_an_earlier_instance_is_claimed_again(database: Path) -> None:
    store = await open_store(database, now=NOW)
    await edits(store, await shown(store))
    await store.close()

    store = await open_store(database, now=NOW)
    (edit,) = await claim(store)
    await store.close()

    assert (edit.attempts, edit.maybe_sent) == (2, True)


async def test_an_edit_of_a_vanished_task_is_claimed_again_after_its_lease(store: SqlStore) -> None:
    first = await edits(store, await shown(store))
    early = await claim(store, NOW + LEASE - MINUTE)
    (second,) = await claim(store, NOW + LEASE)

    await settle(store, Buried(first, "too late to say so"))

    assert early == []
    assert second.maybe_sent
    await settle(store, Sent(second, "m1", 2))
    assert await store.reads.waiting_letters() == 0
