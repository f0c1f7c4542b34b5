"""Cards on their way to Telegram: posted, edited, whispered; and the small answers that buttons want."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)
from telegram.error import TelegramError

from bot.chat.card import Card
from bot.chat.incoming import Address, Identity, MessageRef
from bot.chat.port import Undelivered
from bot.platforms.telegram import places, render
from bot.platforms.telegram.api import Api
from bot.platforms.telegram.memory import Memory
from bot.platforms.telegram.pace import Pace
from bot.platforms.telegram.places import Chat
from bot.platforms.telegram.render import Rows, Shown
from bot.platforms.telegram.trouble import FAULTS, SAME, TOPIC_GONE, Flooded, says, undelivered
from bot.services.ports import NotSaved

CALL_WITHIN_S = 15.0
MOST_HELD = 1000

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
T = TypeVar("T")


class Sender:
    """Speaks for the desk."""

    def __init__(self, api: Api, memory: Memory, pace: Pace) -> None:
        self._api = api
        self._memory = memory
        self._pace = pace
        self._held: OrderedDict[str, str] = OrderedDict()

    async def post(self, to: Address, card: Card, *, repeat: bool, quiet: bool) -> MessageRef:
        """The card stands at the address. Raises Undelivered."""
        chat = places.chat_of(to)
        await self._learn(card)
        shown = render.message(card, repeat=repeat, names=self._memory.names)
        return places.message(chat.id, await self.say(chat, shown, quiet=quiet))

    async def edit(self, message: MessageRef, card: Card) -> None:
        """The message shows the card. Raises Undelivered; `gone` when there is nothing to edit."""
        chat, number = places.spot_of(message)
        await self._learn(card)
        try:
            await self.change(chat, number, render.message(card, names=self._memory.names))
        except Undelivered as no:
            if no.moved_to is None:
                raise
            raise Undelivered(no.reason, forever=True, gone=True, moved_to=no.moved_to) from no.__cause__

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        """Only this person sees the card: in the private chat, or, when they never began one, as a pop-up over the
        button they have just pressed. Raises Undelivered."""
        user = places.user_of(only)
        places.chat_of(to)
        try:
            await self.post(places.address(user), card, repeat=False, quiet=False)
        except Undelivered as no:
            if not no.forever or no.malformed:
                raise
            cause = next((cause for cause in self._held if f":{cause}:" in f":{key}:"), "")
            if not cause:
                raise
            await self.answer(self._held.pop(cause), render.alert(card), alert=True)

    # --- smaller things ----------------------------------------------------------------------------------------------

    async def say(self, chat: Chat, shown: Shown, *, quiet: bool = False) -> int:
        """The number of the new message. A topic that is gone is passed over: beside it is better than nowhere.
        Raises Undelivered."""
        await self._pace.turn(chat.id)
        try:
            return await self._said(chat, shown, quiet)
        except Undelivered as no:
            if chat.topic is None or not isinstance(no.__cause__, TelegramError) or not says(no.__cause__, *TOPIC_GONE):
                raise _with_topic(no, chat) from no.__cause__
        return await self._said(replace(chat, topic=None), shown, quiet)

    async def change(self, chat: int, number: int, shown: Shown) -> None:
        """The message shows this instead. Raises Undelivered."""
        await self._edit_turn(chat)
        await self._tried(
            chat,
            shown,
            lambda text, mode, rows: self._api.bot.edit_message_text(
                text,
                chat_id=chat,
                message_id=number,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_keyboard(rows),
            ),
        )

    async def keyboard(self, chat: int, number: int, rows: Rows) -> None:
        """These buttons stand under the message. Raises Undelivered."""
        await self._edit_turn(chat)
        edit = self._api.bot.edit_message_reply_markup
        await self._called(
            chat, lambda: edit(chat_id=chat, message_id=number, reply_markup=_keyboard(rows)), is_edit=True
        )

    async def answer(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """The button does not wait any more. Raises Undelivered."""
        answer = self._api.bot.answer_callback_query
        await self._called(None, lambda: answer(query, text=text or None, show_alert=alert))

    def hold(self, cause: str, query: str) -> None:
        """The press with this inbox key may still be answered by a pop-up."""
        self._held[cause] = query
        if len(self._held) > MOST_HELD:
            self._held.popitem(last=False)

    def let_go(self, cause: str) -> bool:
        """No pop-up any more; False when there was one."""
        return self._held.pop(cause, None) is not None

    async def _learn(self, card: Card) -> None:
        """What the buttons of the card ask first is known before anybody can press them."""
        try:
            await self._memory.learn_confirms(card.actions)
        except NotSaved as trouble:
            raise Undelivered("what its buttons ask could not be kept") from trouble

    # --- calls -------------------------------------------------------------------------------------------------------

    async def _edit_turn(self, chat: int) -> None:
        await (self._pace.turn(chat) if chat < 0 else self._pace.any_turn())

    async def _said(self, chat: Chat, shown: Shown, quiet: bool) -> int:
        found = await self._tried(
            chat.id,
            shown,
            lambda text, mode, rows: self._api.bot.send_message(
                chat.id,
                text,
                parse_mode=mode,
                disable_notification=quiet,
                link_preview_options=_NO_PREVIEW,
                message_thread_id=chat.topic,
                reply_markup=_markup(shown, rows),
            ),
        )
        if not isinstance(found, Message):
            raise Undelivered("Telegram did not say where the message stands", maybe_sent=True)
        return found.message_id

    async def _tried(
        self, chat: int, shown: Shown, call: Callable[[str, str | None, Rows], Coroutine[Any, Any, T]]
    ) -> T | None:
        """As it is drawn; if Telegram refuses the shape, in plain words; and at last without buttons."""
        try:
            return await self._called(chat, lambda: call(shown.html, "HTML", shown.rows), is_edit=True)
        except Undelivered as no:
            if not no.malformed:
                raise
        try:
            return await self._called(chat, lambda: call(shown.plain, None, shown.rows), is_edit=True)
        except Undelivered as again:
            if not (again.malformed and shown.rows):
                raise
        return await self._called(chat, lambda: call(shown.plain, None, ()), is_edit=True)

    async def _called(
        self, chat: int | None, call: Callable[[], Coroutine[Any, Any, T]], *, is_edit: bool = False
    ) -> T | None:
        """What the call gives; None when the message shows that already."""
        if not self._api.is_open:
            raise Undelivered("not connected to Telegram")
        try:
            async with asyncio.timeout(CALL_WITHIN_S):
                return await call()
        except FAULTS as fault:
            if is_edit and isinstance(fault, TelegramError) and says(fault, SAME):
                return None
            if chat is not None and isinstance(fault, Flooded):
                self._pace.rest(chat, fault.wait)
            raise undelivered(fault) from fault


def _with_topic(no: Undelivered, chat: Chat) -> Undelivered:
    """A group that has moved has its topics still."""
    if no.moved_to is None or chat.topic is None:
        return no
    return Undelivered(no.reason, moved_to=places.address(places.chat_of(no.moved_to).id, chat.topic))


def _markup(shown: Shown, rows: Rows) -> InlineKeyboardMarkup | ForceReply | None:
    if shown.awaits_reply:
        return ForceReply(selective=True, input_field_placeholder=shown.hint or None)
    return _keyboard(rows)


def _keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(one.label, callback_data=one.data, style=one.style) for one in row] for row in rows]
    )
