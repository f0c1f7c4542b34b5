"""Reads a made-up export, and says who is on call by what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.domain.ids import PersonId, RotaId
from bot.domain.oncall import Fixed, Rota, Shift, shifts
from bot.imports import Draft, Ledger, imported
from bot.imports.draft import DraftRota

EXPORTS = Path(__file__).parent / "exports"
NOW = datetime(2026, 2, 25, 12, 0, tzinfo=UTC)


def read(system: str, *more: Path) -> tuple[Draft, Ledger]:
    """The fixture of that system, or these files instead."""
    ledger = Ledger()
    return imported(system, more or [EXPORTS / system], ledger, NOW), ledger


def rota_of(draft: Draft, name: str) -> Rota:
    """The rota of that id as the desk has it. Exceptions that repeat are left to the calendar they will stand in."""
    found: DraftRota = next(one for one in draft.rotas if one.id == name)
    fixed = tuple(Fixed(PersonId(one.person), one.starts, one.ends) for one in found.events if not one.rule)
    return Rota(RotaId(name), {"en": found.name}, found.layers, fixed)


def on_call(rota: Rota, since: datetime, until: datetime) -> list[str]:
    """One line for each shift, in UTC: short enough to be written down by hand."""
    return [line(shift) for shift in shifts(rota, (), since, until)]


def line(shift: Shift) -> str:
    """`03-02 13:00 .. 03-09 12:00 alice`."""
    starts, ends = shift.starts.astimezone(UTC), shift.ends.astimezone(UTC)
    return f"{starts:%m-%d %H:%M} .. {ends:%m-%d %H:%M} {shift.person}"


def told(ledger: Ledger, words: str) -> list[str]:
    """What is told of places and things that have these words in them."""
    lines = [f"{note.where}: {note.what} -> {note.todo}" for note in ledger.notes]
    return [one for one in lines if words in one]
