"""Escalation entries become policies: levels with conditions, reactions, a last resort, and a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.ids import CalendarId, PolicyId, ServiceId, TeamId
from bot.domain.rules import Condition, Policy, Reaction, Step
from bot.house_rules.models import OnlyEntry, PolicyEntry, ReactionEntry, StepEntry
from bot.house_rules.problems import Problem
from bot.house_rules.reading import Chapter
from bot.house_rules.reading import Policy as Written

VERSION_CHARS = 8


def policy_problems(written: Written) -> Iterator[Problem]:
    """What no single line of a policy shows."""
    yield from _silent_steps(written.policies)
    yield from _without_last_resort(written)


def policy_of(name: str, entry: PolicyEntry) -> Policy:
    """The policy with the version that its meaning gives it: comments, the order of keys and other spellings of the
    same time do not count."""
    policy = Policy(
        id=PolicyId(name),
        steps=tuple(_step(step) for step in entry.steps),
        repeat=entry.repeat.length,
        repeat_working=entry.repeat.working,
        last_resort=tuple(entry.last_resort),
        reactions=tuple(_reaction(one) for one in entry.reactions),
    )
    content = json.dumps(_plain(policy), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return replace(policy, version=hashlib.sha256(content.encode()).hexdigest()[:VERSION_CHARS])


def _silent_steps(policies: Chapter[PolicyEntry]) -> Iterator[Problem]:
    for name, policy in (policies.sheet.plain if policies.sheet is not None else {}).items():
        steps = policy.get("steps") if isinstance(policy, dict) else None
        for place, step in enumerate(steps if isinstance(steps, list) else ()):
            if place and isinstance(step, dict) and "after" not in step:
                what = f"step {place + 1} does not say how long after the one before"
                yield policies.problem((name, "steps", place), what, "add `after:`, for example `after: 5 min`")


def _without_last_resort(written: Written) -> Iterator[Problem]:
    """Policies that may come to an end without anybody. Read from what is written, so that one with another mistake
    is looked at too."""
    desk, policies = written.desk.sheet, written.policies.sheet
    if desk is None or policies is None or "last_resort" in desk.plain:
        return
    for name, policy in policies.plain.items():
        if isinstance(policy, dict) and not policy.get("last_resort"):
            what = f"`{name}` ends without a last resort: nobody is left when its levels reach nobody"
            advice = "add `last_resort: person` and a name to it, or to desk.yaml for every policy"
            yield written.policies.problem((name,), what, advice)


def _step(entry: StepEntry) -> Step:
    return Step(
        after=entry.after.length,
        who=tuple(entry.call),
        working=entry.after.working,
        only=None if entry.only is None else _condition(entry.only),
    )


def _condition(entry: OnlyEntry) -> Condition:
    calendar = entry.hours or entry.outside
    return Condition(
        priorities=frozenset(entry.priorities),
        services=frozenset(ServiceId(one) for one in entry.services),
        hours=None if calendar is None else CalendarId(calendar),
        outside=entry.outside is not None,
    )


def _reaction(entry: ReactionEntry) -> Reaction:
    moment, clocks = entry.when
    return Reaction(
        moment=moment,
        clocks=clocks,
        call=tuple(entry.call),
        hand_to=None if entry.hand_to is None else TeamId(entry.hand_to),
        again=entry.call_again,
    )


def _plain(value: Any) -> Any:
    """What JSON can write, the same for equal values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.total_seconds() if isinstance(value, timedelta) else value
