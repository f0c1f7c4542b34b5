"""What people do on Telegram, read: who said what to whom, and who carries no authority."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.incoming import (
    Besides,
    File,
    Incoming,
    Opened,
    PointedAt,
    Pressed,
    Relocated,
    Rewritten,
    Said,
)
from bot.platforms.telegram import places
from bot.platforms.telegram.knock import raw_of
from bot.platforms.telegram.parse import parse
from bot.platforms.telegram.words import Me, read
from tests.platforms.telegram.house import NOW
from tests.street.telegram import BO, BOT_ID, FORUM, GROUP, MEI, SENT_AT, USERNAME, FakeTelegram, person

ME = Me(BOT_ID, USERNAME)
US = {"id": BOT_ID, "is_bot": True, "first_name": "Deskbell", "username": USERNAME}
STREET = FakeTelegram()


def happens(**happening: Any) -> Incoming | Besides | None:
    return parse(raw_of({"update_id": 1, **happening}, ME, NOW))


def says(chat: int, user: int, text: str | None = None, **more: Any) -> Incoming | Besides | None:
    return happens(message=STREET.message(chat, user, text, message_id=7, **more))


def words(found: Incoming | Besides | None) -> str:
    assert isinstance(found, Said | Rewritten | PointedAt)
    return found.text


def test_words_in_a_private_chat_are_for_the_desk() -> None:
    assert says(MEI, MEI, "printer broken") == Said(
        key=f"tg:{BOT_ID}:1",
        author=places.identity(MEI),
        place=places.address(MEI),
        text="printer broken",
        at=datetime.fromtimestamp(SENT_AT + 7, UTC),
        message=places.message(MEI, 7),
        private=True,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"@{USERNAME} printer broken", "printer broken"),
        (f"printer broken, @{USERNAME.lower()}", "printer broken,"),
        (f"@{USERNAME}", "@desk"),
        ("/ticket printer broken", "printer broken"),
        (f"/ticket@{USERNAME} printer\nbroken", "printer\nbroken"),
        ("/ticket", ""),
        ("/ticket 42", "/ticket 42"),
        (f"/mine@{USERNAME}", "/mine"),
        ("/status 42", "/status 42"),
        ("/start", "/start"),
    ],
)
def test_a_group_is_heard_when_it_calls_the_desk(text: str, expected: str) -> None:
    found = says(GROUP, MEI, text)

    assert words(found) == expected
    assert isinstance(found, Said)
    assert not found.private
    assert found.command == text.startswith("/")


@pytest.mark.parametrize(
    "text",
    ["printer broken", "hello @everyone", f"mail me at x@{USERNAME}.example", "/weather", "/ticket@OtherBot fan", "/x"],
)
def test_other_talk_in_a_group_is_not_for_the_desk(text: str) -> None:
    assert says(GROUP, MEI, text) is None


def test_a_reply_to_a_card_is_about_that_card() -> None:
    found = says(GROUP, MEI, "still broken", reply_to_message={"message_id": 3, "from": US})

    assert isinstance(found, Said)
    assert found.reply_to == f"telegram:{GROUP}:3"


def test_in_a_forum_the_beginning_of_the_topic_is_no_card() -> None:
    start = {"message_id": 3, "from": US, "forum_topic_created": {"name": "IT"}}

    assert says(FORUM, MEI, "talk", is_topic_message=True, message_thread_id=3, reply_to_message=start) is None


def test_a_topic_is_a_place_of_its_own() -> None:
    found = says(FORUM, MEI, "/ticket fan", is_topic_message=True, message_thread_id=3)

    assert isinstance(found, Said)
    assert found.place == f"telegram:{FORUM}:3"


def test_a_thread_of_replies_is_no_topic() -> None:
    found = says(GROUP, MEI, "/ticket fan", message_thread_id=3)

    assert isinstance(found, Said)
    assert found.place == f"telegram:{GROUP}"


def test_a_link_that_brings_a_token_opens_the_desk() -> None:
    found = says(MEI, MEI, "/start link_8f3K")

    assert isinstance(found, Opened)
    assert (found.token, found.author) == ("link_8f3K", f"telegram:{MEI}")


def test_a_bare_ticket_in_reply_to_somebody_points_at_their_words() -> None:
    theirs = {"message_id": 3, "from": person(BO), "text": "the VPN drops", "date": SENT_AT}

    for text in ("/ticket", f"@{USERNAME}"):
        found = says(GROUP, MEI, text, reply_to_message=theirs)
        assert isinstance(found, PointedAt)
        assert (found.text, found.words_by) == ("the VPN drops", f"telegram:{BO}")
        assert (found.author, found.message) == (f"telegram:{MEI}", f"telegram:{GROUP}:3")


# --- who carries no authority (threat 6) -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["/ticket fan", f"@{USERNAME} close 42", "/cancel 42"])
@pytest.mark.parametrize(
    "more",
    [
        {"sender_chat": {"id": GROUP, "type": "supergroup"}, "from": {"id": 1087968824, "is_bot": True}},
        {"sender_chat": {"id": -100777, "type": "channel"}, "from": {"id": 777000, "is_bot": False}},
        {"from": {"id": 9, "is_bot": True, "username": "OtherBot"}},
        {"from": US},
        {"from": None},
        {"forward_origin": {"type": "user", "sender_user": person(BO)}},
        {"forward_date": 1},
        {"is_automatic_forward": True},
    ],
)
def test_who_hides_or_is_no_person_is_not_heard_in_a_group(text: str, more: dict[str, Any]) -> None:
    """Rows 6 and 14: anonymous admins, channels, bots (ourselves too), forwards."""
    assert says(GROUP, MEI, text, **more) is None


@pytest.mark.parametrize(
    ("origin", "writer"),
    [
        ({"type": "user", "sender_user": person(BO)}, f"telegram:{BO}"),
        ({"type": "hidden_user", "sender_user_name": "The CEO"}, ""),
        ({"type": "channel", "chat": {"id": -5}}, ""),
    ],
)
def test_forwarded_words_are_words_and_no_order(origin: dict[str, Any], writer: str) -> None:
    found = says(MEI, MEI, "/cancel 42", forward_origin=origin)

    assert isinstance(found, PointedAt)
    assert (found.text, found.words_by, found.author) == ("/cancel 42", writer, f"telegram:{MEI}")


def test_names_carry_nothing() -> None:
    found = says(MEI, MEI, "hi", **{"from": {**person(MEI), "first_name": "Admin", "username": "ceo"}})

    assert isinstance(found, Said)
    assert found.author == f"telegram:{MEI}"


# --- presses ---------------------------------------------------------------------------------------------------------


def press(data: Any = "take:5", **more: Any) -> dict[str, Any]:
    message = {"message_id": 3, "from": US, "chat": {"id": GROUP, "type": "supergroup"}, "date": SENT_AT, "text": "t"}
    return {"id": "q1", "from": person(MEI), "message": message, "chat_instance": "1", "data": data, **more}


def test_a_press_is_a_wish_of_whoever_pressed() -> None:
    assert happens(callback_query=press()) == Pressed(
        key=f"tg:{BOT_ID}:1",
        author=places.identity(MEI),
        place=places.address(GROUP),
        wish="take:5",
        at=NOW,
        message=places.message(GROUP, 3),
        trigger="q1",
    )


@pytest.mark.parametrize(
    "more",
    [
        {"message": None},
        {"inline_message_id": "x", "message": None},
        {"data": None},
        {"from": {"id": 9, "is_bot": True}},
    ],
)
def test_a_press_that_belongs_to_no_message_or_person_is_nothing(more: dict[str, Any]) -> None:
    assert happens(callback_query=press(**more)) is None


def test_a_press_that_says_more_than_a_button_can_is_refused() -> None:
    with pytest.raises(ValueError, match="so much"):
        happens(callback_query=press("x" * 65))


# --- what else happens -----------------------------------------------------------------------------------------------


def test_a_changed_message_is_the_same_message_with_other_words() -> None:
    """Row 12."""
    message = STREET.message(MEI, MEI, "printer on floor 3", message_id=7, edit_date=SENT_AT + 60)

    assert happens(edited_message=message) == Rewritten(
        key=f"tg:{BOT_ID}:1",
        author=places.identity(MEI),
        place=places.address(MEI),
        message=places.message(MEI, 7),
        text="printer on floor 3",
        at=datetime.fromtimestamp(SENT_AT + 60, UTC),
    )


def test_a_changed_command_is_read_like_the_first() -> None:
    assert words(happens(edited_message=STREET.message(GROUP, MEI, "/ticket fan noise"))) == "fan noise"


def test_a_group_that_becomes_a_supergroup_has_another_number() -> None:
    """Row 38."""
    message = STREET.message(-55, MEI, message_id=7, migrate_to_chat_id=-100123)

    assert happens(message=message) == Relocated(
        f"tg:{BOT_ID}:1", places.address(-55), places.address(-100123), datetime.fromtimestamp(SENT_AT + 7, UTC)
    )


def test_files_are_named_and_measured() -> None:
    """Row 16: only what is known about them, and no name that leads anywhere."""
    documents: dict[str, Any] = {"document": {"file_id": "x", "file_name": "../../etc/pass\u202ewd\n", "file_size": 12}}
    photo: dict[str, Any] = {
        "photo": [{"file_id": "s", "file_size": 1}, {"file_id": "l", "file_size": 9}],
        "caption": "look",
    }

    assert_files(says(MEI, MEI, **documents), File("../../etc/passwd", 12, ""))
    assert_files(says(MEI, MEI, **photo), File("photo.jpg", 9, ""))
    assert_files(says(MEI, MEI, voice={"file_id": "v", "duration": 3}), File("voice.ogg", None, ""))
    assert_files(says(MEI, MEI, document={"file_id": "b", "file_size": 2**70}), File("file", None, ""))
    both: dict[str, Any] = {"animation": {"file_name": "a.mp4"}, "document": {"file_name": "a.mp4"}}
    assert_files(says(MEI, MEI, **both), File("a.mp4", None, ""))


def assert_files(found: Incoming | Besides | None, *files: File) -> None:
    assert isinstance(found, Said)
    assert found.files == files


@pytest.mark.parametrize(
    "happening",
    [
        {"message": STREET.message(MEI, MEI, sticker={"emoji": "👍"})},
        {"message": STREET.message(MEI, MEI, location={"latitude": 1.0, "longitude": 2.0})},
        {"message": STREET.message(GROUP, MEI, new_chat_members=[US])},
        {"message": STREET.message(GROUP, MEI, migrate_from_chat_id=-5)},
        {"my_chat_member": {"chat": {"id": MEI, "type": "private"}, "from": person(MEI)}},
        {"poll": {"id": "1"}},
        {},
    ],
)
def test_what_says_nothing_is_nothing(happening: dict[str, Any]) -> None:
    assert happens(**happening) is None


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("see 👩‍🚀 docs now", {"type": "text_link", "offset": 10, "length": 4, "url": "http://evil.example"}, None),
        ("hi Desk!", {"type": "text_mention", "offset": 3, "length": 4, "user": {"id": BOT_ID}}, "hi !"),
        ("hi Bo!", {"type": "text_mention", "offset": 3, "length": 2, "user": {"id": BO}}, "hi Bo!"),
        ("ab", {"type": "text_link", "offset": 1, "length": 500, "url": "http://x.example"}, "ab"),
        ("ab", {"type": "text_link", "offset": -1, "length": 1, "url": "http://x.example"}, "ab"),
        ("ab", {"type": 5, "offset": 0, "length": 1}, "ab"),
        ("a.example", {"type": "text_link", "offset": 0, "length": 9, "url": "https://a.example/"}, "a.example"),
    ],
)
def test_hidden_links_are_shown_and_odd_marks_passed_over(text: str, entity: Any, expected: str | None) -> None:
    assert read(text, [entity], ME).text == (expected or "see 👩‍🚀 docs (http://evil.example) now")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud83db", "a\N{REPLACEMENT CHARACTER}b"),
        ("pay \u202egnp.exe", "pay gnp.exe"),
        ("  trimmed \n", "trimmed"),
        ("👩‍👩‍👧‍👦 مرحبا 你好", "👩‍👩‍👧‍👦 مرحبا 你好"),
    ],
)
def test_words_are_fit_for_every_later_room(text: str, expected: str) -> None:
    """Row 15."""
    raw = raw_of({"update_id": 1, "message": STREET.message(MEI, MEI, text, entities=[])}, ME, NOW)

    assert raw.body.encode()
    assert words(parse(raw)) == expected


@settings(max_examples=100)
@given(
    st.text(alphabet=st.characters(exclude_categories=())),
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(["mention", "text_link", "bold"]),
                "offset": st.integers() | st.none(),
                "length": st.integers(-3, 40),
                "url": st.text(),
            }
        )
    ),
)
def test_any_text_with_any_marks_can_be_read(text: str, entities: list[dict[str, Any]]) -> None:
    raw = raw_of({"update_id": 1, "message": STREET.message(MEI, MEI, text, entities=entities)}, ME, NOW)
    found = parse(raw)

    assert found is None or words(found).encode()


def test_the_same_update_has_the_same_key_and_one_lane_for_each_chat() -> None:
    update = {"update_id": 5, "message": STREET.message(GROUP, MEI, "hi")}
    pressed = {"update_id": 6, "callback_query": press()}

    assert raw_of(update, ME, NOW) == raw_of(json.loads(json.dumps(update)), ME, NOW)
    assert raw_of(update, ME, NOW).lane == raw_of(pressed, ME, NOW).lane == f"telegram:{GROUP}"
