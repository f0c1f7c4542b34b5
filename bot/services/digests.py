"""When a team's daily digest is due: once for each of its working days, whatever clocks and restarts do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.announce import Urgency
from bot.domain.ids import TeamId
from bot.domain.rules import Rules, Team
from bot.services import failpoint
from bot.services.ports import Letter, Unit

BEFORE_WRITING = failpoint.declare("digest.before_writing")
AFTER_WRITING = failpoint.declare("digest.after_writing")

LOOK_BACK_DAYS = 31
"""After a longer downtime the digest covers so many days and no more."""


@dataclass(frozen=True, slots=True)
class DueDigest:
    """The digest of one team for one local date, over [since, until)."""

    team: TeamId
    day: date
    since: datetime
    until: datetime


def moment_of(team: Team, day: date) -> datetime:
    """When the team's digest of that local date is due. A time that a clock change skips is taken an hour later,
    one that comes twice the first time."""
    if team.digest_at is None:
        raise ValueError(f"{team.id} has no digest")
    return datetime.combine(day, team.digest_at, ZoneInfo(team.zone)).astimezone(UTC)


def due_digest(team: Team, rules: Rules, now: datetime, last: date | None) -> DueDigest | None:
    """The latest digest that is due by `now` and was not sent; those missed before it are covered by it."""
    if team.digest_at is None or team.channel is None:
        return None
    day = _latest_day(team, rules, now)
    if day is None or (last is not None and day <= last):
        return None
    before = last or _working_day_before(team, rules, day) or day - timedelta(days=1)
    since = max(moment_of(team, before), moment_of(team, day) - timedelta(days=LOOK_BACK_DAYS))
    return DueDigest(team.id, day, since, moment_of(team, day))


def next_digest_at(team: Team, rules: Rules, now: datetime) -> datetime | None:
    """The next moment after `now` at which the team's digest falls due."""
    if team.digest_at is None or team.channel is None:
        return None
    today = now.astimezone(ZoneInfo(team.zone)).date()
    calendar = rules.calendars[team.calendar]
    for later in range(LOOK_BACK_DAYS * 12):
        day = today + timedelta(days=later)
        if calendar.is_working_day(day) and moment_of(team, day) > now:
            return moment_of(team, day)
    return None


def _latest_day(team: Team, rules: Rules, now: datetime) -> date | None:
    today = now.astimezone(ZoneInfo(team.zone)).date()
    if rules.calendars[team.calendar].is_working_day(today) and moment_of(team, today) <= now:
        return today
    return _working_day_before(team, rules, today)


def _working_day_before(team: Team, rules: Rules, day: date) -> date | None:
    calendar = rules.calendars[team.calendar]
    for earlier in range(1, LOOK_BACK_DAYS):
        if calendar.is_working_day(day - timedelta(days=earlier)):
            return day - timedelta(days=earlier)
    return None


@dataclass(frozen=True, slots=True)
class WriteDigest:
    """A chore: the digest's letter waits in the outbox, once for that team and local date."""

    digest: DueDigest
    channel: str
    now: datetime

    async def apply(self, unit: Unit) -> bool:
        """False when it had been written before."""
        failpoint.hit(BEFORE_WRITING)
        if not await unit.mark_digest(self.digest.team, self.digest.day):
            return False
        facts = {
            "team": self.digest.team,
            "day": self.digest.day.isoformat(),
            "since": self.digest.since.isoformat(),
            "until": self.digest.until.isoformat(),
        }
        letter = Letter(
            key=f"digest:{self.digest.team}:{self.digest.day.isoformat()}",
            to=self.channel,
            reader=f"team:{self.digest.team}",
            about="digest",
            urgency=Urgency.NORMAL,
            facts=facts,
        )
        await unit.post([letter], self.now)
        failpoint.hit(AFTER_WRITING)
        return True
