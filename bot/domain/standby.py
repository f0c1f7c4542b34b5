"""Who of a team is on call at a moment: people who always are, or whoever its rotas name then."""

from __future__ import annotations

from datetime import datetime

from bot.domain import oncall
from bot.domain.ids import PersonId
from bot.domain.oncall import Rota
from bot.domain.rules import Rules, Team


def on_call(team: Team, place: int, rules: Rules, at: datetime) -> tuple[PersonId, ...]:
    """Who is on call at that place of the order (from 1). With a single rota the second place is whoever it names
    next."""
    rotas = _rotas(team, rules)
    if not rotas:
        return team.on_call[place - 1 : place]
    if place <= len(rotas):
        return oncall.on_call_at(rotas[place - 1], rules.covers, at)
    if place == 2:
        shift = oncall.next_shift(rotas[0], rules.covers, at)
        return () if shift is None else (shift.person,)
    return ()


def crew(team: Team, rules: Rules, at: datetime) -> tuple[PersonId, ...]:
    """Everybody on call at any place at that moment, in order."""
    now = (one for rota in _rotas(team, rules) for one in oncall.on_call_at(rota, rules.covers, at))
    return tuple(dict.fromkeys((*team.on_call, *now)))


def everybody(team: Team, rules: Rules) -> tuple[PersonId, ...]:
    """All who may ever be on call, those who have agreed to cover for somebody included."""
    ever = (one for rota in _rotas(team, rules) for one in sorted(oncall.people_in(rota)))
    covering = (cover.person for cover in rules.covers if cover.rota in team.rotas)
    return tuple(dict.fromkeys((*team.on_call, *ever, *covering)))


def _rotas(team: Team, rules: Rules) -> tuple[Rota, ...]:
    return tuple(rules.rotas[one] for one in team.rotas if one in rules.rotas)
