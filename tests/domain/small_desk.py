"""A small desk for the tests of the rules: two teams, a handful of people, promises one can count on one's fingers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bot.domain.commands import Raise
from bot.domain.ids import AgreementId, CalendarId, Level, PersonId, PolicyId, Priority, ServiceId, TeamId, TicketId
from bot.domain.lifecycle import Decision, decide
from bot.domain.rules import Person, Policy, Role, Rules, Service, Step, Team, Who, WhoKind
from bot.domain.sla import Clock, Target, Terms
from bot.domain.ticket import Ticket
from bot.domain.worktime import Calendar, Window

MON_9 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning, when the office opens."""

MEI, OLGA = PersonId("mei"), PersonId("olga")
LIN, CHEN, WANG, ZHOU = PersonId("lin"), PersonId("chen"), PersonId("wang"), PersonId("zhou")
STRANGER = PersonId("stranger")

ALWAYS_OPEN = Calendar(id="always", zone="UTC", weekly=tuple((Window.parse("00:00", "24:00"),) for _ in range(7)))
OFFICE = Calendar(
    id="office",
    zone="UTC",
    weekly=tuple((Window.parse("09:00", "17:00"),) if day < 5 else () for day in range(7)),
)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def small_rules(*, on_call: tuple[PersonId, ...] = (LIN, CHEN), lead: PersonId | None = WANG) -> Rules:
    """P1 is promised around the clock (15 min, 30 min, 4 h), the rest in office hours (1 h, none, 8 h)."""
    urgent = Terms(
        targets={
            Clock.RESPONSE: Target(minutes(15), ALWAYS_OPEN, notices="at_once"),
            Clock.UPDATE: Target(minutes(30), ALWAYS_OPEN, notices="at_once"),
            Clock.RESOLUTION: Target(minutes(240), ALWAYS_OPEN, notices="at_once"),
        }
    )
    usual = Terms(targets={Clock.RESPONSE: Target(minutes(60), OFFICE), Clock.RESOLUTION: Target(minutes(480), OFFICE)})
    terms = {
        f"standard/{kind}/{priority}": urgent if priority is Priority.P1 else usual
        for kind in ("incident", "request")
        for priority in Priority
    }
    chased = Policy(
        PolicyId("urgent"),
        (
            Step(minutes(0), (Who(WhoKind.ON_CALL, "1"),)),
            Step(minutes(5), (Who(WhoKind.ON_CALL, "2"),)),
            Step(minutes(10), (Who(WhoKind.LEAD), Who(WhoKind.MANAGER))),
        ),
        repeat=minutes(10),
    )
    calm = Policy(
        PolicyId("calm"),
        (Step(minutes(60), (Who(WhoKind.ON_CALL, "1"),), working=True),),
        repeat=minutes(240),
        repeat_working=True,
    )
    policies = {Priority.P1: chased.id, Priority.P2: chased.id, Priority.P3: calm.id}
    desk = Team(
        TeamId("desk"),
        {"en": "IT desk", "zh": "服务台"},
        "en",
        "UTC",
        CalendarId("office"),
        members=(LIN, CHEN, WANG),
        channel="local:channel:desk",
        lead=lead,
        manager=ZHOU,
        on_call=on_call,
        policies=policies,
        digest_at=time(9, 30),
    )
    network = Team(
        TeamId("network"),
        {"en": "Network", "zh": "网络组"},
        "zh",
        "Asia/Shanghai",
        CalendarId("office"),
        members=(CHEN,),
        channel="local:channel:network",
        lead=CHEN,
        on_call=(CHEN,),
        policies=policies,
    )
    services = {
        ServiceId(name): Service(ServiceId(name), {"en": name, "zh": name}, team, AgreementId("standard"))
        for name, team in (("other", desk.id), ("email", desk.id), ("vpn", network.id))
    }
    people = {
        one: Person(
            one,
            one.title(),
            "zh" if one in (MEI, LIN) else "en",
            "Asia/Shanghai" if one in (MEI, LIN) else "UTC",
            roles=frozenset({Role.EMPLOYEE, Role.MANAGER} if one == ZHOU else {Role.EMPLOYEE}),
            identities=(f"local:{one}",),
            addresses=(f"local:dm:{one}",),
        )
        for one in (MEI, OLGA, LIN, CHEN, WANG, ZHOU, STRANGER)
    }
    return Rules(
        version="test",
        services=services,
        teams={desk.id: desk, network.id: network},
        people=people,
        policies={chased.id: chased, calm.id: calm},
        calendars={CalendarId("office"): OFFICE, CalendarId("always"): ALWAYS_OPEN},
        terms=terms,
    )


def raising(
    *,
    by: PersonId = MEI,
    words: str = "邮箱登不上去",
    kind: str = "incident",
    impact: Level = Level.HIGH,
    urgency: Level = Level.HIGH,
    service: str = "email",
    doubtful: bool = False,
) -> Raise:
    """A command to raise ticket 1: a P1 incident unless said otherwise."""
    return Raise(
        by=by,
        ticket=TicketId(1),
        words=words,
        language="zh",
        kind=kind,
        service=ServiceId(service),
        impact=impact,
        urgency=urgency,
        origin=f"local:dm:{by}",
        doubtful=doubtful,
    )


def raised(rules: Rules, at: datetime = MON_9, **how: object) -> Ticket:
    """The ticket after it was raised."""
    return decide(None, raising(**how), rules, at).ticket  # type: ignore[arg-type]  # passed through to raising


def names(decision: Decision) -> list[str]:
    """What happened, by name and in order."""
    return [event.name for event in decision.events]
