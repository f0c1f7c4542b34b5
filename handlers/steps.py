"""All that can be done with a ticket by a button or a form: one table of verb, command, weight and text.

Which buttons exist is derived from the kinds' move tables and the table of rights, never written down a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.chat.card import Weight
from bot.domain import commands as orders
from bot.domain.access import RIGHTS, Stand, may_see, stands
from bot.domain.commands import Command
from bot.domain.ids import DESK, Level, PersonId, Priority, ServiceId, Status, TeamId, TicketId
from bot.domain.kinds import KINDS
from bot.domain.moves import reopen_until
from bot.domain.priority import Matrix
from bot.domain.refusals import AlreadyDone, Missing, NotAllowed, NotFound, NotFromHere, Unknown
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket

Answers = Mapping[str, str]
Press = Callable[[PersonId, TicketId, str], Command]
"""Who, which ticket, and what else the button says ("5" of rate:42:5). Raises Refusal when that makes no sense."""
Fill = Callable[[PersonId, TicketId, Answers], Command]
"""Who, which ticket, and what was written into the form. Raises Refusal when that makes no sense."""


class Side(StrEnum):
    """Whose card a button stands on."""

    REQUESTER = "requester"
    CREW = "crew"


@dataclass(frozen=True, slots=True)
class Step:
    """One button. A press gives a command (`press`) or opens the form of the same name, whose answers do (`fill`)."""

    wish: str
    """The verb on the button."""
    verb: str
    """The verb in the table of rights, and in the table of moves where it moves."""
    side: Side
    press: Press | None = None
    fill: Fill | None = None
    weight: Weight = Weight.SIDE
    deep: bool = False
    """Behind "More"."""
    asks_twice: bool = False
    """A press counts only after a question."""

    @property
    def text(self) -> str:
        """The key of its label."""
        return f"do-{self.wish}"


WAITS: Mapping[str, type[orders.Wait]] = MappingProxyType(
    {
        "wait_supplier": orders.WaitForSupplier,
        "wait_approval": orders.WaitForApproval,
        "schedule": orders.Schedule,
    }
)
"""What the form "Wait…" offers; asking the requester has a button of its own."""

HARMLESS = "-"
"""The answer of a choice that leaves things as they are."""


def _plain(command: type[Command]) -> Press:
    def press(by: PersonId, ticket: TicketId, _: str) -> Command:
        return command(by=by, ticket=ticket)  # type: ignore[call-arg]  # used below only where this is all it needs

    return press


def _kind(by: PersonId, ticket: TicketId, kind: str) -> Command:
    return orders.Reclassify(by=by, ticket=ticket, kind=_one_of(KINDS, "kind", kind))


def _grade(by: PersonId, ticket: TicketId, cell: str) -> Command:
    impact, _, urgency = cell.partition("/")
    return orders.Reclassify(by=by, ticket=ticket, impact=_level(impact), urgency=_level(urgency))


def _rate(by: PersonId, ticket: TicketId, stars: str) -> Command:
    if stars not in {"1", "2", "3", "4", "5"}:
        raise Unknown(what="stars", value=stars)
    return orders.Rate(by=by, ticket=ticket, stars=int(stars))


def _take(by: PersonId, ticket: TicketId, _: str) -> Command:
    return orders.Assign(by=by, ticket=ticket, to=by)


def _service(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.Reclassify(by=by, ticket=ticket, service=ServiceId(_needed(answers, "service", "service")))


def _say(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.Say(by=by, ticket=ticket, words=answers.get("words", ""))


def _note(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.Say(by=by, ticket=ticket, words=answers.get("words", ""), public=False)


def _ask(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.WaitForRequester(by=by, ticket=ticket, why=_needed(answers, "why", "ask"))


def _wait(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    command = WAITS[_one_of(WAITS, "wait", answers.get("for", ""))]
    return command(by=by, ticket=ticket, why=_needed(answers, "why", "wait"))  # type: ignore[return-value]  # all four


def _resolve(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.Resolve(by=by, ticket=ticket, solution=_needed(answers, "solution", "resolve"))


def _assign(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.Assign(by=by, ticket=ticket, to=PersonId(_needed(answers, "to", "assign")))


def _regrade(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    kind, service = answers.get("kind") or None, answers.get("service") or None
    return orders.Reclassify(
        by=by,
        ticket=ticket,
        kind=None if kind is None else _one_of(KINDS, "kind", kind),
        service=None if service is None else ServiceId(service),
        impact=_level(answers["impact"]) if answers.get("impact") else None,
        urgency=_level(answers["urgency"]) if answers.get("urgency") else None,
    )


def _overrule(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    wished = _needed(answers, "priority", "overrule")
    why = _needed(answers, "why", "overrule")
    if wished == HARMLESS:
        return orders.Overrule(by=by, ticket=ticket, priority=None, why=why)
    return orders.Overrule(by=by, ticket=ticket, priority=Priority(_one_of(Priority, "priority", wished)), why=why)


def _cancel(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.Cancel(by=by, ticket=ticket, why=_needed(answers, "why", "cancel"))


def _add_responder(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.AddResponder(by=by, ticket=ticket, to=PersonId(_needed(answers, "to", "add_responder")))


def _call_up(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    return orders.CallUp(by=by, ticket=ticket, why=_needed(answers, "why", "call_up"))


def _hand_over(by: PersonId, ticket: TicketId, answers: Answers) -> Command:
    to, why = _needed(answers, "team", "hand_over"), _needed(answers, "why", "hand_over")
    return orders.HandOver(by=by, ticket=ticket, to=TeamId(to), why=why)


STEPS: tuple[Step, ...] = (
    Step("right", "confirm", Side.REQUESTER, press=_plain(orders.Confirm), weight=Weight.MAIN),
    Step("kind", "reclassify", Side.REQUESTER, press=_kind),
    Step("grade", "reclassify", Side.REQUESTER, press=_grade),
    Step("service", "reclassify", Side.REQUESTER, fill=_service),
    Step("answer", "say", Side.REQUESTER, fill=_say),
    Step("nudge", "nudge", Side.REQUESTER, press=_plain(orders.Nudge)),
    Step("drop", "cancel", Side.REQUESTER, press=_plain(orders.Cancel), weight=Weight.DANGER, asks_twice=True),
    Step("rate", "rate", Side.REQUESTER, press=_rate),
    Step("reopen", "reopen", Side.REQUESTER, press=_plain(orders.Reopen)),
    Step("escalate", "call_up", Side.REQUESTER, fill=_call_up, deep=True),
    Step("acknowledge", "acknowledge", Side.CREW, press=_plain(orders.Acknowledge)),
    Step("ack_30", "acknowledge", Side.CREW, press=_plain(orders.Acknowledge)),
    Step("pass_on", "pass_on", Side.CREW, press=_plain(orders.PassOn)),
    Step("keep_on", "keep_on", Side.CREW, press=_plain(orders.KeepOn)),
    Step("start", "start", Side.CREW, press=_plain(orders.Start)),
    Step("say", "say", Side.CREW, fill=_say),
    Step("ask", "wait_requester", Side.CREW, fill=_ask),
    Step("wait", "wait_supplier", Side.CREW, fill=_wait),
    Step("resolve", "resolve", Side.CREW, fill=_resolve),
    Step("take", "assign", Side.CREW, press=_take),
    Step("assign", "assign", Side.CREW, fill=_assign),
    Step("add_responder", "add_responder", Side.CREW, fill=_add_responder, deep=True),
    Step("call_up", "call_up", Side.CREW, fill=_call_up, deep=True),
    Step("hand_over", "hand_over", Side.CREW, fill=_hand_over, deep=True),
    Step("regrade", "reclassify", Side.CREW, fill=_regrade, deep=True),
    Step("overrule", "overrule", Side.CREW, fill=_overrule, deep=True),
    Step("note", "note", Side.CREW, fill=_note, deep=True),
    Step("cancel", "cancel", Side.CREW, fill=_cancel, weight=Weight.DANGER, deep=True),
)

BY_WISH: Mapping[str, Step] = MappingProxyType({step.wish: step for step in STEPS})

OF_A_MEMBER = frozenset({Stand.COLLEAGUE, Stand.MEMBER})
"""How the readers of a team's channel stand to its tickets."""


def offered(ticket: Ticket, ways: frozenset[Stand], side: Side, rules: Rules, now: datetime) -> Iterator[Step]:
    """The buttons that somebody who stands like this may press now, in the order of the table."""
    for step in STEPS:
        if step.side is side and not RIGHTS[step.verb].isdisjoint(ways) and is_possible(step, ticket, ways, rules, now):
            yield step


def is_possible(step: Step, ticket: Ticket, ways: frozenset[Stand], rules: Rules, now: datetime) -> bool:
    """Whether the ticket's status lets it happen, whoever wishes it."""
    match step.verb:
        case "acknowledge":
            return ticket.is_open and ticket.acknowledged_by is None
        case "confirm":
            return ticket.is_open and ticket.status is Status.NEW and not ticket.confirmed
        case "reclassify":
            return ticket.is_open and (step.side is Side.CREW or ticket.status is Status.NEW)
        case "pass_on":
            return ticket.is_open and ticket.acknowledged_by is None and ticket.chase is not None
        case "keep_on":
            return ticket.is_open and ticket.asked_at is not None
        case "nudge" | "overrule" | "assign" | "add_responder" | "call_up" | "hand_over":
            return ticket.is_open
        case "say" | "note":
            return not ticket.is_over
        case "rate":
            return not ticket.is_open and ticket.status is not Status.CANCELLED and ticket.rating is None
        case "reopen":
            return (
                ticket.nature.may_move("reopen", ticket.status)
                and ticket.done_at is not None
                and now < reopen_until(ticket, rules)
            )
        case "wait_supplier":
            return any(ticket.nature.may_move(verb, ticket.status) for verb in WAITS)
        case verb:
            return ticket.nature.may_move(verb, ticket.status)


def refuse_unless(step: Step, ticket: Ticket | None, person: PersonId, rules: Rules, now: datetime) -> None:
    """Raises the Refusal that the desk would raise, before a form is filled in for nothing."""
    if ticket is None or not may_see(person, ticket, rules, now):
        raise NotFound()
    ways = stands(person, ticket, rules, now)
    if RIGHTS[step.verb].isdisjoint(ways):
        raise NotAllowed(ref=ticket.ref, verb=step.verb)
    if is_possible(step, ticket, ways, rules, now):
        return
    if step.verb == "acknowledge" and ticket.acknowledged_by is not None and ticket.is_open:
        raise AlreadyDone(ref=ticket.ref, verb=step.verb, by=ticket.acknowledged_by)
    row = ticket.nature.moves.get(step.verb)
    if row is not None and ticket.status is row.to:
        raise AlreadyDone(ref=ticket.ref, verb=step.verb, by=ticket.holder or DESK)
    raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=step.verb)


_LADDER = (Level.LOW, Level.MEDIUM, Level.HIGH)


def more_urgent(ticket: Ticket, matrix: Matrix) -> str | None:
    """The nearest reading "impact/urgency" with a higher priority: more urgency before more impact. None at the top."""
    return _nearest(ticket, matrix, upwards=True)


def less_urgent(ticket: Ticket, matrix: Matrix) -> str | None:
    """The nearest reading "impact/urgency" with a lower priority; None at the bottom."""
    return _nearest(ticket, matrix, upwards=False)


def _nearest(ticket: Ticket, matrix: Matrix, *, upwards: bool) -> str | None:
    here = matrix[ticket.impact, ticket.urgency]
    impact, urgency = _LADDER.index(ticket.impact), _LADDER.index(ticket.urgency)
    way = 1 if upwards else -1
    cells = [
        (abs(to_impact - impact), abs(to_urgency - urgency), _LADDER[to_impact], _LADDER[to_urgency])
        for to_impact in range(3)
        for to_urgency in range(3)
        if (to_impact - impact) * way >= 0 and (to_urgency - urgency) * way >= 0
    ]
    for _, _, wide, soon in sorted(cells, key=lambda cell: cell[:2]):
        there = matrix[wide, soon]
        if (there < here) if upwards else (there > here):
            return f"{wide}/{soon}"
    return None


def _needed(answers: Answers, name: str, verb: str) -> str:
    given = answers.get(name, "").strip()
    if not given:
        raise Missing(ref="", verb=verb, what=name)
    return given


def _level(value: str) -> Level:
    return Level(_one_of(Level, "level", value))


def _one_of(known: type[StrEnum] | Mapping[str, object], what: str, value: str) -> str:
    if value not in {str(one) for one in known}:
        raise Unknown(what=what, value=value[:60])
    return value
