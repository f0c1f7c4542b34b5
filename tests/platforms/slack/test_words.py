"""What people wrote, pointed at, changed and attached on Slack, read the way they meant it (rows 12, 13, 15, 16)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.incoming import Besides, Incoming, Pressed, Relocated, Rewritten, Said, Withdrawn
from bot.platforms.slack.knock import Dropped, Ears, Knock, Me, sort
from bot.platforms.slack.parse import parse
from bot.platforms.slack.words import plain_name, readable
from tests.platforms.slack.house import NOW
from tests.street.slack import APP, BOT, BOT_USER, TEAM, FakeSlack

ME = Me(TEAM, BOT_USER, BOT, APP)
SLACK = FakeSlack()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &amp;&lt;b&gt;", "a &<b>"),
        ("&amp;lt; stays", "&lt; stays"),
        ("ask <@U2> or <@U3|bob> or <@U4>", "ask @Mei or @bob or @U4"),
        ("in <#C1|it-help> and <#C2>", "in #it-help and #C2"),
        ("<!here> <!subteam^S1|@oncall> <!date^1^x|noon>", "@here @oncall noon"),
        ("<https://x.example/a?b&amp;c>", "https://x.example/a?b&c"),
        ("<http://evil.example|bank.example>", "bank.example (http://evil.example)"),
        ("<http://bank.example|bank.example>", "http://bank.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("half \ud83d letter\0", "half \ufffd letter\ufffd"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("family 👨‍👩‍👧 stays", "family 👨‍👩‍👧 stays"),
    ],
)
def test_words_are_read_as_people_saw_them(written: str, read: str) -> None:
    assert readable(written, desk=BOT_USER, names={"U2": "Mei"}) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"<@{BOT_USER}> printer", "printer"),
        (f"<@{BOT_USER}>：打印机坏了", "打印机坏了"),
        (f"hey <@{BOT_USER}> printer", "hey  printer"),
        (f"<@{BOT_USER}>", "@desk"),
    ],
)
def test_the_desks_own_name_is_no_part_of_the_request(written: str, read: str) -> None:
    said = _came(SLACK.event(_written(written, channel="C1")))

    assert isinstance(said, Said)
    assert said.text == read


def test_files_are_named_with_their_size_and_a_link_and_nothing_hidden() -> None:
    files = [
        {"id": "F1", "name": "../../etc/\u202egnp.exe\0", "size": 10**9, "permalink": "https://home.slack.example/f1"},
        {"id": "F2", "title": "untitled", "permalink": "javascript:alert(1)"},
        {"id": "F3", "mode": "tombstone"},
    ]
    said = _came(SLACK.event(_written("see", subtype="file_share", files=files)))

    assert isinstance(said, Said)
    first, second = said.files
    assert (first.name, first.size_bytes, first.link) == (
        "../../etc/gnp.exe\ufffd",
        10**9,
        "https://home.slack.example/f1",
    )
    assert (second.name, second.size_bytes, second.link) == ("untitled", None, "")


def test_an_edit_is_its_own_news_however_often_it_is_told() -> None:
    before, after = _written("before"), _written("after", edited={"user": "U1", "ts": "1772000009.000001"})
    body = _changed(before, after)

    first, second = _sorted(body), _sorted(body)

    assert first == second
    edit = _came(body)
    assert isinstance(edit, Rewritten)
    assert (edit.text, edit.author, edit.message) == ("after", "slack:U1", "slack:D1:1772000001.000001")
    assert _knock(body).raw.key.endswith(":edit:1772000009.000001")


def test_a_preview_that_slack_adds_is_no_edit() -> None:
    assert isinstance(
        _sorted(_changed(_written("same"), _written("same", edited={"ts": "1772000009.000001"}))), Dropped
    )


def test_a_deleted_message_is_withdrawn_by_nobody_knows_whom() -> None:
    event = {"type": "message", "subtype": "message_deleted", "channel": "D1", "deleted_ts": "1772000001.000001"}
    body = SLACK.event({**event, "ts": "1772000010.000001", "previous_message": _written("gone")})

    gone = _came(body)

    assert isinstance(gone, Withdrawn)
    assert (gone.author, gone.message, gone.place) == ("", "slack:D1:1772000001.000001", "slack:dm:U1")


def test_an_answer_under_a_card_of_ours_names_the_card() -> None:
    answer = _written("works now", channel="C1", thread_ts="1771999999.000001", parent_user_id=BOT_USER)
    said = _came(SLACK.event(answer))

    assert isinstance(said, Said)
    assert (said.reply_to, said.private) == ("slack:C1:1771999999.000001", False)
    assert said.place == "slack:channel:C1:1771999999.000001"


def test_an_answer_in_another_thread_is_kept_only_if_that_thread_is_ours() -> None:
    knock = _knock(SLACK.event(_written("me too", channel="C1", thread_ts="1771999999.000001", parent_user_id="U5")))

    assert knock.thread == ("C1", "1771999999.000001")
    assert knock.raw.lane == "slack:C1:1771999999.000001"


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "pinned_item", "reminder_add"])
def test_joins_and_topics_are_no_words(subtype: str) -> None:
    assert isinstance(_sorted(SLACK.event(_written(f"<@{BOT_USER}> joined", channel="C1", subtype=subtype))), Dropped)


def test_a_press_under_a_card_only_one_person_sees_has_no_message_to_edit() -> None:
    press = SLACK.press("U1", "C1", "1772000001.000001", "ack:7")
    press["container"]["is_ephemeral"] = True
    pressed = _came(press)

    assert isinstance(pressed, Pressed)
    assert (pressed.message, pressed.place, pressed.wish) == (None, "slack:channel:C1", "ack:7")


def test_a_channel_that_moved_is_followed() -> None:
    moved = _came(SLACK.event({"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C1"}))

    assert isinstance(moved, Relocated)
    assert (moved.was, moved.now) == ("slack:channel:G1", "slack:channel:C1")


@pytest.mark.parametrize("text", ["{}", '{"what":"said"}', '{"what":"odd","seen":"x"}', "[]", "nonsense"])
def test_what_cannot_be_read_is_said_to_be_unreadable(text: str) -> None:
    raw = _knock(SLACK.event(_written("hi"))).raw

    with pytest.raises(ValueError, match=r".*"):
        parse(type(raw)(raw.key, raw.platform, raw.lane, text))


def test_names_are_one_line() -> None:
    assert plain_name(" Mei\u200b\n Chen\u202e ") == "Mei Chen"


def _written(text: str, **more: Any) -> dict[str, Any]:
    head = {"type": "message", "channel": "D1", "user": "U1", "ts": "1772000001.000001", "team": TEAM}
    return {**head, "text": text, **more}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    event = {"type": "message", "subtype": "message_changed", "channel": "D1", "ts": "1772000010.000001"}
    return SLACK.event({**event, "message": after, "previous_message": before})


def _sorted(body: dict[str, Any]) -> Knock | Dropped:
    return sort(body, ME, Ears(), {}, NOW)


def _knock(body: dict[str, Any]) -> Knock:
    knock = _sorted(body)
    assert isinstance(knock, Knock)
    return knock


def _came(body: dict[str, Any]) -> Incoming | Besides | None:
    return parse(_knock(body).raw)
