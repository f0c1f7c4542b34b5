"""The desk's policy files become `Rules`; every mistake in all of them is told at once, with its file and line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.domain.rules import Rules
from bot.house_rules.advice import holiday_warnings, rule_warnings
from bot.house_rules.building import build_rules, whole_problems
from bot.house_rules.calendars import build_calendars
from bot.house_rules.problems import BadRules, Problem
from bot.house_rules.reading import FILES, Policy, read_folder

__all__ = ["FILES", "PACKAGED", "BadRules", "Problem", "check", "load"]

PACKAGED = Path(__file__).resolve().parent.parent / "rules"
"""The folder of the default policy."""


def load(folder: Path | None, *, now: datetime) -> Rules:
    """The rules of that folder, or the packaged ones. Raises BadRules with every mistake there is."""
    rules, _, problems = _work(folder or PACKAGED, now)
    if rules is None:
        raise BadRules(problems)
    return rules


def check(folder: Path | None, *, now: datetime) -> list[Problem]:
    """Every mistake and every warning, in the order of files and lines; the rules can be used when all are warnings."""
    rules, written, problems = _work(folder or PACKAGED, now)
    calendars, _ = build_calendars(written.calendars, written.years, now)
    problems += holiday_warnings(written, calendars, now)
    if rules is not None:
        problems += rule_warnings(written, rules, now)
    return sorted(set(problems))


def _work(folder: Path, now: datetime) -> tuple[Rules | None, Policy, list[Problem]]:
    written, problems = read_folder(folder)
    calendars, bad_calendars = build_calendars(written.calendars, written.years, now)
    problems += bad_calendars
    problems += whole_problems(written)
    return (None if problems else build_rules(written, calendars)), written, problems
