"""Who is on call, asked in words; covers and swaps, from the wish to the other's consent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.chat.card import Card
from bot.domain import oncall
from bot.domain.ids import PersonId
from bot.domain.rules import Rules
from bot.services.handovers import Handovers
from tests.domain.small_desk import CHEN, LIN, MON_9, WANG
from tests.domain.small_rota import FIRST, HOUR, day, rota_of, rota_rules
from tests.handlers.small_house import everything_on, labels, wish_of
from tests.journeys.several_chats import Chats, chatting

MEI_HERE, LIN_HERE, CHEN_HERE, WANG_HERE = "local:mei", "local:lin", "local:chen", "local:wang"
CHANNEL = "local:channel:desk"


def english(rules: Rules) -> Rules:
    """Everybody reads English, so that a test can."""
    return replace(rules, people={one.id: replace(one, language="en") for one in rules.people.values()})


@pytest.fixture
async def chats(tmp_path: Path) -> AsyncIterator[Chats]:
    """Lin is on call on Monday from nine (UTC), Chen from Tuesday nine, and so on day by day. Lin's clock is eight
    hours ahead of Chen's."""
    async with chatting(tmp_path / "desk.db", english(rota_rules())) as found:
        yield found


def on_call(chats: Chats, at: datetime) -> tuple[PersonId, ...]:
    rules = chats.house.rules
    return oncall.on_call_at(rules.rotas[FIRST], rules.covers, at)


async def asked(chats: Chats, who: str, words: str) -> Card:
    """What was understood is confirmed; the other's card."""
    [card] = await chats.says(who, words)
    await chats.presses(who, wish_of(card, "cover_ask"))
    return chats.at("local:dm:chen")[-1]


# --- who is on call --------------------------------------------------------------------------------------------------


async def test_anybody_hears_who_is_on_call_until_when_and_who_is_next(chats: Chats) -> None:
    [card] = await chats.says(MEI_HERE, "who is on call?")

    assert card.facts[0].label == "IT desk"
    assert card.facts[0].value == "Lin until Tue 3 Mar 17:00 (UTC+8), then Chen"


async def test_of_any_moment_and_of_one_team(chats: Chats) -> None:
    [card] = await chats.says(MEI_HERE, "who is on call for the IT desk tomorrow 18:00")

    assert [one.value for one in card.facts] == ["Chen until Wed 4 Mar 17:00 (UTC+8), then Lin"]
    assert "Tue 3 Mar 18:00" in card.title


async def test_of_a_day_every_shift_is_told(chats: Chats) -> None:
    [card] = await chats.says(MEI_HERE, "周五谁值班")

    assert "Fri 6 Mar, 00:00–17:00 (UTC+8): Chen" in card.lines
    assert "Fri 6 Mar, 17:00–24:00 (UTC+8): Lin" in card.lines


async def test_a_gap_is_told_as_one(tmp_path: Path) -> None:
    rota = rota_of(LIN)
    until = replace(rota, layers=(replace(rota.layers[0], until=day(1)),))
    async with chatting(tmp_path / "desk.db", english(rota_rules(rota=until))) as chats:
        [now] = await chats.says(MEI_HERE, "oncall")
        [card] = await chats.says(MEI_HERE, "who is on call on Tuesday")

    assert now.facts[0].value == "Lin until Tue 3 Mar 17:00 (UTC+8), then nobody"
    assert "Tue 3 Mar, 17:00–24:00 (UTC+8): nobody" in card.lines


async def test_it_is_asked_and_not_raised(chats: Chats) -> None:
    await chats.says(MEI_HERE, "谁明天晚上值班？")
    await chats.says(MEI_HERE, "the on-call phone is broken")

    assert (await chats.ticket(1)).words == "the on-call phone is broken"


# --- covers ----------------------------------------------------------------------------------------------------------


async def test_a_cover_is_shown_in_both_zones_asked_and_holds_once_the_other_agrees(chats: Chats) -> None:
    [shown] = await chats.says(LIN_HERE, "can Chen cover me on Wednesday 18-22")
    assert "Wed 4 Mar, 18:00–22:00 (UTC+8): Chen for Lin" in everything_on(shown)
    assert "For Chen that is: Wed 4 Mar, 10:00–14:00 (UTC)" in everything_on(shown)
    assert await chats.store.reads.covers(MON_9) == [], "nothing is asked before the press"

    await chats.presses(LIN_HERE, wish_of(shown, "cover_ask"))
    theirs = chats.at("local:dm:chen")[-1]
    assert labels(theirs) == ["Agree", "Decline"]
    assert "Wed 4 Mar, 10:00–14:00 (UTC): Chen for Lin" in everything_on(theirs)
    assert on_call(chats, day(2) + 2 * HOUR) == (LIN,)

    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_yes"))
    assert on_call(chats, day(2) + 2 * HOUR) == (CHEN,)
    assert on_call(chats, day(2) + 5 * HOUR) == (LIN,)
    assert "Agreed" in chats.at("local:dm:lin")[-1].title
    assert "Chen instead of Lin" in chats.at(CHANNEL)[-1].title
    [marked] = await chats.says(MEI_HERE, "who is on call wednesday 19:00")
    assert marked.facts[0].value.startswith("Chen for Lin until Wed 4 Mar 22:00")


@pytest.mark.parametrize(
    "words",
    [
        "can Chen cover me on Wednesday 18-22",
        "请Chen周三18点到22点替我值班",
        "Chen, cover me Wednesday 18:00–22:00",
    ],
)
async def test_both_languages_mean_the_same_hours(chats: Chats, words: str) -> None:
    await asked(chats, LIN_HERE, words)

    [request] = await chats.store.reads.covers(MON_9)
    assert (request.person, request.starts, request.ends) == (CHEN, day(2) + HOUR, day(2) + 5 * HOUR)


async def test_declined_leaves_all_as_it_was_and_the_asker_hears(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "can Chen cover me on Wednesday 18-22")

    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_no"))

    assert on_call(chats, day(2) + 2 * HOUR) == (LIN,)
    assert "declined" in chats.at("local:dm:lin")[-1].title


async def test_the_second_press_is_told_that_it_is_settled_and_by_whom(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "can Chen cover me on Wednesday 18-22")
    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_yes"))

    [again] = await chats.presses(CHEN_HERE, wish_of(theirs, "cover_no"))

    assert again.title == "That has been agreed to already, by Chen."


async def test_nobody_agrees_for_another(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "can Chen cover me on Wednesday 18-22")

    [refused] = await chats.presses("local:olga", wish_of(theirs, "cover_yes"))

    assert "those whom it concerns" in refused.title
    assert on_call(chats, day(2) + 2 * HOUR) == (LIN,)


async def test_a_day_without_hours_is_my_shift_that_begins_on_it(chats: Chats) -> None:
    [shown] = await chats.says(LIN_HERE, "can Chen cover me on Wednesday")

    assert "Wed 4 Mar 17:00 – Thu 5 Mar 17:00 (UTC+8)" in everything_on(shown)


async def test_an_offer_asks_the_one_who_would_be_relieved(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "我替Chen值周四的班")

    assert "offers to be on call instead of you" in theirs.title
    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_yes"))
    assert on_call(chats, day(3) + HOUR) == (LIN,)


async def test_without_a_name_those_who_share_the_rota_stand_on_buttons(chats: Chats) -> None:
    [whom] = await chats.says(LIN_HERE, "cover me on Wednesday")
    assert labels(whom)[0] == "Chen", "who takes turns there comes first"

    [shown] = await chats.presses(LIN_HERE, whom.actions[0].wish)

    assert "Chen" in shown.title


async def test_a_name_that_two_share_is_asked_back(tmp_path: Path) -> None:
    rules = english(rota_rules())
    named = {CHEN: replace(rules.people[CHEN], name="Alex Chen"), WANG: replace(rules.people[WANG], name="Alex Wang")}
    async with chatting(tmp_path / "desk.db", replace(rules, people={**rules.people, **named})) as chats:
        [whom] = await chats.says(LIN_HERE, "can Alex cover me on Wednesday")

        assert sorted(labels(whom)) == ["Alex Chen", "Alex Wang"]


async def test_who_is_not_on_call_then_is_told_when_next(chats: Chats) -> None:
    [card] = await chats.says(LIN_HERE, "cover me tomorrow 18-22")

    assert card.title == "You are not on call then."
    assert card.lines


async def test_an_unknown_name_is_not_somebody_else_and_no_ticket(chats: Chats) -> None:
    [card] = await chats.says(LIN_HERE, "can Bob cover me on Wednesday")

    assert "bob" in card.title


async def test_from_others_the_same_words_are_words(chats: Chats) -> None:
    await chats.says(MEI_HERE, "cover me tomorrow")

    assert (await chats.ticket()).words == "cover me tomorrow"


async def test_a_swap_names_both_halves_and_holds_whole(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "swap my Wednesday for Chen's Thursday")
    assert "swap" in theirs.title
    assert "In return: Thu 5 Mar 09:00 – Fri 6 Mar 09:00 (UTC): Lin for Chen" in everything_on(theirs)

    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_yes"))

    assert [on_call(chats, day(n) + HOUR) for n in (1, 2, 3, 4)] == [(CHEN,), (CHEN,), (LIN,), (LIN,)]


async def test_a_swap_without_the_other_half_offers_the_others_shifts(chats: Chats) -> None:
    [which] = await chats.says(LIN_HERE, "swap Wednesday with Chen")
    assert labels(which)[-1] == "Nothing in return"

    [shown] = await chats.presses(LIN_HERE, which.actions[1].wish)
    await chats.presses(LIN_HERE, wish_of(shown, "cover_ask"))
    await chats.presses(CHEN_HERE, wish_of(chats.at("local:dm:chen")[-1], "cover_yes"))

    assert on_call(chats, day(2) + HOUR) == (CHEN,)
    assert on_call(chats, day(3) + HOUR) == (LIN,)


async def test_my_shifts_tell_thirty_days_and_what_was_given_away_can_be_taken_back(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "can Chen cover me on Wednesday")
    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_yes"))

    [mine] = await chats.says(LIN_HERE, "我的班次")
    assert len(mine.lines) == 15
    assert mine.lines[-1].endswith("Chen stands in for you")
    await chats.presses(LIN_HERE, wish_of(mine, "cover_undo"))

    assert on_call(chats, day(2) + HOUR) == (LIN,)
    assert "taken it back" in chats.at("local:dm:chen")[-1].title


async def test_somebody_is_asked_for_a_shift_of_the_list(chats: Chats) -> None:
    [mine] = await chats.says(LIN_HERE, "my shifts")
    [whom] = await chats.presses(LIN_HERE, mine.actions[1].wish)
    [shown] = await chats.presses(LIN_HERE, whom.actions[0].wish)
    await chats.presses(LIN_HERE, wish_of(shown, "cover_ask"))

    [request] = await chats.store.reads.covers(MON_9)
    assert (request.person, request.starts) == (CHEN, day(2))


async def test_what_one_was_shown_another_cannot_press(chats: Chats) -> None:
    [shown] = await chats.says(LIN_HERE, "can Chen cover me on Wednesday")

    [refused] = await chats.presses(WANG_HERE, wish_of(shown, "cover_ask"))

    assert "do not know this button" in refused.title
    assert await chats.store.reads.covers(MON_9) == []


async def test_a_lead_puts_somebody_in_at_once(chats: Chats) -> None:
    [shown] = await chats.says(WANG_HERE, "I'll cover Lin on Wednesday")
    assert shown.title == "Shall I put Wang on call?"

    [done] = await chats.presses(WANG_HERE, wish_of(shown, "cover_ask"))

    assert done.title == "Done: Wang is on call then."
    assert on_call(chats, day(2) + HOUR) == (WANG,)
    assert "Wang is on call then" in chats.at("local:dm:lin")[-1].title


async def test_a_handover_tells_both_sides(chats: Chats) -> None:
    handovers = Handovers(chats.here.desk, chats.store.reads)
    handovers.begin(MON_9, None)
    await chats.later(days=1)

    await handovers.tell(chats.time.now())
    await chats.deliver()

    comes, goes = chats.at("local:dm:chen")[-1], chats.at("local:dm:lin")[-1]
    assert comes.title == "You are on call now: IT desk (First)"
    assert {one.label: one.value for one in comes.facts} == {
        "You take over from": "Lin",
        "Until": "Wed 4 Mar 09:00 (UTC)",
    }
    assert goes.title == "You are not on call any more: IT desk (First)"


async def test_two_shifts_that_begin_on_one_day_have_buttons_that_can_be_told_apart(chats: Chats) -> None:
    theirs = await asked(chats, LIN_HERE, "can Chen cover me on Wednesday 18-20")
    await chats.presses(CHEN_HERE, wish_of(theirs, "cover_yes"))

    [mine] = await chats.says(LIN_HERE, "my shifts")

    labels = [one.label for one in mine.actions if one.verb == "cover_shift"]
    wednesday = [one for one in labels if "Wed" in one]
    assert len(wednesday) == 2
    assert len(set(labels)) == len(labels)
