"""What is promised about a ticket: targets and terms, the marks its clocks hear, and a promise as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from bot.domain.worktime import Calendar


class Clock(StrEnum):
    """What can be promised."""

    RESPONSE = "response"
    UPDATE = "update"
    RESOLUTION = "resolution"
    LOOP = "keep_in_loop"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A budget in working days; `end_of_day` means until the close of the last one."""

    count: int
    end_of_day: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """How much working time a promise has, on which calendar, and when to warn."""

    budget: timedelta | WorkingDays
    calendar: Calendar
    warn_share: float | None = 0.8
    """Warn when this share of the working budget is used ..."""
    warn_before: timedelta | None = None
    """... or when so much working time is left; whichever comes first."""
    notices: Literal["at_once", "when_open"] = "when_open"
    """24x7 targets and major incidents are told at once; the others wait for the opening."""
    _warn_after: timedelta | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.budget, timedelta):  # the same for every ticket, so it is worked out once
            object.__setattr__(self, "_warn_after", self._warn_after_of(self.budget))

    def warn_after(self, whole: timedelta) -> timedelta | None:
        """After how much of `whole`, the budget in working time, to warn; None when nobody wants to be warned."""
        return self._warn_after or self._warn_after_of(whole)

    def _warn_after_of(self, whole: timedelta) -> timedelta | None:
        share = None if self.warn_share is None else min(whole, whole * self.warn_share)
        if self.warn_before is None:
            return share
        early = max(timedelta(), whole - self.warn_before)
        return early if share is None else min(share, early)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised for one priority of one agreement. A clock without a target is off."""

    targets: Mapping[Clock, Target] = field(default_factory=lambda: MappingProxyType({}))
    pausing: frozenset[Clock] = frozenset({Clock.UPDATE, Clock.RESOLUTION})
    """The clocks that a pause stops. The first response is not among them by default: pending a ticket must
    not be a way around answering it."""


TermsOf = Callable[[str], Terms]
"""From the key of the terms to the terms; raises KeyError for an unknown key."""


class MarkKind(StrEnum):
    """What a clock can hear."""

    CREATE = "create"
    TERMS = "terms"
    """The priority or the agreement changed."""
    RESPOND = "first_response"
    """A human took it up; answers the response clock only."""
    REPLY = "agent_reply"
    """A human agent said something in public; also a first response."""
    CUSTOMER = "customer_message"
    PAUSE = "pause"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a ticket's life that a clock hears; kept on the ticket in order."""

    at: datetime
    what: MarkKind
    terms: str = ""
    """On CREATE and TERMS: the key of the terms that hold from now, such as "standard/incident/P2"."""
    why: str = ""
    """On PAUSE: the reason, such as the status "waiting_requester"."""


class PromiseState(StrEnum):
    """How a promise stands."""

    RUNNING = "running"
    PAUSED = "paused"
    KEPT = "kept"
    MISSED = "missed"
    """Done, but late."""
    BROKEN = "broken"
    """Still open, and past due."""
    STOPPED = "stopped"
    """Cancelled, closed, or switched off before it was judged."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock in one cycle, seen at one moment. There is one for each (clock, cycle)."""

    clock: Clock
    cycle: int
    """1, and one more after each reopen; the update and keep-in-loop clocks count each start."""
    state: PromiseState
    begun: datetime
    """When this cycle began. A reopened one goes on with the time used before."""
    due: datetime | None
    """None while paused; then `left` says how much working time remains."""
    left: timedelta | None
    """Working time left; zero when broken, never negative."""
    used: timedelta
    """Working time consumed by the moment of looking, or by `done_at`."""
    budget: timedelta
    """The whole budget in working time; for working days, what lies between the beginning and the due time."""
    warn_at: datetime | None
    """When to warn (the instant, not the time of the notice); None when off, paused or done, and for a promise that
    was broken under harder terms: nobody is warned of what has been said."""
    done_at: datetime | None
    """When it was done, or stopped."""
    broken_at: datetime | None
    """The deadline that was broken, whenever somebody looked; after a change of terms that came too late, the
    instant of the change. It stays when the terms are eased afterwards, and such a promise ends as missed."""
    reclassified: bool
    """Broken because the terms changed."""
    provisional: bool
    """The deadline lies in a year whose holidays are not known yet."""
    target: Target
    carried: bool = False
    """The breach was already that of the cycle before; nothing new to say."""
    terms: str = ""
    """The key of the terms it is judged by."""
    broken_under: str = ""
    """The key of the terms that were broken; differs from `terms` when they were eased afterwards."""

    @property
    def share(self) -> float:
        """The part of the budget that is used, 0 to 1."""
        if self.budget <= timedelta():
            return 1.0
        return min(1.0, max(0.0, self.used / self.budget))
