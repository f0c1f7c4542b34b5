"""How people speak of being on call, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.domain.ids import PersonId, TeamId
from bot.domain.rules import Person
from handlers.duty_words import Deal, asks_who, deal_in
from tests.journeys.life import the_rules

PEOPLE = {
    one.id: one
    for one in (
        Person(PersonId("chen-siyuan"), "陈思远", "zh", "Asia/Shanghai"),
        Person(PersonId("james-okoro"), "James Okoro", "en", "Europe/London"),
        Person(PersonId("james-lee"), "James Lee", "en", "Europe/London"),
    )
}
CHEN, BOTH = ("chen-siyuan",), ("james-okoro", "james-lee")


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("who is on call", None),
        ("谁值班？", None),
        ("/oncall", None),
        ("who is on call tomorrow 18:00", None),
        ("谁明天晚上值班", None),
        ("明天晚上谁值班", None),
        ("网络组谁值班", "network"),
        ("who's on call for network on Friday evening?", "network"),
        ("oncall network tomorrow 6pm", "network"),
        ("IT 服务台明天谁值班", "it-desk"),
        ("周五网络组值班", "network"),
    ],
)
def test_the_question_who_is_on_call_is_understood(text: str, team: str | None) -> None:
    found = asks_who(text, the_rules())

    assert found is not None
    assert found.team == (None if team is None else TeamId(team))


@pytest.mark.parametrize(
    "text",
    [
        "on call phone is broken",
        "who is on call for the coffee machine",
        "值班室空调坏了",
        "值班电话打不通",
        "谁能帮我看一下打印机",
        "who is on the call with the customer",
    ],
)
def test_what_only_sounds_like_it_is_no_question(text: str) -> None:
    assert asks_who(text, the_rules()) is None


@pytest.mark.parametrize(
    ("text", "deal", "people"),
    [
        ("cover me tomorrow 18-22", Deal.COVER_ME, ()),
        ("can Chen cover me on Friday", Deal.COVER_ME, CHEN),
        ("can you cover me on friday, James?", Deal.COVER_ME, BOTH),
        ("can James Lee cover my shift next week", Deal.COVER_ME, ("james-lee",)),
        ("明天18点到22点帮我顶班", Deal.COVER_ME, ()),
        ("请陈思远周五晚上替我值班", Deal.COVER_ME, CHEN),
        ("思远能替我周五的班吗", Deal.COVER_ME, CHEN),
        ("能帮我顶一下明天晚上的班吗", Deal.COVER_ME, ()),
        ("我替陈思远值周五的班", Deal.I_COVER, CHEN),
        ("I'll cover Chen on Friday", Deal.I_COVER, CHEN),
        ("swap Friday with James Okoro", Deal.SWAP, ("james-okoro",)),
        ("和陈思远换周五的班", Deal.SWAP, CHEN),
    ],
)
def test_covers_and_swaps_are_understood_with_whom_they_name(text: str, deal: Deal, people: tuple[str, ...]) -> None:
    found = deal_in(text, PEOPLE)

    assert found is not None
    assert (found.deal, found.people, found.unknown) == (deal, people, "")


@pytest.mark.parametrize(
    "text",
    [
        "swap memory is full on friday",
        "the cover of my laptop is broken",
        "我替换了打印机墨盒还是不行",
        "swap laptop with James",
        "帮我换个鼠标",
        "i cover the mouse with tape",
        "James cannot log in on Friday",
        "换一下显示器",
    ],
)
def test_other_words_stay_words(text: str) -> None:
    assert deal_in(text, PEOPLE) is None


def test_a_swap_knows_what_is_given_and_what_is_taken() -> None:
    found = deal_in("我的周五换陈思远的周日的班", PEOPLE)

    assert found is not None
    assert "周五" in found.when
    assert "周日" in found.back


def test_a_name_that_nobody_has_is_not_taken_for_somebody_else() -> None:
    found = deal_in("can bob cover me on Friday", PEOPLE)

    assert found is not None
    assert (found.people, found.unknown) == ((), "bob")
