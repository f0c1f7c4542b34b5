"""The small desk with a rota: Lin and Chen take turns day by day, from Monday nine o'clock on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.domain.ids import PersonId, RotaId, TeamId
from bot.domain.oncall import Cover, Every, Layer, Rota
from bot.domain.rules import Rules
from tests.domain.small_desk import CHEN, LIN, MON_9, small_rules

FIRST = RotaId("first")
DESK_TEAM = TeamId("desk")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def rota_of(*turns: PersonId) -> Rota:
    """Day by day, from Monday nine o'clock on."""
    layer = Layer("turns", "UTC", tuple((one,) for one in turns), date(2026, 3, 2), time(9), Every.DAY)
    return Rota(FIRST, {"en": "First", "zh": "一线"}, (layer,))


def rota_rules(*covers: Cover, rota: Rota | None = None) -> Rules:
    """Chen is on call on Tuesday from nine, Lin on Monday and Wednesday."""
    rules = small_rules()
    team = replace(rules.teams[DESK_TEAM], on_call=(), rotas=(FIRST,))
    return replace(
        rules, teams={**rules.teams, DESK_TEAM: team}, rotas={FIRST: rota or rota_of(LIN, CHEN)}, covers=covers
    )


def day(number: int) -> datetime:
    """The handover of that day; Monday is 0."""
    return MON_9 + number * DAY
