"""What one asks about people from the command line: who is on call, one's own shifts, and rules from another system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from bot.domain import standby
from bot.domain.covers import in_force
from bot.domain.ids import PersonId, RotaId, TeamId
from bot.domain.oncall import Rota, gaps, next_shift, shifts, until_when
from bot.domain.rules import Rules, Team
from bot.imports import SYSTEMS, Ledger, Occupied, imported, write_folder
from bot.imports.exports import Unreadable
from bot.imports.folder import REPORT
from bot.office import complain, now, rules_or_exit, settings_or_exit, written
from bot.services.feeds import recalled
from bot.settings import Settings
from bot.shifts_page import key_beside, way_of
from handlers.own_shifts import calendar_of
from handlers.reader import Reader
from handlers.speech import load_texts
from storage.engine import open_to_read
from storage.errors import NoDatabase, StorageError

Row = dict[str, Any]
_SHOWN_NOTES = 40

# --- who is on call --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call at one moment: as a table for people, and as fields for programs."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    later: list[str]
    fields: list[Row]


async def duty(team: str, at: str, days: int) -> Duty:
    """Of one team or of all, at that moment or now; `days` of shifts from then on. Ends the command for a team that
    there is not."""
    rules = await rules_in_force()
    if team and TeamId(team) not in rules.teams:
        _exit(f"There is no team `{team}`. There are: {', '.join(sorted(rules.teams))}.")
    teams = [rules.teams[TeamId(team)]] if team else list(rules.teams.values())
    posts = [post for one in teams for post in _posts(one, rules, _moment(at, one), timedelta(days=days))]
    return Duty(
        columns=("team", "place", "on call", "until", "then"),
        rows=[post.row() for post in posts],
        later=[line for post in posts for line in post.lines()] if days else [],
        fields=[post.fields() for post in posts],
    )


async def rules_in_force() -> Rules:
    """The policy with the covers that were agreed on, and the calendars as they were read last, where there is a
    database."""
    settings = settings_or_exit()
    rules, moment = rules_or_exit(settings.rules), now()
    try:
        file = await open_to_read(settings.database)
    except NoDatabase:
        return rules
    except StorageError as trouble:
        complain(f"{trouble} So covers that were agreed on in chat are not in here.")
        return rules
    try:
        covers = in_force(await file.reads.covers(moment - timedelta(days=366)))
        return await recalled(replace(rules, covers=covers), file.reads, moment)
    finally:
        await file.close()


@dataclass(frozen=True, slots=True)
class _Post:
    """One place in the on-call order of a team, at one moment."""

    team: Team
    place: int
    rota: Rota | None
    rules: Rules
    at: datetime
    ahead: timedelta

    @property
    def reader(self) -> Reader:
        """Times are those of the team."""
        return Reader(load_texts().of("en"), ZoneInfo(self.team.zone))

    def row(self) -> tuple[str, ...]:
        now_on = [self._shown(person, cover) for person, cover in self._now()]
        then = None if self.rota is None else next_shift(self.rota, self.rules.covers, self.at)
        until = None if self.rota is None else until_when(self.rota, self.rules.covers, self.at)
        return (
            self.team.names["en"],
            f"{self.place}" if self.rota is None else f"{self.place} {self.rota.id}",
            ", ".join(now_on) or "NOBODY",
            "always" if self.rota is None else "-" if until is None else self.reader.moment(until, self.at),
            ""
            if then is None
            else f"{self._shown(then.person, then.cover)}, {self.reader.moment(then.starts, self.at)}",
        )

    def lines(self) -> Iterator[str]:
        """The shifts to come and the gaps between them."""
        if self.rota is None:
            return
        yield f"{self.team.names['en']}, {self.rota.names['en']}:"
        found = [(one.starts, one.ends, self._shown(one.person, one.cover)) for one in self._shifts()]
        found += [(*gap, "NOBODY") for gap in gaps(self.rota, self.rules.covers, self.at, self.at + self.ahead)]
        for starts, ends, who in sorted(found):
            yield f"  {self.reader.moment(starts, self.at)} – {self.reader.moment(ends, self.at)}  {who}"

    def fields(self) -> Row:
        covers, rota = self.rules.covers, self.rota
        then = None if rota is None else next_shift(rota, covers, self.at)
        return {
            "team": self.team.id,
            "place": self.place,
            "rota": None if rota is None else rota.id,
            "at": written(self.at),
            "zone": self.team.zone,
            "on_call": [{"person": person, "cover": cover} for person, cover in self._now()],
            "until": None if rota is None else written(until_when(rota, covers, self.at)),
            "next": None if then is None else _shift_fields(then.person, then.starts, then.ends, then.cover),
            "shifts": [_shift_fields(one.person, one.starts, one.ends, one.cover) for one in self._shifts()],
            "gaps": []
            if rota is None
            else [[written(edge) for edge in gap] for gap in gaps(rota, covers, self.at, self.at + self.ahead)],
        }

    def _now(self) -> list[tuple[PersonId, int | None]]:
        """Each with the number of the cover that put them there."""
        if self.rota is None:
            return [(one, None) for one in standby.on_call(self.team, self.place, self.rules, self.at)]
        moment = shifts(self.rota, self.rules.covers, self.at, self.at + timedelta(milliseconds=1))
        return [(one.person, one.cover) for one in moment]

    def _shifts(self) -> Sequence[Any]:
        return () if self.rota is None else shifts(self.rota, self.rules.covers, self.at, self.at + self.ahead)

    def _shown(self, person: PersonId, cover: int | None) -> str:
        known = self.rules.people.get(person)
        name = person if known is None else known.name
        return name if cover is None else f"{name} (cover #{cover})"


def _posts(team: Team, rules: Rules, at: datetime, ahead: timedelta) -> Iterator[_Post]:
    if not team.rotas:
        for place in range(1, max(len(team.on_call), 1) + 1):
            yield _Post(team, place, None, rules, at, ahead)
    for place, rota in enumerate(team.rotas, start=1):
        yield _Post(team, place, rules.rotas[RotaId(rota)], rules, at, ahead)


def _shift_fields(person: PersonId, starts: datetime, ends: datetime, cover: int | None) -> Row:
    return {"person": person, "starts": written(starts), "ends": written(ends), "cover": cover}


def _moment(said: str, team: Team) -> datetime:
    """The moment, on the clocks of the team when no offset is written."""
    if not said:
        return now()
    try:
        wall = datetime.fromisoformat(said)
        moment = wall if wall.tzinfo is not None else wall.replace(tzinfo=ZoneInfo(team.zone))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        _exit(f"--at is `{said}`. Write it like 2026-12-24T18:00 or 2026-12-24T18:00+08:00.")
    if not 1971 <= moment.year <= 2200:
        _exit("That lies out of reach: use years from 1971 to 2200.")
    return moment


# --- one's own shifts ------------------------------------------------------------------------------------------------


async def shifts_as_ics(person: str, days: int) -> str:
    """Everything of that person for so long, as iCalendar text. Ends the command for somebody unknown."""
    rules = await rules_in_force()
    known = rules.people.get(PersonId(person))
    if known is None:
        _exit(f"There is no person `{person}`. people.yaml has: {', '.join(sorted(rules.people))}.")
    return calendar_of(known, rules, load_texts(), now(), timedelta(days=days)).decode()


def addresses_of(person: str) -> list[str]:
    """Where calendar programs read the shifts while the desk runs."""
    settings = settings_or_exit()
    if PersonId(person) not in rules_or_exit(settings.rules).people:
        _exit(f"There is no person `{person}`.")
    return list(_addresses(settings, way_of(person, key_beside(settings.database))))


def _addresses(settings: Settings, way: str) -> Iterator[str]:
    if settings.health_port is not None:
        yield f"http://{settings.health_host}:{settings.health_port}{way}"
    if settings.local_port:
        yield f"http://{settings.local_host}:{settings.local_port}{way}"
    if settings.health_port is None and not settings.local_port:
        yield way


# --- rules from another system ---------------------------------------------------------------------------------------


def import_rules(system: str, files: Sequence[Path], folder: Path) -> int:
    """Writes the folder and says what could not be carried; 1 when nothing could be written."""
    if system not in SYSTEMS:
        _exit(f"There is no import from `{system}`. Use one of: {', '.join(SYSTEMS)}.")
    ledger, moment = Ledger(), now()
    try:
        draft = imported(system, files, ledger, moment)
        if not draft.people:
            raise Unreadable("There are no users in the export. Fetch them too and import everything together.")
        paths = write_folder(folder, draft, ledger, moment)
    except (Unreadable, Occupied) as no:
        complain(str(no))
        return 1
    except OSError as trouble:
        complain(f"{folder} cannot be written: {trouble.strerror}.")
        return 1
    for note in ledger.notes[:_SHOWN_NOTES]:
        print(f"{note.where}: {note.what}. To do: {note.todo}.")
    more = len(ledger.notes) - _SHOWN_NOTES
    if more > 0:
        print(f"... and {more} more.")
    carried = ", ".join(f"{many} {what}" for what, many in ledger.carried.items()) or "nothing"
    print(f"Carried: {carried}. To look at: {len(ledger.notes)}, all in {folder / REPORT}.")
    print(f"Written: {', '.join(path.name for path in paths)}. Next: deskbell check {folder}")
    return 0


def _exit(why: str) -> NoReturn:
    complain(why)
    raise SystemExit(1)
