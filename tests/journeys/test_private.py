"""A private ticket does not exist outside its circle: no word of it, no number, no other answer than for none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.card import Card
from bot.domain.ids import GroupId, Level, Priority, ServiceId, TeamId
from bot.domain.rules import Group, Rules, Service
from bot.services.ports import Letter
from handlers.routes import FORMS, PRESSES
from tests.domain.small_desk import CHEN, LIN, WANG, small_rules
from tests.handlers.small_house import Read, everything_on
from tests.journeys.several_chats import Chats, chatting

CANARY = "金丝雀 canary salary list of Mei"
SECRETS = ("金丝雀", "canary", "salary")
MEI_HERE, LIN_HERE, CHEN_HERE, OLGA_HERE = "local:mei", "local:lin", "local:chen", "local:olga"
CIRCLE = {"person:mei", "person:lin", "person:wang"}


def rules_with_a_circle() -> Rules:
    """What concerns HR is for Lin and Wang alone; Chen works in the same team and is on call."""
    rules = small_rules()
    hr = Service(
        ServiceId("hr"),
        {"en": "Personnel", "zh": "人事"},
        TeamId("desk"),
        rules.services[ServiceId("email")].agreement,
        private=True,
        group=GroupId("hr"),
    )
    group = Group(GroupId("hr"), {"en": "Personnel"}, frozenset({LIN, WANG}))
    return replace(rules, services={**rules.services, hr.id: hr}, groups={group.id: group})


@pytest.fixture
async def chats(tmp_path: Path) -> AsyncIterator[Chats]:
    async with chatting(tmp_path / "desk.db", rules_with_a_circle()) as found:
        found.house = replace(
            found.house, read_words=lambda _: Read(service="hr", impact=Level.HIGH, urgency=Level.HIGH)
        )
        yield found


async def raised(chats: Chats) -> None:
    await chats.says(MEI_HERE, CANARY)
    ticket = await chats.ticket()
    assert ticket.private
    assert ticket.priority is Priority.P1


async def test_no_word_of_it_leaves_its_circle_in_all_its_life(chats: Chats) -> None:
    """Called, nobody answers, breached, taken, asked about, answered, resolved, reopened, nudged, counted."""
    await raised(chats)
    await chats.later(hours=5)
    await chats.presses(LIN_HERE, "acknowledge:1")
    await chats.submits(LIN_HERE, "ask:1", why=f"which {CANARY}?")
    await chats.says(MEI_HERE, f"#1 {CANARY}")
    await chats.submits(LIN_HERE, "note:1", words=CANARY)
    await chats.submits(LIN_HERE, "call_up:1", why=CANARY)
    await chats.later(hours=3)
    await chats.submits(LIN_HERE, "resolve:1", solution=CANARY)
    await chats.says(MEI_HERE, f"#1 still broken {CANARY}")
    await chats.presses(MEI_HERE, "nudge:1")
    await chats.says(CHEN_HERE, "queue")
    await chats.says(CHEN_HERE, "队列", place="local:channel:desk")
    await chats.says(LIN_HERE, "队列", place="local:channel:desk")
    await chats.says(OLGA_HERE, "queue")
    await tell_the_digest(chats)

    assert len(chats.drawn) > 20, "there was something to see"
    for reader, card in chats.drawn:
        if reader not in CIRCLE:
            for secret in SECRETS:
                assert secret not in everything_on(card), (reader, card.title)
    assert any("canary" in everything_on(card) for reader, card in chats.drawn if reader == "person:lin")


async def tell_the_digest(chats: Chats) -> None:
    now = chats.time.now()
    digest = Letter(
        key="digest:desk",
        to="local:channel:desk",
        reader="team:desk",
        about="digest",
        urgency=2,
        facts={"team": "desk", "since": (now - timedelta(days=1)).isoformat(), "until": now.isoformat()},
    )
    await chats.here.desk.settle_arrival("none", (digest,))
    await chats.deliver()


SAID = (
    "#{n}",
    "#{n} what about it?",
    "status #{n}",
    "why {n}",
    "ack {n}",
    "not me {n}",
    "still on it {n}",
    "take #{n}",
    "start #{n}",
    "resolve #{n} done",
    "escalate #{n} now",
    "hand over #{n} to network: theirs",
    "nudge {n}",
    "cancel #{n}",
    "reopen #{n}",
    "催单 {n}",
)


@pytest.mark.parametrize("who", [CHEN_HERE, OLGA_HERE, "telegram:stranger"])
async def test_whoever_is_outside_hears_the_same_as_of_none(chats: Chats, who: str) -> None:
    await raised(chats)

    for words in SAID:
        forbidden = await chats.says(who, words.format(n=1))
        absent = await chats.says(who, words.format(n=99))

        assert [seen(card) for card in forbidden] == [seen(card) for card in absent], words
        assert forbidden, words


@pytest.mark.parametrize("who", [CHEN_HERE, OLGA_HERE])
async def test_old_buttons_of_it_say_the_same_as_of_none(chats: Chats, who: str) -> None:
    await raised(chats)
    arguments = {"kind": ":request", "grade": ":low/low", "rate": ":5"}

    for verb in sorted(PRESSES):
        forbidden = await chats.presses(who, f"{verb}:1{arguments.get(verb, '')}")
        absent = await chats.presses(who, f"{verb}:99{arguments.get(verb, '')}")

        assert [seen(card) for card in forbidden] == [seen(card) for card in absent], verb


async def test_forged_forms_say_the_same_as_of_none(chats: Chats) -> None:
    await raised(chats)
    answers = {"words": "x", "why": "x", "solution": "x", "to": "chen", "team": "network", "for": "schedule"}

    for wish in sorted(FORMS):
        forbidden = await chats.submits(CHEN_HERE, f"{wish}:1", **answers)
        absent = await chats.submits(CHEN_HERE, f"{wish}:99", **answers)

        assert [seen(card) for card in forbidden] == [seen(card) for card in absent], wish
    assert (await chats.ticket()).holder is None


async def test_a_reply_to_its_card_says_the_same_as_of_none(chats: Chats) -> None:
    await raised(chats)
    shown = await chats.store.reads.ticket_of_message("m:1")
    assert shown == 1, "that message shows the ticket"

    forbidden = await chats.says(CHEN_HERE, "what is this?", reply_to="m:1")
    absent = await chats.says(CHEN_HERE, "#99 what is this?")

    assert [card.title for card in forbidden] == [card.title for card in absent]
    for secret in SECRETS:
        assert all(secret not in everything_on(card) for card in forbidden)


async def test_the_queue_of_a_colleague_outside_does_not_even_count_it(chats: Chats) -> None:
    await raised(chats)

    [for_chen] = [card for card in await chats.says(CHEN_HERE, "queue") if "IT desk" in card.title]
    for_lin = await chats.says(LIN_HERE, "队列")

    assert for_chen.title == "IT desk: nothing is open."
    assert any("INC-1" in everything_on(card) for card in for_lin)


async def test_nobody_outside_is_called_for_it(chats: Chats) -> None:
    await raised(chats)
    await chats.later(hours=2)

    assert CHEN not in (await chats.ticket()).called
    assert {LIN, WANG} <= set((await chats.ticket()).called)


def seen(card: Card) -> str:
    """All that can be seen of it, whatever the numbers on it are."""
    return re.sub(r"\d+", "#", everything_on(card)) + str([action.verb for action in card.actions])
