"""A ticket as one reader sees it at one moment: what every card about it is put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.chat.card import Action, Confirm, Fact, Weight
from bot.domain.access import Stand, stands
from bot.domain.escalation import reach_of
from bot.domain.ids import DESK, Level, PersonId, Priority, ServiceId, Status
from bot.domain.judging import promises_of
from bot.domain.rules import Names, Rules
from bot.domain.sla import Promise
from bot.domain.ticket import Ticket
from handlers import phrasing, steps
from handlers.reader import Reader
from handlers.steps import Side, Step

QUOTE_CHARS = 1200
"""A card is no archive: the ticket keeps every word, the card shows the beginning and says so."""

SOLUTION_CHARS = 600


@dataclass(frozen=True)
class View:
    """Who may read what is decided here, once for all cards. Without slots, so that what costs something is worked out
    once and only when a card wants it."""

    ticket: Ticket
    rules: Rules
    reader: Reader
    now: datetime
    name_of: Callable[[PersonId], str | None]
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the letter says about its cause."""
    written_at: datetime | None = None
    is_outside: bool = False
    """It is read outside the chat: on a telephone, in a mailbox."""

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """Every promise of the ticket's life, seen now."""
        return promises_of(self.ticket, self.rules, self.now)

    @cached_property
    def ways(self) -> frozenset[Stand]:
        """How the reader stands to the ticket."""
        if self.reader.person is None:
            is_theirs = self.reader.team in (None, self.rules.team(self.ticket.team).id)
            return steps.OF_A_MEMBER if is_theirs else frozenset()
        return stands(self.reader.person, self.ticket, self.rules, self.now)

    @property
    def is_shut(self) -> bool:
        """A private ticket in a channel, or called out to somebody outside its circle because nobody else was left: its
        words and names stay away from there."""
        return self.ticket.private and (self.reader.person is None or self.ways <= {Stand.COLLEAGUE})

    @property
    def is_hushed(self) -> bool:
        """A private ticket where not even what it is about may be said: outside the chat, or to one person outside its
        circle."""
        return self.ticket.private and (self.is_outside or (self.reader.person is not None and self.is_shut))

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in the reader's language."""
        return self.reader.say(key, **facts)

    # --- people ---

    def name(self, person: PersonId | None) -> str:
        """What the person is called; the desk speaks of itself by its own name."""
        if person is None:
            return self.say("nobody")
        if person == DESK:
            return self.say("the-desk")
        return phrasing.gist(self.name_of(person) or str(person), 40)

    @property
    def requester(self) -> str:
        """The requester's name; not for everybody when the ticket is private."""
        return self.say("somebody") if self.is_shut else self.name(self.ticket.requester)

    @property
    def holder(self) -> str:
        """Who holds it; the team while nobody does."""
        return self.name(self.ticket.holder) if self.ticket.holder is not None else self.team

    @property
    def team(self) -> str:
        """The team's name."""
        return named(self.rules.team(self.ticket.team).names, self.reader, self.ticket.team)

    # --- words ---

    @property
    def gist(self) -> str:
        """The first words on one line."""
        return self.say("private-words") if self.is_shut else phrasing.gist(self.ticket.words)

    @property
    def heading(self) -> str:
        """INC-42 · VPN is down."""
        return self.say("a-heading", ref=self.ticket.ref, gist=self.gist)

    def quote(self, text: str, most_chars: int = QUOTE_CHARS) -> str:
        """Somebody's words, with a mark where a card cannot hold them all."""
        if self.is_shut or not text:
            return ""
        kept, left_out = phrasing.quoted(text, most_chars)
        return kept + "\n" + self.say("cut-off", left=left_out) if left_out else kept

    # --- what it was taken for ---

    @property
    def kind(self) -> str:
        """Incident, service request."""
        return self.say(f"kind-{self.ticket.kind}")

    @property
    def status(self) -> str:
        """The status in two or three words; what waits for the requester is called differently by either side."""
        if self.ticket.status is Status.WAITING_REQUESTER and self.reader.person == self.ticket.requester:
            return self.say("status-waiting_you")
        return self.say(f"status-{self.ticket.status}")

    @property
    def standing(self) -> str:
        """The status, and until when it stays so by itself."""
        if self.ticket.until is None:
            return self.status
        return self.say("status-until", status=self.status, at=self.reader.moment(self.ticket.until, self.now))

    @property
    def service(self) -> str:
        """The service's name."""
        return service_name(self.ticket.service, self.rules, self.reader)

    @property
    def priority(self) -> str:
        """P2 high: the meaning beside the number."""
        return self.say(
            "a-priority", priority=self.ticket.priority, meaning=self.say(f"priority-{self.ticket.priority}")
        )

    def because(self, about: str, says: str) -> str:
        """The author's words that led to it, in quotation marks; empty when none did."""
        if self.is_shut:
            return ""
        heard = [clue.words for clue in self.ticket.clues if clue.about == about and clue.says == says]
        found = phrasing.telling(phrasing.gist(words, 30) for words in heard)
        return self.reader.listed(self.say("a-quotation", words=words) for words in found[:2])

    def reading(self) -> Iterator[Fact]:
        """Kind and why, service, priority and the cell it comes from."""
        ticket = self.ticket
        yield Fact(self.say("label-kind"), self._with_reason(self.kind, self.because("kind", ticket.kind)))
        yield Fact(self.say("label-service"), self._with_reason(self.service, self.because("service", ticket.service)))
        yield Fact(self.say("label-priority"), self._priority_and_cell())

    def _priority_and_cell(self) -> str:
        ticket = self.ticket
        cell = self.say(
            "a-cell",
            impact=self.say(f"level-{ticket.impact}"),
            urgency=self.say(f"level-{ticket.urgency}"),
        )
        if ticket.override is not None:
            return self.say(
                "a-priority-overruled",
                priority=self.priority,
                by=self.name(ticket.override.by),
                why=self.say("private-words") if self.is_shut else phrasing.gist(ticket.override.why, 120),
                cell=cell,
                matrix=self.rules.matrix[ticket.impact, ticket.urgency],
            )
        reasons = [self.because("impact", ticket.impact), self.because("urgency", ticket.urgency)]
        heard = self.reader.listed(dict.fromkeys(reason for reason in reasons if reason))
        return self._with_reason(self.say("a-priority-from-cell", priority=self.priority, cell=cell), heard)

    def _with_reason(self, what: str, reason: str) -> str:
        if not reason:
            return what
        key = "a-reading-because" if self.reader.person == self.ticket.requester else "a-reading-heard"
        return self.say(key, what=what, words=reason)

    def sequel(self) -> Iterator[Fact]:
        """The ticket that this one goes on from."""
        if self.ticket.sequel_of is not None:
            yield Fact(self.say("label-sequel"), f"#{self.ticket.sequel_of}")

    # --- who is called ---

    def call_to_come(self) -> str:
        """Who is called next and when, if nobody acknowledges; empty when nobody is."""
        chase = self.ticket.chase
        policy = self.rules.policy_of(chase.policy) if chase is not None else None
        if chase is None or policy is None or not policy.steps:
            return ""
        step = policy.steps[min(chase.level, len(policy.steps) - 1)]
        reach = reach_of(step.who, self.ticket, self.rules, chase.next_at)
        people = [self.name(person) for person in reach.people]
        if reach.channel:
            people.append(self.say("the-channel"))
        who = self.reader.listed(people) if people else self.say("whoever-is-left")
        key = "next-call" if chase.calls else "first-call"
        return self.say(key, who=who, at=self.reader.moment(chase.next_at, self.now))

    # --- buttons ---

    def buttons(self, side: Side, *, deep: bool = False) -> Iterator[Step]:
        """What the reader may press now on this side of the desk."""
        for step in steps.offered(self.ticket, self.ways, side, self.rules, self.now):
            if step.deep is deep:
                yield step

    def button(self, step: Step, *, argument: str = "", label: str = "", weight: Weight | None = None) -> Action:
        """The button of a step, with the step's own label and weight unless told otherwise."""
        subject = f"{self.ticket.id}:{argument}" if argument else str(self.ticket.id)
        confirm = None
        if step.asks_twice:
            confirm = Confirm(
                self.say(f"sure-{step.wish}", ref=self.ticket.ref), self.say("sure-yes"), self.say("sure-no")
            )
        return Action(step.wish, subject, label or self.say(step.text), weight or step.weight, confirm)


def named(names: Names, reader: Reader, otherwise: str) -> str:
    """The name in the reader's language; in English when it has none there."""
    return names.get(reader.voice.language) or names.get("en") or otherwise


def service_name(service: ServiceId, rules: Rules, reader: Reader) -> str:
    """The service's name; its id when the rules no longer know it."""
    known = rules.services.get(service)
    return named(known.names, reader, service) if known is not None else str(service)


def level_name(level: Level, reader: Reader) -> str:
    """High, medium, low."""
    return reader.say(f"level-{level}")


def priority_name(priority: Priority, reader: Reader) -> str:
    """P2 high."""
    return reader.say("a-priority", priority=priority, meaning=reader.say(f"priority-{priority}"))
