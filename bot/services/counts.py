"""What the desk has done since it started, counted: for graphs and alarms, never for a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

Labels = tuple[str, ...]


@dataclass(slots=True)
class Counts:
    """One counter for each thing worth a graph. Labels are codes and names of platforms, never words of people."""

    commands: Counter[Labels] = field(default_factory=Counter)
    """By verb and outcome: `done` or the code of the refusal."""
    letters: Counter[Labels] = field(default_factory=Counter)
    """By platform, what it was about, and its fate: `sent`, `postponed`, `buried`, `moot`."""
    arrivals: Counter[Labels] = field(default_factory=Counter)
    """By platform."""
    commits: int = 0
    commit_seconds: float = 0.0
    knocks: int = 0
    """What the commits carried."""

    def committed(self, knocks: int, seconds: float) -> None:
        """A batch is on the disk."""
        self.commits += 1
        self.knocks += knocks
        self.commit_seconds += seconds

    def as_totals(self) -> Mapping[str, float]:
        """The plain totals by name."""
        return {"commits": self.commits, "commit_seconds": self.commit_seconds, "knocks": self.knocks}
