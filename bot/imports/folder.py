"""A draft becomes a folder of policy files that `deskbell check` accepts, with a report beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.domain.hours import WEEKDAYS, Window
from bot.domain.turns import Layer
from bot.house_rules import PACKAGED
from bot.house_rules.models import NOBODY
from bot.imports.draft import Draft, DraftEvent, DraftPerson, DraftPolicy, DraftRota, DraftTeam
from bot.imports.ledger import Ledger, Note
from bot.imports.turning import Turn

REPORT = "IMPORT-REPORT.md"
_WIDTH = 110
_AS_PACKAGED = ("slas.yaml", "priority.yaml")
_PRIORITIES = ("P1", "P2", "P3", "P4")
_USUAL = "usual"


class Occupied(Exception):
    """The folder has policy files already."""


def write_folder(folder: Path, draft: Draft, ledger: Ledger, now: datetime) -> list[Path]:
    """The files of a whole policy: what was imported, and of the packaged rules what no import can know. Returns them.
    Raises Occupied, and then nothing was written: merging is for people."""
    files = dict(_files(draft, now)) | {REPORT: report(draft, ledger, now)}
    taken = sorted(name for name in files if (folder / name).exists())
    if taken:
        raise Occupied(f"{folder} has {', '.join(taken)} already; choose an empty folder and merge by hand.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def report(draft: Draft, ledger: Ledger, now: datetime) -> str:
    """Everything that could not be carried, item by item, for the one who goes on from here."""
    carried = ", ".join(f"{many} {what}" for what, many in ledger.carried.items()) or "nothing"
    lines = [
        f"# Import from {draft.system}, {now:%Y-%m-%d %H:%M} UTC",
        "",
        f"Carried: {carried}. To look at: {len(ledger.notes)}.",
        "",
        "What no export has is as in the packaged rules (agreements, priorities) or a first proposal: hours (Monday",
        "to Friday, 09:00 to 18:00, no holidays), one service `other`, languages guessed from locales and names,",
        "and as the last resort (desk.yaml) the first administrator, or lead where there is none.",
        "",
        "## What could not be carried, or only nearly",
        "",
        *(_lines(ledger.notes) or ["Nothing was lost."]),
        "",
        "## What to do next",
        "",
        "1. Go through the list above.",
        "2. `deskbell check FOLDER` tells what is still missing; `deskbell oncall` shows who is on call.",
        "3. To merge: copy the entries of people.yaml, teams.yaml, rotas.yaml and escalation.yaml",
        "   into your files and the `.ics` files into your folder. Leave the others; let your services name the teams.",
        "4. Everybody links their chat once, or you write their identities into people.yaml.",
        "",
    ]
    return "\n".join(lines)


def _lines(notes: Iterable[Note]) -> list[str]:
    """A list for each place, in the order in which places come."""
    by_place: dict[str, list[Note]] = {}
    for note in notes:
        by_place.setdefault(note.where, []).append(note)
    lines: list[str] = []
    for where, of_place in by_place.items():
        lines += [f"### {_plain(where)}", ""]
        lines += [f"- {_plain(note.what)}. *To do:* {_plain(note.todo)}." for note in of_place]
        lines.append("")
    return lines[:-1]


def _plain(text: str) -> str:
    """On one line, and without anything that begins a tag: names come from outside."""
    return re.sub(r"\s+", " ", text).replace("<", "&lt;")


def _files(draft: Draft, now: datetime) -> Iterator[tuple[str, str]]:
    yield "people.yaml", _sheet("Everybody from the export.", {one.id: _person(one) for one in draft.people})
    calendars = {f"office-{_zone_name(one.zone)}": one.zone for one in draft.teams}
    yield "teams.yaml", _sheet("Who answers together.", {one.id: _team(one) for one in draft.teams})
    if draft.rotas:
        yield "rotas.yaml", _sheet("Who is on call when.", {one.id: _rota(one) for one in draft.rotas})
    for rota in draft.rotas:
        if rota.events:
            yield f"{rota.id}.ics", _calendar(rota, draft.people, now)
    policies = {one.id: _policy(one) for one in draft.policies} or {_USUAL: _USUAL_POLICY}
    if any(not team.policy for team in draft.teams):
        policies.setdefault(_USUAL, _USUAL_POLICY)
    yield "escalation.yaml", _sheet("Who is called until somebody acknowledges.", policies)
    yield "services.yaml", _sheet("What tickets are about.", {"other": _service(draft)})
    hours = {name: {"zone": zone, "hours": {"mon-fri": "09:00-18:00"}} for name, zone in calendars.items()}
    yield "calendars.yaml", _packaged("calendars.yaml") + ("\n" + _dumped(hours) if hours else "")
    yield "desk.yaml", _sheet("Who is called when nobody else is left.", {}) + _dumped(_desk(draft))
    for name in _AS_PACKAGED:
        yield name, _packaged(name)


def _packaged(name: str) -> str:
    return (PACKAGED / name).read_text(encoding="utf-8")


def _sheet(about: str, entries: Mapping[str, Any]) -> str:
    return f"# {about} Written by `deskbell import`; {REPORT} says what is not in here.\n\n" + "\n".join(
        _dumped({name: entry}) for name, entry in entries.items()
    )


class _Dumper(yaml.SafeDumper):
    """Short lists stay on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dumped(entries: Mapping[str, Any]) -> str:
    return yaml.dump(
        dict(entries), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=None
    )


def _person(one: DraftPerson) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": one.name, "language": one.language, "zone": one.zone}
    entry["roles"] = ["employee", "agent", *(["admin"] if one.is_admin else [])]
    if one.email:
        entry["email"] = one.email
    entry["identities"] = list(one.identities or (f"imported:{one.id}",))
    entry["addresses"] = list(one.addresses or (f"imported:{one.id}",))
    if one.ways:
        entry["ways"] = {weight: [_way(*way) for way in ways] for weight, ways in one.ways.items()}
    return entry


def _way(to: str, after: timedelta) -> Any:
    return {"to": to, "after": _span(after)} if after else {"to": to}


def _team(one: DraftTeam) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "names": {"en": one.name},
        "language": one.language,
        "zone": one.zone,
        "calendar": f"office-{_zone_name(one.zone)}",
        "lead": one.lead,
        "members": list(one.members),
    }
    entry["on_call"] = [f"rota {rota}" for rota in one.rotas] or [one.lead]
    entry["policies"] = dict.fromkeys(_PRIORITIES, one.policy or _USUAL)
    return entry


def _rota(one: DraftRota) -> dict[str, Any]:
    entry: dict[str, Any] = {"names": {"en": one.name}}
    if one.events or one.feed:
        entry["calendar"] = f"{one.id}.ics" if one.events else one.feed
    if one.layers:
        entry["layers"] = [_layer(layer) for layer in one.layers]
    return entry


def _layer(layer: Layer) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": layer.name,
        "zone": layer.zone,
        "begins": f"{layer.begins:%Y-%m-%d}",
        "handover": f"{layer.handover:%H:%M}",
        "every": f"{layer.length} {layer.every.value}{'' if layer.length == 1 else 's'}",
    }
    if all(len(turn) == 1 for turn in layer.turns):
        entry["people"] = [turn[0] for turn in layer.turns]
    else:
        entry["turns"] = [_turn(turn) for turn in layer.turns]
    if layer.only is not None:
        entry["only"] = {day: [str(window) for window in row] for day, row in _days(layer.only)}
    if layer.until is not None:
        entry["until"] = f"{layer.until.astimezone(ZoneInfo(layer.zone)):%Y-%m-%d %H:%M}"
    return entry


def _turn(turn: Turn) -> Any:
    if not turn:
        return NOBODY
    return turn[0] if len(turn) == 1 else list(turn)


def _days(week: tuple[tuple[Window, ...], ...]) -> Iterator[tuple[str, tuple[Window, ...]]]:
    """Days one after another with the same hours are one range."""
    first = 0
    for day in range(7):
        if day < 6 and week[day + 1] == week[first]:
            continue
        if week[first]:
            yield WEEKDAYS[first] if first == day else f"{WEEKDAYS[first]}-{WEEKDAYS[day]}", week[first]
        first = day + 1


def _calendar(rota: DraftRota, people: Iterable[DraftPerson], now: datetime) -> str:
    """The exceptions as a calendar; people by address and name, so that other programs show who it is."""
    from icalendar import Calendar, Event, vCalAddress, vRecur

    by_id = {one.id: one for one in people}
    calendar = Calendar()
    calendar.add("prodid", "-//Deskbell//import//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", rota.name)
    for place, event in enumerate(rota.events, start=1):
        part = Event()
        part.add("uid", f"{rota.id}.{place}@imported.deskbell")
        part.add("dtstamp", now)
        starts, ends = _on_the_clock(event)
        part.add("dtstart", starts)
        part.add("dtend", ends)
        part.add("summary", event.person)
        person = by_id.get(event.person)
        if person is not None and person.email:
            part.add("attendee", vCalAddress(f"mailto:{person.email}"))
        if event.rule:
            part.add("rrule", vRecur.from_ical(event.rule))
        calendar.add_component(part)
    return bytes(calendar.to_ical()).decode()


def _on_the_clock(event: DraftEvent) -> tuple[datetime, datetime]:
    """What repeats does so on the clock of its zone; the rest is said in UTC."""
    if event.rule and isinstance(event.starts.tzinfo, ZoneInfo):
        return event.starts, event.ends
    return event.starts.astimezone(UTC), event.ends.astimezone(UTC)


def _policy(one: DraftPolicy) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    for step in one.steps:
        when = {"after": _span(step.after)} if step.after or steps else {}
        steps.append(when | {"call": list(step.call)})
    return {"steps": steps, "repeat": _span(one.repeat)}


_USUAL_POLICY: dict[str, Any] = {
    "steps": [
        {"call": ["on_call 1"]},
        {"after": "10 min", "call": ["on_call 2", "lead"]},
        {"after": "10 min", "call": ["lead"]},
    ],
    "repeat": "15 min",
}


def _service(draft: Draft) -> dict[str, Any]:
    team = draft.teams[0].id if draft.teams else ""
    return {"names": {"en": "Something else", "zh": "其他"}, "team": team, "agreement": "standard"}


def _desk(draft: Draft) -> dict[str, str]:
    admins = [one.id for one in draft.people if one.is_admin]
    last = [*admins, *(team.lead for team in draft.teams)]
    return {"default_service": "other", **({"last_resort": f"person {last[0]}"} if last else {})}


def _span(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    if not minutes and not seconds:
        return "at once"
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{seconds} s"] if seconds else [])])


def _zone_name(zone: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", zone.lower()).strip("-")[-30:]
