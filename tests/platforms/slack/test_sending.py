"""What the desk says on Slack: where it stands, what Slack refuses, and what that means (reliability rows 33 to 43)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.card import Action, Card
from bot.chat.form import Field, Form
from bot.chat.incoming import Address, MessageRef
from bot.chat.port import Undelivered
from bot.platforms.slack.adapter import Rhythm, SlackPlatform
from bot.platforms.slack.places import channel, direct, identity, message
from bot.platforms.slack.render import REPEAT
from tests.platforms.slack.house import QUICK, at_work
from tests.street.slack import BOT_USER, FakeSlack, Fault

CARD = Card("INC-7 printer", actions=(Action("ack", "7", "Take it"),))
FORM = Form("resolve:7", "Resolve", (Field("why", "Why?"),), "Send")


async def test_a_card_stands_in_a_direct_conversation_that_is_opened_once() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        first = await _post(desk, direct("U1"))
        await _post(desk, direct("U1"), key="k2")

        assert first.startswith("slack:D1:")
        assert len(slack.messages["D1"]) == 2
        assert [name for name, _ in slack.calls].count("conversations.open") == 1


async def test_a_card_is_edited_in_place_and_in_a_thread_it_makes_the_thread_ours() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        asked = slack.write("C1", "U1", f"<@{BOT_USER}> help")
        posted = await _post(desk, channel("C1", asked["ts"]))
        await desk.edit(posted, Card("INC-7 done"))

        shown = slack.messages["C1"][1]
        assert (shown["thread_ts"], shown["text"]) == (asked["ts"], "INC-7 done")
        assert await desk.permalink(posted)


@pytest.mark.parametrize("include_metadata", [True, False])
async def test_row_33_a_message_whose_answer_was_lost_is_found_by_its_key(include_metadata: bool) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.faults["chat.postMessage"].append(Fault(drops=True, after=True))
        with pytest.raises(Undelivered) as lost:
            await _post(desk, channel("C1"), key="letter:1")
        if not include_metadata:
            slack.messages["C1"][0].pop("metadata")

        found = await desk.find(channel("C1"), key="letter:1")

        assert lost.value.maybe_sent
        assert found == message("C1", slack.messages["C1"][0]["ts"])
        assert await desk.find(channel("C1"), key="letter:2") is None
        assert len(slack.messages["C1"]) == 1


async def test_row_33_who_may_not_look_says_that_it_may_be_a_repetition() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.faults["conversations.history"].extend([Fault(error="missing_scope")] * 3)
        assert await desk.find(channel("C1"), key="k") is None

        await desk.post(channel("C1"), CARD, key="k", repeat=True, quiet=False)
        await desk.post(channel("C1"), CARD, key="other", repeat=True, quiet=False)

        assert [REPEAT in str(one["blocks"]) for one in slack.messages["C1"]] == [True, False]


@pytest.mark.parametrize(
    ("header", "wait_s"), [("1", 1), ("30", 30), ("3600", 3600), (None, 30), ("abc", 30), ("-5", 30), ("0", 30)]
)
async def test_row_34_every_form_of_retry_after_is_understood(header: str | None, wait_s: int) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        headers = {} if header is None else {"Retry-After": header}
        slack.faults["chat.postMessage"].append(Fault(status=429, error="ratelimited", headers=headers))

        no = await _refused(desk)

        assert (no.retry_after, no.everyone, no.forever, no.maybe_sent) == (
            timedelta(seconds=wait_s),
            False,
            False,
            False,
        )


@pytest.mark.parametrize(
    ("fault", "maybe_sent"),
    [
        (Fault(status=500), True),
        (Fault(status=503), True),
        (Fault(error="internal_error"), True),
        (Fault(error="fatal_error"), True),
        (Fault(error="never_heard_of"), True),
        (Fault(drops=True), True),
        (Fault(error="service_unavailable"), False),
        (Fault(status=404), False),
    ],
)
async def test_row_35_what_may_have_arrived_is_said_to_be_in_doubt(fault: Fault, maybe_sent: bool) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.faults["chat.postMessage"].append(fault)

        no = await _refused(desk)

        assert (no.maybe_sent, no.forever) == (maybe_sent, False)
        assert len([name for name, _ in slack.calls if name == "chat.postMessage"]) == 1  # the library repeats nothing


async def test_row_35_no_connection_means_not_sent() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        await _post(desk, channel("C1"))
        await slack.__aexit__()
        assert (await _refused(desk)).maybe_sent  # the connection broke under it

        no = await _refused(desk)

        assert (no.maybe_sent, no.forever) == (False, False)


@pytest.mark.parametrize(
    "error",
    ["is_archived", "channel_not_found", "not_in_channel", "user_disabled", "account_inactive", "token_revoked"],
)
async def test_rows_36_and_37_a_place_that_is_closed_is_closed_for_ever(error: str) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.faults["chat.postMessage"].append(Fault(error=error))

        no = await _refused(desk)

        assert (no.reason, no.forever, no.gone, no.malformed) == (error, True, False, False)


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_row_39_a_message_that_cannot_be_edited_is_gone(error: str) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        posted = await _post(desk, channel("C1"))
        slack.faults["chat.update"].append(Fault(error=error))

        with pytest.raises(Undelivered) as no:
            await desk.edit(posted, CARD)

        assert no.value.gone


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
async def test_row_40_a_refused_shape_is_tried_once_more_in_plain_words(error: str) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.faults["chat.postMessage"].append(Fault(error=error))
        await _post(desk, channel("C1"))
        slack.faults["chat.postMessage"].extend([Fault(error=error)] * 2)

        no = await _refused(desk)

        assert "blocks" not in slack.messages["C1"][0]
        assert (no.forever, no.malformed) == (True, True)


async def test_a_whisper_is_for_one_person_and_takes_another_way_when_she_is_not_there() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        await desk.whisper(channel("C1", "1772000000.000001"), identity("U1"), CARD, key="k")
        slack.faults["chat.postEphemeral"].append(Fault(error="user_not_in_channel"))
        await desk.whisper(channel("C1"), identity("U1"), CARD, key="k2")

        assert [one["user"] for one in slack.ephemerals] == ["U1"]
        assert "thread_ts" not in slack.ephemerals[0]  # Slack shows none in a thread nobody has answered in
        assert len(slack.messages["D1"]) == 1


@pytest.mark.parametrize("trigger", ["", "slackmsg:T:D1:1", "1.2.spent"])
async def test_a_form_without_a_fresh_press_says_that_it_takes_one(trigger: str) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        with pytest.raises(Undelivered) as no:
            await desk.ask(identity("U1"), channel("C1"), trigger, FORM)

        assert (no.value.reason, no.value.forever) == ("trigger expired", True)


async def test_the_home_tab_shows_its_cards() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        await desk.home(identity("U1"), [CARD, Card("My queue")])

        assert [block["type"] for block in slack.homes["U1"]["blocks"]] == ["header", "actions", "divider", "header"]


async def test_one_message_a_second_into_one_channel_whatever_the_thread() -> None:
    rhythm = Rhythm(sweep_every=timedelta(hours=1), watching=QUICK.watching, posts_every_s=1.5)
    async with FakeSlack() as slack, at_work(slack, rhythm=rhythm) as desk:
        await _post(desk, channel("C1", "1772000000.000001"))
        desk._sender._pace.rest("C1", timedelta(seconds=3))

        no = await _refused(desk, channel("C1", "1772000000.000002"))
        await _post(desk, channel("C2"))

        assert no.retry_after is not None
        assert timedelta(seconds=2) < no.retry_after <= timedelta(seconds=3)


@pytest.mark.parametrize("to", ["telegram:1", "slack:dm:", "slack:nowhere:1", "slack:channel:C1:2:3"])
async def test_an_address_that_is_not_on_slack_is_refused_for_ever(to: str) -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        assert (await _refused(desk, Address(to))).forever
        with pytest.raises(Undelivered):
            await desk.edit(MessageRef("telegram:1:2"), CARD)


async def _post(desk: SlackPlatform, to: Address, key: str = "k") -> MessageRef:
    return await desk.post(to, CARD, key=key, repeat=False, quiet=False)


async def _refused(desk: SlackPlatform, to: Address | None = None) -> Undelivered:
    with pytest.raises(Undelivered) as no:
        await _post(desk, to or channel("C1"))
    return no.value
