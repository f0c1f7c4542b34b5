"""When a digest is due: once for each working day of the team, whatever its clocks and holidays are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.ids import TeamId
from bot.domain.rules import Rules, Team
from bot.domain.worktime import Calendar
from bot.services.digests import LOOK_BACK_DAYS, DueDigest, WriteDigest, due_digest, moment_of, next_digest_at
from storage.engine import SqlStore
from tests.domain.small_desk import ALWAYS_OPEN, OFFICE
from tests.services.open_desk import RULES, AllLetters, at_work

DESK = TeamId("desk")
INSTANT = timedelta(milliseconds=1)


def utc(moment: str) -> datetime:
    """`2026-03-02 09:30`, in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def london(at: str, *, calendar: Calendar | None = None) -> tuple[Team, Rules]:
    """A team in London, and rules in which its days are those of the calendar (every day unless said otherwise)."""
    team = replace(RULES.teams[DESK], zone="Europe/London", digest_at=time.fromisoformat(at))
    days = replace(calendar or ALWAYS_OPEN, id="office", zone="Europe/London")
    return team, replace(RULES, teams={DESK: team}, calendars={team.calendar: days})


CLOCK_CHANGES = {
    # In 2026 London goes forward on 29 March at 01:00 UTC and back on 25 October at 01:00 UTC.
    "winter": ("09:30", "2026-03-28", "2026-03-28 09:30"),
    "the morning after the clock went forward": ("09:30", "2026-03-29", "2026-03-29 08:30"),
    "in the gap: an hour later": ("01:30", "2026-03-29", "2026-03-29 01:30"),
    "at the first minute of the gap": ("01:00", "2026-03-29", "2026-03-29 01:00"),
    "just before the gap": ("00:59", "2026-03-29", "2026-03-29 00:59"),
    "just after the gap": ("02:00", "2026-03-29", "2026-03-29 01:00"),
    "summer": ("01:30", "2026-10-24", "2026-10-24 00:30"),
    "twice: the first time": ("01:30", "2026-10-25", "2026-10-25 00:30"),
    "after the hour that comes twice": ("02:00", "2026-10-25", "2026-10-25 02:00"),
    "the morning after the clock went back": ("09:30", "2026-10-25", "2026-10-25 09:30"),
    "midnight in summer is the day before in UTC": ("00:00", "2026-07-01", "2026-06-30 23:00"),
}


@pytest.mark.parametrize(("at", "day", "moment"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES.keys())
def test_the_moment_of_a_digest_follows_the_teams_clock(at: str, day: str, moment: str) -> None:
    team, rules = london(at)
    local, due_at = date.fromisoformat(day), utc(moment)
    before = local - timedelta(days=1)

    assert moment_of(team, local) == due_at
    assert due_digest(team, rules, due_at - INSTANT, before) is None
    assert next_digest_at(team, rules, due_at - INSTANT) == due_at
    due = due_digest(team, rules, due_at, before)
    assert due == DueDigest(DESK, local, moment_of(team, before), due_at)
    assert due_digest(team, rules, due_at, local) is None
    assert next_digest_at(team, rules, due_at) == moment_of(team, local + timedelta(days=1))


@pytest.mark.parametrize("at", ["00:30", "01:00", "01:30", "02:30", "09:30"])
@pytest.mark.parametrize(("first", "last"), [("2026-03-26", "2026-04-02"), ("2026-10-22", "2026-10-29")])
def test_over_a_clock_change_each_day_has_its_digest_and_nothing_lies_between_two(
    at: str, first: str, last: str
) -> None:
    team, rules = london(at)
    now, day = moment_of(team, date.fromisoformat(first)), date.fromisoformat(first)
    found: list[DueDigest] = []

    while day < date.fromisoformat(last):
        now += timedelta(minutes=10)
        due = due_digest(team, rules, now, day)
        if due is not None:
            found.append(due)
            day = due.day

    assert [one.day for one in found] == [date.fromisoformat(first) + timedelta(days=n) for n in range(1, 8)]
    assert [one.since for one in found[1:]] == [one.until for one in found[:-1]]


HOLIDAYS = replace(OFFICE, closed=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
"""Good Friday and Easter Monday 2026."""

DUE = {
    # now, the last one, which day is due, since which day
    "a working day after its time": ("2026-03-04 12:00", "2026-03-03", "2026-03-04", "2026-03-03"),
    "a working day before its time": ("2026-03-04 09:00", "2026-03-03", None, None),
    "before its time, and yesterday's was missed": ("2026-03-04 09:00", "2026-03-02", "2026-03-03", "2026-03-02"),
    "on Saturday nothing": ("2026-03-07 12:00", "2026-03-06", None, None),
    "on Sunday, Friday's was missed": ("2026-03-08 12:00", "2026-03-05", "2026-03-06", "2026-03-05"),
    "Monday covers the weekend": ("2026-03-09 09:30", "2026-03-06", "2026-03-09", "2026-03-06"),
    "several missed days give one": ("2026-03-05 12:00", "2026-02-27", "2026-03-05", "2026-02-27"),
    "on a holiday nothing": ("2026-04-03 12:00", "2026-04-02", None, None),
    "after the holidays one covers them": ("2026-04-07 08:30", "2026-04-02", "2026-04-07", "2026-04-02"),
    "none was ever sent": ("2026-03-09 12:00", None, "2026-03-09", "2026-03-06"),
    "none was ever sent, over the holidays": ("2026-04-07 12:00", None, "2026-04-07", "2026-04-02"),
    "a mark ahead of the clock": ("2026-03-04 12:00", "2026-03-06", None, None),
}


@pytest.mark.parametrize(("now", "last", "day", "since"), DUE.values(), ids=DUE.keys())
def test_which_digest_is_due(now: str, last: str | None, day: str | None, since: str | None) -> None:
    team, rules = london("09:30", calendar=HOLIDAYS)

    due = due_digest(team, rules, utc(now), date.fromisoformat(last) if last else None)

    if day is None or since is None:
        assert due is None
    else:
        of, before = date.fromisoformat(day), date.fromisoformat(since)
        assert due == DueDigest(DESK, of, moment_of(team, before), moment_of(team, of))


NEXT = {
    "before its time": ("2026-03-04 09:00", "2026-03-04"),
    "at its time": ("2026-03-04 09:30", "2026-03-05"),
    "after Friday's": ("2026-03-06 12:00", "2026-03-09"),
    "on Saturday": ("2026-03-07 09:00", "2026-03-09"),
    "over the holidays": ("2026-04-02 12:00", "2026-04-07"),
}


@pytest.mark.parametrize(("now", "day"), NEXT.values(), ids=NEXT.keys())
def test_when_the_next_digest_is(now: str, day: str) -> None:
    team, rules = london("09:30", calendar=HOLIDAYS)

    assert next_digest_at(team, rules, utc(now)) == moment_of(team, date.fromisoformat(day))


def test_after_a_long_silence_a_digest_covers_a_month_and_no_more() -> None:
    team, rules = london("09:30")

    due = due_digest(team, rules, utc("2026-03-04 12:00"), date(2025, 3, 4))

    assert due is not None
    assert due.since == due.until - timedelta(days=LOOK_BACK_DAYS)


def test_a_team_that_never_works_has_no_digest() -> None:
    team, rules = london("09:30", calendar=replace(OFFICE, weekly=((),) * 7))

    assert due_digest(team, rules, utc("2026-03-04 12:00"), None) is None
    assert next_digest_at(team, rules, utc("2026-03-04 12:00")) is None


def test_a_team_without_a_time_or_a_channel_has_no_digest() -> None:
    team, rules = london("09:30")
    now = utc("2026-03-04 12:00")

    for without in (replace(team, digest_at=None), replace(team, channel=None)):
        assert due_digest(without, rules, now, None) is None
        assert next_digest_at(without, rules, now) is None
    with pytest.raises(ValueError, match="no digest"):
        moment_of(replace(team, digest_at=None), date(2026, 3, 4))


async def test_a_digest_is_written_once(store: SqlStore) -> None:
    due = DueDigest(DESK, date(2026, 3, 4), utc("2026-03-03 09:30"), utc("2026-03-04 09:30"))
    chore = WriteDigest(due, "local:channel:desk", due.until)

    async with at_work(store) as here:
        told = [await here.desk.chore(chore), await here.desk.chore(chore)]
        told.append(await here.desk.chore(replace(chore, digest=replace(due, day=date(2026, 3, 5)))))
        letters = [sent.letter.key for sent in await here.desk.chore(AllLetters(due.until))]
        last = await store.reads.last_digest(DESK)

    assert told == [True, False, True]
    assert letters == ["digest:desk:2026-03-04", "digest:desk:2026-03-05"]
    assert last == date(2026, 3, 5)
