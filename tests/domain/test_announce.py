"""Who is told when people are called, asked, passed over, called above or not reached."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.announce import LIVE, About, Notice, Recipient, ToPerson, ToTeam, Urgency, announce
from bot.domain.commands import (
    Acknowledge,
    AddResponder,
    CallUp,
    Command,
    HandOver,
    Raise,
    Tick,
    Unreached,
)
from bot.domain.ids import DESK, PersonId, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, WANG, ZHOU, minutes, raising, small_rules

ONE = TicketId(1)
RULES = small_rules()
DESK_TEAM, NETWORK = ToTeam(TeamId("desk")), ToTeam(TeamId("network"))
TICK = Tick(by=DESK, ticket=ONE)
TEST_PAGE = replace(raising(by=DESK, words="drill", kind="drill"), confirmed=True)


def told(
    *commands: tuple[float, Command], beginning: Raise | None = None, rules: Rules = RULES
) -> tuple[Ticket, list[Notice]]:
    """What is said because of the last command."""
    decision = decide(None, beginning or raising(), rules, MON_9)
    for minute, command in commands:
        decision = decide(decision.ticket, command, rules, MON_9 + minutes(minute))
    return decision.ticket, list(announce(decision.ticket, decision.events, rules))


def to_whom(notices: list[Notice], about: About) -> list[Recipient]:
    return [one.to for one in notices if one.about is about]


def the(notices: list[Notice], about: About) -> Notice:
    return next(one for one in notices if one.about is about)


def test_a_page_says_how_much_it_matters_which_level_it_is_and_whether_it_is_the_first_to_that_person() -> None:
    _, first = told()
    _, third = told((15, TICK), (25, TICK))

    assert dict(the(first, About.PAGE).facts) == {"priority": "P1", "level": "1", "round": "1"}
    assert {one.facts.get("again") for one in third if one.about is About.PAGE} == {"3"}


def test_whoever_acknowledged_is_asked_and_the_question_stays_up_to_date() -> None:
    _, notices = told((1, Acknowledge(by=LIN, ticket=ONE)), (31, TICK))

    asked = the(notices, About.STILL_ON_IT)
    assert (asked.to, asked.urgency) == (ToPerson(LIN), Urgency.PAGE)
    assert asked.facts["answer_by"] == (MON_9 + minutes(41)).isoformat()
    assert About.STILL_ON_IT in LIVE


def test_that_an_acknowledgement_lapsed_the_team_hears_and_whoever_it_was() -> None:
    promised = Acknowledge(by=LIN, ticket=ONE, until=MON_9 + minutes(10))

    _, notices = told((1, promised), (10, TICK))

    assert to_whom(notices, About.LAPSED) == [DESK_TEAM, ToPerson(LIN)]
    assert dict(the(notices, About.LAPSED).facts) == {"person": LIN, "why": "promise"}
    assert to_whom(notices, About.PAGE) == [ToPerson(LIN)]


def test_who_is_called_above_or_to_help_is_called_as_by_a_page() -> None:
    _, above = told((1, CallUp(by=MEI, ticket=ONE, why="nobody answers")))
    _, help_ = told((1, AddResponder(by=LIN, ticket=ONE, to=OLGA)))

    for notices, person, by in ((above, WANG, MEI), (help_, OLGA, LIN)):
        call = the(notices, About.SUMMONED)
        assert (call.to, call.urgency) == (ToPerson(person), Urgency.PAGE)
        assert (call.facts["by"], call.facts["priority"]) == (by, "P1")


def test_where_nobody_is_above_but_the_channel_it_is_called_there() -> None:
    rules = small_rules(lead=None, on_call=())
    desk = replace(rules.teams[TeamId("desk")], manager=None, members=())
    rules = replace(rules, teams={**rules.teams, desk.id: desk})

    _, notices = told((1, CallUp(by=MEI, ticket=ONE, why="hello?")), rules=rules)

    assert to_whom(notices, About.SUMMONED) == [DESK_TEAM]


def test_the_new_team_gets_its_card_and_its_page() -> None:
    _, notices = told((1, HandOver(by=LIN, ticket=ONE, to=TeamId("network"), why="the switch")))

    assert to_whom(notices, About.TEAM_CARD) == [NETWORK]
    assert to_whom(notices, About.PAGE) == [ToPerson(CHEN)]


def test_who_was_not_reached_the_team_and_its_lead_hear() -> None:
    def of(person: PersonId) -> Unreached:
        return Unreached(by=DESK, ticket=ONE, person=person, entry=2, why="blocked")

    _, notices = told((1, of(LIN)))
    _, of_the_lead = told((1, of(WANG)))

    assert to_whom(notices, About.NOT_REACHED) == [DESK_TEAM, ToPerson(WANG)]
    assert to_whom(of_the_lead, About.NOT_REACHED) == [DESK_TEAM]


def test_a_team_without_a_channel_is_told_through_its_lead_and_the_lead_once() -> None:
    desk = replace(RULES.teams[TeamId("desk")], channel=None)
    rules = replace(RULES, teams={**RULES.teams, desk.id: desk})

    _, notices = told((1, Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="blocked")), rules=rules)

    assert to_whom(notices, About.NOT_REACHED) == [ToPerson(WANG)]


def test_when_the_default_desk_stands_in_it_is_called_in_its_own_channel() -> None:
    bare = replace(RULES.teams[TeamId("network")], members=(), lead=None, on_call=(), channel=None)
    rules = replace(RULES, teams={**RULES.teams, bare.id: bare})

    _, notices = told(beginning=raising(service="vpn"), rules=rules)

    assert to_whom(notices, About.CHANNEL_CALL) == [DESK_TEAM]


def test_of_a_drill_only_those_on_call_hear_and_of_a_failure_the_lead() -> None:
    _, begun = told(beginning=TEST_PAGE)
    _, passed = told((1, Acknowledge(by=LIN, ticket=ONE)), beginning=TEST_PAGE)
    _, failed = told((15, TICK), beginning=TEST_PAGE)

    assert [(one.to, one.about, one.urgency) for one in begun] == [(ToPerson(LIN), About.DRILL, Urgency.PAGE)]
    assert passed == []
    assert [(one.to, one.about, dict(one.facts)) for one in failed] == [
        (ToPerson(WANG), About.DRILL_FAILED, {"why": "unanswered", "took_s": "900"})
    ]
    assert ZHOU not in {one.to.person for one in failed if isinstance(one.to, ToPerson)}
