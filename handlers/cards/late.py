"""What is said late says so, once, with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.cards.view import View


def lateness(view: View) -> str:
    """ "Late by 31 min: I was down 02:10–02:41 (UTC+8)." Empty when the letter is not late."""
    since = _moment(view, "late_since")
    if since is None:
        return ""
    late_by = view.reader.length(max((view.written_at or view.now) - since, timedelta()), days=True)
    down_since, down_until = _moment(view, "down_since"), _moment(view, "down_until")
    if down_since is None or down_until is None:
        return view.say("late", by=late_by)
    return view.say("late-down", by=late_by, span=view.reader.span(down_since, down_until))


def with_lateness(lead: str, view: View) -> str:
    """The lead, and behind it why it comes so late."""
    return view.say("list-sentence").join(part for part in (lead, lateness(view)) if part)


def _moment(view: View, name: str) -> datetime | None:
    written = view.facts.get(name, "")
    return datetime.fromisoformat(written) if written else None
