"""What Telegram hands over is kept, with how far that is and what it does to open forms, by one commit; everything else
comes after."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol, runtime_checkable

import structlog

from bot.chat.port import RawIncoming, Undelivered
from bot.platforms.telegram import forms, knock, memory, places, render
from bot.platforms.telegram.backstage import Backstage, Work
from bot.platforms.telegram.dialog import Changes, Dialog, Spot, Step
from bot.platforms.telegram.forms import Left, Sent
from bot.platforms.telegram.html import clipped, safe
from bot.platforms.telegram.knock import Body
from bot.platforms.telegram.memory import Memory
from bot.platforms.telegram.parse import Message
from bot.platforms.telegram.render import Button, Rows, Shown
from bot.platforms.telegram.send import Sender
from bot.platforms.telegram.speech import Language, say
from bot.platforms.telegram.words import Me, plain_name
from bot.services.ports import Sheet

HOLD_S = 2.5
"""How long a press in a group may wait for its pop-up, when the person has no private chat with us."""

ODD = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError, RecursionError)
"""What an update that is none can raise."""

log = structlog.get_logger(__name__)


@runtime_checkable
class WholeIntake(Protocol):
    """Where the adapter brings what came in."""

    async def keep_with_cursors(
        self, raws: Sequence[RawIncoming], cursors: Mapping[str, str], sheets: Sequence[Sheet]
    ) -> Sequence[bool]:
        """All of it is on the disk when this returns, or nothing. False for each key that was kept before. Raises
        NotSaved when it cannot be written now."""


@dataclass(slots=True)
class _Entry:
    update: object
    what: str = "update"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Sitting:
    """One batch, until it is committed."""

    now: datetime
    entries: list[_Entry] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    started: dict[int, bool] = field(default_factory=dict)
    after: list[tuple[str, Work]] = field(default_factory=list)
    albums: dict[tuple[int, str], _Entry] = field(default_factory=dict)


class Listener:
    """Kept first, then answered. What cannot be kept is not confirmed: Telegram brings it again."""

    def __init__(self, me: Me, sender: Sender, memory_: Memory, dialog: Dialog, backstage: Backstage) -> None:
        self.me = me
        self._sender = sender
        self._memory = memory_
        self._dialog = dialog
        self._backstage = backstage
        self.counts: Counter[str] = Counter()
        self.heard_at: datetime | None = None

    async def take(self, updates: Sequence[object], intake: WholeIntake, now: datetime) -> None:
        """They are on the disk, and so is the number of the next one. Raises NotSaved: nothing has happened."""
        if not updates:
            return
        async with self._dialog.lock:
            sitting = _Sitting(now)
            for update in updates:
                self._sort(update, sitting)
            await self._keep(sitting, intake)
        for lane, work in sitting.after:
            self._backstage.do(lane, work)

    async def take_unreadable(self, text: str, number: int | None, intake: WholeIntake, now: datetime) -> None:
        """Something that is no JSON is on the disk."""
        self.counts["unreadable"] += 1
        cursors = self._following([number] if number is not None else [], now)
        await intake.keep_with_cursors([knock.odd(text, self.me, number)], cursors, ())
        self._seen([number] if number is not None else [])

    async def _keep(self, sitting: _Sitting, intake: WholeIntake) -> None:
        raws = [knock.raw_of(one.update, self.me, sitting.now, one.what, **one.more) for one in sitting.entries]
        numbers = [number for one in sitting.entries if (number := knock.number_of(one.update)) is not None]
        cursors = self._following(numbers, sitting.now)
        cursors |= {memory.started_name(user): "1" if yes else "0" for user, yes in sitting.started.items()}
        news = await intake.keep_with_cursors(raws, cursors, sitting.changes.sheets(sitting.now))
        self._dialog.committed(sitting.changes)
        self._memory.learn_started(sitting.started)
        self._seen(numbers)
        self.heard_at = sitting.now
        self.counts["kept"] += sum(news)
        self.counts["known"] += len(news) - sum(news)

    def _following(self, numbers: Sequence[int], now: datetime) -> dict[str, str]:
        if not numbers:
            return {}
        return {memory.offset_name(self.me.id): memory.offset_value(max(numbers) + 1, now)}

    def _seen(self, numbers: Sequence[int]) -> None:
        self._dialog.seen = max((self._dialog.seen, *numbers))

    # --- sorting -----------------------------------------------------------------------------------------------------

    def _sort(self, update: object, sitting: _Sitting) -> None:
        """An update that cannot be read is kept like any other; reading it later will put it aside."""
        entry = _Entry(update)
        sitting.entries.append(entry)
        number = knock.number_of(update)
        if number is None or not isinstance(update, dict) or not knock.is_flat(update):
            self.counts["unreadable"] += 1
            return
        try:
            match knock.happening(update):
                case ("message", body):
                    self._message(Message(body, self.me), number, entry, sitting)
                case ("edited_message", body):
                    step = self._dialog.of_edit(Message(body, self.me), number, sitting.changes, sitting.now)
                    self._step(step, number, entry, sitting, in_place=True)
                case ("callback_query", body):
                    self._press(body, number, entry, sitting)
                case ("my_chat_member", body):
                    self._membership(body, sitting)
        except ODD:
            self.counts["unreadable"] += 1

    def _message(self, message: Message, number: int, entry: _Entry, sitting: _Sitting) -> None:
        author = message.author
        if author is None:
            return
        self._memory.learn_name(author, plain_name(str(message.body["from"].get("first_name") or "")))
        if message.is_private:
            self._started(author, True, sitting)
        step = self._dialog.of_message(message, number, sitting.changes, sitting.now)
        if step is not None:
            self._step(step, number, entry, sitting, in_place=False)
        else:
            self._gather(message, entry, sitting)

    def _gather(self, message: Message, entry: _Entry, sitting: _Sitting) -> None:
        """Pictures that were sent together are one message with several files."""
        group = message.body.get("media_group_id")
        if not isinstance(group, str):
            return
        first = sitting.albums.setdefault((message.chat, group), entry)
        if first is not entry and not message.read.text:
            first.more["more"] = [*first.more.get("more", ()), message.body]
            entry.what = "dialog"

    def _press(self, body: Body, number: int, entry: _Entry, sitting: _Sitting) -> None:
        data, query, user = body.get("data"), str(body["id"]), body["from"]["id"]
        if not isinstance(data, str) or not isinstance(body.get("message"), dict):
            self._after(sitting, f"query:{query}", partial(self._answer, query))
            return
        shown = Message(body["message"], self.me)
        lane = f"chat:{shown.chat}"
        match data[:1]:
            case forms.SIGN:
                entry.what = "dialog"
                step = self._dialog.of_press(body, shown, number, sitting.changes, sitting.now)
                words = "" if step else say(_language(body), "form.over")
                self._after(sitting, f"query:{query}", partial(self._answer, query, words))
                self._step(step, number, entry, sitting, in_place=True)
            case render.ASKS:
                entry.what = "dialog"
                self._after(sitting, lane, partial(self._ask_first, body, shown, query, data[1:]))
            case render.NO:
                entry.what = "dialog"
                self._after(sitting, f"query:{query}", partial(self._answer, query))
                self._after(sitting, lane, partial(self._buttons, shown, without_question(rows_in(shown.body))))
            case render.NOTHING:
                entry.what = "dialog"
                self._after(sitting, f"query:{query}", partial(self._answer, query))
            case _:
                cause = knock.key(self.me, number)
                work = partial(self._acknowledge, query, cause, user, shown.is_private)
                self._after(sitting, f"query:{query}", work)

    def _step(self, step: Step | None, number: int, entry: _Entry, sitting: _Sitting, *, in_place: bool) -> None:
        """The update is part of a form: it changes the form, and at the end it is what was filled in."""
        if step is None:
            return
        draft, then = step.draft, step.then
        self._dialog.take(step, number, sitting.changes, sitting.now)
        lane = f"chat:{places.chat_of(draft.place).id}"
        if isinstance(then, Sent):
            entry.what = "submitted"
            told = {"who": draft.who, "place": draft.origin, "wish": draft.form.wish, "answers": dict(then.answers)}
            entry.more |= told
        else:
            entry.what = "dialog"
        if isinstance(then, Sent | Left):
            self._after(sitting, lane, partial(self._dialog.close, draft, sent=isinstance(then, Sent)))
        else:
            spot: Spot = (draft.who, draft.place)
            self._after(sitting, lane, partial(self._dialog.show, spot, sitting.now, in_place=in_place))

    def _membership(self, body: Body, sitting: _Sitting) -> None:
        """Somebody has blocked the desk, or let it in again."""
        if body["chat"]["type"] == "private":
            self._started(body["chat"]["id"], body["new_chat_member"]["status"] not in ("kicked", "left"), sitting)

    def _started(self, user: int, started: bool, sitting: _Sitting) -> None:
        if not self._memory.is_known(user, started):
            sitting.started[user] = started

    # --- after the commit --------------------------------------------------------------------------------------------

    def _after(self, sitting: _Sitting, lane: str, work: Work) -> None:
        sitting.after.append((lane, work))

    async def _answer(self, query: str, words: str = "", *, alert: bool = False) -> None:
        """The button does not wait any more. Not worth a second try: the press is kept."""
        try:
            await self._sender.answer(query, words, alert=alert)
        except Undelivered as no:
            log.debug("telegram_press_not_answered", why=no.reason)

    async def _acknowledge(self, query: str, cause: str, user: int, private: bool) -> None:
        """At once; in a group, of somebody whom we cannot write to, after what they may have to be told."""
        if not private and not await self._memory.has_started(user):
            self._sender.hold(cause, query)
            await asyncio.sleep(HOLD_S)
            if not self._sender.let_go(cause):
                return
        await self._answer(query)

    async def _ask_first(self, body: Body, shown: Message, query: str, name: str) -> None:
        """The button's question stands under it, with yes and no."""
        asked = await self._memory.confirm_of(name)
        if asked is None:
            await self._answer(query, say(_language(body), "confirm.lost"), alert=True)
            return
        wish, confirm = asked
        await self._answer(query, clipped(confirm.question, render.MOST_ALERT))
        rows = rows_in(shown.body)
        asking = render.asking_rows(wish, confirm)
        if rows:
            await self._buttons(shown, with_question(rows, body["data"], asking))
            return
        question = clipped(confirm.question, 1000)
        try:
            await self._sender.say(places.chat_of(shown.place), Shown(safe(question), question, asking[1:]))
        except Undelivered as no:
            log.info("telegram_question_not_asked", why=no.reason)

    async def _buttons(self, shown: Message, rows: Rows) -> None:
        try:
            await self._sender.keyboard(shown.chat, shown.number, rows)
        except Undelivered as no:
            log.info("telegram_buttons_not_changed", why=no.reason)


def rows_in(message: Body) -> Rows:
    """The buttons that stand under a message."""
    markup = message.get("reply_markup") or {}
    return tuple(
        tuple(
            Button(one["text"], one["callback_data"], one.get("style"))
            for one in row
            if isinstance(one, dict) and isinstance(one.get("callback_data"), str)
        )
        for row in markup.get("inline_keyboard") or ()
    )


def with_question(rows: Rows, data: str, asking: Rows) -> Rows:
    """The question stands below the row of the button with this data, and no other question anywhere."""
    plain = without_question(rows)
    at = next((place for place, row in enumerate(plain) if any(one.data == data for one in row)), len(plain) - 1)
    return (*plain[: at + 1], *asking, *plain[at + 1 :])


def without_question(rows: Rows) -> Rows:
    """The buttons as they were before one of them asked."""
    return tuple(row for row in rows if row and not any(one.data in (render.NO, render.NOTHING) for one in row))


def _language(body: Body) -> Language:
    return "zh" if str(body["from"].get("language_code") or "").startswith("zh") else "en"
