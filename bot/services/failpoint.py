"""Named places where the crash tests kill the process; they cost nothing while none is armed."""

from __future__ import annotations

import os
from dataclasses import dataclass

KILLED = 137
"""The exit code of a process that kill -9 ended."""

_declared: set[str] = set()


@dataclass(slots=True)
class _Armed:
    name: str = ""
    left: int = 0


_armed = _Armed()


def declare(name: str) -> str:
    """The name, which `names` lists from now on."""
    _declared.add(name)
    return name


def names() -> tuple[str, ...]:
    """Every place declared by the rooms that are loaded."""
    return tuple(sorted(_declared))


def arm(spec: str) -> None:
    """The process ends at this place: `name` the first time it comes by, `name:3` the third. Empty disarms."""
    name, _, times = spec.partition(":")
    if name and name not in _declared:
        raise ValueError(f"no such place: {name}; there are: {', '.join(names())}")
    _armed.name, _armed.left = name, int(times or 1)


def hit(name: str) -> None:
    """Nothing, unless this place is armed: then the process is gone without a word, as after kill -9."""
    if _armed.name and name == _armed.name:
        _armed.left -= 1
        if _armed.left <= 0:
            os._exit(KILLED)
