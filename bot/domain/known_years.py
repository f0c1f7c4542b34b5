"""Which years' holidays a calendar still lacks: from December on the next year's should be there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.ids import TeamId
from bot.domain.rules import Rules
from bot.domain.worktime import Calendar

DECEMBER = 12
"""From this month on the holidays of the next year should be known."""


def years_missing(calendar: Calendar, now: datetime) -> tuple[int, ...]:
    """This year, and from 1 December in the calendar's zone the next, as far as their holidays are not known."""
    if calendar.years_known is None:
        return ()
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    wanted = range(today.year, today.year + (2 if today.month >= DECEMBER else 1))
    return tuple(year for year in wanted if year not in calendar.years_known)


def calendars_in_use(team: TeamId, rules: Rules) -> Iterator[Calendar]:
    """The team's own calendar and those that its promises are counted on, each once."""
    agreements = {service.agreement for service in rules.services.values() if service.team == team}
    promised = [
        target.calendar
        for key, terms in rules.terms.items()
        if key.partition("/")[0] in agreements
        for target in terms.targets.values()
    ]
    yield from {one.id: one for one in (rules.calendar_of(team), *promised)}.values()
