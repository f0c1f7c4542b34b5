"""Why these times: on the card, in both languages, and equal to what the other cards say; provisional deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.card import Card, Tone
from bot.domain.announce import Urgency
from bot.domain.ids import PersonId
from bot.domain.rules import Rules
from bot.domain.sla import Clock, Mark, MarkKind, PromiseState, Target, Terms, WorkingDays
from bot.domain.ticket import Ticket
from bot.domain.why import Explanation
from bot.domain.worktime import Calendar, Window, parse_hours
from bot.services.ports import Letter, Tally
from handlers.cards.clocks import clock_gauges
from handlers.cards.view import View
from handlers.cards.why import exact, explanations, why_card, why_lines
from handlers.reader import reader_for
from handlers.speech import LANGUAGES
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OFFICE, OLGA, raised, small_rules
from tests.handlers.small_house import Read, SmallHouse, everything_on, labels, texts

TEXT = "邮箱登不上去"
HOUR = timedelta(hours=1)


def view_of(ticket: Ticket, rules: Rules, now: datetime, person: PersonId = OLGA, language: str = "") -> View:
    known = rules.people[person]
    reader = reader_for(replace(known, language=language or known.language), texts())
    return View(ticket, rules, reader, now, lambda _: None)


def with_terms(rules: Rules, terms: Terms) -> Rules:
    return replace(rules, terms=dict.fromkeys(rules.terms, terms))


def lived(ticket: Ticket, *told: tuple[float, MarkKind] | tuple[float, MarkKind, str]) -> Ticket:
    marks = [Mark(MON_9 + hours * HOUR, what, why=str(why[0]) if why else "") for hours, what, *why in told]
    return replace(ticket, marks=(*ticket.marks, *marks))


def low(rules: Rules, at: datetime = MON_9) -> Ticket:
    ticket = raised(rules, at)
    key = "standard/incident/P3"
    return replace(ticket, marks=(Mark(at, MarkKind.CREATE, key),))


async def test_why_shows_every_interval_with_its_cause_and_adds_up() -> None:
    rules = small_rules()
    ticket = lived(
        low(rules),
        (2, MarkKind.REPLY),
        (2, MarkKind.PAUSE, "waiting_requester"),
        (5.5, MarkKind.CUSTOMER),
        (5.5, MarkKind.RESUME),
    )

    told = [*why_lines(view_of(ticket, rules, MON_9 + 25 * HOUR))]

    assert told[told.index("■ Resolution: 8 h (28800 s) of working time") :] == [
        "■ Resolution: 8 h (28800 s) of working time",
        "Promised for Incident P3 by the agreement standard",
        "Calendar office: hours of UTC, and so are the times below",
        "1. Mon 2 Mar 09:00 (UTC) – Mon 2 Mar 11:00 (UTC) runs: raised",
        "· Mon 2 Mar, usual hours 09:00-17:00: 09:00–11:00 = 2 h (7200 s); total 2 h (7200 s)",
        "2. Mon 2 Mar 11:00 (UTC) – Mon 2 Mar 14:30 (UTC) stands: waiting for the requester. Nothing counts.",
        "3. Mon 2 Mar 14:30 (UTC) – Tue 3 Mar 10:00 (UTC) runs: the requester answered",
        "· Mon 2 Mar, usual hours 09:00-17:00: 14:30–17:00 = 2 h 30 min (9000 s); total 4 h 30 min (16200 s)",
        "· Tue 3 Mar, usual hours 09:00-17:00: 09:00–10:00 = 1 h (3600 s); total 5 h 30 min (19800 s)",
        "Used: 5 h 30 min (19800 s)",
        "Left: 8 h (28800 s) − 5 h 30 min (19800 s) = 2 h 30 min (9000 s); "
        "the card says “2 h 30 min left (working time)”",
        "Still to come until it is due:",
        "· Tue 3 Mar, usual hours 09:00-17:00: 10:00–12:30 = 2 h 30 min (9000 s); total 8 h (28800 s)",
        "Due: Tue 3 Mar 10:00 (UTC) + 2 h 30 min (9000 s) = Tue 3 Mar 12:30 (UTC), "
        "when all of 8 h (28800 s) is used up",
    ]


async def test_the_same_sum_is_told_in_chinese_and_in_the_zone_of_the_calendar() -> None:
    rules = small_rules()
    ticket = lived(low(rules), (2, MarkKind.PAUSE, "waiting_approval"), (5.5, MarkKind.RESUME))

    told = [*why_lines(view_of(ticket, rules, MON_9 + 7 * HOUR, MEI))]

    assert "■ 解决：工作时间 8 小时（28800 秒）" in told
    assert "2. 2026-03-02（周一）11:00（UTC）至 2026-03-02（周一）14:30（UTC）暂停：等审批，不计入" in told
    row = "· 2026-03-02（周一）平日 09:00-17:00：14:30–16:00 = 1 小时 30 分（5400 秒），累计 3 小时 30 分（12600 秒）"
    assert row in told
    assert told[-1] == "按您的时区是 2026-03-03（周二）20:30（UTC+8）"


def holidays() -> Calendar:
    return replace(
        OFFICE,
        closed=frozenset({date(2026, 3, 3), date(2026, 3, 4)}),
        closed_yearly=frozenset({(3, 10)}),
        special=parse_special(),
    )


def parse_special() -> Mapping[date, tuple[Window, ...]]:
    return {date(2026, 3, 7): parse_hours({"sat": [["10:00", "12:00"]]})[5]}


async def test_holidays_and_make_up_days_are_named() -> None:
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(40 * HOUR, holidays())}))
    ticket = low(rules)

    told = "\n".join(why_lines(view_of(ticket, rules, MON_9 + 9 * 24 * HOUR)))

    assert "· Tue 3 Mar – Wed 4 Mar: holidays, nothing counts" in told
    assert "· Sat 7 Mar, make-up working day 10:00-12:00: 10:00–12:00 = 2 h (7200 s)" in told
    assert "· Tue 10 Mar: holiday, nothing counts" in told
    assert told.index("Thu 5 Mar,") < told.index("Sat 7 Mar,") < told.index("Tue 10 Mar: holiday")


async def test_working_days_are_counted_off_and_pauses_move_their_end() -> None:
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(WorkingDays(2), OFFICE)}))
    ticket = lived(low(rules), (1, MarkKind.PAUSE, "scheduled"), (4, MarkKind.RESUME))

    told = [*why_lines(view_of(ticket, rules, MON_9 + 5 * HOUR))]

    assert "■ Resolution: 2 working days, until the close of the last" in told
    assert (
        "Working days counted off: Tue 3 Mar, Wed 4 Mar; from the beginning to Wed 4 Mar 17:00 (UTC) "
        "that is 24 h (86400 s) of working time" in told
    )
    assert told[-1] == (
        "Pauses took 3 h (10800 s) of working time: Wed 4 Mar 17:00 (UTC) becomes Thu 5 Mar 12:00 (UTC)"
    )


async def test_a_night_in_which_the_clocks_change_is_written_with_its_offsets() -> None:
    night = Calendar("night", "Europe/London", parse_hours({"sat": [["22:00", "06:00"]]}))
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(10 * HOUR, night)}))
    ticket = low(rules, datetime(2026, 3, 28, 20, tzinfo=UTC))

    told = "\n".join(why_lines(view_of(ticket, rules, datetime(2026, 3, 29, 12, tzinfo=UTC))))

    assert "22:00 UTC–Sun 29 Mar 06:00 UTC+1 = 7 h (25200 s)" in told


async def test_a_paused_promise_has_no_deadline_and_a_broken_one_says_by_how_much() -> None:
    rules = small_rules()
    paused = lived(low(rules), (2, MarkKind.PAUSE))

    told = [*why_lines(view_of(paused, rules, MON_9 + 3 * HOUR))]
    late = [*why_lines(view_of(low(rules), rules, MON_9 + 3 * HOUR))]

    assert told[-1] == "No deadline while it stands; what is left counts from when it goes on."
    assert "Over: 3 h (10800 s) − 1 h (3600 s) = 2 h (7200 s)" in late


async def test_a_promise_kept_as_it_was_judged_is_said_to_stay_so() -> None:
    rules = small_rules()
    house = SmallHouse(rules)
    house.readings[TEXT] = Read()
    await house.says(TEXT)
    await house.passes(minutes=90)
    await house.submits("resolve:1", {"solution": "重启"}, by=LIN)
    await house.presses("rate:1:5")
    other = replace(OFFICE, closed=frozenset({date(2026, 3, 2)}))
    later = with_terms(rules, Terms({Clock.RESOLUTION: Target(8 * HOUR, other)}))

    told = "\n".join(why_lines(view_of(house.ticket(), later, house.file.now)))

    assert "It was judged by the rules of its time, and stays so: used 1 h 30 min (5400 s)" in told


async def test_nothing_promised_is_said() -> None:
    rules = with_terms(small_rules(), Terms({}))

    card = why_card(view_of(low(rules), rules, MON_9))

    assert card.lead == "Nothing is promised for INC-1, so no clock runs."
    assert card.lines == ()


async def test_a_long_sum_is_clipped_on_the_card_with_a_mark_and_whole_on_the_command_line() -> None:
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(800 * HOUR, OFFICE)}))
    view = view_of(low(rules), rules, MON_9 + timedelta(days=60))

    card, whole = why_card(view), [*why_lines(view)]

    assert len(card.lines) < 30
    marks = [line for line in card.lines if line.startswith("…")]
    assert marks == [
        f"… {count} lines left out; on the command line `deskbell why INC-1` prints them all" for count in (37, 49)
    ]
    assert [line for line in card.lines if not line.startswith("…")] == [line for line in whole if line in card.lines]
    assert len([line for line in whole if line.startswith("·")]) == 100


async def test_many_working_days_are_named_in_part_on_the_card() -> None:
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(WorkingDays(200), OFFICE)}))
    view = view_of(low(rules), rules, MON_9)

    [short] = [line for line in why_card(view).lines if "counted off" in line]
    [whole] = [line for line in why_lines(view) if "counted off" in line]

    assert short.startswith("Working days counted off: Tue 3 Mar, Wed 4 Mar, Thu 5 Mar, Fri 6 Mar, …, Wed 2 Dec,")
    assert whole.count(", ") == 199


# In chat.


async def house_with_a_ticket() -> SmallHouse:
    house = SmallHouse()
    house.readings[TEXT] = Read()
    await house.says(TEXT)
    return house


@pytest.mark.parametrize(
    "words", ["why #1", "why?", "Why INC-1", "为什么 #1", "怎么算的 1", "怎么算的？", "#1 怎么算的"]
)
async def test_whoever_may_see_a_ticket_can_ask_why(words: str) -> None:
    house = await house_with_a_ticket()

    [card] = await house.says(words)

    assert card.title == "INC-1 的时限是这样算的"
    assert any("首次响应" in line for line in card.lines)


@pytest.mark.parametrize("words", ["why is my laptop so slow", "为什么打印机又坏了", "why #1 is still open"])
async def test_other_words_are_no_command(words: str) -> None:
    house = await house_with_a_ticket()

    cards = await house.says(words)

    assert all("这样算的" not in card.title for card in cards)


async def test_somebody_elses_ticket_is_not_explained() -> None:
    house = await house_with_a_ticket()

    [card] = await house.says("why #1", by=OLGA)

    assert card.title == "There is no such ticket, or it is not for you to see."


async def test_with_several_tickets_the_desk_asks_which_and_with_none_it_says_so() -> None:
    house = await house_with_a_ticket()
    house.readings["打印机坏了"] = Read()
    await house.says("打印机坏了")

    [which] = await house.says("怎么算的")
    [none] = await house.says("why", by=OLGA)

    assert which.title == "您问的是哪一单的时限？"
    assert none.title == "You have no open tickets."


async def test_behind_more_both_sides_find_it_and_only_the_crew_finds_the_rest() -> None:
    house = await house_with_a_ticket()

    [mine] = await house.presses("more:1")
    [theirs] = await house.presses("more:1", by=CHEN)
    [told] = await house.presses("why:1")

    assert labels(mine) == ["呼叫主管…", "时限怎么算的？"]
    assert labels(theirs)[-1] == "Why these times?"
    assert len(labels(theirs)) == 8
    assert told.title == "INC-1 的时限是这样算的"


# Equal to the number shown, whatever happened.

CALENDARS = (
    OFFICE,
    Calendar("split", "Europe/Berlin", parse_hours({"mon-fri": [["09:00", "12:00"], ["13:00", "17:30"]]})),
    Calendar("night", "America/New_York", parse_hours({"mon-sun": [["22:00", "06:00"]]})),
    Calendar("always", "UTC", parse_hours({"mon-sun": [["00:00", "24:00"]]})),
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 40 * 3600),
        st.sampled_from([MarkKind.PAUSE, MarkKind.RESUME, MarkKind.REPLY, MarkKind.CUSTOMER, MarkKind.RESOLVE]),
    ),
    max_size=7,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    calendar=st.sampled_from(CALENDARS),
    begin=st.integers(0, 400 * 24 * 60),
    steps=STEPS,
    then=st.integers(0, 20 * 24 * 3600),
    budget=st.one_of(
        st.integers(1, 100 * 3600).map(lambda s: timedelta(seconds=s)), st.integers(1, 6).map(WorkingDays)
    ),
    language=st.sampled_from(LANGUAGES),
)
def test_the_sum_is_the_number_on_the_card(
    calendar: Calendar,
    begin: int,
    steps: list[tuple[int, MarkKind]],
    then: int,
    budget: timedelta | WorkingDays,
    language: str,
) -> None:
    target = Target(budget, calendar)
    rules = with_terms(small_rules(), Terms(dict.fromkeys(Clock, target)))
    at = MON_9 + timedelta(minutes=begin)
    ticket = low(rules, at)
    marks = list(ticket.marks)
    for wait, what in steps:
        at += timedelta(seconds=wait)
        marks += [Mark(at, what)] if what is not MarkKind.RESOLVE else [Mark(at, what), Mark(at, MarkKind.REOPEN)]
    ticket = replace(ticket, marks=tuple(marks))
    view = view_of(ticket, rules, at + timedelta(seconds=then), MEI, language)

    told, lines = explanations(view), "\n".join(why_lines(view))

    assert len(told) == len(view.promises)
    for one, shown in zip(told, view.promises, strict=True):
        adds_up(one, calendar)
        assert one.promise == shown
        assert exact(one.total, view.reader) in lines
    for gauge in clock_gauges(view):
        left = gauge.note.split(" · ")[1] if " · " in gauge.note else ""
        assert left in lines
    assert "{" not in lines


def adds_up(told: Explanation, calendar: Calendar) -> None:
    """As somebody with a calculator would check it: row by row, then what is left, then the deadline."""
    promise, total = told.promise, timedelta()
    for before, after in zip(told.intervals, told.intervals[1:], strict=False):
        assert before.end == after.begin
    for interval in told.intervals:
        for row in interval.rows:
            assert interval.begin <= row.opens < row.closes <= interval.end
            total += row.closes - row.opens
            assert row.total == total
        assert interval.running or not interval.rows
    assert total == told.total == promise.used
    if promise.state is PromiseState.RUNNING:
        assert promise.left == promise.budget - total
    if promise.due is None:
        assert promise.state is PromiseState.PAUSED
        return
    for row in told.ahead:
        total += row.closes - row.opens
        assert row.total == total
    crossing = told.crossing
    assert crossing is not None
    row, needed = crossing
    assert row.opens + needed == promise.due
    if told.ahead:
        assert total == promise.budget


# Provisional.


def known_until_2026(rules: Rules) -> Rules:
    office = replace(OFFICE, years_known=frozenset({2026}))
    terms = {
        key: replace(one, targets={clock: replace(target, calendar=office) for clock, target in one.targets.items()})
        for key, one in rules.terms.items()
    }
    return replace(rules, terms=terms, calendars={**rules.calendars, OFFICE.id: office})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (OLGA, "Fri 1 Jan 2027 16:30 (UTC), provisional: the holidays of 2027 are not published yet"),
        (MEI, "2027-01-02（周六）00:30（UTC+8），暂定：2027 年节假日尚未公布"),
    ],
)
async def test_a_deadline_in_a_year_without_holidays_is_called_provisional_with_the_year(
    by: PersonId, said: str
) -> None:
    house = SmallHouse(known_until_2026(small_rules()))
    house.file.now = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    house.readings[TEXT] = Read()
    await house.says(TEXT, by=by)

    card = await house.sees(house.letters("receipt")[0])
    [told] = await house.says("why #1", by=by)

    assert said in card.gauges[1].note
    assert said in "\n".join(told.lines)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), None),
        (
            datetime(2026, 12, 1, tzinfo=UTC),
            "the holidays of 2027 are missing for the calendar office; deadlines in 2027 are provisional",
        ),
    ],
)
async def test_from_december_the_digest_names_the_calendar_without_next_years_holidays(
    now: datetime, said: str | None
) -> None:
    card = await digest_at(now)

    assert next((fact.value for fact in card.facts if fact.label == "Holidays"), None) == said
    assert all(fact.tone is Tone.WARN for fact in card.facts if fact.label == "Holidays")
    assert "None" not in everything_on(card)


async def digest_at(now: datetime) -> Card:
    house = SmallHouse(known_until_2026(small_rules()))
    house.file.now = now
    house.file.counted = Tally((), 0, 0, {}, {}, 0, (), (), 0, "")
    facts = {"team": "desk", "day": str(now.date()), "since": (now - HOUR).isoformat(), "until": now.isoformat()}
    return await house.sees(
        Letter("digest:desk", "local:channel:desk", "team:desk", "digest", Urgency.NORMAL, facts=facts)
    )


# What changed on the way.


async def test_harder_terms_are_told_with_their_moment_and_a_breach_that_they_made_at_once() -> None:
    rules = small_rules()
    half_past = MON_9 + HOUR / 2
    ticket = low(rules)
    ticket = replace(ticket, marks=(*ticket.marks, Mark(half_past, MarkKind.TERMS, "standard/incident/P1")))

    told = "\n".join(why_lines(view_of(ticket, rules, MON_9 + HOUR)))
    response = told[told.index("■ First response") : told.index("■ Next update")]

    assert (
        "Promised for Incident P1 by the agreement standard since Mon 2 Mar 09:30 (UTC), and counted from the beginning"
        in response
    )
    assert "Due: Mon 2 Mar 09:00 (UTC) + 15 min (900 s) = Mon 2 Mar 09:15 (UTC)" in response
    assert "Calendar always: every hour counts; the times below are those of UTC" in response
    assert "It counts as broken since Mon 2 Mar 09:30 (UTC)" in response
    assert "It counts as broken since" not in told[told.index("■ Resolution") :]


async def test_easier_terms_do_not_take_a_breach_back() -> None:
    rules = small_rules()
    ticket = raised(rules)
    eased = Mark(MON_9 + HOUR / 2, MarkKind.TERMS, "standard/incident/P3")
    ticket = replace(ticket, marks=(*ticket.marks, eased))

    told = "\n".join(why_lines(view_of(ticket, rules, MON_9 + 0.75 * HOUR)))

    assert "It was broken on Mon 2 Mar 09:15 (UTC) under the terms of then, and stays so." in told


@pytest.mark.parametrize(
    ("hours", "what", "said"),
    [
        (2, MarkKind.RESOLVE, "Done Mon 2 Mar 11:00 (UTC), in time."),
        (27, MarkKind.RESOLVE, "Done Tue 3 Mar 12:00 (UTC), too late."),
        (2, MarkKind.CANCEL, "Given up Mon 2 Mar 11:00 (UTC); it is not judged."),
    ],
)
async def test_the_end_of_a_promise_is_said(hours: float, what: MarkKind, said: str) -> None:
    rules = small_rules()

    told = "\n".join(why_lines(view_of(lived(low(rules), (hours, what)), rules, MON_9 + 40 * HOUR)))

    assert said in told[told.index("■ Resolution") :]


async def test_closing_at_midnight_is_written_as_twenty_four() -> None:
    late = Calendar("late", "UTC", parse_hours({"mon-fri": [["16:00", "24:00"]]}))
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(20 * HOUR, late)}))

    told = "\n".join(why_lines(view_of(low(rules), rules, MON_9 + 24 * HOUR)))

    assert "usual hours 16:00-24:00: 16:00–24:00 = 8 h (28800 s)" in told


async def test_seconds_and_their_parts_are_written_out() -> None:
    rules = small_rules()
    ticket = low(rules, MON_9 + timedelta(seconds=15.25))

    told = "\n".join(why_lines(view_of(ticket, rules, MON_9 + HOUR)))

    assert "1. Mon 2 Mar 09:00:15.25 (UTC) – Mon 2 Mar 10:00 (UTC) runs: raised" in told
    assert "09:00:15.25–10:00 = 59 min 44.75 s (3584.75 s)" in told
