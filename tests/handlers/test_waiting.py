"""Until when: said in words, shown back, and counted only after a press; then time itself ends the wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.card import Tone
from bot.domain.ids import Status
from bot.domain.rules import Rules
from tests.domain.small_desk import CHEN, LIN, MON_9, small_rules
from tests.handlers.small_house import SmallHouse, everything_on, labels, texts, wish_of

UNTIL = datetime(MON_9.year, MON_9.month, MON_9.day, 15, 0, tzinfo=UTC)


def _rules(language: str = "en", zone: str = "UTC") -> Rules:
    rules = small_rules()
    return replace(rules, people={**rules.people, LIN: replace(rules.people[LIN], language=language, zone=zone)})


async def _working(language: str = "en", zone: str = "UTC") -> SmallHouse:
    house = SmallHouse(_rules(language, zone))
    await house.says("VPN 断了")
    await house.presses("start:1", by=LIN)
    return house


def _answers(until: str, what_for: str = "schedule") -> dict[str, str]:
    return {"for": what_for, "why": "new router", "until": until}


async def test_what_was_understood_is_shown_back_and_nothing_has_changed_yet() -> None:
    house = await _working()

    (card,) = await house.submits("wait:1", _answers("today 3pm"), by=LIN)

    assert "15:00 (UTC)" in card.title
    assert "today 3pm" in card.lead
    assert card.quote == "new router"
    assert card.tone is Tone.CALM
    assert labels(card) == ["Right, schedule it", "Change…"]
    assert house.ticket().status is Status.IN_PROGRESS


async def test_the_press_schedules_it_until_then_and_the_cards_say_so() -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("today 3pm"), by=LIN)

    (said,) = await house.presses(wish_of(card, "until"), by=LIN)

    ticket = house.ticket()
    assert (ticket.status, ticket.until, ticket.waiting_for) == (Status.SCHEDULED, UNTIL, "new router")
    assert "15:00 (UTC)" in said.title
    (shown, *_) = [await house.sees(letter) for letter in house.letters("team_card")]
    assert any("15:00" in fact.value for fact in shown.facts)
    assert "23:00（UTC+8）" in everything_on(await house.sees(house.letters("receipt")[0]))


async def test_the_moment_is_one_in_the_speakers_zone_and_the_question_in_their_language() -> None:
    house = await _working("zh", "Asia/Shanghai")

    (card,) = await house.submits("wait:1", _answers("明天下午3点"), by=LIN)
    await house.presses(wish_of(card, "until"), by=LIN)

    assert "15:00（UTC+8）" in card.title
    until = house.ticket().until
    assert until is not None
    assert until.astimezone(UTC).hour == 7


@pytest.mark.parametrize("what_for", ["wait_supplier", "wait_approval", "schedule"])
async def test_every_wait_may_have_an_end(what_for: str) -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in two hours", what_for), by=LIN)

    await house.presses(wish_of(card, "until"), by=LIN)
    await house.passes(minutes=119)
    waiting = house.ticket().status
    await house.passes(minutes=1)

    assert waiting is not Status.IN_PROGRESS
    assert house.ticket().status is Status.IN_PROGRESS


async def test_when_the_time_has_come_the_holder_is_told_once_and_work_goes_on() -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in 30 min"), by=LIN)
    await house.presses(wish_of(card, "until"), by=LIN)

    await house.passes(minutes=30)
    await house.passes(minutes=5)

    (letter,) = house.letters("time_come")
    assert letter.reader == f"person:{LIN}"
    told = await house.sees(letter)
    assert told.title == texts().of("en").say("time-come-title", ref="INC-1")
    assert "scheduled" in told.lead
    assert "resolve" in {action.verb for action in told.actions}
    assert (house.ticket().status, house.ticket().until) == (Status.IN_PROGRESS, None)


async def test_a_guess_is_called_a_guess() -> None:
    house = await _working()

    (card,) = await house.submits("wait:1", _answers("tomorrow at 3"), by=LIN)

    assert card.tone is Tone.WARN
    assert "guess" in card.lead


async def test_what_is_not_understood_changes_nothing_and_can_be_said_again() -> None:
    house = await _working()

    (card,) = await house.submits("wait:1", _answers("when the part arrives"), by=LIN)
    form = await house.asks(wish_of(card, "wait"), by=LIN)

    assert "when the part arrives" in card.title
    assert [action.verb for action in card.actions] == ["wait"]
    assert {field.name: field.initial for field in form.fields} == _answers("when the part arrives")
    assert house.ticket().status is Status.IN_PROGRESS


async def test_without_a_moment_it_waits_at_once_and_until_somebody_goes_on() -> None:
    house = await _working()

    await house.submits("wait:1", _answers("  "), by=LIN)

    assert (house.ticket().status, house.ticket().until) == (Status.SCHEDULED, None)


async def test_going_on_earlier_forgets_the_moment() -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in 30 min"), by=LIN)
    await house.presses(wish_of(card, "until"), by=LIN)

    await house.presses("start:1", by=LIN)
    await house.passes(minutes=31)

    assert house.ticket().until is None
    assert house.letters("time_come") == []


async def test_a_press_that_comes_too_late_is_refused() -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in 30 min"), by=LIN)
    await house.passes(minutes=31)

    (refused,) = await house.presses(wish_of(card, "until"), by=LIN)

    assert refused.title == "Something is missing: until when (a moment to come)."
    assert house.ticket().status is Status.IN_PROGRESS


async def test_the_second_press_says_that_it_is_done() -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in 30 min"), by=LIN)
    await house.presses(wish_of(card, "until"), by=LIN)

    (again,) = await house.presses(wish_of(card, "until"), by=LIN)

    assert "already" in again.title


@pytest.mark.parametrize("wish", ["until:1:forged", "until:1", "until:2:{draft}", "until", "wait:1:forged"])
async def test_a_forged_button_is_unknown(wish: str) -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in 30 min"), by=LIN)
    draft = wish_of(card, "until").rpartition(":")[2]

    await house.presses(wish.format(draft=draft), by=LIN)

    assert house.ticket().status is Status.IN_PROGRESS


async def test_nobody_confirms_for_another() -> None:
    house = await _working()
    (card,) = await house.submits("wait:1", _answers("in 30 min"), by=LIN)

    await house.presses(wish_of(card, "until"), by=CHEN)

    assert house.ticket().status is Status.IN_PROGRESS


async def test_who_may_not_let_it_wait_is_refused_before_being_asked() -> None:
    house = await _working()

    (refused,) = await house.submits("wait:1", _answers("in 30 min"))

    assert refused.tone is Tone.WARN
    assert "until" not in {action.verb for action in refused.actions}


async def test_a_reason_is_needed_before_the_moment_is_looked_at() -> None:
    house = await _working()

    (refused,) = await house.submits("wait:1", {"for": "schedule", "why": " ", "until": "in 30 min"}, by=LIN)

    assert "reason" in refused.title
