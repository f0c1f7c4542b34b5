"""Cards and forms on their way to Slack: posted, edited, looked for, whispered, asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Identity, MessageRef
from bot.chat.port import Undelivered
from bot.platforms.slack import places, render
from bot.platforms.slack.api import Body, WebApi
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.pace import Pace
from bot.platforms.slack.places import Channel, Direct

LOOK_BACK = timedelta(hours=25)
"""Longer than any letter is tried."""
MOST_PAGES = 5
MOST_UNSURE = 1000

_NO_THREAD = frozenset({"thread_not_found", "cannot_reply_to_message", "restricted_action_non_threadable_channel"})
_NOT_THERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found"})


class Sender:
    """Speaks for the desk. `now` is asked when the history is searched."""

    def __init__(self, api: WebApi, memory: Memory, pace: Pace, now: Callable[[], datetime]) -> None:
        self._api = api
        self._memory = memory
        self._pace = pace
        self._now = now
        self._unsure: OrderedDict[str, None] = OrderedDict()

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool) -> MessageRef:
        """The card stands at the address. A thread that is written into is the desk's from before the message is
        there, so that no answer to it can be missed. Raises Undelivered."""
        place = places.place_of(to)
        conversation = await self.conversation(place)
        thread = place.thread if isinstance(place, Channel) else ""
        await self._pace.turn(conversation)
        if thread:
            await self._memory.adopt(conversation, thread)
        shown = {"channel": conversation, **({"thread_ts": thread} if thread else {})}
        answer = await self._say(
            "chat.postMessage",
            shown,
            render.message(card, key=key, repeat=repeat and key in self._unsure),
            render.plain_message(card, key=key),
        )
        found, ts = answer.get("channel"), answer.get("ts")
        if not isinstance(found, str) or not isinstance(ts, str):
            raise Undelivered("Slack did not say where the message stands", maybe_sent=True)
        if not thread:
            self._memory.follow(found, ts)
        return places.message(found, ts)

    async def edit(self, message: MessageRef, card: Card) -> None:
        """The message shows the card. Raises Undelivered; `gone` when there is nothing to edit."""
        conversation, ts = places.spot_of(message)
        shown = {"channel": conversation, "ts": ts}
        await self._say(
            "chat.update", shown, _for_update(render.message(card)), _for_update(render.plain_message(card))
        )

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        """The message that carries the key. When Slack does not let us look, the next message with this key says
        that it may be a repetition. Raises Undelivered when Slack could not be asked."""
        try:
            place = places.place_of(to)
            conversation = await self.conversation(place)
            async for said in self._said_lately(conversation, place):
                if _carries(said, key):
                    return places.message(conversation, said["ts"])
        except Undelivered as no:
            if not no.forever:
                raise Undelivered(no.reason, maybe_sent=True, retry_after=no.retry_after) from None
            self._unsure[key] = None
            if len(self._unsure) > MOST_UNSURE:
                self._unsure.popitem(last=False)
        return None

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        """Only this person sees the card: there, or, where that cannot be, in the direct conversation."""
        place, user = places.place_of(to), places.user_of(only)
        if isinstance(place, Direct):
            await self.post(places.direct(user), card, key=key, repeat=False)
            return
        in_thread = place.thread and self._memory.has_answers(place.id, place.thread)
        shown = {"channel": place.id, "user": user, **({"thread_ts": place.thread} if in_thread else {})}
        body, plain = render.message(card), render.plain_message(card)
        try:
            await self._say("chat.postEphemeral", shown, _for_update(body), _for_update(plain))
        except Undelivered as no:
            if no.reason not in _NOT_THERE:
                raise
            await self.post(places.direct(user), card, key=key, repeat=False)

    async def ask(self, who: Identity, place: Address, trigger: str, form: Form) -> None:
        """The person sees the form. Raises Undelivered with the reason `trigger expired` when nothing was pressed, or
        too long ago: then only a new press can open it."""
        places.user_of(who)
        if not trigger or ":" in trigger:
            raise Undelivered("trigger expired", forever=True)
        await self._api.do("views.open", trigger_id=trigger, view=render.modal(form, place))

    async def home(self, who: Identity, cards: Sequence[Card]) -> None:
        """The person's Home tab shows the cards. Raises Undelivered."""
        await self._api.do("views.publish", user_id=places.user_of(who), view=render.home(cards))

    async def permalink(self, message: MessageRef) -> str:
        """A link for people that leads to the message. Raises Undelivered."""
        conversation, ts = places.spot_of(message)
        answer = await self._api.ask("chat.getPermalink", channel=conversation, message_ts=ts)
        return str(answer.get("permalink") or "")

    async def conversation(self, place: Direct | Channel) -> str:
        """The id of the conversation. Raises Undelivered."""
        if isinstance(place, Channel):
            return place.id
        known = await self._memory.direct_with(place.user)
        if known is not None:
            return known
        answer = await self._api.do("conversations.open", users=place.user)
        opened = (answer.get("channel") or {}).get("id")
        if not isinstance(opened, str):
            raise Undelivered("Slack opened no conversation")
        await self._memory.learn_direct(place.user, opened)
        return opened

    async def _say(self, method: str, shown: Body, body: Body, plain: Body) -> Body:
        """Said as it is drawn; if Slack refuses the shape, in plain words; if it refuses the thread, beside it."""
        try:
            return await self._api.do(method, **shown, **body)
        except Undelivered as no:
            if no.retry_after is not None:
                self._pace.rest(shown["channel"], no.retry_after)
            if no.reason in _NO_THREAD and "thread_ts" in shown:
                beside = {name: value for name, value in shown.items() if name != "thread_ts"}
                return await self._api.do(method, **beside, **body)
            if not no.malformed:
                raise
        return await self._api.do(method, **shown, **plain)

    async def _said_lately(self, conversation: str, place: Direct | Channel) -> AsyncIterator[Body]:
        oldest = places.ts_of(self._now() - LOOK_BACK)
        asked = {"channel": conversation, "oldest": oldest, "include_all_metadata": True}
        if isinstance(place, Channel) and place.thread:
            asked["ts"] = place.thread
        method = "conversations.replies" if "ts" in asked else "conversations.history"
        async for said in self._api.pages(method, "messages", most=MOST_PAGES, **asked):
            yield said


def _carries(said: Body, key: str) -> bool:
    payload = (said.get("metadata") or {}).get("event_payload") or {}
    first: Body = next(iter(said.get("blocks") or ()), {})
    return bool(said.get("bot_id")) and (payload.get("key") == key or first.get("block_id") == render.block_name(key))


def _for_update(body: Body) -> Body:
    """Without what only chat.postMessage understands."""
    return {name: value for name, value in body.items() if not name.startswith("unfurl_")}
