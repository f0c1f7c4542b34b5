"""The shifts of one person as a calendar for their own calendar program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

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


_LOOK_BACK = timedelta(days=366)


def _rows(
    person: PersonId, rules: Rules, reader: Reader, now: datetime, ahead: timedelta
) -> Iterator[tuple[str, str, Shift]]:
    """The running shift is not cut off at now, or it would be another event each time."""
    for rota in rules.rotas.values():
        title = reader.say("own-shifts-event", rota=named(rota.names, reader, rota.id))
        for shift in shifts(rota, rules.covers, now - _LOOK_BACK, now + ahead):
            if shift.person == person and shift.ends > now:
                yield rota.id, title, shift
