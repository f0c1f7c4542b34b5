"""Pages: short when called again, one when many call, hints where something is private; and what is typed in answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.chat.card import Card
from bot.domain.commands import Acknowledge, CallUp, HandOver, KeepOn, PassOn
from bot.domain.ids import Priority, ServiceId, TicketId
from bot.domain.moves import reopen_until
from bot.domain.rules import Rules
from bot.services.ports import Letter, Outgoing
from handlers.drawing import Drawer
from tests.domain.small_desk import CHEN, LIN, OLGA, WANG, small_rules
from tests.handlers.small_house import Read, SmallHouse, everything_on, labels, wish_of

OUTAGE = "邮箱全挂了，客户在等"
URGENT = Read(service="email", impact="high", urgency="high")


async def called(rules: Rules | None = None, words: str = OUTAGE) -> SmallHouse:
    """Lin is being called for a P1."""
    house = SmallHouse(rules)
    house.readings[words] = URGENT
    await house.says(words)
    assert house.ticket().priority is Priority.P1
    await house.passes(minutes=0)
    return house


def pages(house: SmallHouse, person: str) -> list[Letter]:
    return [one for one in house.letters("page") if one.reader == f"person:{person}"]


def hushed(rules: Rules) -> Rules:
    """What concerns e-mail is private."""
    services = dict(rules.services)
    email = ServiceId("email")
    services[email] = replace(services[email], private=True)
    return replace(rules, services=services)


async def outside(house: SmallHouse, letter: Letter) -> Card:
    """The letter as a telephone would get it."""
    drawer = Drawer(replace(house.house, outside=frozenset({"sms"})))
    sent = Outgoing(1, replace(letter, to="sms:+8613800000000"), house.file.now, 1, maybe_sent=False)
    drawn = await drawer.draw([sent], house.file.now)
    assert drawn is not None
    return drawn.card


async def test_the_first_page_tells_everything_and_the_next_ones_only_that_it_goes_on() -> None:
    house = await called()
    first = await house.sees(pages(house, "lin")[0])

    await house.passes(minutes=40)
    again = await house.sees(replace(pages(house, "lin")[0], facts={"again": "4", "round": "4", "level": "1"}))

    assert first.facts
    assert first.quote
    assert (again.facts, again.quote, again.gauges) == ((), "", ())
    assert "4" in again.lead
    assert "2026-03-02（周一）17:00" in again.lead, "since when"
    assert labels(again) == labels(await house.sees(pages(house, "lin")[0]))


async def test_outside_the_chat_a_private_ticket_says_only_that_it_is_there() -> None:
    house = await called(hushed(small_rules()))

    card = await outside(house, pages(house, "lin")[0])

    text = everything_on(card)
    assert card.title == "有一张保密工单需要您"
    for secret in (OUTAGE, "邮", "Mei", "INC-1", "邮件"):
        assert secret not in text
    assert card.actions == ()


async def test_outside_the_chat_an_open_ticket_says_what_it_is() -> None:
    house = await called()

    assert OUTAGE in everything_on(await outside(house, pages(house, "lin")[0]))


async def test_somebody_outside_its_circle_learns_no_word_of_a_private_ticket() -> None:
    house = await called(hushed(small_rules()))
    letter = replace(pages(house, "lin")[0], reader=f"person:{OLGA}", to="local:dm:olga")

    card = await house.sees(letter)

    assert card.title == "A private ticket needs you"
    assert OUTAGE not in everything_on(card)
    assert "INC" not in everything_on(card)


async def flooded(rules: Rules | None = None) -> tuple[SmallHouse, list[Letter]]:
    house = SmallHouse(rules)
    for number in range(12):
        words = f"第{number}台机器坏了"
        house.readings[words] = replace(URGENT, service="vpn" if number < 3 else "email")
        await house.says(words)
    await house.passes(minutes=0)
    per_ticket = {one.ticket: one for one in house.letters("page") if one.reader == f"person:{LIN}"}
    return house, list(per_ticket.values())


async def test_a_flood_is_one_page_that_counts_by_service_and_shows_ten() -> None:
    house, letters = await flooded()

    drawn = await house.draws(*letters)

    assert drawn is not None
    card = drawn.card
    assert card.title == f"{len(letters)} 张工单需要您"
    assert len(card.lines) <= 11
    assert all(action.verb == "acknowledge" for action in card.actions)
    assert len(card.actions) == 5


async def test_what_of_a_flood_somebody_has_already_is_not_counted_any_more() -> None:
    house, letters = await flooded()
    before = await house.draws(*letters)

    await house.presses(f"acknowledge:{letters[0].ticket}", by=LIN)
    after = await house.draws(*letters)

    assert before is not None
    assert after is not None
    assert after.card.title == f"{len(letters) - 1} 张工单需要您"


async def test_a_page_that_stands_shows_that_a_flood_is_over() -> None:
    house, letters = await flooded()
    for one in letters:
        await house.presses(f"acknowledge:{one.ticket}", by=LIN)

    drawn = await house.draws(*letters, message="m1")
    unsent = await house.draws(*letters)

    assert unsent is None, "nothing is sent after it was acknowledged"
    assert drawn is not None
    assert drawn.card.title == "这些工单都有人处理了"


async def test_of_a_private_flood_nothing_is_said_outside() -> None:
    house, letters = await flooded(hushed(small_rules()))
    drawer = Drawer(replace(house.house, outside=frozenset({"sms"})))
    sent = [
        Outgoing(n, replace(one, to="sms:+86"), house.file.now, 1, maybe_sent=False) for n, one in enumerate(letters)
    ]

    drawn = await drawer.draw(sent, house.file.now)

    assert drawn is not None
    private = [one for one in letters if one.ticket is not None and house.ticket(one.ticket).private]
    assert private
    for one in private:
        assert one.ticket is not None
        assert house.ticket(one.ticket).words not in everything_on(drawn.card)


async def test_taking_over_names_the_holder_and_asks_twice() -> None:
    house = await called()
    await house.presses("acknowledge:1", by=LIN)

    [shown] = await house.says("#1", by=CHEN)

    [take] = [action for action in shown.actions if action.verb == "take"]
    assert take.confirm is not None
    assert "Lin" in take.confirm.question
    await house.presses(take.wish, by=CHEN)
    assert house.ticket().holder == CHEN


async def test_a_length_behind_the_acknowledgement_is_a_promise() -> None:
    house = await called()

    await house.says("ack 1 30m", by=LIN)

    command = house.desk.done[-1]
    assert isinstance(command, Acknowledge)
    assert command.until == house.file.now + timedelta(minutes=30)


async def test_the_button_promises_thirty_minutes() -> None:
    house = await called()
    page = await house.sees(pages(house, "lin")[0])

    await house.presses(wish_of(page, "ack_30"), by=LIN)

    assert house.ticket().acknowledged_until == house.file.now + timedelta(minutes=30)


async def test_not_me_needs_no_number_while_one_ticket_calls_me() -> None:
    house = await called()

    await house.says("不是我", by=LIN)

    assert house.desk.done[-1] == PassOn(by=LIN, ticket=TicketId(1))
    assert CHEN in house.ticket().called


async def test_with_two_that_call_the_number_is_asked_for() -> None:
    house = await called()
    house.readings["电话也不通了"] = URGENT
    await house.says("电话也不通了")
    await house.passes(minutes=0)
    house.desk.done.clear()

    [queue] = [card for card in await house.says("not me", by=LIN) if card.lines][:1]

    assert house.desk.done == []
    assert any("INC-2" in line for line in queue.lines)


async def test_who_passed_on_is_sent_nothing_more_of_it() -> None:
    house = await called()
    page = pages(house, "lin")[0]

    await house.says("not me 1", by=LIN)

    assert await house.draws(page) is None


async def test_still_on_it_can_be_typed_with_a_length() -> None:
    house = await called()
    await house.presses("acknowledge:1", by=LIN)

    await house.says("还在处理 1 1小时", by=LIN)

    command = house.desk.done[-1]
    assert isinstance(command, KeepOn)
    assert command.until == house.file.now + timedelta(hours=1)


async def test_after_a_lapse_the_page_does_not_count_calls_that_were_answered() -> None:
    house = await called()
    await house.presses("acknowledge:1", by=LIN)
    await house.passes(minutes=31)
    await house.passes(minutes=11)

    card = await house.sees(pages(house, "lin")[-1])

    assert card.facts == ()
    assert card.lead.startswith("再次呼叫您：还没有人受理")


async def test_whoever_raised_it_can_have_the_lead_called_once_in_a_while() -> None:
    house = await called()
    [rare] = await house.presses("more:1")
    assert wish_of(rare, "escalate") == "escalate:1"

    [told] = await house.submits("escalate:1", {"why": "客户要走了"})
    [soon] = await house.submits("escalate:1", {"why": "快点"})

    assert told.title == "正在呼叫团队的上级。"
    assert [one.reader for one in house.letters("summoned")] == [f"person:{WANG}"]
    assert "15 分钟" in soon.title


async def test_escalating_and_handing_over_can_be_typed_with_their_reason() -> None:
    house = await called()

    await house.says("escalate #1 the customer is leaving", by=LIN)
    assert house.desk.done[-1] == CallUp(by=LIN, ticket=TicketId(1), why="the customer is leaving")
    await house.says("hand over #1 to network: it is the switch", by=LIN)
    moved = house.desk.done[-1]

    assert isinstance(moved, HandOver)
    assert (str(moved.to), moved.why) == ("network", "it is the switch")


async def test_of_two_who_acknowledge_the_second_is_told_who_was_first() -> None:
    house = await called()
    await house.presses("acknowledge:1", by=LIN)

    [answer] = await house.presses("acknowledge:1", by=WANG)

    assert "Lin" in answer.title


async def test_what_time_has_closed_does_not_offer_to_open_it_again() -> None:
    """The grace ends at the very moment at which time closes it: nothing would redraw the card afterwards."""
    house = await called()
    await house.submits("resolve:1", {"solution": "重启"}, by=LIN)
    done = house.letters("done")[0]
    assert "reopen" in [action.verb for action in (await house.sees(done)).actions]

    house.file.now = reopen_until(house.ticket(), house.rules)
    await house.passes(minutes=0)

    assert house.ticket().is_over, "closed by time, at that moment"
    assert "reopen" not in [action.verb for action in (await house.sees(done)).actions]
    assert "reopen" not in [action.verb for action in (await house.sees(house.letters("receipt")[0])).actions]
