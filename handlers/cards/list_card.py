"""Several tickets on one card: mine, the team's queue, and letters of one address that were bundled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.chat.card import Action, Card, Tone
from bot.domain.announce import About
from bot.services.ports import Dues
from handlers import phrasing
from handlers.cards.clocks import clock_name
from handlers.cards.late import lateness
from handlers.cards.view import View
from handlers.reader import Reader

BUTTONS = 5
"""More buttons than that nobody reads; the rest is reached by number."""

FLOOD_LINES = 10

LOUD = frozenset({About.PAGE, About.CHANNEL_CALL, About.BREACH, About.NOBODY})


def ticket_line(view: View, dues: Dues | None = None) -> str:
    """INC-42 · P2 · in progress (Wang) · VPN is down · due Mon 24 Nov 17:00 (UTC+8)."""
    parts = [view.ticket.ref, str(view.ticket.priority), view.status]
    if view.ticket.holder is not None and view.ticket.is_open:
        parts.append(view.holder)
    parts.append(view.gist)
    due = next_due(dues) if dues is not None else None
    if due is not None:
        key = "line-overdue" if due < view.now else "line-due"
        parts.append(view.say(key, due=view.reader.moment(due, view.now)))
    return " · ".join(parts)


def next_due(dues: Dues) -> datetime | None:
    """The deadline that comes first."""
    return min((due for due in (dues.response, dues.update, dues.resolution) if due is not None), default=None)


def tickets_card(title: str, lead: str, lines: Sequence[str], views: Sequence[View], reader: Reader) -> Card:
    """A list, one line a ticket, with a button for each of the first few."""
    return Card(
        title=title,
        tone=Tone.CALM if views else Tone.QUIET,
        lead=lead,
        lines=tuple(lines),
        actions=tuple(_show(view) for view in views[:BUTTONS]),
        footer=reader.say("list-hint") if len(views) > BUTTONS else "",
    )


def bundle_card(news: Sequence[tuple[View, str]], mentions: tuple[str, ...]) -> Card:
    """What happened to several tickets while the address could not be written to: one line a ticket, the most urgent
    first, everything that was to be said on it."""
    by_ticket: dict[int, list[tuple[View, str]]] = {}
    for view, about in news:
        by_ticket.setdefault(view.ticket.id, []).append((view, about))
    first = news[0][0]
    groups = sorted(by_ticket.values(), key=lambda group: (group[0][0].ticket.priority, group[0][0].ticket.id))
    loud = any(about in LOUD for _, about in news)
    views = [group[0][0] for group in groups]
    return Card(
        title=first.say("bundle-title", tickets=len(groups)),
        tone=Tone.ALARM if loud else Tone.CALM,
        lead=first.say("bundle-lead"),
        lines=tuple(_bundle_line(group) for group in groups),
        actions=tuple(_show(view) for view in views[:BUTTONS]),
        footer=first.say("list-hint") if len(views) > BUTTONS else "",
        mentions=mentions,
    )


def flood_card(views: Sequence[View]) -> Card:
    """So many tickets call at once that they are one page: how many, of which services, the most urgent first."""
    found = sorted(
        {view.ticket.id: view for view in views}.values(), key=lambda one: (one.ticket.priority, one.ticket.id)
    )
    first = found[0]
    calling = [view for view in found if view.ticket.is_open and view.ticket.acknowledged_by is None]
    lines = [_flood_line(view) for view in found[:FLOOD_LINES]]
    if len(found) > FLOOD_LINES:
        lines.append(first.say("and-more", more=len(found) - FLOOD_LINES))
    title = first.say("flood-title", count=len(calling)) if calling else first.say("flood-over")
    return Card(
        title=title,
        tone=Tone.ALARM if calling else Tone.CALM,
        lead=_why_late(_by_service(calling), calling),
        lines=tuple(lines),
        actions=tuple(
            Action("acknowledge", str(view.ticket.id), view.say("do-acknowledge-one", ref=view.ticket.ref))
            for view in calling[:BUTTONS]
            if not view.is_hushed
        ),
        footer=first.say("list-hint") if len(found) > BUTTONS else "",
        summary=title,
    )


def _by_service(views: Sequence[View]) -> str:
    """E-mail 5, VPN 2: what a flood is about; nothing of what is private."""
    counts = Counter(view.say("private-service") if view.ticket.private else view.service for view in views)
    said = [views[0].say("flood-service", service=service, count=count) for service, count in counts.most_common()]
    return views[0].reader.listed(said) if views else ""


def _why_late(lead: str, views: Sequence[View]) -> str:
    """Where calls come late, the longest of it with its reason, once."""
    late = [view for view in views if "late_since" in view.facts]
    if not late:
        return lead
    latest = min(late, key=lambda view: view.facts["late_since"])
    return latest.say("list-semicolon").join((lead, lateness(latest)))


def _flood_line(view: View) -> str:
    if view.is_hushed:
        return view.say("page-private")
    return " · ".join((view.ticket.ref, str(view.ticket.priority), view.status, view.gist))


def _bundle_line(group: Sequence[tuple[View, str]]) -> str:
    view = group[0][0]
    news = view.say("list-semicolon").join(dict.fromkeys(_news(one, about) for one, about in group))
    if view.is_hushed:
        return view.say("page-private")
    line = " · ".join((view.ticket.ref, str(view.ticket.priority), view.status, view.gist))
    return view.say("bundle-line", line=line, news=news)


def _news(view: View, about: str) -> str:
    """What one letter wanted to say, in a few words; the words of people are quoted."""
    match about:
        case About.WARNING | About.BREACH:
            clock = clock_name(view.facts["clock"], view)
            due = view.reader.moment(datetime.fromisoformat(view.facts["due"]), view.now)
            said = view.say(f"news-{about}", clock=clock, due=due)
        case About.REPLY_BACK:
            words = view.say("private-words") if view.is_shut else phrasing.gist(view.facts.get("words", ""), 300)
            said = view.say("news-reply_back", requester=view.requester, words=words)
        case About.PAGE:
            said = view.say("news-channel_call", level=view.facts.get("level", "1"))
        case About.NOBODY | About.CHANNEL_CALL:
            said = view.say(f"news-{about}", level=view.facts.get("level", "1"))
        case About.NUDGED:
            said = view.say("news-nudged", requester=view.requester)
        case _:
            said = view.say("news-team_card", requester=view.requester)
    late = lateness(view)
    return view.say("news-late", news=said, late=late) if late else said


def _show(view: View) -> Action:
    return Action("show", str(view.ticket.id), view.ticket.ref)
