"""A calendar that has been silent for a day is told to the lead, in their words and on their clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.ids import RotaId
from bot.domain.oncall import Rota
from handlers.cards.feed_card import feed_card
from handlers.reader import Reader, zone_named
from handlers.speech import load_texts
from tests.domain.small_desk import small_rules

NIGHTS = RotaId("nights")
SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RULES = replace(
    small_rules(),
    rotas={NIGHTS: Rota(NIGHTS, {"en": "Nights", "zh": "夜班"}, feed="https://calendar.example.com/x.ics")},
)


def facts(why: str) -> dict[str, str]:
    return {"rota": NIGHTS, "since": SINCE.isoformat(), "why": why}


@pytest.mark.parametrize("why", ["unreachable", "refused", "status", "too_big", "no_calendar"])
@pytest.mark.parametrize(("language", "name", "clock"), [("en", "Nights", "17:00"), ("zh", "夜班", "17:00")])
def test_it_names_the_rota_the_moment_and_the_reason(language: str, name: str, clock: str, why: str) -> None:
    reader = Reader(load_texts().of(language), zone_named("Asia/Shanghai"))

    card = feed_card(facts(why), RULES, reader, SINCE + timedelta(days=1))

    assert card is not None
    assert name in card.title
    assert clock in str(card.lead)
    assert len(card.lines) == 1
    assert "calendar.example.com" not in repr(card)


def test_a_rota_that_reads_no_calendar_any_more_is_not_told_of() -> None:
    reader = Reader(load_texts().of("en"), zone_named("UTC"))

    assert feed_card(facts("status"), small_rules(), reader, SINCE) is None
