"""What everybody is shown: each card in each language, with everything it owes its reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.card import Card, Tone
from bot.domain.announce import About, Urgency
from bot.domain.commands import Downtime
from bot.domain.ids import Level, ServiceId, Status, TeamId, TicketId
from bot.domain.rules import Rules, Service
from bot.domain.worktime import Calendar, Window
from bot.services.ports import Letter, Tally
from handlers.cards.view import View
from handlers.drawing import BUNDLES
from handlers.reader import reader_for
from handlers.speech import LANGUAGES
from tests.domain.small_desk import CHEN, LIN, MON_9, OLGA, WANG, raised, small_rules
from tests.handlers.small_house import Heard, Read, SmallHouse, everything_on, labels, texts

TEXT = "邮箱登不上去"
FACTS = {
    "level": "2",
    "round": "3",
    "missed": "1",
    "clock": "response",
    "cycle": "1",
    "due": (MON_9 + timedelta(minutes=15)).isoformat(),
    "late_since": MON_9.isoformat(),
    "down_since": MON_9.isoformat(),
    "down_until": (MON_9 + timedelta(minutes=31)).isoformat(),
    "by": "chen",
    "words": "哪台电脑？",
    "stars": "2",
}


def speaking(language: str) -> Rules:
    """The small desk, with everybody speaking one language."""
    rules = small_rules()
    people = {one.id: replace(one, language=language) for one in rules.people.values()}
    teams = {one.id: replace(one, language=language) for one in rules.teams.values()}
    return replace(rules, people=people, teams=teams)


def letter(about: str, reader: str, number: int = 1, **facts: str) -> Letter:
    to = f"local:dm:{reader[7:]}" if reader.startswith("person:") else "local:channel:desk"
    return Letter(f"{about}:{reader}", to, reader, about, Urgency.NORMAL, TicketId(number), FACTS | facts)


async def lives(language: str) -> Iterator[SmallHouse]:
    """The same ticket in every status it can have."""
    houses = []
    for last in (
        None,
        "acknowledge",
        "start",
        "ask",
        "wait",
        "wait_approval",
        "schedule",
        "resolve",
        "rate",
        "cancel",
        "reopen",
    ):
        house = SmallHouse(speaking(language))
        house.readings[TEXT] = Read(impact="high", urgency="high", evidence=(Heard("kind", "登不上", "incident"),))
        await house.says(TEXT)
        match last:
            case "acknowledge" | "start":
                await house.presses(f"{last}:1", by=LIN)
            case "ask":
                await house.submits("ask:1", {"why": "哪台？"}, by=LIN)
            case "wait" | "wait_approval" | "schedule":
                await house.submits("wait:1", {"for": "wait_supplier" if last == "wait" else last, "why": "x"}, by=LIN)
            case "resolve" | "rate" | "reopen":
                await house.submits("resolve:1", {"solution": "重启"}, by=LIN)
                if last != "resolve":
                    await house.presses("rate:1:2" if last == "rate" else "reopen:1")
            case "cancel":
                await house.submits("cancel:1", {"why": "误报"}, by=LIN)
            case None:
                pass
        houses.append(house)
    assert {house.ticket().status for house in houses} >= set(Status) - {Status.FULFILLED}
    return iter(houses)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", list(About))
async def test_every_letter_draws_a_card_in_every_status_for_every_reader(about: About, language: str) -> None:
    for house in await lives(language):
        for reader in ("person:mei", "person:lin", "person:wang", "team:desk"):
            drawn = await house.draws(letter(about, reader), message="shown")

            assert drawn is not None
            assert drawn.version == house.ticket().version
            text = everything_on(drawn.card)
            assert drawn.card.title
            assert "{" not in text
            assert "None" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", sorted(BUNDLES))
async def test_what_may_be_bundled_can_be_told_in_a_line(about: str, language: str) -> None:
    for house in await lives(language):
        drawn = await house.draws(letter(about, "team:desk"), letter("team_card", "team:desk"), message="shown")

        assert drawn is not None
        assert len(drawn.card.lines) == 1
        assert "{" not in everything_on(drawn.card)
        assert drawn.versions == {1: house.ticket().version}


async def house_with(**reading: object) -> SmallHouse:
    house = SmallHouse()
    house.readings[TEXT] = Read(**reading)  # type: ignore[arg-type]  # passed through
    await house.says(TEXT)
    return house


async def receipt(house: SmallHouse) -> Card:
    return await house.sees(house.letters("receipt")[0])


def facts(card: Card) -> dict[str, str]:
    return {fact.label: fact.value for fact in card.facts}


async def test_the_receipt_says_what_it_was_taken_for_and_why() -> None:
    house = await house_with(
        impact="high",
        urgency="medium",
        evidence=(
            Heard("kind", "登不上", "incident"),
            Heard("kind", "登不上", "incident"),
            Heard("impact", "全公司", "high"),
            Heard("urgency", "不急", "low"),
            Heard("service", "邮箱", "email"),
        ),
    )

    card = await receipt(house)

    assert card.title == "INC-1 · 邮箱登不上去"
    assert card.quote == TEXT
    assert facts(card)["类型"] == "故障（您写了“登不上”）"
    assert facts(card)["服务"] == "email（您写了“邮箱”）"
    assert facts(card)["优先级"] == "P2 紧急 = 影响高 × 紧急中（您写了“全公司”）"
    assert facts(card)["处理人"] == "还没有人（服务台）"


async def test_the_receipt_shows_each_promise_in_the_readers_own_zone_with_the_offset() -> None:
    card = await receipt(await house_with())

    assert [(gauge.label, gauge.note) for gauge in card.gauges] == [
        ("首次响应", "2026-03-02（周一）18:00（UTC+8）前 · 剩余 1 小时（工作时间）"),
        ("解决", "2026-03-03（周二）01:00（UTC+8）前 · 剩余 8 小时（工作时间）"),
    ]


async def test_round_the_clock_is_not_called_working_time() -> None:
    card = await receipt(await house_with(impact="high", urgency="high"))

    assert card.gauges[0].note == "2026-03-02（周一）17:15（UTC+8）前 · 剩余 15 分"


async def test_a_gauge_fills_as_the_time_is_used_and_warns_near_the_end() -> None:
    house = await house_with()
    house.file.now += timedelta(minutes=30)
    half = await receipt(house)
    house.file.now += timedelta(minutes=20)
    late = await receipt(house)
    house.file.now += timedelta(minutes=20)
    over = await receipt(house)

    assert (half.gauges[0].share, half.gauges[0].tone) == (0.5, Tone.CALM)
    assert (late.gauges[0].share, late.gauges[0].tone) == (0.833, Tone.WARN)
    assert (over.gauges[0].share, over.gauges[0].tone) == (1.0, Tone.ALARM)
    assert "已超时" in over.lead


async def test_outside_hours_the_clock_is_said_to_rest() -> None:
    house = await house_with()
    house.file.now += timedelta(hours=12)

    card = await receipt(house)

    assert "2026-03-03（周二）17:00（UTC+8）起继续计时" in card.gauges[1].note or "超时" in card.gauges[1].note


async def test_a_paused_promise_says_how_much_is_left_and_what_starts_it_again() -> None:
    house = await house_with()
    await house.submits("ask:1", {"why": "哪台电脑？"}, by=LIN)

    mine = await receipt(house)
    theirs = await house.sees(house.letters("team_card")[0])

    assert facts(mine)["解决"] == "已暂停，剩余 8 小时（工作时间）；等您回复，您一回复就继续计时"
    assert facts(mine)["状态"] == "待您回复"
    assert "哪台电脑？" in mine.lead
    assert facts(theirs)["Resolution"] == "paused, 8 h left (working time); it goes on when the requester answers"
    assert facts(theirs)["Status"] == "waiting for the requester"


async def test_a_kept_promise_is_said_to_be_kept_and_a_late_one_to_be_late() -> None:
    house = await house_with()
    house.file.now += timedelta(minutes=70)
    await house.presses("start:1", by=LIN)

    card = await receipt(house)

    assert (
        facts(card)["首次响应"] == "超时，2026-03-02（周一）18:10（UTC+8）完成，原定 2026-03-02（周一）18:00（UTC+8）前"
    )


async def test_an_override_is_shown_with_its_name_its_reason_and_the_matrix() -> None:
    house = await house_with()
    await house.submits("overrule:1", {"priority": "P1", "why": "董事会"}, by=WANG)

    card = await receipt(house)

    assert facts(card)["优先级"] == "P1 特急，由 Wang 指定：董事会（按矩阵应为 P3：影响中 × 紧急中）"
    assert not any(action.verb == "grade" for action in card.actions), "the matrix does not decide any more"


async def test_the_receipt_of_a_sure_reading_proposes_and_offers_to_correct() -> None:
    card = await receipt(await house_with())

    assert labels(card) == ["没错", "是申请", "更急", "没那么急", "换个服务…", "不用建单", "更多…"]
    assert card.actions[-2].confirm is not None


async def test_the_receipt_of_a_doubtful_reading_asks_without_suggesting() -> None:
    card = await receipt(await house_with(decision="choose"))

    assert labels(card)[:2] == ["是故障", "是申请"]
    assert "拿不准" in card.lead


async def test_a_done_receipt_asks_for_stars_and_a_rated_one_no_more() -> None:
    house = await house_with()
    await house.submits("resolve:1", {"solution": "重启了"}, by=LIN)
    done = await receipt(house)
    await house.presses("rate:1:4")
    rated = await receipt(house)

    assert labels(done) == ["5 ★", "4 ★", "3 ★", "2 ★", "1 ★", "还没好"]
    assert labels(rated) == ["重开"]
    assert facts(rated)["评价"] == "★★★★☆"


async def test_a_request_is_fulfilled_and_not_resolved() -> None:
    house = await house_with(kind="request")
    await house.submits("resolve:1", {"solution": "开通了"}, by=LIN)

    card = await house.sees(house.letters("done")[0])

    assert house.ticket().status is Status.FULFILLED
    assert card.title == "REQ-1 已办妥 · 邮箱登不上去"


async def test_the_teams_card_offers_what_comes_next_first() -> None:
    house = await house_with()
    shown = house.letters("team_card")[0]

    new = await house.sees(shown)
    await house.presses("acknowledge:1", by=LIN)
    accepted = await house.sees(shown)
    await house.presses("start:1", by=LIN)
    started = await house.sees(shown)

    assert labels(new) == [
        "Acknowledge",
        "Start work",
        "Reply",
        "Ask requester",
        "Wait…",
        "Resolve",
        "Assign…",
        "More…",
    ]
    assert [main(card) for card in (new, accepted, started)] == ["Acknowledge", "Start work", "Resolve"]


def main(card: Card) -> str:
    [only] = [action.label for action in card.actions if action.weight == "main"]
    return only


async def test_the_teams_card_says_who_is_called_next_and_when() -> None:
    card = await house_with(impact="high", urgency="high")

    shown = await card.sees(card.letters("team_card")[0])

    assert shown.tone is Tone.ALARM
    assert "If nobody acknowledges, Chen will be called at Mon 2 Mar 09:05 (UTC)." in shown.lead


async def test_a_page_says_its_level_and_is_moot_once_somebody_has_it() -> None:
    house = await house_with(impact="high", urgency="high")
    page = house.letters("page")[0]
    card = await house.sees(page)
    await house.presses("acknowledge:1", by=CHEN)

    assert card.tone is Tone.ALARM
    assert "第 1 级" in card.lead
    assert main(card) == "受理"
    assert await house.draws(page) is None
    shown = await house.draws(page, message="shown")
    assert shown is not None
    assert shown.card.tone is Tone.CALM
    assert "Chen 已受理" in shown.card.lead


async def test_what_is_late_names_the_downtime() -> None:
    house = await house_with(impact="high", urgency="high")
    house.file.now += timedelta(minutes=31)

    card = await house.sees(letter("page", "person:chen"))

    assert "Said late by 31 min: I was down 09:00–09:31 (UTC)." in card.lead
    assert "Nobody could be called on level 1 while I was down." in card.lead


async def test_a_warning_is_moot_once_its_promise_is_kept_paused_or_broken() -> None:
    house = await house_with()
    warning = letter("warning", "person:lin")
    assert await house.draws(warning) is not None

    house.file.now += timedelta(minutes=61)
    assert await house.draws(warning) is None, "the breach says it"
    house.file.now -= timedelta(minutes=61)
    await house.presses("start:1", by=LIN)

    assert await house.draws(warning) is None
    assert await house.draws(letter("warning", "person:lin", clock="resolution")) is not None


async def test_a_breach_by_reclassification_says_so() -> None:
    house = await house_with()

    card = await house.sees(letter("breach", "person:chen", reclassified="yes"))

    assert "because its priority or service changed then" in card.lead


async def test_a_call_into_the_channel_makes_somebody_look() -> None:
    house = await house_with(impact="high", urgency="high")

    card = await house.sees(letter("channel_call", "team:desk"))
    person = await house.sees(letter("page", "person:lin"))

    assert card.mentions == ("local:lin", "local:chen")
    assert person.mentions == ()


async def test_several_letters_become_one_list_with_the_most_urgent_first_and_nothing_lost() -> None:
    house = await house_with()
    house.readings["全公司断网"] = Read(impact="high", urgency="high")
    await house.says("全公司断网")
    await house.says("鼠标坏了")

    drawn = await house.draws(
        letter("team_card", "team:desk", 1),
        letter("reply_back", "team:desk", 1, by="mei", words="还有打印机"),
        letter("breach", "team:desk", 2),
        letter("team_card", "team:desk", 2),
        letter("team_card", "team:desk", 3),
    )

    assert drawn is not None
    lines = drawn.card.lines
    assert [line.split(" ")[0] for line in lines] == ["INC-2", "INC-1", "INC-3"]
    assert "还有打印机" in lines[1]
    assert "First response overdue since Mon 2 Mar 09:15 (UTC)" in lines[0]
    assert drawn.card.title == "News of 3 tickets"
    assert drawn.card.tone is Tone.ALARM
    assert drawn.versions == {number: house.ticket(number).version for number in (1, 2, 3)}
    assert labels(drawn.card) == ["INC-2", "INC-1", "INC-3"]


async def test_a_bundle_of_which_only_one_matters_is_that_one_and_of_none_nothing() -> None:
    house = await house_with(impact="high", urgency="high")
    await house.presses("acknowledge:1", by=LIN)

    one = await house.draws(letter("channel_call", "team:desk"), letter("team_card", "team:desk"))
    none = await house.draws(letter("channel_call", "team:desk"), letter("channel_call", "team:desk"))

    assert one is not None
    assert one.card.lines == ()
    assert none is None


async def test_what_cannot_be_told_in_a_line_is_not_bundled() -> None:
    house = await house_with()

    with pytest.raises(ValueError, match="bundled"):
        await house.draws(letter("done", "person:lin"), letter("team_card", "person:lin"))


async def test_a_question_shows_when_the_ball_is_elsewhere_again() -> None:
    house = await house_with()
    await house.submits("ask:1", {"why": "哪台电脑？"}, by=LIN)
    question = house.letters("question")[0]
    before = await house.sees(question)
    await house.says("前台那台")
    after = await house.sees(question)

    assert labels(before) == ["回复", "不需要了"]
    assert before.quote == "哪台电脑？"
    assert labels(after) == []
    assert "已不需要您回复" in after.lead


async def test_an_assignment_tells_its_new_holder_and_nobody_else_later() -> None:
    house = await house_with()
    await house.submits("assign:1", {"to": "chen"}, by=WANG)
    told = house.letters("assigned")[0]
    card = await house.sees(told)
    await house.submits("assign:1", {"to": "lin"}, by=WANG)

    assert card.lead.startswith("Wang has given this to you.")
    assert await house.draws(told) is None


def private_rules() -> Rules:
    rules = small_rules()
    secret = Service(
        ServiceId("hr"),
        {"en": "HR", "zh": "人事"},
        TeamId("desk"),
        rules.services[ServiceId("email")].agreement,
        private=True,
    )
    return replace(rules, services={**rules.services, secret.id: secret})


async def test_a_private_ticket_keeps_its_words_and_names_out_of_the_channel() -> None:
    house = SmallHouse(private_rules())
    canary = "CANARY我的工资单"
    house.readings[canary] = Read(
        service="hr", impact="high", urgency="high", evidence=(Heard("kind", canary, "incident"),)
    )
    await house.says(canary)
    await house.submits("ask:1", {"why": canary}, by=LIN)
    await house.submits("resolve:1", {"solution": canary}, by=LIN)

    for about in About:
        drawn = await house.draws(letter(about, "team:desk", words=canary, by="mei"), message="shown")
        assert drawn is not None
        assert "CANARY" not in everything_on(drawn.card), about
        assert "Mei" not in everything_on(drawn.card), about
    for about in BUNDLES:
        both = [letter(about, "team:desk", words=canary), letter("team_card", "team:desk")]
        bundle = await house.draws(*both, message="shown")
        assert bundle is not None
        assert "CANARY" not in everything_on(bundle.card), about
    assert "CANARY" in everything_on(await house.sees(letter("team_card", "person:lin")))


async def test_a_make_up_working_day_is_named() -> None:
    rules = small_rules()
    sunday = MON_9.date() + timedelta(days=6)
    office = Calendar(
        id="office",
        zone="Asia/Shanghai",
        weekly=((),) * 7,
        special={sunday: (Window.parse("09:00", "18:00"),)},
        shifts=frozenset({sunday}),
    )
    terms = {
        key: replace(one, targets={clock: replace(target, calendar=office) for clock, target in one.targets.items()})
        for key, one in rules.terms.items()
    }
    house = SmallHouse(replace(rules, terms=terms))
    house.readings[TEXT] = Read()
    await house.says(TEXT)

    card = await receipt(house)

    assert "2026-03-08（周日，补班）10:00（UTC+8）" in card.gauges[0].note


async def test_forty_thousand_characters_are_kept_whole_and_shown_in_part() -> None:
    house = SmallHouse()
    text = "坏" * 40_000

    await house.says(text)
    card = await receipt(house)

    assert house.ticket().words == text
    assert len(card.quote) < 1300
    assert "后面还有 38,800 个字" in card.quote


def tally(**counts: object) -> Tally:
    empty = Tally((), 0, 0, {}, {}, 0, (), (), 0, "")
    return replace(empty, **counts)  # type: ignore[arg-type]  # passed through


def digest() -> Letter:
    since, until = MON_9 - timedelta(days=3), MON_9 + timedelta(minutes=30)
    facts = {"team": "desk", "day": "2026-03-02", "since": since.isoformat(), "until": until.isoformat()}
    return Letter("digest:desk", "local:channel:desk", "team:desk", "digest", Urgency.NORMAL, facts=facts)


async def test_the_digest_says_so_when_there_is_nothing_to_say() -> None:
    house = SmallHouse()
    house.file.counted = tally(seal="abc123")

    card = await house.sees(digest())

    assert card.title == "IT desk, Mon 2 Mar"
    assert "nothing to report" in card.lead
    assert facts(card)["On call now"] == "Lin, Chen"
    assert card.footer == "Seal of the record: abc123"


async def test_the_digest_counts_what_is_open_kept_late_due_down_and_undelivered() -> None:
    house = await house_with()
    house.readings["旧的"] = Read(impact="low", urgency="low")
    await house.says("旧的")
    house.file.now += timedelta(hours=2)
    found = tuple(house.file.filed(house.ticket(number)) for number in (1, 2))
    house.file.counted = tally(
        open_tickets=found,
        raised=5,
        done=3,
        cancelled=1,
        kept={"response": 4, "resolution": 0},
        broken={"resolution": 2},
        ratings=(5, 4),
        outages=(Downtime(MON_9, MON_9 + timedelta(minutes=31)),),
        dead_letters=1,
    )

    card = await house.sees(digest())

    assert facts(card) == {
        "P3 normal": "1 open, the oldest INC-1 for 2 h",
        "P4 low": "1 open, the oldest INC-2 for 2 h",
        "Promises kept": "First response 4",
        "Promises broken": "Resolution 2",
        "Ratings": "4.5 of 5 (2 ratings)",
        "On call now": "Lin, Chen",
        "I was down": "09:00–09:31 (UTC)",
        "Undelivered": "one message could not be delivered",
    }
    assert "5 raised, 3 done, 1 cancelled" in card.lead
    assert "2 tickets are due by the end of the next working day:" in card.lead
    assert "overdue since Mon 2 Mar 10:00 (UTC)" in card.lines[0]


async def test_a_digest_of_a_hundred_tickets_shows_the_first_and_counts_the_rest() -> None:
    house = await house_with()
    one = house.file.filed(house.ticket())
    many = tuple(replace(one, ticket=replace(one.ticket, id=TicketId(number))) for number in range(1, 101))
    house.file.counted = tally(open_tickets=many)

    card = await house.sees(digest())

    assert len(card.lines) == 21
    assert card.lines[-1] == "… and 80 more"


async def test_a_reader_nobody_knows_is_a_bug_and_not_a_card() -> None:
    house = await house_with()

    with pytest.raises(LookupError):
        await house.draws(letter("receipt", "person:ghost"))


async def test_a_service_that_left_the_rules_is_shown_by_its_id() -> None:
    rules = small_rules()
    ticket = replace(raised(rules), service=ServiceId("gone"))
    person = rules.people[OLGA]
    view = View(ticket, rules, reader_for(person, texts()), MON_9, lambda _: None)

    assert view.service == "gone"


@given(
    words=st.text(alphabet=st.characters(), min_size=1, max_size=200),
    impact=st.sampled_from(Level),
    urgency=st.sampled_from(Level),
    about=st.sampled_from(About),
    reader=st.sampled_from(["person:mei", "person:olga", "team:desk", "team:network"]),
)
@settings(max_examples=150, deadline=None)
async def test_no_words_of_anybody_break_a_card(
    words: str, impact: Level, urgency: Level, about: About, reader: str
) -> None:
    house = SmallHouse()
    rules = house.rules
    if not words.strip():
        return
    ticket = raised(rules, words=words.encode("utf-8", "replace").decode(), impact=impact, urgency=urgency)
    house.file.saved[ticket.id] = ticket

    drawn = await house.draws(letter(about, reader, words=words), message="shown")

    assert drawn is not None
    assert len(drawn.card.title) < 200
    assert "\n" not in drawn.card.title
