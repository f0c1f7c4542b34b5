"""Who may do what to which ticket in which state: every cell of the tables below against what the desk really does.

The tables are written from what was promised (who sees private tickets, who acknowledges, who escalates and how often),
not from the table of rights in the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest

from bot.domain import lifecycle
from bot.domain.access import RIGHTS
from bot.domain.commands import (
    Acknowledge,
    AddResponder,
    Assign,
    CallUp,
    Cancel,
    Close,
    Command,
    Confirm,
    HandOver,
    KeepOn,
    Nudge,
    Overrule,
    PassOn,
    Rate,
    Reclassify,
    Reopen,
    Resolve,
    Review,
    Say,
    Schedule,
    Start,
    Tick,
    Unreached,
    WaitForApproval,
    WaitForRequester,
    WaitForSupplier,
)
from bot.domain.ids import DESK, GroupId, Level, PersonId, Priority, ServiceId, Status, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.refusals import NotAllowed, NotFound, Refusal
from bot.domain.rules import Group, Person, Role, Rules
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, STRANGER, WANG, ZHOU, minutes, raised, raising, small_rules

ONE = TicketId(1)
NOW = MON_9 + minutes(9)
DESK_TEAM = TeamId("desk")

ROLES: dict[str, PersonId] = {
    "requester": MEI,
    "employee": STRANGER,
    "guest": PersonId("guest"),  # whom the rules do not know
    "member": CHEN,
    "on_call": PersonId("nina"),  # of another team, but on call here
    "called": PersonId("paul"),  # was called for this ticket
    "helper": PersonId("rita"),  # was asked to help with it
    "lead": WANG,
    "manager": ZHOU,
    "director": PersonId("max"),  # a manager, but not this team's
    "admin": PersonId("ada"),
    "circle": PersonId("hana"),  # of the group for private tickets, and nothing else
    "desk": DESK,
}

MAY = """
                requester member on_call called helper lead manager director admin desk
see             yes       yes    yes     yes    yes    yes  yes     yes      yes   yes
confirm         yes       -      -       -      -      -    -       -        -     -
reclassify      new       yes    yes     yes    yes    yes  yes     yes      yes   -
overrule        -         yes    yes     yes    yes    yes  yes     yes      yes   -
acknowledge     -         yes    yes     yes    yes    yes  yes     yes      yes   -
pass_on         -         yes    yes     yes    yes    yes  yes     yes      yes   -
keep_on         -         yes    yes     yes    yes    yes  yes     yes      yes   -
add_responder   -         yes    yes     yes    yes    yes  yes     yes      yes   -
call_up         yes       yes    yes     yes    yes    yes  yes     yes      yes   -
hand_over       -         yes    yes     yes    yes    yes  yes     yes      yes   -
assign          -         yes    yes     yes    yes    yes  yes     yes      yes   -
start           -         yes    yes     yes    yes    yes  -       -        yes   -
wait_requester  -         yes    yes     yes    yes    yes  -       -        yes   -
wait_supplier   -         yes    yes     yes    yes    yes  -       -        yes   -
wait_approval   -         yes    yes     yes    yes    yes  -       -        yes   -
schedule        -         yes    yes     yes    yes    yes  -       -        yes   -
resolve         -         yes    yes     yes    yes    yes  -       -        yes   -
close           yes       -      -       -      -      yes  -       -        yes   yes
reopen          yes       yes    yes     yes    yes    yes  yes     yes      yes   -
cancel          yes       yes    yes     yes    yes    yes  -       -        yes   -
say             yes       yes    yes     yes    yes    yes  yes     yes      yes   -
note            -         yes    yes     yes    yes    yes  yes     yes      yes   -
nudge           yes       -      -       -      -      -    -       -        -     -
rate            yes       -      -       -      -      -    -       -        -     -
tick            -         -      -       -      -      -    -       -        -     yes
review          -         -      -       -      -      -    -       -        -     yes
unreached       -         -      -       -      -      -    -       -        -     yes
"""
"""`new`: only while nobody has taken it. For whoever has no column the ticket does not exist."""

SEES = {
    "open": set(ROLES) - {"employee", "guest", "circle"},
    "team only": {"requester", "member", "lead", "desk"},
    "group only": {"requester", "circle", "desk"},
}
"""A private ticket exists for its group, or without one for the team's members and lead; and for its requester."""

TIME: dict[str, Command] = {
    "tick": Tick(by=DESK, ticket=ONE),
    "review": Review(by=DESK, ticket=ONE, response=None, update=None, resolution=None),
    "unreached": Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="buried"),
}
HOW: dict[str, Command] = {
    "confirm": Confirm(by=DESK, ticket=ONE),
    "reclassify": Reclassify(by=DESK, ticket=ONE, urgency=Level.MEDIUM),
    "overrule": Overrule(by=DESK, ticket=ONE, priority=Priority.P3, why="a test system"),
    "acknowledge": Acknowledge(by=DESK, ticket=ONE),
    "pass_on": PassOn(by=DESK, ticket=ONE),
    "keep_on": KeepOn(by=DESK, ticket=ONE),
    "add_responder": AddResponder(by=DESK, ticket=ONE, to=LIN),
    "call_up": CallUp(by=DESK, ticket=ONE, why="too big"),
    "hand_over": HandOver(by=DESK, ticket=ONE, to=TeamId("network"), why="theirs"),
    "assign": Assign(by=DESK, ticket=ONE, to=CHEN),
    "start": Start(by=DESK, ticket=ONE),
    "wait_requester": WaitForRequester(by=DESK, ticket=ONE, why="which?"),
    "wait_supplier": WaitForSupplier(by=DESK, ticket=ONE, why="a part"),
    "wait_approval": WaitForApproval(by=DESK, ticket=ONE, why="money"),
    "schedule": Schedule(by=DESK, ticket=ONE, why="Friday"),
    "resolve": Resolve(by=DESK, ticket=ONE, solution="restarted"),
    "close": Close(by=DESK, ticket=ONE),
    "reopen": Reopen(by=DESK, ticket=ONE),
    "cancel": Cancel(by=DESK, ticket=ONE),
    "say": Say(by=DESK, ticket=ONE, words="hello"),
    "note": Say(by=DESK, ticket=ONE, words="hello", public=False),
    "nudge": Nudge(by=DESK, ticket=ONE),
    "rate": Rate(by=DESK, ticket=ONE, stars=4),
    **TIME,
}

STATES = tuple(one for one in Status if one is not Status.FULFILLED)


def table() -> dict[str, dict[str, str]]:
    """Verb to role to "yes", "new" or "-"."""
    head, *rows = [line.split() for line in MAY.strip().splitlines()]
    return {verb: dict(zip(head, cells, strict=True)) for verb, *cells in rows}


EXPECTED = table()


def expected(verb: str, role: str, status: Status, privacy: str) -> str:
    if role not in SEES[privacy]:
        return "not found"
    cell = EXPECTED[verb]["member" if role == "circle" else role]
    is_shut = status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED)  # then the status refuses, whoever asks
    is_allowed = cell == "yes" or (cell == "new" and (status is Status.NEW or is_shut))
    return "allowed" if is_allowed else "not allowed"


def found(command: Command, ticket: Ticket, rules: Rules) -> str:
    """What the desk says: "allowed" also where the status stands in the way."""
    try:
        decide(ticket, command, rules, NOW)
    except NotFound:
        return "not found"
    except NotAllowed:
        return "not allowed"
    except Refusal:
        return "allowed"
    return "allowed"


def rules_for(privacy: str) -> Rules:
    rules = small_rules(on_call=(ROLES["on_call"],))
    roles = {"director": frozenset({Role.MANAGER}), "admin": frozenset({Role.ADMIN})}
    people = {
        who: Person(who, who, "en", "UTC", roles=roles.get(role, frozenset({Role.EMPLOYEE})), addresses=(f"x:{who}",))
        for role, who in ROLES.items()
        if role not in ("guest", "desk")
    }
    email = replace(rules.services[ServiceId("email")], group=GroupId("hr") if privacy == "group only" else None)
    return replace(
        rules,
        people={**rules.people, **people},
        services={**rules.services, email.id: email},
        groups={GroupId("hr"): Group(GroupId("hr"), {"en": "HR"}, frozenset({ROLES["circle"]}))},
    )


WAY_THERE: dict[Status, tuple[str, ...]] = {
    Status.NEW: (),
    Status.ACCEPTED: ("acknowledge",),
    Status.IN_PROGRESS: ("start",),
    Status.WAITING_REQUESTER: ("wait_requester",),
    Status.WAITING_SUPPLIER: ("wait_supplier",),
    Status.WAITING_APPROVAL: ("wait_approval",),
    Status.SCHEDULED: ("schedule",),
    Status.RESOLVED: ("resolve",),
    Status.CLOSED: ("resolve", "close"),
    Status.CANCELLED: ("cancel",),
}


def standing_at(status: Status, privacy: str, rules: Rules) -> Ticket:
    ticket = raised(rules)
    for verb in WAY_THERE[status]:
        ticket = decide(ticket, replace(HOW[verb], by=WANG), rules, MON_9 + minutes(1)).ticket
    assert ticket.status is status
    return replace(
        ticket,
        private=privacy != "open",
        called=(*ticket.called, ROLES["called"]),
        responders=(ROLES["helper"],),
    )


def cells(verb: str) -> Iterator[tuple[str, Status, str]]:
    return ((role, status, privacy) for privacy in SEES for status in STATES for role in ROLES)


@pytest.mark.parametrize("verb", HOW)
def test_every_cell_is_as_promised(verb: str) -> None:
    wrong = []
    tickets = {privacy: (rules := rules_for(privacy), _all_states(privacy, rules)) for privacy in SEES}
    for role, status, privacy in cells(verb):
        rules, by_status = tickets[privacy]
        said = found(replace(HOW[verb], by=ROLES[role]), by_status[status], rules)
        if said != expected(verb, role, status, privacy):
            wrong.append((role, status, privacy, said))

    assert wrong == []


def _all_states(privacy: str, rules: Rules) -> dict[Status, Ticket]:
    return {status: standing_at(status, privacy, rules) for status in STATES}


def test_there_are_thousands_of_cells_and_none_of_the_verbs_is_left_out() -> None:
    assert sum(1 for verb in HOW for _ in cells(verb)) >= 1000
    assert {verb for verb in RIGHTS if not verb.startswith("raise")} == set(EXPECTED)
    commanded = {kind.verb for kind in get_args(Command)} | {"note"}
    assert set(HOW) == commanded - {"raise"}
    assert set(EXPECTED) == set(HOW) | {"see"}


def test_what_is_hidden_and_what_is_absent_are_one_and_the_same() -> None:
    rules = rules_for("group only")
    ticket = standing_at(Status.NEW, "group only", rules)
    for verb, how in HOW.items():
        for role in ROLES.keys() - SEES["group only"]:
            command = replace(how, by=ROLES[role])
            with pytest.raises(NotFound) as hidden:
                decide(ticket, command, rules, NOW)
            with pytest.raises(NotFound) as absent:
                decide(None, command, rules, NOW)
            assert (hidden.value.facts, str(hidden.value)) == (absent.value.facts, str(absent.value)), verb


@pytest.mark.parametrize("role", ROLES)
def test_everybody_raises_and_only_administrators_and_the_desk_hold_drills(role: str) -> None:
    rules = rules_for("open")

    for kind, allowed in (
        ("incident", role != "desk"),
        ("request", role != "desk"),
        ("drill", role in ("admin", "desk")),
    ):
        if allowed:
            assert decide(None, raising(by=ROLES[role], kind=kind), rules, MON_9).ticket.kind == kind
        else:
            with pytest.raises(NotAllowed):
                decide(None, raising(by=ROLES[role], kind=kind), rules, MON_9)


DENIED: dict[str, Callable[..., bool]] = {"may": lambda *_: False, "may_see": lambda *_: False}


@pytest.mark.parametrize("question", DENIED)
@pytest.mark.parametrize("verb", HOW)
def test_nothing_is_done_without_asking(verb: str, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a door that says no to everybody nobody gets in, whatever they are."""
    monkeypatch.setattr(lifecycle, question, DENIED[question])
    rules = rules_for("open")
    ticket = standing_at(Status.NEW, "open", rules)

    for person in ROLES.values():
        assert found(replace(HOW[verb], by=person), ticket, rules) in ("not allowed", "not found")
