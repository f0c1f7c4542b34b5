"""What is said late says so, once, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers.cards.view import View
from handlers.reader import Reader


def lateness(view: View) -> str:
    """ "Late by 31 min: I was down 02:10–02:41 (UTC+8)." Empty when the letter is not late."""
    return lateness_of(view.facts, view.reader, view.written_at or view.now)


def lateness_of(facts: Mapping[str, str], reader: Reader, written_at: datetime) -> str:
    """The same of any letter."""
    since = _moment(facts, "late_since")
    if since is None:
        return ""
    late_by = reader.length(max(written_at - since, timedelta()), days=True)
    down_since, down_until = _moment(facts, "down_since"), _moment(facts, "down_until")
    if down_since is None or down_until is None:
        return reader.say("late", by=late_by)
    return reader.say("late-down", by=late_by, span=reader.span(down_since, down_until))


def with_lateness(lead: str, view: View) -> str:
    """The lead, and behind it why it comes so late."""
    return view.say("list-sentence").join(part for part in (lead, lateness(view)) if part)


def _moment(facts: Mapping[str, str], name: str) -> datetime | None:
    written = facts.get(name, "")
    return datetime.fromisoformat(written) if written else None
