"""Forms asked step by step: every answer is on the disk before it is confirmed, and nothing said meanwhile is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Identity, Said, Submitted
from bot.chat.port import Undelivered
from bot.platforms.telegram import forms, places
from bot.platforms.telegram.adapter import TelegramPlatform
from bot.platforms.telegram.forms import Draft
from bot.services.ports import Sheet
from tests.platforms.telegram.house import NO_LIMITS, NOW, QUICK, Disk, Hands, at_work, until
from tests.street.telegram import BO, BOT_ID, GROUP, MEI, TOKEN, FakeTelegram, Fault

I_MEI = Identity(f"telegram:{MEI}")
TO_MEI, TO_GROUP = places.address(MEI), places.address(GROUP)

FORM = Form(
    wish="resolve:7",
    title="Resolve INC-7",
    lead="What was done?",
    submit="Resolve",
    fields=(
        Field("solution", "Solution", FieldKind.TEXT, max_chars=40),
        Field("code", "How", FieldKind.CHOICE, choices=(Choice("fixed", "Fixed"), Choice("around", "Worked around"))),
        Field("note", "Note", required=False),
    ),
)
NOTE = Form("note:7", "A note", (Field("note", "Your note"),), "Save")


class Chat:
    """One person's side of a chat with the desk."""

    def __init__(self, telegram: FakeTelegram, chat: int = MEI, user: int = MEI) -> None:
        self.telegram, self.chat, self.user = telegram, chat, user

    @property
    def last(self) -> dict[str, Any]:
        return self.telegram.shown(self.chat)[-1]

    async def sees(self, text: str) -> None:
        """The last message of the desk says this."""
        await until(lambda: self.telegram.shown(self.chat) and text in self.last["text"])

    def buttons(self) -> dict[str, str]:
        """Label to data."""
        rows = self.last.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def press(self, label: str) -> None:
        self.telegram.press(self.chat, self.last["message_id"], self.user, self.buttons()[label])

    def say(self, text: str | None, **more: Any) -> dict[str, Any]:
        return self.telegram.say(self.chat, self.user, text, **more)

    def reply(self, text: str) -> None:
        question = {name: value for name, value in self.last.items() if not name.startswith("_")}
        self.say(text, reply_to_message=question)


def submitted(disk: Disk) -> list[Submitted]:
    return [one for one in disk.incoming if isinstance(one, Submitted)]


def said(disk: Disk) -> list[str]:
    return [one.text for one in disk.incoming if isinstance(one, Said)]


def noted(disk: Disk, what: str) -> bool:
    return any(what in sheet.body for sheet in disk.forms.values())


async def test_a_form_is_asked_one_by_one_looked_over_and_sent() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "q1", FORM)
        first = chat.last["text"]
        chat.say("replaced the <cable>")
        await chat.sees("How")
        chat.press("Worked around")
        await chat.sees("Note")
        chat.press("Skip ▶")
        await chat.sees("Is this right?")
        summary = chat.last["text"]
        chat.press("Resolve")
        await chat.sees("Sent.")
        (done,) = submitted(disk)

    assert "1 of 3" in first
    assert "/cancel leaves" in first
    assert summary == (
        "Resolve INC-7\nSolution: replaced the <cable>\nHow: Worked around\nNote: nothing\n"
        "Is this right? Nothing has been sent yet."
    )
    assert (done.wish, done.author, done.place) == ("resolve:7", I_MEI, TO_MEI)
    assert done.answers == {"solution": "replaced the <cable>", "code": "around", "note": ""}
    assert disk.forms == {}
    assert said(disk) == []
    assert telegram.refused() == []


async def test_the_end_of_a_form_and_what_was_filled_in_are_one_commit() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat, seen = Chat(telegram), []
        await desk.ask(I_MEI, TO_MEI, "", NOTE)
        chat.say("hello")
        await chat.sees("Is this right?")
        await until(lambda: noted(disk, '"shown": 1'))
        disk.before = lambda: seen.append((bool(submitted(disk)), bool(disk.forms)))
        disk.refuses = 2  # the disk is full, twice
        chat.press("Save")
        await until(lambda: submitted(disk))
        seen.append((bool(submitted(disk)), bool(disk.forms)))

    assert seen == [(False, True)] * 3 + [(True, False)]


async def test_one_can_go_back_keep_an_answer_and_leave() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "", FORM)
        chat.say("first words")
        await chat.sees("How")
        chat.press("◀ Back")
        await chat.sees("So far: first words")
        chat.press("Keep it ▶")
        await chat.sees("How")
        chat.say("fixed")  # a choice can be written, too
        await chat.sees("Note")
        chat.say("/cancel")
        await chat.sees("Left without sending.")

    assert disk.forms == {}
    assert disk.incoming == []


async def test_an_answer_that_does_not_fit_is_asked_again_with_the_reason() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "", FORM)
        chat.say("x" * 41)
        await chat.sees("at most 40 characters, and yours has 41")
        chat.say("/skip")
        await chat.sees("This needs an answer")
        chat.say("ok")
        await chat.sees("How")
        chat.say("perhaps")
        await chat.sees("none of the answers")

    assert disk.incoming == []


async def test_a_changed_message_changes_the_answer() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "", NOTE)
        message = chat.say("teh cable")
        await chat.sees("teh cable")
        telegram.push({"edited_message": {**message, "text": "the cable", "edit_date": message["date"] + 5}})
        await chat.sees("the cable")
        chat.press("Save")
        await until(lambda: submitted(disk))

    assert submitted(disk)[0].answers == {"note": "the cable"}


# --- what is said meanwhile ------------------------------------------------------------------------------------------


async def test_what_is_no_answer_is_for_the_desk_as_ever() -> None:
    """Orders, replies to other cards, pictures, forwarded words, other people, and words when all is answered."""
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        card = {"message_id": 1, "from": {"id": BOT_ID, "is_bot": True}, "date": 1}
        await desk.ask(I_MEI, TO_MEI, "", NOTE)
        chat.say("/mine")
        chat.say("about another card", reply_to_message=card)
        chat.say(None, photo=[{"file_id": "p", "file_size": 3}])
        chat.say("their words", forward_origin={"type": "hidden_user", "sender_user_name": "x"})
        telegram.say(BO, BO, "my own words")
        chat.say("/cancel 42")
        await until(lambda: len(disk.incoming) == 6)
        still_open = len(disk.forms)
        chat.say("the answer")
        await chat.sees("Is this right?")
        chat.say("by the way, the lift is stuck")
        await until(lambda: len(disk.incoming) == 7)

    assert still_open == 1
    assert said(disk) == [
        "/mine",
        "about another card",
        "",
        "my own words",
        "/cancel 42",
        "by the way, the lift is stuck",
    ]


async def test_in_a_group_only_a_reply_to_the_question_is_an_answer() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat, other = Chat(telegram, GROUP), Chat(telegram, GROUP, BO)
        await desk.ask(I_MEI, TO_GROUP, "q", NOTE)
        question = chat.last
        chat.say("/ticket something else")
        other.reply("I answer for her")
        await until(lambda: len(disk.incoming) == 2)
        chat.reply("mine")
        await chat.sees("Is this right?")
        other.press("Save")  # somebody else's button
        await until(lambda: any("is over" in str(one.get("text")) for one in telegram.answers))
        chat.press("Save")
        await until(lambda: submitted(disk))

    assert "Please reply to this message" in question["text"]
    assert question["_asked"]["reply_markup"]["force_reply"] is True
    assert question["_asked"]["reply_markup"]["selective"] is True
    assert [(one.answers, one.place) for one in submitted(disk)] == [({"note": "mine"}, TO_GROUP)]


async def test_who_talks_with_us_alone_is_asked_there() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        telegram.say(MEI, MEI, "hello")
        await until(lambda: disk.commits)
        await desk.ask(I_MEI, TO_GROUP, "q", FORM)
        private, public = telegram.shown(MEI), telegram.shown(GROUP)

    assert (len(private), len(public)) == (1, 0)


async def test_who_has_blocked_us_meanwhile_is_asked_where_they_are() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        telegram.say(MEI, MEI, "hello")
        await until(lambda: disk.commits)
        telegram.kicked_from.add(MEI)
        await desk.ask(I_MEI, TO_GROUP, "q", FORM)
        public = telegram.shown(GROUP)

    assert len(public) == 1
    assert list(disk.forms) == [(I_MEI, TO_GROUP)]


async def test_a_new_form_takes_the_place_of_the_old_one() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "", FORM)
        leave, number = chat.buttons()["✖ Leave"], chat.last["message_id"]
        await desk.ask(I_MEI, TO_MEI, "", NOTE)
        old = dict(telegram.messages[MEI, number])
        telegram.press(MEI, number, MEI, leave)
        await until(lambda: any("is over" in str(one.get("text")) for one in telegram.answers))

    assert "reply_markup" not in old
    assert len(disk.forms) == 1


async def test_a_press_on_an_old_question_changes_nothing() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "", FORM)
        chat.say("a")
        await chat.sees("How")
        fixed = chat.buttons()["Fixed"]
        chat.press("Fixed")
        await chat.sees("Note")
        for data in (fixed, fixed.replace("c0", "zz"), "~::", "~x:9:o", fixed.replace(":1:c0", ":2:o")):
            telegram.press(MEI, chat.last["message_id"], MEI, data)
        await until(lambda: len(disk.kept) == 7)
        chat.say("n")
        await chat.sees("Is this right?")

    assert disk.incoming == []


# --- what lasts, and what does not -----------------------------------------------------------------------------------


async def test_a_form_goes_on_after_a_restart_where_it_was() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram:
        chat = Chat(telegram)
        async with at_work(telegram, disk) as desk:
            await desk.ask(I_MEI, TO_MEI, "", FORM)
            chat.say("before the restart")
            await until(lambda: noted(disk, '"shown": 1'))
        shown = len(telegram.shown(MEI))
        async with at_work(telegram, disk):
            chat.press("Fixed")
            await chat.sees("Note")
            chat.say("after it")
            await chat.sees("Is this right?")
            chat.press("Resolve")
            await until(lambda: submitted(disk))

    assert submitted(disk)[0].answers == {"solution": "before the restart", "code": "fixed", "note": "after it"}
    assert shown == 2  # nothing was asked twice


async def test_a_question_that_could_not_be_asked_before_the_restart_is_asked_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.platforms.telegram.adapter.FINISH_WITHIN_S", 0.05)
    disk = Disk()
    async with FakeTelegram() as telegram:
        async with at_work(telegram, disk) as desk:
            await desk.ask(I_MEI, TO_MEI, "", FORM)
            telegram.always["sendMessage"] = Fault(502)
            telegram.say(MEI, MEI, "an answer")
            await until(lambda: len(telegram.called("sendMessage")) > 1)
        telegram.always.clear()
        async with at_work(telegram, disk):
            await Chat(telegram).sees("How")


async def test_being_cut_off_anywhere_in_a_form_loses_no_answer_and_takes_none_twice() -> None:
    """Every life is cut off somewhere; the person answers what is asked, once."""
    disk, lives = Disk(), count()
    fields = tuple(Field(f"f{n}", f"Question {n}") for n in range(6))
    async with FakeTelegram() as telegram:
        chat = Chat(telegram)
        async with at_work(telegram, disk) as desk:
            await desk.ask(I_MEI, TO_MEI, "", Form("note:7", "Long", fields, "Save"))
        for number in range(6):
            chat.say(f"answer {number}")
            while not noted(disk, f'"step": {number + 1}'):
                await cut_off_after(3 * next(lives) % 80 + number, telegram, disk)
        async with at_work(telegram, disk):
            await chat.sees("Is this right?")
            chat.press("Save")
            await until(lambda: submitted(disk))

    assert next(lives) > 12
    assert submitted(disk)[0].answers == {f"f{n}": f"answer {n}" for n in range(6)}


async def cut_off_after(steps: int, telegram: FakeTelegram, disk: Disk) -> None:
    """A life of so many steps of the loop."""
    desk = TelegramPlatform(
        token=TOKEN, drawer=disk, base_url=telegram.url, now=lambda: NOW, rhythm=QUICK, limits=NO_LIMITS
    )
    starting = asyncio.create_task(desk.start(disk))
    for _ in range(steps):
        await asyncio.sleep(0)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await desk.stop()


async def test_the_same_answer_delivered_again_counts_once() -> None:
    disk, form = Disk(), Form("n:7", "T", (Field("a", "First"), Field("b", "Second"), Field("c", "Third")), "Save")
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        await desk.ask(I_MEI, TO_MEI, "", form)
        message = telegram.message(MEI, MEI, "only the first")
        telegram.push({"message": message}, 900)
        await Chat(telegram).sees("Second")
        disk.cursors.clear()  # as if the number of the next one had been forgotten
        telegram.push({"message": message}, 900)
        await until(lambda: disk.again)
        (sheet,) = disk.forms.values()

    assert forms.draft_of(sheet.body).step == 1


async def test_after_a_day_a_form_is_over_and_words_are_words_again() -> None:
    disk, clock = Disk(), Hands()
    async with FakeTelegram() as telegram, at_work(telegram, disk, now=clock) as desk:
        await desk.ask(I_MEI, TO_MEI, "", FORM)
        clock.now += timedelta(hours=25)
        telegram.say(MEI, MEI, "the printer is broken")
        await until(lambda: said(disk) == ["the printer is broken"])
        await until(lambda: not disk.forms)


async def test_a_draft_that_cannot_be_read_is_dropped_at_the_start() -> None:
    disk = Disk()
    disk.forms[I_MEI, TO_MEI] = Sheet(I_MEI, TO_MEI, '{"id": 5}', NOW)
    async with FakeTelegram() as telegram, at_work(telegram, disk):
        telegram.say(MEI, MEI, "hello")
        await until(lambda: said(disk) == ["hello"])

    assert disk.forms == {}


async def test_whoever_cannot_be_asked_has_no_form_open() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        with pytest.raises(Undelivered) as no:
            await desk.ask(Identity(f"telegram:{BO}"), places.address(BO), "", FORM)

    assert no.value.forever
    assert disk.forms == {}


async def test_a_form_in_chinese_is_asked_in_chinese() -> None:
    disk = Disk()
    form = Form("note:7", "备注", (Field("note", "内容", required=False),), "提交")
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        chat = Chat(telegram)
        await desk.ask(I_MEI, TO_MEI, "", form)
        await chat.sees("第 1 项，共 1 项")
        chat.press("跳过 ▶")
        await chat.sees("请核对")
        chat.press("提交")
        await chat.sees("已提交")


def test_a_draft_comes_back_as_it_was_written() -> None:
    draft = Draft("ab", I_MEI, TO_MEI, TO_GROUP, FORM, NOW, 5, step=2, answers={"solution": "ü中"}, message=7, shown=2)

    assert forms.draft_of(forms.written(draft)) == draft
