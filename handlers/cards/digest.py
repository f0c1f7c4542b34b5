"""The daily digest: what a team promised, kept and owes; said also when there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat.card import Action, Card, Fact, Tone
from bot.domain import standby
from bot.domain.ids import PersonId, Priority, TeamId
from bot.domain.known_years import calendars_in_use, years_missing
from bot.domain.rules import Rules
from bot.services.ports import Filed, Tally
from handlers.cards.list_card import next_due, ticket_line
from handlers.cards.view import View, named, priority_name
from handlers.reader import Reader

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Digest:
    """What one team's digest is made of."""

    team: TeamId
    since: datetime
    until: datetime
    tally: Tally
    rules: Rules
    reader: Reader
    now: datetime
    name_of: Callable[[PersonId], str | None]

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in the team's language."""
        return self.reader.say(key, **facts)

    def view(self, filed: Filed) -> View:
        """One of its tickets, as the channel may see it."""
        return View(filed.ticket, self.rules, self.reader, self.now, self.name_of)


def digest_card(digest: Digest) -> Card:
    """Open by priority and age, kept and late, due in the next working day, on call, our own downtime, the seal."""
    due = due_soon(digest)
    lines = [ticket_line(digest.view(filed), filed.dues) for filed in due[:MOST_LINES]]
    if len(due) > MOST_LINES:
        lines.append(digest.say("and-more", more=len(due) - MOST_LINES))
    return Card(
        title=digest.say("digest-title", team=_team(digest), day=digest.reader.day(digest.until, digest.now)),
        tone=_tone(digest),
        lead=_lead(digest, due),
        facts=tuple(_facts(digest)),
        lines=tuple(lines),
        actions=(Action("queue", str(digest.team), digest.say("do-queue")),) if digest.tally.open_tickets else (),
        footer=digest.say("digest-seal", seal=digest.tally.seal) if digest.tally.seal else "",
        summary=digest.say(
            "digest-summary",
            team=_team(digest),
            open=len(digest.tally.open_tickets),
            late=sum(digest.tally.broken.values()),
        ),
    )


def due_soon(digest: Digest) -> list[Filed]:
    """Open tickets whose next deadline is past or lies before the end of the next working day, the earliest first."""
    calendar = digest.rules.calendar_of(digest.team)
    horizon = calendar.add_working_days(digest.now, 1, end_of_day=True)
    dated = [(next_due(filed.dues), filed) for filed in digest.tally.open_tickets]
    near = [(due, filed) for due, filed in dated if due is not None and due <= horizon]
    return [filed for _, filed in sorted(near, key=lambda one: (one[0], one[1].ticket.id))]


def is_uneventful(tally: Tally) -> bool:
    """Nothing came in, nothing is open, nothing went wrong."""
    quiet = not (tally.open_tickets or tally.raised or tally.done or tally.cancelled or tally.ratings)
    return quiet and not (any(tally.kept.values()) or any(tally.broken.values()) or tally.outages or tally.dead_letters)


def _lead(digest: Digest, due: Sequence[Filed]) -> str:
    span = digest.reader.span(digest.since, digest.until)
    if is_uneventful(digest.tally):
        return digest.say("digest-nothing", span=span)
    told = digest.say(
        "digest-lead",
        span=span,
        raised=digest.tally.raised,
        done=digest.tally.done,
        cancelled=digest.tally.cancelled,
    )
    follows = digest.say("digest-due", due=len(due)) if due else digest.say("digest-due-none")
    return digest.say("list-sentence").join((told, follows))


def _facts(digest: Digest) -> Iterator[Fact]:
    yield from _open_by_priority(digest)
    yield from _promises(digest, digest.tally.kept, "label-kept", Tone.GOOD)
    yield from _promises(digest, digest.tally.broken, "label-broken", Tone.ALARM)
    ratings = digest.tally.ratings
    if ratings:
        mean = f"{sum(ratings) / len(ratings):.1f}"
        yield Fact(digest.say("label-ratings"), digest.say("digest-ratings", mean=mean, count=len(ratings)))
    yield Fact(digest.say("label-on-call"), _on_call(digest))
    yield from _missing_holidays(digest)
    for down in digest.tally.outages:
        yield Fact(digest.say("label-downtime"), digest.reader.span(down.since, down.until), Tone.WARN)
    if digest.tally.dead_letters:
        undelivered = digest.say("digest-dead-letters", count=digest.tally.dead_letters)
        yield Fact(digest.say("label-dead-letters"), undelivered, Tone.ALARM)


def _missing_holidays(digest: Digest) -> Iterator[Fact]:
    """One warning for each year that nobody has entered yet, with the calendars that need it."""
    without: dict[int, list[str]] = {}
    for calendar in calendars_in_use(digest.team, digest.rules):
        for year in years_missing(calendar, digest.now):
            without.setdefault(year, []).append(calendar.id)
    for year, calendars in without.items():
        said = digest.say("digest-holidays", year=str(year), calendars=digest.reader.listed(calendars))
        yield Fact(digest.say("label-holidays"), said, Tone.WARN)


def _open_by_priority(digest: Digest) -> Iterator[Fact]:
    for priority in Priority:
        found = [filed.ticket for filed in digest.tally.open_tickets if filed.ticket.priority is priority]
        if found:
            oldest = min(found, key=lambda ticket: ticket.created_at)
            said = digest.say(
                "digest-open",
                count=len(found),
                ref=oldest.ref,
                age=digest.reader.length(digest.now - oldest.created_at, days=True),
            )
            yield Fact(priority_name(priority, digest.reader), said)


def _promises(digest: Digest, counts: Mapping[str, int], label: str, tone: Tone) -> Iterator[Fact]:
    told = [
        digest.say("digest-promises", clock=digest.say(f"clock-{clock}"), count=count)
        for clock, count in counts.items()
        if count
    ]
    if told:
        yield Fact(digest.say(label), digest.reader.listed(told), tone)


def _on_call(digest: Digest) -> str:
    crew = standby.crew(digest.rules.team(digest.team), digest.rules, digest.now)
    people = [digest.name_of(person) or str(person) for person in crew]
    return digest.reader.listed(people) if people else digest.say("on-call-nobody")


def _team(digest: Digest) -> str:
    return named(digest.rules.team(digest.team).names, digest.reader, digest.team)


def _tone(digest: Digest) -> Tone:
    if digest.tally.dead_letters or any(digest.tally.broken.values()):
        return Tone.WARN
    return Tone.QUIET if is_uneventful(digest.tally) else Tone.CALM
