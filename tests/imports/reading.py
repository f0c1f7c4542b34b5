"""Reads a made-up export, and says who is on call by what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.ids import RotaId
from bot.domain.oncall import Rota, Shift, shifts
from bot.domain.rules import Rules
from bot.house_rules import load
from bot.imports import Draft, Ledger, imported, write_folder

EXPORTS = Path(__file__).parent / "exports"
NOW = datetime(2026, 2, 25, 12, 0, tzinfo=UTC)


def read(system: str, *more: Path) -> tuple[Draft, Ledger]:
    """The fixture of that system, or these files instead."""
    ledger = Ledger()
    return imported(system, more or [EXPORTS / system], ledger, NOW), ledger


@cache
def rules_of(system: str) -> Rules:
    """The fixture of that system, written into files and read from them again."""
    draft, ledger = read(system)
    with TemporaryDirectory() as folder:
        write_folder(Path(folder), draft, ledger, NOW)
        return load(Path(folder), now=NOW)


def rota_of(system: str, name: str) -> Rota:
    """The rota of that name as a desk has it that was started with the imported files."""
    return rules_of(system).rotas[RotaId(name)]


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
