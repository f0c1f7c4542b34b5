"""Cards reach Telegram through the real library: each fault has its name, and its manners are kept by us."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.chat.card import Action, Card, Confirm, Weight
from bot.chat.incoming import Address, Identity, MessageRef, Pressed
from bot.chat.port import Undelivered
from bot.platforms.telegram import places
from bot.platforms.telegram.adapter import TO_A_GROUP, TelegramPlatform
from bot.platforms.telegram.pace import Limits, Pace
from tests.clock import Clock, virtual
from tests.platforms.telegram.house import Disk, at_work, until
from tests.street.telegram import BO, BOT_ID, FORUM, GROUP, MEI, SENT_AT, FakeTelegram, Fault

TO_MEI, TO_GROUP = places.address(MEI), places.address(GROUP)
CARD = Card(title="INC-7 <VPN>", lead="a & b", actions=(Action("take", "7", "Take it"),))


async def post(desk: TelegramPlatform, to: Address = TO_MEI, card: Card = CARD, **more: bool) -> MessageRef:
    return await desk.post(to, card, key="7:1", repeat=more.get("repeat", False), quiet=more.get("quiet", False))


async def refused(desk: TelegramPlatform, to: Address = TO_MEI) -> Undelivered:
    with pytest.raises(Undelivered) as no:
        await post(desk, to)
    return no.value


async def test_a_card_stands_where_it_was_posted() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        message = await post(desk, quiet=True)
        (shown,) = telegram.shown(MEI)

    assert message == places.message(MEI, shown["message_id"])
    assert shown["text"] == "INC-7 <VPN>\na & b"
    assert shown["reply_markup"]["inline_keyboard"] == [[{"text": "Take it", "callback_data": "take:7"}]]
    assert shown["_asked"]["disable_notification"].lower() == "true"
    assert shown["_asked"]["link_preview_options"] == {"is_disabled": True}


async def test_a_card_for_a_topic_stands_in_it_and_beside_it_when_the_topic_is_gone() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        await post(desk, places.address(FORUM, 9))
        telegram.faults["sendMessage"].append(Fault(400, "Bad Request: message thread not found"))
        await post(desk, places.address(FORUM, 9))
        shown = telegram.shown(FORUM)

    assert [one.get("message_thread_id") for one in shown] == [9, None]


async def test_an_edit_shows_the_card_and_one_that_changes_nothing_is_success() -> None:
    """Row 39."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        message = await post(desk)
        await desk.edit(message, Card(title="INC-7 done"))
        await desk.edit(message, Card(title="INC-7 done"))
        (shown,) = telegram.shown(MEI)

    assert shown["text"] == "INC-7 done"
    assert "reply_markup" not in shown
    assert len(telegram.refused()) == 1


async def test_nothing_can_be_looked_up_and_a_repetition_says_that_it_may_be_one() -> None:
    """Row 33."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        await post(desk)
        found = await desk.find(TO_MEI, key="7:1")
        await post(desk, repeat=True)
        texts = [one["text"] for one in telegram.shown(MEI)]

    assert found is None
    assert [text.startswith("🔁 ") for text in texts] == [False, True]


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "wait_s"),
    [
        ({"retry_after": 1}, 1),
        ({"retry_after": 30}, 30),
        ({"retry_after": 3600}, 3600),
        ({"retry_after": 10**8}, 3600),
        ({"retry_after": "7"}, 7),
        ({"retry_after": 1.5}, 1.5),
        ({"retry_after": "abc"}, 30),
        ({"retry_after": -5}, 30),
        ({"retry_after": 0}, 30),
        ({"retry_after": None}, 30),
        ({"retry_after": True}, 30),
        ({}, 30),
        (None, 30),
    ],
)
async def test_who_is_told_to_wait_waits_so_long(parameters: dict[str, object] | None, wait_s: float) -> None:
    """Row 34: every form of retry_after; only this chat waits."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(Fault(429, "Too Many Requests: retry later", parameters))
        no = await refused(desk)
        await post(desk, TO_GROUP)  # others go on

    assert no.retry_after == timedelta(seconds=wait_s)
    assert (no.forever, no.maybe_sent, no.everyone) == (False, False, False)


@pytest.mark.parametrize("body", ["<html>slow down</html>", "[]", "", '{"parameters": []}'])
async def test_a_429_of_somebody_else_on_the_way_is_one_too(body: str) -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(Fault(429, body=body))
        no = await refused(desk)

    assert (no.retry_after, no.maybe_sent) == (timedelta(seconds=30), False)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, "Internal Server Error"),
        Fault(502, body="<html>"),
        Fault(503, "Service Unavailable"),
        Fault(504, ""),
        Fault(200, body="<html>a proxy</html>"),
        Fault(200, body='{"ok":true}'),
        Fault(200, body='{"ok":true,"result":true}'),
        Fault(200, body='{"ok":true,"result":{"message_id":"x"}}'),
        Fault(drops=True),
        Fault(drops=True, after=True),
    ],
)
async def test_an_outcome_that_nobody_knows_may_have_been_sent(fault: Fault) -> None:
    """Row 35; nothing is sent twice by itself."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(fault)
        no = await refused(desk)

    assert (no.maybe_sent, no.forever) == (True, False)
    assert len(telegram.called("sendMessage")) == 1


async def test_an_answer_that_does_not_come_in_time_may_have_been_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 35."""
    monkeypatch.setattr("bot.platforms.telegram.send.CALL_WITHIN_S", 0.05)
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(Fault(hangs_s=0.2, status=200))
        no = await refused(desk)

    assert no.maybe_sent


async def test_where_nobody_answers_nothing_was_sent() -> None:
    """Row 35: what never left can be sent again without a mark."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        await telegram.close()
        no = await refused(desk)

    assert (no.maybe_sent, no.forever) == (False, False)


async def test_after_the_end_nothing_is_sent() -> None:
    async with FakeTelegram() as telegram:
        async with at_work(telegram) as desk:
            pass
        no = await refused(desk)

    assert not no.maybe_sent
    assert telegram.called("sendMessage") == []


@pytest.mark.parametrize(
    ("status", "description", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", "the person has blocked the desk"),
        (403, "Forbidden: user is deactivated", "the person's account is gone"),
        (403, "Forbidden: bot can't initiate conversation with a user", "the person has never pressed Start"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "the desk was removed from the group"),
        (403, "Forbidden: bot is not a member of the channel chat", "the desk is not in the group"),
        (403, "Forbidden: something new", "Telegram forbids it"),
        (400, "Bad Request: chat not found", "there is no such chat, or the person has never pressed Start"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "Telegram refuses this place"),
        (400, "Bad Request: need administrator rights in the channel chat", "Telegram refuses this place"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "Telegram refuses this place"),
        (400, "Bad Request: group chat was deactivated", "Telegram refuses this place"),
    ],
)
async def test_a_place_that_cannot_be_reached_is_given_up_with_its_reason(
    status: int, description: str, reason: str
) -> None:
    """Rows 36 and 37."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(Fault(status, description))
        no = await refused(desk)

    assert (no.forever, no.reason, no.maybe_sent) == (True, reason, False)


async def test_a_group_that_has_moved_is_named_with_its_topic() -> None:
    """Row 38."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.migrated[-55] = -100777
        plain, topic = await refused(desk, places.address(-55)), await refused(desk, places.address(-55, 4))

    assert (plain.moved_to, plain.forever, plain.maybe_sent) == (places.address(-100777), False, False)
    assert topic.moved_to == places.address(-100777, 4)


@pytest.mark.parametrize(
    "description", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID", "moved"]
)
async def test_a_message_that_is_gone_is_said_to_be_gone(description: str) -> None:
    """Row 39."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        message = await post(desk, TO_GROUP)
        if description == "moved":
            telegram.migrated[GROUP] = -100777
        else:
            telegram.faults["editMessageText"].append(Fault(400, f"Bad Request: {description}"))
        with pytest.raises(Undelivered) as no:
            await desk.edit(message, Card(title="new"))

    assert (no.value.gone, no.value.forever) == (True, True)


async def test_what_is_refused_for_its_shape_is_said_in_plain_words() -> None:
    """Row 40."""
    entities = Fault(400, "Bad Request: can't parse entities: Unsupported start tag")
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(entities)
        await post(desk)
        telegram.faults["sendMessage"].extend([entities, Fault(400, "Bad Request: BUTTON_DATA_INVALID")])
        await post(desk)
        plain, bare = telegram.shown(MEI)

    assert plain["text"] == bare["text"] == "INC-7 <VPN>\na & b"
    assert ("reply_markup" in plain, "reply_markup" in bare) == (True, False)


async def test_what_is_refused_in_plain_words_too_is_malformed() -> None:
    """Row 40."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].extend([Fault(400, "Bad Request: message is too long")] * 3)
        no = await refused(desk)

    assert (no.malformed, no.forever) == (True, True)


@pytest.mark.parametrize("status", [401, 404])
async def test_while_the_token_is_refused_everybody_waits_and_nothing_is_buried(status: int) -> None:
    """Row 10."""
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(Fault(status, "Unauthorized"))
        no = await refused(desk)

    assert (no.everyone, no.forever, no.retry_after) == (True, False, timedelta(seconds=30))


@pytest.mark.parametrize("to", ["slack:dm:U1", "telegram:", "telegram:x", "telegram:1:2:3", "telegram:-", "telegram:٣"])
async def test_an_address_that_is_not_on_telegram_is_refused(to: str) -> None:
    desk = TelegramPlatform(token="1:x", drawer=Disk())

    with pytest.raises(Undelivered) as no:
        await desk.post(Address(to), CARD, key="k", repeat=False, quiet=False)

    assert no.value.forever


# --- whispers --------------------------------------------------------------------------------------------------------


async def test_a_whisper_in_a_group_goes_to_the_private_chat() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        await desk.whisper(TO_GROUP, Identity(f"telegram:{MEI}"), CARD, key="answer:tg:1:5:0")

    assert len(telegram.shown(MEI)) == 1
    assert telegram.shown(GROUP) == []


async def test_whoever_never_pressed_start_is_told_by_a_pop_up_over_their_button(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.platforms.telegram.listen.HOLD_S", 0.4)
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        card = await post(desk, TO_GROUP)
        query = telegram.press(GROUP, places.spot_of(card)[1], BO, "take:7")
        await until(lambda: not telegram.waiting.texts)
        await desk.whisper(TO_GROUP, Identity(f"telegram:{BO}"), CARD, key=f"answer:tg:{BOT_ID}:1:0")
        (answer,) = telegram.answers

    assert (answer["callback_query_id"], answer["text"]) == (query, "INC-7 <VPN> a & b")
    assert answer["show_alert"].lower() == "true"


async def test_whoever_never_pressed_start_and_pressed_nothing_cannot_be_told() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        with pytest.raises(Undelivered) as no:
            await desk.whisper(TO_GROUP, Identity(f"telegram:{BO}"), CARD, key="answer:tg:1:5:0")

    assert (no.value.forever, no.value.reason) == (True, "the person has never pressed Start")


async def test_every_press_is_answered_in_a_group_after_what_may_have_to_be_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.platforms.telegram.listen.HOLD_S", 0.05)
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        mine, theirs = await post(desk), await post(desk, TO_GROUP)
        for chat, message, user in ((MEI, mine, MEI), (GROUP, theirs, BO)):
            telegram.press(chat, places.spot_of(message)[1], user, "take:7")
        await until(lambda: len(telegram.answers) == 2)

    assert [one.wish for one in disk.incoming if isinstance(one, Pressed)] == ["take:7", "take:7"]


async def test_it_is_known_who_talks_with_us() -> None:
    """For the doctor: who has pressed Start, and who has blocked us since."""
    disk, mei = Disk(), Identity(f"telegram:{MEI}")
    async with FakeTelegram() as telegram:
        async with at_work(telegram, disk) as desk:
            before = await desk.has_started(mei)
            telegram.say(MEI, MEI, "/start")
            await until(lambda: disk.commits)
            after = await desk.has_started(mei)
        async with at_work(telegram, disk) as desk:
            kept = await desk.has_started(mei)
            member = {"user": {"id": BOT_ID}, "status": "kicked"}
            chat = {"id": MEI, "type": "private"}
            telegram.push({"my_chat_member": {"chat": chat, "from": {}, "date": SENT_AT, "new_chat_member": member}})
            await until(lambda: not telegram.waiting.texts)
            blocked = await desk.has_started(mei)

    assert (before, after, kept, blocked) == (None, True, True, False)


async def test_it_can_be_asked_whether_we_are_in_a_chat() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.kicked_from.add(GROUP)
        there, thrown_out = await desk.is_member(TO_MEI), await desk.is_member(TO_GROUP)
        telegram.always["getChat"] = Fault(500)
        unknown = await desk.is_member(TO_MEI)

    assert (there, thrown_out, unknown) == (True, False, None)


async def test_a_link_opens_the_chat_and_brings_a_token() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        link = desk.link("abc_1")

    assert link == "https://t.me/DeskbellTestBot?start=abc_1"


# --- a button that asks first ----------------------------------------------------------------------------------------

ASKING = Card(
    title="INC-7",
    actions=(
        Action("take", "7", "Take it"),
        Action("cancel", "7", "Cancel", Weight.DANGER, Confirm("Cancel it for good?", "Yes, cancel", "Keep it")),
    ),
)


def labels(telegram: FakeTelegram) -> list[list[str]]:
    (shown,) = telegram.shown(MEI)
    return [[button["text"] for button in row] for row in shown["reply_markup"]["inline_keyboard"]]


def data_of(telegram: FakeTelegram, label: str) -> str:
    (shown,) = telegram.shown(MEI)
    rows = shown["reply_markup"]["inline_keyboard"]
    return str(next(button["callback_data"] for row in rows for button in row if button["text"] == label))


async def test_a_dangerous_button_asks_first_and_counts_after_yes() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram:
        async with at_work(telegram, disk) as desk:
            _, number = places.spot_of(await post(desk, card=ASKING))
        async with at_work(telegram, disk):  # what a button asks is known after a restart, too
            telegram.press(MEI, number, MEI, data_of(telegram, "Cancel"))
            await until(lambda: len(labels(telegram)) > 1)
            asked = labels(telegram)
            pressed_before = [one for one in disk.incoming if isinstance(one, Pressed)]
            telegram.press(MEI, number, MEI, data_of(telegram, "Yes, cancel"))
            await until(lambda: disk.incoming)

    assert asked == [["Take it", "Cancel"], ["Cancel it for good?"], ["Yes, cancel", "Keep it"]]
    assert pressed_before == []
    assert [one.wish for one in disk.incoming if isinstance(one, Pressed)] == ["cancel:7"]


async def test_a_button_whose_question_cannot_be_kept_now_is_shown_later() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        disk.refuses = 1
        with pytest.raises(Undelivered) as no:
            await post(desk, card=ASKING)
        await post(desk, card=ASKING)

    assert (no.value.forever, no.value.maybe_sent) == (False, False)
    assert len(telegram.shown(MEI)) == 1


async def test_no_takes_the_question_away() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        _, number = places.spot_of(await post(desk, card=ASKING))
        for _ in range(2):  # asking twice asks once
            telegram.press(MEI, number, MEI, data_of(telegram, "Cancel"))
            await until(lambda: len(labels(telegram)) == 3)
        telegram.press(MEI, number, MEI, data_of(telegram, "Keep it"))
        await until(lambda: labels(telegram) == [["Take it", "Cancel"]])

    assert disk.incoming == []


async def test_a_button_whose_question_is_lost_says_so() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        _, number = places.spot_of(await post(desk, card=ASKING))
        telegram.press(MEI, number, MEI, "?" + "0" * 20)
        await until(lambda: telegram.answers)

    assert "no longer know" in telegram.answers[0]["text"]


# --- manners ---------------------------------------------------------------------------------------------------------


async def test_with_our_manners_telegram_never_has_to_remind_us() -> None:
    """Row 34: a strict Telegram sees no second message within a second, and one chat holds up no other."""
    async with FakeTelegram(keeps_limits=True) as telegram, at_work(telegram, limits=Limits()) as desk:
        begun_s = asyncio.get_running_loop().time()
        telegram.started |= set(range(600, 612))
        slow = asyncio.gather(*(post(desk, TO_GROUP, Card(title=f"{n}")) for n in range(3)))
        await asyncio.gather(*(post(desk, places.address(user)) for user in range(600, 612)))
        others_s = asyncio.get_running_loop().time() - begun_s
        await slow

    assert telegram.refused() == []
    assert others_s < 1.5
    assert len(telegram.shown(GROUP)) == 3


async def refused_for(pace: Pace) -> timedelta | None:
    try:
        await pace.turn(GROUP)
    except Undelivered as no:
        return no.retry_after
    return None


@virtual
async def test_a_group_gets_twenty_a_minute_and_who_comes_later_is_told_when(clock: Clock) -> None:
    pace, said, waits = Pace(Limits()), [], []
    for _ in range(60):
        wait = await refused_for(pace)
        if wait is None:
            said.append(clock.mono())
        else:
            waits.append(wait)
            await clock.passes(wait)

    for at in said:
        assert sum(1 for other in said if at <= other < at + 60) <= 20
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(said))
    assert waits
    assert all(wait > timedelta(seconds=3) for wait in waits)


@virtual
async def test_thirty_a_second_go_to_all_together(clock: Clock) -> None:
    pace, said = Pace(Limits()), []

    async def one(chat: int) -> None:
        await pace.turn(chat)
        said.append(clock.mono())

    await asyncio.gather(*(one(chat) for chat in range(1, 91)))

    for at in said:
        assert sum(1 for other in said if at <= other < at + 1.0) <= 30
    assert max(said) < 3


@virtual
async def test_a_chat_that_was_told_to_rest_rests_and_no_other(clock: Clock) -> None:
    pace = Pace(Limits())
    pace.rest(MEI, timedelta(seconds=20))
    with pytest.raises(Undelivered) as no:
        await pace.turn(MEI)
    await pace.turn(BO)

    assert no.value.retry_after is not None
    assert timedelta(seconds=19) < no.value.retry_after <= timedelta(seconds=20)
    assert clock.mono() < 1


def test_the_relay_is_told_no_more_than_twenty_a_minute_for_a_group() -> None:
    desk = TelegramPlatform(token="1:x", drawer=Disk())
    manners = desk.manners(TO_GROUP)

    assert manners is TO_A_GROUP
    assert manners.posts * (60 / manners.per.total_seconds()) + manners.burst <= 20
    assert manners.edits_count
    assert not desk.manners(TO_MEI).edits_count
