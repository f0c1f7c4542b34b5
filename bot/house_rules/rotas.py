"""Rota entries become rotas: layers of turns, and shifts that stand in calendar files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.domain.hours import WEEKDAYS, overlaps, parse_weekdays
from bot.domain.ids import PersonId, RotaId
from bot.domain.oncall import Rota
from bot.domain.rules import Person
from bot.domain.timetable import first_moment
from bot.domain.turns import Every, Layer
from bot.house_rules.calendars import week_of
from bot.house_rules.models import RotaEntry, TurnsEntry
from bot.house_rules.problems import Problem, did_you_mean
from bot.house_rules.reading import Chapter, Loc
from bot.house_rules.words import Turns, Until
from bot.services.ical import LeftOut, NotACalendar, Read, by_address_or_name, read_calendar

HANDOVER = time(9)
"""When turns change where nothing is said."""
EVERY = Turns(Every.WEEK, 1)

READ_BEFORE, READ_AHEAD = timedelta(days=31), timedelta(days=3 * 366)
"""The shifts of a calendar file that count: a desk is started again long before they run out."""

Files = Mapping[str, bytes]
"""The calendar files of the folder by their name."""
People = Mapping[PersonId, Person]


def rota_problems(chapter: Chapter[RotaEntry], files: Files) -> Iterator[Problem]:
    """What no single line of a rota shows."""
    for name, entry in chapter.entries.items():
        if entry.calendar is not None:
            yield from _calendar_problems(name, entry.calendar, chapter, files)
        if entry.layers is not None and _has_people(entry):
            what, advice = "here are people beside the layers", "move them into a layer of their own"
            yield chapter.problem((name, _key_of_people(entry)), what, advice)
        elif entry.layers is None and entry.calendar is None and not _has_people(entry):
            what = f"rota `{name}` names nobody"
            yield chapter.problem((name,), what, "add `people:` in the order of their turns, or `calendar:`")
        for sketch in _sketches(name, entry):
            yield from _layer_problems(sketch, chapter)


def build_rotas(chapter: Chapter[RotaEntry], files: Files, people: People, now: datetime) -> dict[RotaId, Rota]:
    """The rotas; there are no problems in them. Addresses of calendars are left to the running desk."""
    return {RotaId(name): _rota(name, entry, files, people, now) for name, entry in chapter.entries.items()}


def left_out_of(entry: RotaEntry, files: Files, people: People, now: datetime) -> tuple[LeftOut, ...]:
    """What stands in the calendar file of the rota and became no shift."""
    text = files.get(entry.calendar or "")
    return () if text is None else _read(text, people, now).left_out


def is_address(calendar: str) -> bool:
    """Whether the calendar is somewhere in the network, and not a file."""
    return "://" in calendar


@dataclass(frozen=True, slots=True)
class _Sketch:
    """One layer as it is written: what it does not say is as in the rota."""

    loc: Loc
    name: str
    own: TurnsEntry
    rota: RotaEntry

    @property
    def zone(self) -> str | None:
        return self.own.zone or self.rota.zone

    @property
    def begins(self) -> date | None:
        return self.own.begins or self.rota.begins

    @property
    def until(self) -> Until | None:
        return self.own.until or self.rota.until


def _sketches(name: str, entry: RotaEntry) -> Iterator[_Sketch]:
    if entry.layers is None:
        if _has_people(entry):
            yield _Sketch((name,), "1", entry, entry)
        return
    for place, layer in enumerate(entry.layers):
        yield _Sketch((name, "layers", place), layer.name or str(place + 1), layer, entry)


def _has_people(entry: TurnsEntry) -> bool:
    return entry.people is not None or entry.turns is not None


def _key_of_people(entry: TurnsEntry) -> str:
    return "turns" if entry.people is None else "people"


def _layer_problems(sketch: _Sketch, chapter: Chapter[RotaEntry]) -> Iterator[Problem]:
    def told(key: str, what: str, advice: str) -> Problem:
        return chapter.problem((*sketch.loc, key) if key else sketch.loc, what, advice)

    own = sketch.own
    if own.people is not None and own.turns is not None:
        yield told("turns", "here are `people` and `turns`", "keep `turns`, which may have several people each")
    elif not _has_people(own) or not any(own.turns or own.people or ()):
        yield told("", "this layer names nobody", "add `people:` in the order of their turns")
    for key, value, example in (("zone", sketch.zone, "Asia/Shanghai"), ("begins", sketch.begins, "2026-11-02")):
        if value is None:
            yield told("", f"`{key}` is missing", f"add a line like `{key}: {example}`")
    if sketch.until is not None and sketch.begins is not None and sketch.until.day <= sketch.begins:
        yield told("until", "this ends before it begins", "correct `until:` or `begins:`")
    yield from _hours_problems(sketch, chapter)


def _hours_problems(sketch: _Sketch, chapter: Chapter[RotaEntry]) -> Iterator[Problem]:
    hours = sketch.own.only or {}
    seen: dict[int, str] = {}
    for key, windows in hours.items():
        for one, other in overlaps(windows):
            what = f"hours overlap: {one}, {other}"
            yield chapter.problem((*sketch.loc, "only", key), what, "let one end before the other begins")
        for weekday in parse_weekdays(key):
            if weekday in seen:
                what = f"`{key}` names {WEEKDAYS[weekday]}, and so does `{seen[weekday]}`"
                yield chapter.problem((*sketch.loc, "only", key, "[key]"), what, "name each day once")
                break
            seen[weekday] = key


def _calendar_problems(name: str, calendar: str, chapter: Chapter[RotaEntry], files: Files) -> Iterator[Problem]:
    loc = (name, "calendar")
    if is_address(calendar):
        if not calendar.startswith("https://"):
            yield chapter.problem(loc, f"`{calendar}` can be read by anybody on the way", "write `https://`")
        return
    if calendar not in files:
        what = f"there is no calendar file `{calendar}`"
        advice = did_you_mean(calendar, files) if files else "put it beside the policy files"
        yield chapter.problem(loc, what, advice)
        return
    try:
        read_calendar(files[calendar], _EPOCH, _EPOCH + timedelta(days=1), lambda _: ())
    except NotACalendar as bad:
        yield chapter.problem(loc, f"`{calendar}`: {bad}", "export it again as iCalendar (.ics)")


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _rota(name: str, entry: RotaEntry, files: Files, people: People, now: datetime) -> Rota:
    calendar = entry.calendar or ""
    return Rota(
        id=RotaId(name),
        names=MappingProxyType({"en": entry.names.en} | ({"zh": entry.names.zh} if entry.names.zh else {})),
        layers=tuple(map(_layer, _sketches(name, entry))),
        fixed=_read(files[calendar], people, now).shifts if calendar in files else (),
        feed=calendar,
    )


def _read(text: bytes, people: People, now: datetime) -> Read:
    return read_calendar(text, now - READ_BEFORE, now + READ_AHEAD, by_address_or_name(people))


def _layer(sketch: _Sketch) -> Layer:
    own, rota, until = sketch.own, sketch.rota, sketch.until
    if sketch.zone is None or sketch.begins is None:
        raise ValueError(f"layer {sketch.name!r} has problems")
    handover, every = own.handover or rota.handover or HANDOVER, own.every or rota.every or EVERY
    only = own.only or rota.only
    names = own.turns if own.turns is not None else [[one] for one in own.people or ()]
    return Layer(
        name=sketch.name,
        zone=sketch.zone,
        turns=tuple(tuple(PersonId(one) for one in turn) for turn in names),
        begins=sketch.begins,
        handover=handover,
        every=every.every,
        length=every.length,
        only=None if only is None else week_of(only),
        until=None
        if until is None
        else first_moment(datetime.combine(until.day, until.clock or handover), ZoneInfo(sketch.zone)),
    )
