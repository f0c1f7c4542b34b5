"""The shifts of one person as a calendar for their own calendar program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.domain.ids import PersonId
from bot.domain.oncall import Shift, shifts
from bot.domain.rules import Person, Rules
from bot.services.ical import written_calendar
from handlers.cards.view import named
from handlers.reader import Reader, reader_for
from handlers.speech import Texts


def calendar_of(person: Person, rules: Rules, texts: Texts, now: datetime, ahead: timedelta) -> bytes:
    """iCalendar text with the shifts from now on for so long, whole ones, covers among them, in the person's
    language."""
    reader = reader_for(person, texts)
    rows = list(_rows(person.id, rules, reader, now, ahead))
    return written_calendar(rows, name=reader.say("own-shifts-name", person=person.name), now=now)


_LONGEST = timedelta(days=62)
"""So much longer than asked is looked ahead, so that the last shift has its own end."""


def _rows(
    person: PersonId, rules: Rules, reader: Reader, now: datetime, ahead: timedelta
) -> Iterator[tuple[str, str, Shift]]:
    """Whole shifts: where one begins is part of its name, so it must not be cut off at a moment that passes."""
    since = datetime(now.year - 1, 1, 1, tzinfo=UTC)
    for rota in rules.rotas.values():
        title = reader.say("own-shifts-event", rota=named(rota.names, reader, rota.id))
        for shift in shifts(rota, rules.covers, since, now + ahead + _LONGEST):
            if shift.person == person and shift.ends > now and shift.starts < now + ahead:
                yield rota.id, title, shift
