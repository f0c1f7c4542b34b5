"""Whom a message calls is no part of how it is read, and stays in the ticket's words."""

from __future__ import annotations

import pytest

from bot.app import catalogue
from bot.classifier import classify
from bot.domain.ids import Level, Priority
from handlers.phrasing import unaddressed
from tests.handlers.small_house import Read, SmallHouse
from tests.journeys.life import the_rules


def reads_as_the_desk_does(text: str) -> Read:
    found = classify(text, context=catalogue(the_rules()))
    return Read(
        kind=found.kind,
        kind_scores=found.kind_scores,
        service=found.service,
        impact=found.impact,
        urgency=found.urgency,
        decision=found.decision,
        lang=found.lang,
    )


@pytest.mark.parametrize(
    "words",
    [
        "@everyone the printer is jammed",
        "@here the printer is jammed",
        "<!channel> the printer is jammed",
        "@all: the printer is jammed",
        "@所有人 打印机卡纸了",
        "@所有人打印机卡纸了",
        "＠全体成员，打印机卡纸了",
    ],
)
async def test_calling_everybody_does_not_make_a_jammed_printer_everybodys_trouble(words: str) -> None:
    house = SmallHouse(read_words=reads_as_the_desk_does)

    await house.says(words, key="one")

    ticket = house.ticket()
    assert ticket.words == words, "the ticket keeps them as written"
    assert ticket.impact is not Level.HIGH
    assert ticket.priority not in (Priority.P1, Priority.P2)


@pytest.mark.parametrize(
    "words", ["everyone in the office cannot print", "所有人都打不了印", "@陈思远 所有人都打不了印"]
)
async def test_words_about_everybody_still_count(words: str) -> None:
    house = SmallHouse(read_words=reads_as_the_desk_does)

    await house.says(words)

    assert house.ticket().impact is Level.HIGH


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("请@陈思远 看下VPN", "请  看下VPN"),
        ("@here @chen-siyuan printer", "    printer"),
        ("<@U123|bob> hi", "  hi"),
        ("write to it@example.com", "write to it@example.com"),
        ("@everyone", "@everyone"),
    ],
)
def test_only_those_who_are_called_are_left_out(words: str, left: str) -> None:
    assert unaddressed(words) == left
