"""Buttons and forms: wishes, never permissions."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.domain.access import stands
from bot.domain.commands import Confirm, Reclassify
from bot.domain.ids import Level, Priority, Status
from bot.services.ports import Fenced, NotSaved
from handlers.steps import STEPS, Side, Step, less_urgent, more_urgent, offered
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, WANG, ZHOU, raised, small_rules
from tests.handlers.small_house import Read, SmallHouse, everything_on, labels

TEXT = "邮箱登不上去"


async def house_with_a_ticket(**reading: object) -> SmallHouse:
    house = SmallHouse()
    house.readings[TEXT] = Read(**reading)  # type: ignore[arg-type]  # passed through
    await house.says(TEXT)
    house.desk.done.clear()
    return house


async def test_right_confirms_and_naming_the_same_kind_does_too() -> None:
    for wish in ("right:1", "kind:1:incident"):
        house = await house_with_a_ticket(decision="choose")

        await house.presses(wish)

        assert [type(command) for command in house.desk.done] == [Confirm]
        assert house.ticket().confirmed


async def test_the_author_corrects_the_kind_in_one_tap() -> None:
    house = await house_with_a_ticket()

    await house.presses("kind:1:request")

    assert house.ticket().ref == "REQ-1"


async def test_more_urgent_pressed_twice_by_mistake_counts_once() -> None:
    house = await house_with_a_ticket()

    await house.presses("grade:1:medium/high")
    [refused] = await house.presses("grade:1:medium/high")

    assert house.ticket().priority is Priority.P2
    assert refused.title == "您已经做过了（INC-1）。"


@pytest.mark.parametrize("impact", list(Level))
@pytest.mark.parametrize("urgency", list(Level))
def test_more_and_less_urgent_always_change_the_priority(impact: Level, urgency: Level) -> None:
    rules = small_rules()
    ticket = raised(rules, impact=impact, urgency=urgency)

    for step, is_better in ((more_urgent, True), (less_urgent, False)):
        cell = step(ticket, rules.matrix)
        if cell is None:
            assert ticket.priority is (Priority.P1 if is_better else Priority.P4)
            continue
        wide, soon = map(Level, cell.split("/"))
        assert (rules.matrix[wide, soon] < ticket.priority) is is_better


async def test_a_form_opens_for_whoever_may_and_is_refused_before_it_is_filled_in() -> None:
    house = await house_with_a_ticket()

    form = await house.asks("resolve:1", by=LIN)
    [refused] = await house.presses("resolve:1")

    assert [field.name for field in form.fields] == ["solution"]
    assert refused.title == "INC-1 的这个操作不归您做。"


@pytest.mark.parametrize("step", [step for step in STEPS if step.fill is not None], ids=lambda step: step.wish)
async def test_every_form_can_be_opened_and_sent(step: Step) -> None:
    house = await house_with_a_ticket()
    by = MEI if step.side is Side.REQUESTER else LIN
    filled = {"words": "x", "why": "x", "solution": "x", "for": "schedule", "to": "wang", "service": "vpn", "until": ""}
    filled |= {"impact": "high", "urgency": "low", "kind": "request", "priority": "P1", "team": "network"}

    form = await house.asks(f"{step.wish}:1", by=by)
    before = house.ticket()
    await house.submits(form.wish, {field.name: filled[field.name] for field in form.fields}, by=by)

    assert house.ticket() != before


async def test_an_override_keeps_its_reason_and_can_be_taken_back() -> None:
    house = await house_with_a_ticket()
    await house.submits("overrule:1", {"priority": "P1", "why": "董事会"}, by=WANG)
    form = await house.asks("overrule:1", by=WANG)

    await house.submits("overrule:1", {"priority": "-", "why": "会已开完"}, by=WANG)

    assert "P3, as the matrix says" in [choice.label for choice in form.fields[0].choices]
    assert (house.ticket().priority, house.ticket().override) == (Priority.P3, None)


async def test_words_of_a_refused_form_are_given_back() -> None:
    house = await house_with_a_ticket()
    await house.presses("drop:1")

    [card] = await house.submits("answer:1", {"words": "很长的说明"})

    assert card.quote == "很长的说明"
    assert "已撤单" in card.lead


async def test_the_second_to_acknowledge_hears_who_was_first() -> None:
    house = await house_with_a_ticket()

    await house.presses("acknowledge:1", by=LIN)
    [card] = await house.presses("acknowledge:1", by=CHEN)

    assert card.title == "Lin was first: that is done already (INC-1)."
    assert house.ticket().holder == LIN


async def test_a_button_of_a_closed_ticket_says_how_it_stands() -> None:
    house = await house_with_a_ticket()
    await house.presses("drop:1")

    [card] = await house.presses("start:1", by=LIN)

    assert card.title == "INC-1 现在是“已撤单”，不能这样操作。"
    assert TEXT in card.lead


@pytest.mark.parametrize(
    "wish",
    [
        "",
        ":",
        "nonsense:1",
        "rate:1:6",
        "rate:1:",
        "rate:1:٣",
        "rate:x",
        "kind:1:problem",
        "kind:1:",
        "grade:1:high",
        "grade:1:high/highest",
        "right",
        "right:",
        "right:-1",
        "right:1e3",
        "right:99999999999999999999",
        "right:٣",
        "draft:",
        "draft:feedface",
        "language:xx",
        "queue:nowhere",
        "more:",
        "show:77",
        "answer:77",
        "\x00:\ud800",
        "kind:1:" + "x" * 5000,
    ],
)
async def test_a_forged_wish_gets_a_kind_answer_and_changes_nothing(wish: str) -> None:
    house = await house_with_a_ticket()
    before = house.ticket()

    [card] = await house.presses(wish)

    assert house.ticket() == before
    assert card.title
    assert "{" not in everything_on(card)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"impact": "huge"},
        {"priority": "P0", "why": "x"},
        {"priority": "P1"},
        {"for": "coffee", "why": "x"},
        {"to": "stranger"},
        {"to": "nobody-at-all"},
        {"service": "no-such-service"},
        {"words": " \u200b "},
    ],
)
@pytest.mark.parametrize("verb", ["regrade", "overrule", "wait", "assign", "service", "rate", "resolve", "nonsense"])
async def test_forged_answers_are_refused(verb: str, answers: dict[str, str]) -> None:
    house = await house_with_a_ticket()
    before = house.ticket()

    [card] = await house.submits(f"{verb}:1", answers, by=LIN)

    assert house.ticket() == before
    assert card.title


async def test_a_stranger_learns_nothing_by_pressing() -> None:
    house = await house_with_a_ticket()

    for verb in ("show", "right", "acknowledge", "more", "resolve", "nudge"):
        [theirs] = await house.presses(f"{verb}:1", by=OLGA)
        [none] = await house.presses(f"{verb}:2", by=OLGA)
        assert theirs.title == none.title
        assert TEXT not in everything_on(theirs)


async def test_more_shows_the_rare_buttons_only_to_the_one_who_asked() -> None:
    house = await house_with_a_ticket()

    [card] = await house.presses("more:1", by=LIN, place="local:channel:desk")

    assert labels(card) == [
        "叫人支援…",
        "呼叫主管…",
        "转给其他团队…",
        "影响与紧急度…",
        "指定优先级…",
        "内部备注",
        "撤单…",
        "时限怎么算的？",
    ]
    assert house.letters("card")[-1].only == "local:lin"


async def test_a_bad_rating_is_answered_differently_from_a_good_one() -> None:
    for stars, word in (("5", "谢谢"), ("1", "抱歉")):
        house = await house_with_a_ticket()
        await house.submits("resolve:1", {"solution": "重启"}, by=LIN)

        [card] = await house.presses(f"rate:1:{stars}")

        assert word in card.title
        assert house.ticket().status is Status.CLOSED


async def test_the_manager_oversees_and_does_not_repair() -> None:
    rules = small_rules()
    ticket = raised(rules)

    wishes = [step.wish for step in offered(ticket, stands(ZHOU, ticket, rules, MON_9), Side.CREW, rules, MON_9)]

    assert "acknowledge" in wishes
    assert "start" not in wishes


async def test_what_the_author_can_no_longer_change_is_not_offered() -> None:
    house = await house_with_a_ticket()
    await house.presses("start:1", by=LIN)

    [refused] = await house.presses("kind:1:request")
    receipt = await house.sees(house.letters("receipt")[0])

    assert refused.title == "INC-1 的这个操作不归您做。"
    assert labels(receipt) == ["补充说明", "催单", "不需要了", "更多…"]


async def test_a_bug_is_logged_once_and_answered_with_an_apology_that_names_the_key() -> None:
    def broken(_: str) -> Read:
        raise ZeroDivisionError

    house = SmallHouse(read_words=broken)
    with capture_logs() as logged:
        [card] = await house.says("打印机坏了", key="local:mei:77")

    assert card.title == "抱歉，我这边出错了。"
    assert "local:mei:77" in card.footer
    assert house.desk.settled == ["local:mei:77"]
    assert [(line["event"], line["key"]) for line in logged] == [("arrival_failed", "local:mei:77")]


@pytest.mark.parametrize("trouble", [NotSaved("disk full"), Fenced()])
async def test_what_only_the_caller_can_mend_is_handed_to_the_caller(trouble: Exception) -> None:
    house = SmallHouse()
    house.desk.fails_with = trouble

    with pytest.raises(type(trouble)):
        await house.says("help")

    assert house.desk.settled == []


async def test_a_correction_by_the_team_goes_through_the_form() -> None:
    house = await house_with_a_ticket()

    await house.submits(
        "regrade:1", {"impact": "high", "urgency": "high", "kind": "incident", "service": "vpn"}, by=LIN
    )

    [command] = house.desk.done
    assert isinstance(command, Reclassify)
    assert (house.ticket().team, house.ticket().priority) == ("network", Priority.P1)
