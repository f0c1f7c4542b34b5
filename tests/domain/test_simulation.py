"""A simulation is the desk's own life: minute for minute what ticking all the time would say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.announce import About, Notice, ToPerson, announce
from bot.domain.commands import Say, Tick, WaitForRequester
from bot.domain.ids import DESK, Level, PolicyId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.rules import Policy, Rules, Step, Who, WhoKind
from bot.domain.simulation import MOST_LOOKS, Simulation, Spell, simulate
from bot.domain.sla import Clock, PromiseState, Target, Terms
from tests.domain.small_desk import (
    ALWAYS_OPEN,
    CHEN,
    LIN,
    MEI,
    MON_9,
    OFFICE,
    WANG,
    ZHOU,
    minutes,
    raising,
    small_rules,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def calls(played: Simulation) -> list[tuple[float, str, str]]:
    """Minutes since it was raised, level and person."""
    return [
        (minute(played, one.at), one.notice.facts["level"], one.notice.to.person)
        for one in played.told
        if one.notice.about is About.PAGE and isinstance(one.notice.to, ToPerson)
    ]


def minute(played: Simulation, at: datetime) -> float:
    return (at - played.ticket.created_at) / timedelta(minutes=1)


def said(played: Simulation, about: About) -> list[tuple[datetime, str]]:
    return [(one.at, str(one.notice.facts["clock"])) for one in played.told if one.notice.about is about]


def test_every_level_is_called_and_the_last_one_twice_more() -> None:
    played = simulate(raising(), small_rules(), MON_9)

    assert calls(played) == [
        (0, "1", LIN),
        (5, "2", CHEN),
        (15, "3", WANG),
        (15, "3", ZHOU),
        (25, "3", WANG),
        (25, "3", ZHOU),
        (35, "3", WANG),
        (35, "3", ZHOU),
    ]
    assert played.until == MON_9 + 4 * HOUR + timedelta(milliseconds=1)
    assert played.calls_left_out == 20
    assert all(one.state is PromiseState.BROKEN for one in played.judged)
    assert not played.cut_short


def test_given_hours_are_seen_whole_and_no_further() -> None:
    played = simulate(raising(), small_rules(), MON_9, hours=HOUR)

    assert [at for at, level, person in calls(played) if person == WANG] == [15, 25, 35, 45, 55]
    assert (played.until, played.calls_left_out) == (MON_9 + HOUR, 0)
    assert max(one.at for one in played.told) <= MON_9 + HOUR


def test_warnings_and_breaches_come_when_they_are_due_and_wait_for_the_opening() -> None:
    friday = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
    monday = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    low = raising(impact=Level.LOW, urgency=Level.LOW)
    terms = Terms({Clock.RESOLUTION: Target(2 * HOUR, OFFICE, warn_share=0.5)})

    played = simulate(low, with_terms(small_rules(), terms), friday)

    assert set(said(played, About.WARNING)) == {(friday + HOUR, "resolution")}
    assert set(said(played, About.BREACH)) == {(monday, "resolution")}


def test_a_warning_that_the_breach_overtakes_before_the_opening_is_not_said() -> None:
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
    terms = Terms({Clock.RESOLUTION: Target(timedelta(minutes=30), OFFICE, warn_share=1.0)})

    played = simulate(raising(impact=Level.LOW, urgency=Level.LOW), with_terms(small_rules(), terms), friday)

    assert said(played, About.WARNING) == []
    assert len(said(played, About.BREACH)) > 0


def test_holidays_are_passed_over() -> None:
    office = replace(OFFICE, closed=frozenset({date(2026, 3, 3)}))
    terms = Terms({Clock.RESOLUTION: Target(9 * HOUR, office)})

    played = simulate(raising(impact=Level.LOW, urgency=Level.LOW), with_terms(small_rules(), terms), MON_9)

    assert [one.due for one in played.promised] == [datetime(2026, 3, 4, 10, tzinfo=UTC)]


def test_a_pause_moves_the_deadline_and_whoever_asks_has_taken_it() -> None:
    spell = Spell(MON_9 + timedelta(minutes=10), MON_9 + 2 * HOUR)

    played = simulate(raising(), small_rules(), MON_9, waits=spell)

    resolution = next(one for one in played.judged if one.clock is Clock.RESOLUTION)
    assert resolution.due == MON_9 + 4 * HOUR + timedelta(minutes=110)
    assert [at for at, _, _ in calls(played)][:3] == [0, 5, 160]  # asked at 150, whoever has it says nothing
    assert [one.at for one in played.told if one.notice.about is About.QUESTION] == [spell.since]
    assert [one.at for one in played.told if one.notice.about is About.REPLY_BACK] == [spell.until]


def test_a_desk_that_promises_and_calls_nothing_is_quiet_at_once() -> None:
    rules = with_terms(small_rules(), Terms({}))
    quiet = replace(rules, teams={name: replace(team, policies={}) for name, team in rules.teams.items()})

    played = simulate(raising(), quiet, MON_9)

    assert [one.notice.about for one in played.told] == [About.RECEIPT, About.TEAM_CARD]
    assert played.until == MON_9


def test_calls_go_on_until_the_last_level_was_repeated_twice_even_when_nothing_is_promised() -> None:
    played = simulate(raising(), with_terms(small_rules(), Terms({})), MON_9)

    assert [at for at, _, person in calls(played) if person == WANG] == [15, 25, 35]
    assert (played.until, played.calls_left_out) == (MON_9 + timedelta(minutes=35), 0)


def test_what_happens_at_the_very_end_is_seen_and_what_is_said_behind_it_is_not() -> None:
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
    terms = Terms({Clock.RESOLUTION: Target(timedelta(minutes=30), OFFICE)})
    low = raising(impact=Level.LOW, urgency=Level.LOW)

    played = simulate(low, with_terms(small_rules(), terms), friday, hours=3 * HOUR)
    at_the_end = simulate(raising(), small_rules(), MON_9, hours=timedelta(minutes=15))

    assert said(played, About.BREACH) == []
    assert [one.state for one in played.judged] == [PromiseState.BROKEN]
    assert [at for at, _, _ in calls(at_the_end)] == [0, 5, 15, 15]


def test_a_policy_that_never_lets_go_is_cut_short_and_says_so() -> None:
    rules = with_terms(small_rules(), Terms({Clock.RESOLUTION: Target(366 * DAY, ALWAYS_OPEN)}))
    each_minute = Policy(PolicyId("urgent"), (Step(minutes(0), (Who(WhoKind.LEAD),)),), repeat=minutes(1))

    played = simulate(raising(), replace(rules, policies={**rules.policies, each_minute.id: each_minute}), MON_9)

    assert played.cut_short
    assert played.until == MON_9 + timedelta(minutes=MOST_LOOKS)


@pytest.mark.parametrize("hours", [timedelta(0), HOUR])
def test_a_given_end_is_the_end_even_when_nothing_more_happens(hours: timedelta) -> None:
    assert simulate(raising(), small_rules(), MON_9, hours=hours).until == MON_9 + hours


@settings(max_examples=40, deadline=None)
@given(
    start=st.integers(0, 14 * 24 * 60),
    impact=st.sampled_from(Level),
    urgency=st.sampled_from(Level),
    pause=st.none() | st.tuples(st.integers(0, 300), st.integers(1, 300)),
)
def test_it_says_what_a_desk_says_that_looks_every_minute(
    start: int, impact: Level, urgency: Level, pause: tuple[int, int] | None
) -> None:
    rules, at = small_rules(), MON_9 + timedelta(minutes=start)
    command = raising(impact=impact, urgency=urgency)
    span = timedelta(hours=12)
    spell = None
    if pause is not None:
        since = at + timedelta(minutes=pause[0], seconds=30)
        spell = Spell(since, since + timedelta(minutes=pause[1]))

    played = simulate(command, rules, at, hours=span, waits=spell)

    walked = by_the_minute(rules, at, span, spell, impact, urgency)
    of_events = {(one.notice.about, str(one.notice.to), one.notice.entry): one.event.at for one in played.told}
    for key, when in of_events.items():
        assert key in walked
        assert timedelta(0) <= walked[key] - when <= timedelta(minutes=1)
    unsaid = {key[0] for key in walked.keys() - of_events.keys()}
    assert unsaid <= {About.WARNING, About.BREACH}  # only what waits for an opening behind the end


def by_the_minute(
    rules: Rules, at: datetime, span: timedelta, spell: Spell | None, impact: Level, urgency: Level
) -> dict[tuple[About, str, int], datetime]:
    """A desk that looks twice a minute, written without a single jump."""
    ticket = None
    heard: dict[tuple[About, str, int], datetime] = {}
    now = at
    while now <= at + span:
        if ticket is None:
            command = raising(impact=impact, urgency=urgency)
            decision = decide(None, command, rules, now)
        elif spell is not None and now == spell.since:
            asking = WaitForRequester(by=LIN if "desk" in ticket.team else CHEN, ticket=TicketId(1), why="?")
            decision = decide(ticket, asking, rules, now)
        elif spell is not None and now == spell.until:
            decision = decide(ticket, Say(by=MEI, ticket=TicketId(1), words="!"), rules, now)
        else:
            decision = decide(ticket, Tick(by=DESK, ticket=TicketId(1)), rules, now)
        ticket = decision.ticket
        for notice in announce(ticket, decision.events, rules):
            heard.setdefault(key_of(notice), now)
        now += timedelta(seconds=30)
    return heard


def key_of(notice: Notice) -> tuple[About, str, int]:
    return notice.about, str(notice.to), notice.entry


def with_terms(rules: Rules, terms: Terms) -> Rules:
    return replace(rules, terms=dict.fromkeys(rules.terms, terms))
