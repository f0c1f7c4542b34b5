"""Who is told what: a pure function from what happened to notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.domain.events import (
    AnyEvent,
    AskedWhetherForgotten,
    Assigned,
    Broken,
    Called,
    CalledUp,
    Commented,
    Drilled,
    HandedOver,
    Lapsed,
    Moved,
    NobodyReached,
    NobodyThere,
    NotReached,
    Nudged,
    Raised,
    Rated,
    Reclassified,
    ResponderAdded,
    Warned,
)
from bot.domain.ids import DESK, PersonId, ServiceId, Status, TeamId
from bot.domain.kinds import DRILL
from bot.domain.moves import UNTIL
from bot.domain.rules import Rules
from bot.domain.sla import Clock
from bot.domain.ticket import Ticket


class About(StrEnum):
    """What a message on a ticket is for; the handlers have one card for each."""

    RECEIPT = "receipt"
    TEAM_CARD = "team_card"
    PAGE = "page"
    CHANNEL_CALL = "channel_call"
    NOBODY = "nobody"
    WARNING = "warning"
    BREACH = "breach"
    QUESTION = "question"
    REPLY = "reply"
    REPLY_BACK = "reply_back"
    DONE = "done"
    REOPENED = "reopened"
    TIME_COME = "time_come"
    ASSIGNED = "assigned"
    NUDGED = "nudged"
    LOW_RATING = "low_rating"
    STILL_ON_IT = "still_on_it"
    LAPSED = "lapsed"
    SUMMONED = "summoned"
    NOT_REACHED = "not_reached"
    NOBODY_REACHED = "nobody_reached"
    DRILL = "drill"
    DRILL_FAILED = "drill_failed"


LIVE = frozenset(
    {
        About.RECEIPT,
        About.TEAM_CARD,
        About.PAGE,
        About.CHANNEL_CALL,
        About.QUESTION,
        About.DONE,
        About.ASSIGNED,
        About.STILL_ON_IT,
        About.SUMMONED,
        About.DRILL,
    }
)
"""Messages that are edited whenever their ticket changes. The others say what was so at one moment."""


CALLS = frozenset({About.PAGE, About.SUMMONED, About.DRILL})
"""Messages that somebody must notice: they go by all the ways of that person, one after another."""


class Urgency(IntEnum):
    """The order in which letters leave: pages overtake everything."""

    PAGE = 0
    SOON = 1
    NORMAL = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Wherever this person is reached."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class ToTeam:
    """The team's channel."""

    team: TeamId


Recipient = ToPerson | ToTeam


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient. `entry` is the line of the history that caused it and makes it unique."""

    to: Recipient
    about: About
    entry: int
    urgency: Urgency = Urgency.NORMAL
    facts: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None


def announce(ticket: Ticket, events: Sequence[AnyEvent], rules: Rules) -> tuple[Notice, ...]:
    """What has to be said after these events, the last of which is entry `ticket.entries` of the history."""
    first = ticket.entries - len(events) + 1
    if ticket.kind == DRILL.code:
        return tuple(
            notice for place, event in enumerate(events) for notice in _of_a_drill(event, first + place, ticket, rules)
        )
    return tuple(
        notice for place, event in enumerate(events) for notice in _said_about(event, first + place, ticket, rules)
    )


def _said_about(event: AnyEvent, entry: int, ticket: Ticket, rules: Rules) -> Iterator[Notice]:
    match event:
        case Raised():
            yield Notice(ToPerson(ticket.requester), About.RECEIPT, entry, Urgency.SOON)
            yield from _to_channel(ticket, rules, About.TEAM_CARD, entry)
        case Reclassified() if _team_before(event, rules) != ticket.team:
            yield from _to_channel(ticket, rules, About.TEAM_CARD, entry)
        case Called():
            yield from _calls(event, entry, ticket, rules)
        case NobodyThere():
            facts = {"level": str(event.level)}
            yield from _to_channel(ticket, rules, About.NOBODY, entry, Urgency.SOON, facts)
        case AskedWhetherForgotten() | Lapsed() | ResponderAdded() | CalledUp() | NotReached() | NobodyReached():
            yield from _about_people(event, entry, ticket, rules)
        case HandedOver():
            yield from _to_channel(ticket, rules, About.TEAM_CARD, entry)
        case Warned() | Broken():
            yield from _about_promise(event, entry, ticket, rules)
        case Commented():
            yield from _words(event, entry, ticket, rules)
        case Moved():
            yield from _after_move(event, entry, ticket, rules)
        case Assigned() if event.to != event.by:
            facts = {"by": event.by}
            yield Notice(ToPerson(event.to), About.ASSIGNED, entry, Urgency.SOON, facts)
        case Nudged():
            yield from _to_holder(ticket, rules, About.NUDGED, entry, Urgency.NORMAL, {})
        case Rated() if event.stars <= 2:
            lead = rules.team(ticket.team).lead
            if lead is not None:
                facts = {"stars": str(event.stars), "words": event.words}
                yield Notice(ToPerson(lead), About.LOW_RATING, entry, facts=facts)
        case _:
            return


def _team_before(event: Reclassified, rules: Rules) -> TeamId | None:
    """The team that answered for the reading before; None when the rules do not know its service any more."""
    _, service, *_ = event.was.split("/")
    known = rules.services.get(ServiceId(service))
    return None if known is None else known.team


def _calls(event: Called, entry: int, ticket: Ticket, rules: Rules) -> Iterator[Notice]:
    facts = {
        "priority": ticket.priority.value,
        "level": str(event.level),
        "round": str(event.round),
        **_lateness(event),
    }
    if event.missed:
        facts["missed"] = ",".join(map(str, event.missed))
    if event.last_resort:
        facts["last_resort"] = "yes"
    for person in event.people:
        again = {"again": str(event.round)} if person in event.again else {}
        yield Notice(ToPerson(person), About.PAGE, entry, Urgency.PAGE, facts | again)
    if event.channel and event.elsewhere is not None:
        yield Notice(ToTeam(event.elsewhere), About.CHANNEL_CALL, entry, Urgency.PAGE, facts)
    elif event.channel:
        yield from _to_channel(ticket, rules, About.CHANNEL_CALL, entry, Urgency.PAGE, facts)


def _about_people(
    event: AskedWhetherForgotten | Lapsed | ResponderAdded | CalledUp | NotReached | NobodyReached,
    entry: int,
    ticket: Ticket,
    rules: Rules,
) -> Iterator[Notice]:
    """Who has it in hand, who is called besides, and who could not be reached."""
    match event:
        case AskedWhetherForgotten():
            facts = {"answer_by": event.answer_by.isoformat()}
            yield Notice(ToPerson(event.person), About.STILL_ON_IT, entry, Urgency.PAGE, facts)
        case Lapsed():
            facts = {"person": event.person, "why": event.why}
            yield from _to_team_and(event.person, ticket, rules, About.LAPSED, entry, facts)
        case ResponderAdded():
            facts = {"priority": ticket.priority.value, "by": event.by}
            yield Notice(ToPerson(event.to), About.SUMMONED, entry, Urgency.PAGE, facts)
        case CalledUp():
            facts = {"priority": ticket.priority.value, "by": event.by, "why": event.why}
            for person in event.people:
                yield Notice(ToPerson(person), About.SUMMONED, entry, Urgency.PAGE, facts)
            if event.channel:
                yield from _to_channel(ticket, rules, About.SUMMONED, entry, Urgency.PAGE, facts)
        case NotReached():
            lead = rules.team(ticket.team).lead
            told = None if lead == event.person else lead
            yield from _to_team_and(told, ticket, rules, About.NOT_REACHED, entry, {"person": event.person})
        case NobodyReached():
            yield Notice(ToPerson(ticket.requester), About.NOBODY_REACHED, entry, Urgency.SOON)


def _to_team_and(
    person: PersonId | None, ticket: Ticket, rules: Rules, about: About, entry: int, facts: Mapping[str, str]
) -> Iterator[Notice]:
    """To the team's channel and to somebody besides, and to nobody twice."""
    notices = list(_to_channel(ticket, rules, about, entry, Urgency.SOON, facts))
    yield from notices
    if person is not None and all(one.to != ToPerson(person) for one in notices):
        yield Notice(ToPerson(person), about, entry, Urgency.SOON, facts)


def _of_a_drill(event: AnyEvent, entry: int, ticket: Ticket, rules: Rules) -> Iterator[Notice]:
    """The test page to those on call; to the lead only when nobody answered it."""
    if isinstance(event, Called):
        for person in event.people:
            facts = {"priority": ticket.priority.value, "level": str(event.level), "round": str(event.round)}
            yield Notice(ToPerson(person), About.DRILL, entry, Urgency.PAGE, facts)
    if isinstance(event, Drilled) and not event.passed:
        lead = rules.team(ticket.team).lead
        facts = {"why": event.why, "took_s": str(event.took_s)}
        if lead is not None:
            yield Notice(ToPerson(lead), About.DRILL_FAILED, entry, Urgency.SOON, facts)
        else:
            yield from _to_channel(ticket, rules, About.DRILL_FAILED, entry, Urgency.SOON, facts)


def _about_promise(event: Warned | Broken, entry: int, ticket: Ticket, rules: Rules) -> Iterator[Notice]:
    """To the holder, and a breach also to the team and its lead; not before the promise's own hours."""
    about = About.BREACH if isinstance(event, Broken) else About.WARNING
    facts = {
        "clock": event.clock,
        "cycle": str(event.cycle),
        "due": event.due.isoformat(),
        **_lateness(event),
    }
    if isinstance(event, Broken) and event.reclassified:
        facts["reclassified"] = "yes"
    key = rules.terms_key(ticket.service, ticket.kind, ticket.priority)
    target = rules.terms_of(key).targets.get(Clock(event.clock))
    holds = target is not None and target.notices == "when_open"
    opening = target.calendar.next_opening(event.at) if target is not None and holds else event.at
    when = opening if opening > event.at else None
    team = rules.team(ticket.team)
    if about is About.BREACH:
        yield from _to_channel(ticket, rules, about, entry, Urgency.SOON, facts, when)
        for person in dict.fromkeys(one for one in (ticket.holder, team.lead) if one is not None):
            yield Notice(ToPerson(person), about, entry, Urgency.SOON, facts, when)
    else:
        yield from _to_holder(ticket, rules, about, entry, Urgency.SOON, facts, when)


def _words(event: Commented, entry: int, ticket: Ticket, rules: Rules) -> Iterator[Notice]:
    facts = {"by": event.by, "words": event.words}
    if not event.public:
        return
    if event.side == "desk":
        yield Notice(ToPerson(ticket.requester), About.REPLY, entry, Urgency.SOON, facts)
    else:
        yield from _to_holder(ticket, rules, About.REPLY_BACK, entry, Urgency.SOON, facts)


def _after_move(event: Moved, entry: int, ticket: Ticket, rules: Rules) -> Iterator[Notice]:
    match event.to:
        case Status.WAITING_REQUESTER:
            facts = {"by": event.by, "words": event.why}
            yield Notice(ToPerson(ticket.requester), About.QUESTION, entry, Urgency.SOON, facts)
        case Status.RESOLVED | Status.FULFILLED:
            facts = {"by": event.by}
            yield Notice(ToPerson(ticket.requester), About.DONE, entry, Urgency.SOON, facts)
        case Status.IN_PROGRESS if event.verb == "reopen":
            facts = {"by": event.by, "words": event.why}
            yield from _to_holder(ticket, rules, About.REOPENED, entry, Urgency.SOON, facts)
        case Status.IN_PROGRESS if event.why == UNTIL and event.by == DESK:
            yield from _to_holder(ticket, rules, About.TIME_COME, entry, Urgency.SOON, {"status": event.was})
        case _:
            return


def _to_holder(
    ticket: Ticket,
    rules: Rules,
    about: About,
    entry: int,
    urgency: Urgency,
    facts: Mapping[str, str],
    not_before: datetime | None = None,
) -> Iterator[Notice]:
    """To whoever holds it; to the team while nobody does."""
    if ticket.holder is not None:
        yield Notice(ToPerson(ticket.holder), about, entry, urgency, facts, not_before)
    else:
        yield from _to_channel(ticket, rules, about, entry, urgency, facts, not_before)


def _to_channel(
    ticket: Ticket,
    rules: Rules,
    about: About,
    entry: int,
    urgency: Urgency = Urgency.NORMAL,
    facts: Mapping[str, str] | None = None,
    not_before: datetime | None = None,
) -> Iterator[Notice]:
    """To the team's channel; where it has none, to its lead."""
    team = rules.team(ticket.team)
    if team.channel is not None:
        yield Notice(ToTeam(team.id), about, entry, urgency, facts or {}, not_before)
    elif team.lead is not None:
        yield Notice(ToPerson(team.lead), about, entry, urgency, facts or {}, not_before)


def _lateness(event: Called | Warned | Broken) -> dict[str, str]:
    if not event.late:
        return {}
    facts = {"late_since": event.due.isoformat()}
    if event.down_since is not None and event.down_until is not None:
        facts |= {"down_since": event.down_since.isoformat(), "down_until": event.down_until.isoformat()}
    return facts
