"""Which days of a country are free, which weekends are worked instead, and which years are known at all."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_NOTICE_EVERY_YEAR = frozenset({"BY", "CN", "RU"})
"""Countries that publish each year's swapped days for that year alone; the days guessed for later years are no
basis for a promise."""


class NoSuchPlace(LookupError):
    """The library has no holidays for this country or subdivision; `known` are those it has."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name, self.known = name, tuple(known)


@dataclass(frozen=True, slots=True)
class FreeDays:
    """The holidays and the make-up working days of a few years."""

    closed: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    years_known: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class YearFile:
    """A published list of one year's days, which may name days of its neighbours: date to free or worked."""

    country: str
    year: int
    days: Mapping[date, bool]


def free_days(country: str, subdivision: str | None, years: Sequence[int], files: Iterable[YearFile]) -> FreeDays:
    """What the library knows about these years, overridden by the files of that country. Raises NoSuchPlace."""
    known = _from_library(country, subdivision, tuple(years))
    for file in sorted((file for file in files if file.country == country), key=lambda file: file.year):
        known = _overridden(known, file)
    return known


def _overridden(known: FreeDays, file: YearFile) -> FreeDays:
    """The file decides about the dates it names, and about the whole of its year when the library only guesses it."""
    guessed = file.year not in known.years_known
    replaced = {day for day in known.closed | known.make_up if day in file.days or (guessed and day.year == file.year)}
    return FreeDays(
        closed=(known.closed - replaced) | {day for day, free in file.days.items() if free},
        make_up=(known.make_up - replaced) | {day for day, free in file.days.items() if not free},
        years_known=known.years_known | {file.year},
    )


@lru_cache(maxsize=64)
def _from_library(country: str, subdivision: str | None, years: tuple[int, ...]) -> FreeDays:
    kind = _country(country)
    known = (*kind.subdivisions, *kind.subdivisions_aliases)
    if subdivision is not None and subdivision not in known:
        raise NoSuchPlace(subdivision, known)
    days = kind(subdiv=subdivision, years=years)
    named = {day: str(name) for day, name in days.items()}
    return FreeDays(
        closed=frozenset(named),
        make_up=frozenset(day for day in days.weekend_workdays if day.year in years) - frozenset(named),
        years_known=frozenset(year for year in years if _is_known(country, days, named, year)),
    )


def _is_known(country: str, days: Any, named: Mapping[date, str], year: int) -> bool:
    """Whether the library has the published days of that year and not an estimate."""
    if not days.start_year <= year <= days.end_year:
        return False
    if country in _NOTICE_EVERY_YEAR and year > max(days.special_public_holidays, default=0):
        return False
    label = getattr(days, "estimated_label", None)
    if label is None:
        return True
    estimated = days.tr(label).replace("%s", "").strip(" ()")
    return not any(estimated in name for day, name in named.items() if day.year == year)


def _country(code: str) -> Any:
    """The library's class for a country; raises NoSuchPlace.

    The module is loaded by its file, because the package of all countries imports every one of them: 50 ms and
    8 MB for nothing (holidays 0.109).
    """
    import holidays  # 55 ms; desks without holidays do not need it
    from holidays.registry import COUNTRIES

    for module, (name, *codes) in COUNTRIES.items():
        if code in codes:
            path = Path(holidays.__file__).parent / "countries" / f"{module}.py"
            spec = importlib.util.spec_from_file_location(f"holidays_of_{module}", path)
            if spec is None or spec.loader is None:
                return getattr(holidays, name)
            loaded = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(loaded)
            return getattr(loaded, name)
    raise NoSuchPlace(code, [codes[0] for _, *codes in COUNTRIES.values()])
