"""The one listener: what Slack hands over is kept, and only then is Slack told "got it"."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.chat.port import Intake, RawIncoming, Undelivered
from bot.platforms.slack.api import Body, WebApi
from bot.platforms.slack.knock import SECRETS, Dropped, Ears, Knock, Me, called_in, sort, with_words
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.names import Names
from bot.platforms.slack.places import PLATFORM, is_direct
from bot.platforms.slack.quiet import library_logger

LOOK_FOR_WORDS_S = 2.0
"""Slack waits three seconds for an answer."""
LAST_RETRY = 2
"""Slack delivers an event again after a moment, a minute and five minutes (`retry_attempt` 1 to 3)."""

SIGN_OF_THE_DESK = "\N{BELLHOP BELL}\N{VARIATION SELECTOR-16}"


class Listener:
    """Kept first, then acknowledged. What cannot be kept is not acknowledged: Slack brings it again, and to whoever
    pressed a button it says that it did not work."""

    def __init__(self, api: WebApi, memory: Memory, names: Names, ears: Ears, now: Callable[[], datetime]) -> None:
        self._api = api
        self._memory = memory
        self._names = names
        self._ears = ears
        self._now = now
        self._intake: Intake | None = None
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.me: Me | None = None
        self.heard_at: datetime | None = None
        self.counts: Counter[str] = Counter()

    def start(self, intake: Intake) -> None:
        """What comes from now on is brought there."""
        self._intake = intake

    async def finish(self, within_s: float) -> None:
        """What was begun is kept and acknowledged; what comes from now on is not."""
        self._intake = None
        try:
            await asyncio.wait_for(self._idle.wait(), within_s)
        except TimeoutError:
            return

    def bolt(self) -> AsyncApp:
        """The application of the library, with this one listener before everything else in it. Signatures are checked
        before it (`events`): there, headers that make no sense are no reason to stumble."""

        async def authorize() -> AuthorizeResult:
            """The library must not ask Slack who we are in the middle of a delivery: if that fails, it says 200."""
            me = self.me or Me("", "", "")
            return AuthorizeResult(
                enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.bot, bot_token=""
            )

        app = AsyncApp(
            name="deskbell",
            logger=library_logger(),
            client=self._api.client(None),
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )

        async def listener(body: dict[str, Any], request: Any) -> BoltResponse:
            attempt = request.headers.get("x-slack-retry-num", ["0"])[0]
            return await self.hear(body, is_last=attempt.isdigit() and int(attempt) >= LAST_RETRY)

        app.use(listener)
        return app

    async def hear(self, body: Body, *, is_last: bool = False) -> BoltResponse:
        """The answer to Slack. `is_last`: Slack will hardly bring it again."""
        me, intake = self.me, self._intake
        if me is None or intake is None:
            return BoltResponse(status=503, body="")
        self._under_way += 1
        self._idle.clear()
        try:
            self.heard_at = self._now()
            blank = _blanks(body.get("view") or {}) if body.get("type") == "view_submission" else {}
            if blank:
                return _json({"response_action": "errors", "errors": blank})
            await self._take(body, me, intake, is_last=is_last)
            return _answer(body, me)
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self._idle.set()

    async def take(self, body: Body) -> bool:
        """The same for what was not delivered but found in the history. True when it was not known."""
        if self.me is None or self._intake is None:
            return False
        return await self._take(body, self.me, self._intake, is_last=True)

    async def _take(self, body: Body, me: Me, intake: Intake, *, is_last: bool) -> bool:
        self._names.want(called_in(body) - {me.user})
        try:
            knock = sort(body, me, self._ears, self._names.known, self._now())
        except ValueError:
            self.counts["unreadable"] += 1
            return await intake.keep(_odd(body))
        if isinstance(knock, Dropped):
            self.counts[knock.why] += 1
            return False
        return await self._keep(knock, body, intake, is_last)

    async def _keep(self, knock: Knock, body: Body, intake: Intake, is_last: bool) -> bool:
        if knock.thread and not await self._memory.is_ours(*knock.thread):
            self.counts["not_for_us"] += 1
            return False
        await self._learn(body)
        raw = knock.raw if knock.about is None else await self._with_words(knock, knock.about, is_last)
        is_new = await intake.keep(raw)
        self.counts["kept" if is_new else "known"] += 1
        return is_new

    async def _learn(self, body: Body) -> None:
        """Whose direct conversation it is, and that there is talk in a thread."""
        event = body.get("event") or {}
        conversation, user = event.get("channel"), event.get("user")
        if not isinstance(conversation, str):
            return
        if is_direct(conversation) and isinstance(user, str):
            await self._memory.learn_direct(user, conversation)
        if isinstance(event.get("thread_ts"), str):
            self._memory.follow(conversation, event["thread_ts"])

    async def _with_words(self, knock: Knock, about: tuple[str, str], is_last: bool) -> RawIncoming:
        """A reaction tells only where the message is. It is fetched now, before Slack is answered: if that fails in
        passing Slack brings the reaction again; at last it is kept without the words."""
        try:
            async with asyncio.timeout(LOOK_FOR_WORDS_S):
                return with_words(knock, await self._message(*about))
        except (Undelivered, TimeoutError) as trouble:
            if is_last or (isinstance(trouble, Undelivered) and trouble.forever):
                return with_words(knock, None)
            raise

    async def _message(self, conversation: str, ts: str) -> Body | None:
        """The message, also where it stands in a thread: there the history does not show it."""
        asked = {"channel": conversation, "latest": ts, "oldest": ts, "inclusive": True, "limit": 1}
        answer = await self._api.ask("conversations.history", **asked)
        found: Body | None = next((one for one in answer.get("messages") or () if one.get("ts") == ts), None)
        if found is not None:
            return found
        answer = await self._api.ask("conversations.replies", ts=ts, **asked)
        return next((one for one in answer.get("messages") or () if one.get("ts") == ts), None)


def _answer(body: Body, me: Me) -> BoltResponse:
    """Nothing but "got it"; a window closes; and who gave a command somewhere else is shown where the answer stands."""
    if body.get("type") == "view_submission":
        return _json({"response_action": "clear"})
    if "command" in body and not is_direct(str(body.get("channel_id") or "")):
        return _json({"response_type": "ephemeral", "text": f"{SIGN_OF_THE_DESK} <@{me.user}>"})
    return BoltResponse(status=200, body="")


def _blanks(view: Body) -> dict[str, str]:
    """Fields that want an answer and got only blanks: Slack itself lets these pass. The field's own label says what is
    missing, in the language of the form."""
    values = (view.get("state") or {}).get("values") or {}
    wanted = {
        block["block_id"]: "\N{WARNING SIGN} " + str((block.get("label") or {}).get("text") or "")
        for block in view.get("blocks") or ()
        if block.get("type") == "input" and not block.get("optional") and block.get("block_id") in values
    }
    return {name: label for name, label in wanted.items() if _is_blank(values[name])}


def _is_blank(elements: Body) -> bool:
    element: Body = next(iter(elements.values()), {})
    return not element.get("selected_option") and not str(element.get("value") or "").strip()


def _json(answer: Body) -> BoltResponse:
    return BoltResponse(
        status=200, body=json.dumps(answer), headers={"content-type": ["application/json; charset=utf-8"]}
    )


def _odd(body: Body) -> RawIncoming:
    """What nobody can read is kept too: it is put aside for the operator."""
    text = json.dumps({name: value for name, value in body.items() if name not in SECRETS}, sort_keys=True)
    name = sha256(text.encode()).hexdigest()[:32]
    stored = json.dumps({"what": "odd", "seen": text})
    return RawIncoming(f"slackodd:{name}", PLATFORM, f"{PLATFORM}:odd", stored)
