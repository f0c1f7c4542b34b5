"""One person on several platforms: joined by a one-time code, never by a name, and parted again."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest

from bot.chat.card import Card
from bot.domain.ids import PersonId
from bot.domain.rules import Role
from tests.domain.small_desk import CHEN, MEI
from tests.handlers.small_house import everything_on, wish_of
from tests.journeys.several_chats import Chats, chatting, direct

MEI_HERE, CHEN_HERE, GUEST, OTHER = "local:mei", "local:chen", "telegram:77", "telegram:78"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def a_code(chats: Chats, who: str = MEI_HERE, words: str = "link") -> str:
    [card] = await chats.says(who, words)
    return code_on(card)


def code_on(card: Card) -> str:
    return "".join(re.findall(r"\d", card.title))


async def test_a_code_of_eight_digits_makes_two_identities_one_person(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats, CHEN_HERE)

        [joined] = await chats.says(GUEST, f"link {code}")

        assert re.fullmatch(r"\d{8}", code)
        assert "是" in joined.title or "This is you" in joined.title
        known = chats.people.who_is(GUEST)
        assert known is not None
        assert known.id == CHEN
        assert direct(GUEST) in known.addresses
        assert GUEST.split(":")[1] in everything_on(chats.at(direct(CHEN_HERE))[-1]), "the other side is told"


async def test_the_code_lies_nowhere_on_the_disk(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats)
        await chats.says(GUEST, "hello there")

    dump = "\n".join(sqlite3.connect(database).iterdump())
    assert code not in dump
    assert f"{code[:4]} {code[4:]}" not in dump


async def test_it_is_still_so_after_a_restart(database: Path) -> None:
    async with chatting(database) as chats:
        await chats.says(GUEST, "my screen is dark")
        await chats.says(GUEST, f"link {await a_code(chats)}")

    async with chatting(database) as chats:
        known = chats.people.who_is(GUEST)

        assert known is not None
        assert known.id == MEI


async def test_a_code_that_was_not_told_before_a_restart_is_asked_for_again(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(database) as chats:
        monkeypatch.setattr(chats.house.untold, "keep", lambda *_: None)  # the memory of a process that ended
        [card] = await chats.says(MEI_HERE, "关联账号")

        assert not code_on(card)
        assert "关联账号" in card.lead or "link" in card.lead


async def test_a_code_counts_once(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats)
        await chats.says(GUEST, f"link {code}")

        [answer] = await chats.says(OTHER, f"link {code}")

        assert "does not count" in answer.title
        assert chats.people.who_is(OTHER) != chats.people.who_is(GUEST)


async def test_of_two_who_say_it_at_the_same_moment_one_is_joined(database: Path) -> None:
    async with chatting(database) as chats:
        await chats.says(GUEST, "my screen is dark")
        await chats.says(OTHER, "my mouse is dead")
        code = await a_code(chats)

        await asyncio.gather(chats.says(GUEST, f"link {code}"), chats.says(OTHER, f"link {code}"))

        owners = [chats.people.who_is(one) for one in (GUEST, OTHER)]
        assert sum(one is not None and one.id == MEI for one in owners) == 1


async def test_a_code_counts_for_ten_minutes(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats)
        await chats.later(minutes=10)

        [answer] = await chats.says(GUEST, f"link {code}")

        assert "does not count" in answer.title


async def test_a_new_code_voids_the_one_before(database: Path) -> None:
    async with chatting(database) as chats:
        first, second = await a_code(chats), await a_code(chats)

        [wrong] = await chats.says(GUEST, f"link {first}")
        [right] = await chats.says(GUEST, f"link {second}")

        assert "does not count" in wrong.title
        assert "does not count" not in right.title


async def test_five_wrong_codes_lock_an_identity_out_and_say_until_when(database: Path) -> None:
    async with chatting(database) as chats:
        for _ in range(4):
            [answer] = await chats.says(GUEST, "link 00000000")
            assert "does not count" in answer.title
        [fifth] = await chats.says(GUEST, "link 00000000")
        code = await a_code(chats)
        [locked] = await chats.says(GUEST, f"link {code}")
        assert "09:10" in fifth.title
        assert "09:10" in locked.title

        await chats.later(minutes=9)
        again = await a_code(chats)
        await chats.later(minutes=1)
        [joined] = await chats.says(GUEST, f"link {again}")

        assert "09:" not in joined.title
        assert chats.people.who_is(GUEST) == chats.people.person(MEI)


async def test_the_lock_holds_for_one_identity_alone(database: Path) -> None:
    async with chatting(database) as chats:
        for _ in range(6):
            await chats.says(GUEST, "link 00000000")

        await chats.says(OTHER, f"link {await a_code(chats)}")

        known = chats.people.who_is(OTHER)
        assert known is not None
        assert known.id == MEI


async def test_a_code_said_where_others_read_is_refused_and_void(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats)

        [overheard] = await chats.says(GUEST, f"link {code}", place="telegram:group:9")
        [late] = await chats.says(GUEST, f"link {code}")

        assert "does not count any more" in overheard.title
        assert "does not count" in late.title
        assert chats.people.who_is(GUEST) != chats.people.person(MEI)


async def test_no_code_is_given_where_others_read(database: Path) -> None:
    async with chatting(database) as chats:
        [answer] = await chats.says(MEI_HERE, "link", place="local:channel:it")

        assert not code_on(answer)
        assert await chats.store.reads.codes(chats.time.now()) == []


async def test_nobody_whom_the_rules_know_can_be_taken_over(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats, MEI_HERE)

        [answer] = await chats.says(CHEN_HERE, f"link {code}")

        known = chats.people.who_is(CHEN_HERE)
        assert known is not None
        assert known.id == CHEN
        assert "Chen" in answer.title or "chen" in answer.title


async def test_a_code_gives_the_roles_of_its_person_and_no_name_does(database: Path) -> None:
    async with chatting(database) as chats:
        await chats.says(GUEST, "my name is Chen, I am an agent")
        before = chats.people.who_is(GUEST)
        assert before is not None
        assert before.roles == {Role.EMPLOYEE}
        assert before.id == PersonId(GUEST)

        await chats.says(GUEST, f"link {await a_code(chats, CHEN_HERE)}")

        after = chats.people.who_is(GUEST)
        assert after is not None
        assert after.roles == chats.house.rules.people[CHEN].roles


async def test_what_was_raised_before_stays_with_its_requester(database: Path) -> None:
    async with chatting(database) as chats:
        [receipt] = await chats.says(GUEST, "my screen is dark")
        assert "my screen is dark" in receipt.title
        await chats.says(GUEST, f"link {await a_code(chats)}")

        [mine] = await chats.says(MEI_HERE, "我的工单")
        [shown] = await chats.says(MEI_HERE, "#1")
        await chats.presses(MEI_HERE, wish_of(shown, "nudge") if "nudge" in str(shown.actions) else "right:1")
        await chats.says(MEI_HERE, "#1 it is the left one")

        assert "my screen is dark" in mine.title + "".join(mine.lines) + str(mine.actions)
        told = [line.name for line in await chats.store.reads.history((await chats.ticket()).id)]
        assert "commented" in told
        assert (await chats.ticket()).requester == PersonId(GUEST), "the record is not rewritten"


async def test_others_still_see_nothing_of_it(database: Path) -> None:
    async with chatting(database) as chats:
        await chats.says(GUEST, "my screen is dark")
        await chats.says(GUEST, f"link {await a_code(chats)}")

        [answer] = await chats.says("local:olga", "#1")

        assert "my screen" not in everything_on(answer)


async def test_unlinking_parts_them_and_tells_both_sides(database: Path) -> None:
    async with chatting(database) as chats:
        await chats.says(GUEST, f"link {await a_code(chats)}")

        [which] = await chats.says(MEI_HERE, "解除关联")
        [done] = await chats.presses(MEI_HERE, wish_of(which, "unlink"))
        told = chats.at(direct(GUEST))[-1]
        await chats.says(GUEST, "my screen is dark")

        assert GUEST.split(":")[1] in done.title
        assert "not linked" in told.title or "不再关联" in told.title
        known = chats.people.who_is(GUEST)
        assert known is not None
        assert known.id == PersonId(GUEST)
        assert direct(GUEST) not in (chats.people.person(MEI) or known).addresses

    async with chatting(database) as chats:
        known = chats.people.who_is(GUEST)
        assert known is not None
        assert known.id == PersonId(GUEST)


async def test_the_last_identity_and_those_of_the_rules_cannot_go(database: Path) -> None:
    async with chatting(database) as chats:
        [answer] = await chats.says(MEI_HERE, "unlink")

        assert not answer.actions


async def test_a_link_that_carries_the_code_joins_at_the_first_word(database: Path) -> None:
    async with chatting(database) as chats:
        code = await a_code(chats)

        await chats.says(GUEST, f"/start {code}")

        known = chats.people.who_is(GUEST)
        assert known is not None
        assert known.id == MEI


async def test_words_that_only_begin_with_link_are_words(database: Path) -> None:
    async with chatting(database) as chats:
        await chats.says(MEI_HERE, "link to the sales folder is broken")

        assert (await chats.ticket()).words == "link to the sales folder is broken"
