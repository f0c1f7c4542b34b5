"""No token, ticket, address with a secret in it, or word of a person in any log, at any level."""

from __future__ import annotations

import logging

import pytest

from bot.chat.card import Card
from bot.chat.port import Undelivered
from bot.platforms.slack.places import channel
from tests.platforms.slack.house import Inbox, at_work, until
from tests.street.slack import FakeSlack, Fault

WORDS = "canary-words-of-a-person"


async def test_nothing_secret_is_logged_at_any_level(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiohttp").setLevel(logging.WARNING)  # the fake's own access log
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        await until(lambda: desk.health()["swept_at"])
        inbox.refuses = 1
        await (await slack.say(slack.direct("U1"), "U1", WORDS)).got_it()
        await slack.deliver(slack.command("U1", WORDS), "slash_commands").got_it()
        for fault in (Fault(error="invalid_auth"), Fault(status=500), Fault(drops=True), Fault(status=429)):
            slack.faults["chat.postMessage"].append(fault)
            with pytest.raises(Undelivered):
                await desk.post(channel("C1"), Card(WORDS), key="k", repeat=False, quiet=False)
        slack.dead_tickets = 3
        slack.faults["apps.connections.open"].extend([Fault(error="invalid_auth", status=401), Fault(drops=True)])
        slack.cut()
        await until(lambda: not slack.dead_tickets and len(slack.connections) == 2, 10)

    told = capsys.readouterr()
    everything = caplog.text + told.out + told.err
    assert "canary" not in everything
    assert "slack.sdk" in everything  # the SDK had something to say, so the filter was there


async def test_nothing_secret_is_kept_in_the_inbox() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox):
        await slack.deliver(slack.command("U1", "list"), "slash_commands").got_it()
        await slack.deliver(slack.press("U1", "C1", slack.ts(), "ack:7"), "interactive").got_it()
        await (await slack.say(slack.direct("U1"), "U1", "hi")).got_it()

        assert len(inbox.kept) == 3
        assert not [raw for raw in inbox.kept.values() if "canary" in raw.body]


async def test_a_revoked_token_shows_in_the_health_and_everything_goes_on_when_it_counts_again() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.revoked = True
        with pytest.raises(Undelivered) as no:
            await desk.post(channel("C1"), Card("t"), key="k", repeat=False, quiet=False)
        await desk._prove_token()
        trouble = desk.health()["trouble"]
        slack.revoked = False
        await desk._prove_token()

        assert (no.value.reason, no.value.forever, trouble) == ("token_revoked", True, "token_revoked")
        assert desk.health()["trouble"] == ""
