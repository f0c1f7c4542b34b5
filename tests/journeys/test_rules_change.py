"""The policy changes while tickets are open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.domain.ids import CalendarId
from bot.domain.rules import Rules
from bot.house_rules import load
from tests.journeys.life import EMMA, TUESDAY_10, WISH, living


def with_wednesday_off(rules: Rules) -> Rules:
    """The same policy after the next day was declared a holiday everywhere."""
    off = date(2026, 3, 4)
    calendars = {
        name: replace(one, closed=one.closed | {off}) if name != "24x7" else one
        for name, one in rules.calendars.items()
    }
    terms = {
        key: replace(
            one,
            targets={
                clock: replace(target, calendar=calendars[CalendarId(target.calendar.id)])
                for clock, target in one.targets.items()
            },
        )
        for key, one in rules.terms.items()
    }
    return replace(rules, version="a holiday was added", calendars=calendars, terms=terms)


async def test_a_holiday_that_is_added_moves_open_deadlines_with_a_line_for_each(tmp_path: Path) -> None:
    rules = load(None, now=TUESDAY_10)
    async with living(tmp_path, rules=rules) as life:
        await life.say(EMMA, WISH)
        before = await life.store.reads.ticket((await life.ticket()).id)

    async with living(tmp_path, rules=with_wednesday_off(rules), start=TUESDAY_10 + timedelta(minutes=1)) as life:
        after = await life.store.reads.ticket((await life.ticket()).id)
        moved = await life.happened("rescheduled")

    assert before is not None
    assert after is not None
    assert before.dues.resolution is not None
    assert after.dues.resolution is not None
    assert after.dues.resolution > before.dues.resolution
    assert "resolution" in {line.facts["clock"] for line in moved}
    assert after.ticket.rules_version == "a holiday was added"


async def test_the_same_policy_after_a_restart_moves_nothing(tmp_path: Path) -> None:
    rules = load(None, now=TUESDAY_10)
    async with living(tmp_path, rules=rules) as life:
        await life.say(EMMA, WISH)
        before = await life.ticket()

    async with living(tmp_path, rules=rules, start=TUESDAY_10 + timedelta(minutes=1)) as life:
        after = await life.ticket()

    assert after == before
