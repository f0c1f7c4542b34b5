"""Nothing that is said to the desk on Slack is lost or doubled, whatever the network does (reliability rows 1 to 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.chat.card import Card
from bot.chat.form import Field, FieldKind, Form
from bot.chat.incoming import Opened, PointedAt, Pressed, Rewritten, Said, Submitted
from bot.platforms.slack.places import channel, identity
from bot.platforms.slack.sockets import Watching
from tests.platforms.slack.house import NOW, QUICK, Drawer, Inbox, at_work, until
from tests.street.slack import BOT_USER, TEAM, FakeSlack, Fault

CARD = Card("INC-7 printer")
FORM = Form("resolve:7", "Resolve", (Field("why", "What was it?", FieldKind.TEXT),), "Send")


async def test_a_direct_message_is_kept_and_only_then_acknowledged() -> None:
    inbox = Inbox()
    inbox.delay_s = 0.05
    async with FakeSlack(retry_after_s=()) as slack, at_work(slack, inbox) as desk:
        told = await slack.say(slack.direct("U1"), "U1", "printer &amp; scanner dead")
        await until(lambda: told.handed_over)
        assert not told.acked.is_set()

        await told.got_it()

        (raw,) = inbox.kept.values()
        said = desk.parse(raw)
        assert isinstance(said, Said)
        assert (said.text, said.private, said.place) == ("printer & scanner dead", True, "slack:dm:U1")


async def test_row_1_what_could_not_be_kept_is_not_acknowledged_and_comes_again() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        await until(lambda: desk.health()["swept_at"])
        inbox.refuses = 2
        told = await slack.say(slack.direct("U1"), "U1", "vpn down")

        await told.got_it()

        assert told.handed_over > 1
        assert len(inbox.kept) == 1


async def test_row_2_a_message_delivered_eleven_times_under_eleven_names_is_one() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox):
        message = {**slack.write(slack.direct("U1"), "U1", "vpn down"), "channel": slack.direct("U1")}
        told = [slack.deliver(slack.event(message)) for _ in range(11)]

        for one in told:
            await one.got_it()

        assert len(inbox.kept) == 1


async def test_a_call_in_a_channel_comes_as_two_events_and_is_one() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        message = slack.write("C1", "U1", f"<@{BOT_USER}> wifi is slow")
        first = slack.deliver(slack.event({**message, "channel": "C1"}))
        second = slack.deliver(slack.event({**message, "channel": "C1", "type": "app_mention"}))
        await first.got_it()
        await second.got_it()

        (raw,) = inbox.kept.values()
        said = desk.parse(raw)
        assert isinstance(said, Said)
        assert (said.text, said.private) == ("wifi is slow", False)
        assert said.place == f"slack:channel:C1:{message['ts']}"


async def test_talk_of_people_is_never_stored() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        lunch = await slack.say("C1", "U1", "lunch?")
        await slack.say("C1", "U2", "yes", thread_ts=slack.messages["C1"][0]["ts"])
        await lunch.got_it()
        await until(lambda: desk.health()["heard"].get("not_for_us") == 2)

        assert not inbox.kept


async def test_row_3_events_that_slack_never_delivers_are_found_in_the_history() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox, watched_channels=["C1"]) as desk:
        await until(lambda: desk.health()["swept_at"])
        lost = iter(range(1000))
        slack.loses = lambda _: next(lost) % 10 == 0
        for number in range(100):
            await slack.say(slack.direct(f"U{number % 5}"), f"U{number % 5}", f"request {number}")
            await slack.say("C1", "U1", f"<@{BOT_USER}> call {number}")
        card = await desk.post(channel("C1"), CARD, key="k", repeat=False, quiet=False)
        slack.loses = lambda _: True
        await slack.say("C1", "U2", "answer in the thread", thread_ts=card.rsplit(":", 1)[1])

        await desk.sweep()

        assert len(inbox.kept) == 201


async def test_a_sweep_finds_a_change_that_nobody_told_of() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        told = await slack.say(slack.direct("U1"), "U1", "before")
        await told.got_it()
        message = slack.messages[slack.direct("U1")][0]
        message.update(text="after", edited={"user": "U1", "ts": slack.ts()})

        await desk.sweep()
        await desk.sweep()

        came = [desk.parse(raw) for raw in inbox.kept.values()]
        assert [one.text for one in came if isinstance(one, Said | Rewritten)] == ["before", "after"]


async def test_row_3_what_was_said_while_the_desk_was_down_is_found_after_its_start() -> None:
    inbox, drawer = Inbox(), Drawer()
    async with FakeSlack() as slack:
        async with at_work(slack, inbox, drawer) as desk:
            await until(lambda: desk.health()["swept_at"])
        slack.write(slack.direct("U1"), "U1", "nobody hears me")

        async with at_work(slack, inbox, drawer):
            await until(lambda: inbox.kept)


async def test_row_4_a_hundred_disconnects_in_a_stream_of_messages_lose_nothing() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        for number in range(100):
            await slack.say(slack.direct("U1"), "U1", f"request {number}")
            if number % 10 == 9:
                slack.cut()
            else:
                await slack.disconnect()
            await until(lambda: slack.connections)

        await until(lambda: desk.health()["connections"] == 2, 10)
        await desk.sweep()

        assert len(inbox.kept) == 100


async def test_row_4_a_dead_ticket_is_thrown_away() -> None:
    async with FakeSlack() as slack, at_work(slack) as desk:
        slack.dead_tickets = 2
        slack.cut()

        await until(lambda: len(slack.connections) == 2, 10)

        await until(lambda: desk.health()["connections"] == 2)


async def test_row_5_a_deaf_connection_is_opened_anew() -> None:
    inbox = Inbox()
    clock = [NOW]
    watching = Watching(connections=1, ping_s=0.2, look_every=timedelta(seconds=0.05))
    rhythm = replace(QUICK, watching=watching)
    async with FakeSlack() as slack, at_work(slack, inbox, rhythm=rhythm, now=lambda: clock[0]) as desk:
        slack.connections[0].is_deaf = True
        clock[0] += timedelta(minutes=11)
        await until(lambda: desk.health()["reconnected"])

        told = await slack.say(slack.direct("U1"), "U1", "hello?")

        await told.got_it()


async def test_row_5_the_probe_sees_that_no_events_come() -> None:
    clock = [NOW]
    rhythm = replace(QUICK, event_probe_every=timedelta(seconds=0.05))
    async with FakeSlack() as slack, at_work(slack, rhythm=rhythm, probe_channel="C9", now=lambda: clock[0]) as desk:
        await until(lambda: desk.health()["probe_sent_at"] and desk.health()["last_event_at"])
        assert not desk.health()["probe_is_late"]
        slack.loses = lambda _: True
        probes = len(slack.calls)
        await until(lambda: len(slack.calls) > probes + 2)  # what was still under way has been heard
        clock[0] += timedelta(minutes=1)
        await until(lambda: desk.health()["probe_sent_at"] == clock[0])

        clock[0] += timedelta(minutes=1)

        assert desk.health()["probe_is_late"]
        assert len(slack.messages["C9"]) == 1


async def test_row_6_the_same_press_is_kept_once_and_two_presses_are_two() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        press = slack.press("U1", "C1", slack.ts(), "ack:7")
        for _ in range(5):
            await slack.deliver(press, "interactive").got_it()
        await slack.deliver(slack.press("U1", "C1", slack.ts(), "ack:8"), "interactive").got_it()

        pressed = [desk.parse(raw) for raw in inbox.kept.values()]
        assert [one.wish for one in pressed if isinstance(one, Pressed)] == ["ack:7", "ack:8"]
        assert all("canary" not in raw.body for raw in inbox.kept.values())


async def test_row_6_a_press_that_cannot_be_kept_is_not_acknowledged() -> None:
    inbox = Inbox()
    inbox.refuses = 1
    async with FakeSlack() as slack, at_work(slack, inbox):
        press = slack.press("U1", "C1", slack.ts(), "ack:7")
        lost = slack.deliver(press, "interactive")
        await until(lambda: lost.handed_over and not inbox.refuses)

        await slack.deliver(press, "interactive").got_it()

        assert not lost.acked.is_set()


async def test_a_command_is_private_and_says_where_the_answer_stands() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        told = slack.deliver(slack.command("U1", "列表"), "slash_commands")
        await told.got_it()

        (raw,) = inbox.kept.values()
        said = desk.parse(raw)
        assert isinstance(said, Said)
        assert (said.text, said.command, said.private, said.place) == ("列表", True, True, "slack:dm:U1")
        assert said.trigger in slack.triggers
        assert told.answer is not None
        assert f"<@{BOT_USER}>" in told.answer["text"]


async def test_a_window_closes_when_its_answers_are_kept_and_stays_open_for_blanks() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        await desk.ask(identity("U1"), channel("C1"), slack.trigger(), FORM)
        blank = slack.deliver(slack.submission("U1", slack.views[0], {"why": "  "}), "interactive")
        await blank.got_it()
        filled = slack.deliver(slack.submission("U1", slack.views[0], {"why": "works"}), "interactive")
        await filled.got_it()

        assert blank.answer is not None
        assert list(blank.answer["errors"]) == ["why"]
        assert filled.answer == {"response_action": "clear"}
        (raw,) = inbox.kept.values()
        given = desk.parse(raw)
        assert isinstance(given, Submitted)
        assert (given.wish, given.answers, given.place) == ("resolve:7", {"why": "works"}, "slack:channel:C1")


async def test_a_reaction_brings_the_words_of_the_message_also_out_of_a_thread() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        top = slack.write("C1", "U2", "laptop is wet")
        reply = slack.write("C1", "U3", "and mine is <dead>".replace("<", "&lt;"), thread_ts=top["ts"])
        for message in (top, reply):
            await slack.deliver(slack.event(_reaction(message))).got_it()

        pointed = [desk.parse(raw) for raw in inbox.kept.values()]
        assert [(one.text, one.words_by, one.author) for one in pointed if isinstance(one, PointedAt)] == [
            ("laptop is wet", "slack:U2", "slack:U1"),
            ("and mine is <dead>", "slack:U3", "slack:U1"),
        ]


async def test_a_reaction_whose_message_cannot_be_read_now_comes_again() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        message = slack.write("C1", "U2", "laptop is wet")
        await until(lambda: desk.health()["swept_at"])
        slack.faults["conversations.history"].append(Fault(status=503))
        told = slack.deliver(slack.event(_reaction(message)))
        await told.got_it()

        (raw,) = inbox.kept.values()
        assert told.handed_over == 2
        assert "laptop is wet" in raw.body


async def test_opening_the_home_tab_is_heard() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        opened = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home", "event_ts": slack.ts()}
        await slack.deliver(slack.event(opened)).got_it()

        (raw,) = inbox.kept.values()
        assert isinstance(desk.parse(raw), Opened)


async def test_what_is_for_another_team_or_app_is_dropped_and_counted() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox) as desk:
        message = {**slack.write("D1", "U1", "hi"), "channel": "D1"}
        foreign = slack.event(message, team_id="T9", authorizations=[{"team_id": "T9"}])
        await slack.deliver(foreign).got_it()
        await slack.deliver(slack.event(message, api_app_id="A9")).got_it()
        press = slack.press("U1", "C1", slack.ts(), "ack:7") | {"user": {"id": "U1", "team_id": "T9"}}
        await slack.deliver(press, "interactive").got_it()

        assert not inbox.kept
        heard = desk.health()["heard"]
        assert (heard["foreign_team"], heard["foreign_app"], heard["outsider"]) == (1, 1, 1)


async def test_row_14_own_and_other_bots_are_not_listened_to_but_allowed_ones_are() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox, allowed_bots=["B7"]) as desk:
        await desk.post(channel("C1"), CARD, key="k", repeat=False, quiet=False)
        for bot in ("B6", "B7"):
            text = f"<@{BOT_USER}> alert of {bot}"
            await (await slack.say("C1", "", text, bot_id=bot, subtype="bot_message")).got_it()
        await until(lambda: desk.health()["heard"].get("own"))

        (raw,) = inbox.kept.values()
        assert "alert of B7" in raw.body


async def test_what_nobody_can_read_is_kept_for_the_operator() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, at_work(slack, inbox):
        await slack.deliver(slack.event({"type": "message", "channel": "D1", "user": "U1", "text": "\ud800"})).got_it()

        (raw,) = inbox.kept.values()
        assert raw.key.startswith("slackodd:")


async def test_slack_being_down_at_the_start_does_not_stop_the_desk() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack:
        slack.faults["auth.test"].extend([Fault(status=500), Fault(error="invalid_auth"), Fault(drops=True)])
        slack.faults["apps.connections.open"].append(Fault(status=401, error="invalid_auth"))
        async with at_work(slack, inbox) as desk:
            await until(lambda: desk.health()["connections"] == 2)

            await (await slack.say(slack.direct("U1"), "U1", "hello")).got_it()

            assert desk.health()["team"] == TEAM


def _reaction(message: dict[str, str]) -> dict[str, object]:
    item = {"type": "message", "channel": "C1", "ts": message["ts"]}
    head = {"type": "reaction_added", "user": "U1", "reaction": "ticket", "item_user": message["user"]}
    return {**head, "item": item, "event_ts": message["ts"]}
