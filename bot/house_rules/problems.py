"""What is wrong with the policy files: where it stands, what it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, or with `warning` something that may be meant but will surprise. Lines count from 1."""

    file: str
    line: int
    column: int
    what: str
    advice: str
    warning: bool = False

    def __str__(self) -> str:
        label = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}: {label}{self.what} — {self.advice}"


class BadRules(ValueError):
    """The policy files cannot be used; `problems` holds every reason, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was most likely meant; None when none is like it."""
    from difflib import get_close_matches  # costs 10 ms, and only mistakes need it

    folded = {one.casefold(): one for one in known}
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The advice for a name that does not exist."""
    likely = nearest(name, known)
    if likely is not None:
        return f"did you mean `{likely}`?"
    listed = ", ".join(f"`{one}`" for one in sorted(known)[:_MOST_LISTED])
    if not listed:
        return "there is none yet"
    return f"write one of {listed}" + (", ..." if len(known) > _MOST_LISTED else "")


_MOST_LISTED = 12
