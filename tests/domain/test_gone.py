"""A team or a service is taken out of the rules while its tickets are open."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.announce import ToTeam, announce
from bot.domain.commands import Acknowledge, Tick
from bot.domain.events import Called
from bot.domain.ids import DESK, ServiceId, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import ahead
from tests.domain.small_desk import CHEN, LIN, MON_9, minutes, raised, small_rules

RULES = small_rules()
WITHOUT = replace(
    RULES,
    teams={name: team for name, team in RULES.teams.items() if name != "network"},
    services={name: service for name, service in RULES.services.items() if name != "vpn"},
)


def test_its_tickets_belong_to_the_team_of_the_default_service() -> None:
    ticket = raised(RULES, service="vpn")
    assert (ticket.team, ticket.service) == (TeamId("network"), ServiceId("vpn"))

    decision = decide(ticket, Tick(by=DESK, ticket=TicketId(1)), WITHOUT, MON_9 + minutes(5))

    (called,) = (event for event in decision.events if isinstance(event, Called))
    assert called.people == WITHOUT.teams[TeamId("desk")].on_call[1:2] == (CHEN,)
    assert ahead(decision.ticket, WITHOUT, MON_9 + minutes(5)).wake_at is not None


def test_somebody_of_that_team_may_take_it() -> None:
    ticket = raised(RULES, service="vpn")

    taken = decide(ticket, Acknowledge(by=LIN, ticket=TicketId(1)), WITHOUT, MON_9 + minutes(1)).ticket

    assert taken.holder == LIN


def test_and_is_told_of_it_where_it_is() -> None:
    ticket = raised(RULES, service="vpn")

    decision = decide(ticket, Tick(by=DESK, ticket=TicketId(1)), WITHOUT, MON_9 + minutes(16))

    told = [one.to.team for one in announce(decision.ticket, decision.events, WITHOUT) if isinstance(one.to, ToTeam)]
    assert told
    assert all(team in WITHOUT.teams for team in told)
