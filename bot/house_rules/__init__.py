"""The desk's policy files become `Rules`; every mistake in all of them is told at once, with its file and line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.rules import Rules
from bot.house_rules.advice import holiday_warnings, rule_warnings
from bot.house_rules.building import build_rules, whole_problems
from bot.house_rules.calendars import Calendars, build_calendars
from bot.house_rules.clock_changes import clock_change_warnings
from bot.house_rules.problems import BadRules, Problem
from bot.house_rules.reachability import reachability_warnings
from bot.house_rules.reading import FILES, Policy, read_folder
from bot.house_rules.rota_advice import rota_warnings

__all__ = ["FILES", "PACKAGED", "BadRules", "Problem", "check", "load"]

PACKAGED = Path(__file__).resolve().parent.parent / "rules"
"""The folder of the default policy."""


def load(folder: Path | None, *, now: datetime) -> Rules:
    """The rules of that folder, or the packaged ones. Raises BadRules with every mistake there is."""
    found = _read(folder or PACKAGED, now)
    if found.problems:
        raise BadRules(found.problems)
    return build_rules(found.written, found.calendars, now)


def check(folder: Path | None, *, now: datetime) -> list[Problem]:
    """Every mistake and every warning, in the order of files and lines; the rules can be used when all are warnings.

    Most warnings can only be given when there are no mistakes.
    """
    found = _read(folder or PACKAGED, now)
    problems = [*found.problems, *holiday_warnings(found.written, found.calendars, now)]
    if not found.problems:
        rules = build_rules(found.written, found.calendars, now)
        for warnings in (rule_warnings, reachability_warnings, rota_warnings, clock_change_warnings):
            problems += warnings(found.written, rules, now)
    return sorted(set(problems))


@dataclass(frozen=True, slots=True)
class _Found:
    written: Policy
    calendars: Calendars
    problems: list[Problem]


def _read(folder: Path, now: datetime) -> _Found:
    written, problems = read_folder(folder)
    calendars, bad_calendars = build_calendars(written.calendars, written.years, now)
    return _Found(written, calendars, [*problems, *bad_calendars, *whole_problems(written)])
