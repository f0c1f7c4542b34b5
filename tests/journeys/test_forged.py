"""Stale and forged: a button is a wish and never a permission; whoever presses is told how it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.ids import Status
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    WISH,
    YUE,
    ZHAO,
    Deed,
    Life,
    living,
    said,
    verbs,
)


async def test_every_old_button_of_a_closed_ticket_is_answered_and_changes_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        old = [*await _every_button(life, LIN), *await _every_button(life, ZHAO)]
        await life.press(CHEN, "start")
        old += [*await _every_button(life, CHEN), *await _every_button(life, HE)]
        await life.press(LIN, "drop")
        before = await life.history()

        for what, body in old:
            seen = len(await life.reads(body["as"]))
            await life.deed(what, body)
            assert len(await life.reads(body["as"])) > seen, body["wish"]

        assert len(old) > 20
        assert await life.history() == before
        assert (await life.ticket()).status is Status.CANCELLED


async def test_a_stale_button_is_answered_with_the_present_state_and_what_can_be_done_now(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        late = await life.pressing(ZHAO, "start")
        await life.fill(CHEN, "resolve", solution="证书已更换")

        await life.deed(*late)

        refusal = (await life.cards(ZHAO))[-1]
        assert refusal["title"] == said(
            "zh", "refusal-not_from_here", ref="INC-1", status=said("zh", "status-resolved")
        )
        assert "陈思远" in refusal["lead"]
        assert (await life.ticket()).status is Status.RESOLVED


FORGED = (
    "acknowledge:1", "start:1", "take:1", "resolve:1", "ask:1", "assign:1", "more:1", "overrule:1", "cancel:1",
    "right:1", "grade:1:low/low", "kind:1:request", "drop:1", "rate:1:5", "reopen:1", "nudge:1", "answer:1",
    "show:1", "say:1", "note:1", "service:1", "why:1",
)  # fmt: skip


async def test_a_stranger_learns_nothing_and_changes_nothing_by_a_forged_press(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.say(EMMA, "hello")
        before, mine = await life.ticket(), (await life.reads(EMMA))[-1]["id"]

        for wish in FORGED:
            await life.press_wish(EMMA, mine, wish)
            await life.press_wish(EMMA, mine, wish.replace(":1", ":777", 1))
            existing, missing = (await life.titles(EMMA))[-2:]
            assert existing == missing, wish

        assert len(await life.cards(EMMA)) == 1 + 2 * len(FORGED)
        assert await life.ticket() == before
        assert OUTAGE not in str(await life.cards(EMMA))


MEANINGLESS = (
    ":", "?", "acknowledge", "acknowledge:", "acknowledge:0", "acknowledge:-1", "acknowledge:1.0", "acknowledge:９",
    "acknowledge:99999999999999999999", "acknowledge:1:1", "rate:1", "rate:1:", "rate:1:6", "rate:1:-1", "rate:1:٥",
    "grade:1", "grade:1:huge/high", "grade:1:high", "kind:1:problem", "draft:", "draft:x", "language:", "language:tlh",
    "queue:no-such-team", "help:1:2:3", "tick:1", "raise:1", "close:1", "sudo:1", "more:", "show:", "x" * 63,
)  # fmt: skip


async def test_a_press_that_means_nothing_gets_a_plain_answer(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        before, message = await life.ticket(), (await life.reads(LIN))[-1]["id"]

        for wish in MEANINGLESS:
            seen = len(await life.reads(LIN))
            await life.press_wish(LIN, message, wish)
            assert len(await life.reads(LIN)) > seen, wish

        assert await life.ticket() == before
        assert said("zh", "apology-title") not in await life.titles(LIN)


async def test_a_wish_that_no_button_could_hold_is_refused_at_the_door(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        message = (await life.reads(LIN))[-1]["id"]

        codes = []
        for wish in ("", " ", "按" * 22):
            answer = await life.web.post("/api/press", json={"as": LIN, "message": message, "wish": wish})
            codes.append((answer.status_code, answer.json()["code"]))

        assert codes == [(400, "text_empty"), (400, "text_empty"), (400, "wish_too_long")]


async def test_nobody_presses_what_stands_where_they_cannot_look(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        channel = (await life.reads(CHEN, lambda one: one["place"] == IT_DESK))[0]["id"]
        page = (await life.reads(ZHAO, lambda one: one["place"] == f"dm:{ZHAO}"))[0]["id"]

        for person, message in ((EMMA, channel), (CHEN, page), (LIN, page), (LIN, "no-such-message")):
            answer = await life.web.post("/api/press", json={"as": person, "message": message, "wish": "start:1"})
            assert (answer.status_code, answer.json()["code"]) == (404, "message_unknown")

        assert await life.happened("moved") == []


@pytest.mark.parametrize(("person", "language"), [(YUE, "zh"), (EMMA, "en")])
async def test_unknown_and_foreign_numbers_get_the_same_answer(tmp_path: Path, person: str, language: str) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

        for words in ("#1", "#777", "status #1", "status #777", "nudge #1", "nudge #777"):
            await life.say(person, words)

        assert set(await life.titles(person)) == {said(language, "refusal-not_found")}
        assert await life.happened("nudged") == []


async def test_words_for_an_unknown_ticket_are_kept_and_can_become_one(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, "#777 the printer is jammed again")

        answer = (await life.cards(EMMA))[-1]
        await life.press(EMMA, "draft")

        assert verbs(answer) == {"draft"}
        assert "the printer is jammed again" in (await life.ticket()).words


async def test_an_agent_of_another_team_may_not_work_on_it(tmp_path: Path) -> None:
    james = "james-okoro"
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.say(james, "queue")
        message = (await life.reads(james))[-1]["id"]

        for wish in ("acknowledge:1", "start:1", "take:1"):
            await life.press_wish(james, message, wish)
        await life.say(james, "resolve #1 done")

        ticket = await life.ticket()
        assert (ticket.status, ticket.holder, ticket.acknowledged_by) == (Status.NEW, None, None)
        assert (await life.titles(james))[-1] == said("en", "refusal-not_found")


async def test_the_requester_may_not_do_the_desks_part_on_their_own_ticket(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, f"request: {WISH}")
        message = (await life.reads(EMMA))[-1]["id"]

        for wish in ("acknowledge:1", "start:1", "take:1", "resolve:1", "assign:1", "note:1", "more:1"):
            await life.press_wish(EMMA, message, wish)
        await life.deed("submit", {"as": EMMA, "wish": "resolve:1", "answers": {"solution": "I did it myself"}})

        assert [one.name for one in await life.history()] == ["raised"]
        assert set(await life.titles(EMMA)) - {(await life.receipt(EMMA))["title"]} == {
            said("en", "refusal-not_allowed", ref="REQ-1")
        }


async def _every_button(life: Life, person: str) -> list[Deed]:
    """A finger above each button that the person sees."""
    found: list[Deed] = []
    for message in await life.reads(person, lambda body: "card" in body):
        for action in message["card"]["actions"]:
            wish = f"{action['verb']}:{action['subject']}"
            found.append(("press", {"as": person, "message": message["id"], "wish": wish}))
    return found
