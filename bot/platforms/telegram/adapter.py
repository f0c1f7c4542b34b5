"""Telegram as a platform of the desk: introduced, listened to, spoken through; and what is known of its health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeVar

import structlog
from starlette.applications import Starlette
from telegram import BotCommand

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Besides, Identity, Incoming, MessageRef
from bot.chat.port import Intake, Manners, RawIncoming, Undelivered
from bot.platforms.telegram import knock, places, speech, webhook
from bot.platforms.telegram import parse as reading
from bot.platforms.telegram.api import TELEGRAM, Api
from bot.platforms.telegram.backstage import Backstage
from bot.platforms.telegram.dialog import Dialog
from bot.platforms.telegram.listen import Listener, WholeIntake
from bot.platforms.telegram.memory import Drawer, Memory
from bot.platforms.telegram.pace import Limits, Pace
from bot.platforms.telegram.places import PLATFORM
from bot.platforms.telegram.poll import Poller, Rhythm, State
from bot.platforms.telegram.send import Sender
from bot.platforms.telegram.trouble import FAULTS, undelivered
from bot.platforms.telegram.words import Me
from bot.services.ports import NotSaved

Mode = Literal["polling", "webhook"]
T = TypeVar("T")

TO_A_PERSON = Manners(posts=1, per=timedelta(seconds=1))
TO_A_GROUP = Manners(posts=15, per=timedelta(seconds=60), burst=5, edits_count=True)
"""Never more than twenty in any minute, edits among them."""

FIRST_ANSWER_WITHIN_S = 5.0
FINISH_WITHIN_S = 2.0
MOST_CONNECTIONS = 20

log = structlog.get_logger(__name__)


class TelegramPlatform:
    """Long polling by default; called by Telegram (`http_app`) with `mode="webhook"`, a `webhook_url` and a secret."""

    name = PLATFORM

    def __init__(
        self,
        *,
        token: str,
        drawer: Drawer,
        mode: Mode = "polling",
        webhook_url: str = "",
        secret: str = "",
        base_url: str = TELEGRAM,
        proxy: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rhythm: Rhythm | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`webhook_url`: where Telegram reaches `http_app` from outside, https and without a path. `now`: real time.
        Raises ValueError for a webhook without a good secret."""
        if mode == "webhook":
            webhook.checked(secret)
            if not webhook_url.startswith("https://"):
                raise ValueError("the Telegram webhook needs the https address at which Telegram reaches the desk")
        self._mode = mode
        self._secret = secret
        self._webhook_url = webhook_url.rstrip("/") + webhook.path_of(secret) if mode == "webhook" else ""
        self._now = now
        self._rhythm = rhythm or Rhythm()
        self._api = Api(token, base_url, proxy)
        self._memory = Memory(drawer)
        self._sender = Sender(self._api, self._memory, Pace(limits or Limits()))
        self._dialog = Dialog(self._sender, drawer)
        self._backstage = Backstage()
        self._state = State()
        self._listener: Listener | None = None
        self._intake: WholeIntake | None = None
        self._answered = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._me: Mapping[str, Any] = {}
        self._webhook: Mapping[str, Any] = {}
        self._menu_is_set = False

    # --- the port ----------------------------------------------------------------------------------------------------

    def manners(self, to: Address) -> Manners:
        """One message a second to a person, twenty a minute to a group."""
        return TO_A_PERSON if places.chat_of(to).is_private else TO_A_GROUP

    def parse(self, raw: RawIncoming) -> Incoming | Besides | None:
        """What came in. Raises ValueError when it cannot be read."""
        return reading.parse(raw)

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool, quiet: bool) -> MessageRef:
        """The card stands at the address. A repetition says so by its sign: Telegram has no history to look in."""
        return await self._sender.post(to, card, repeat=repeat, quiet=quiet)

    async def edit(self, message: MessageRef, card: Card) -> None:
        """The message shows the card."""
        await self._sender.edit(message, card)

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        """Always None: Telegram shows no bot what it has said."""
        return None

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        """Only this person sees the card, in the private chat. Raises Undelivered where they never began one."""
        await self._sender.whisper(to, only, card, key=key)

    async def ask(self, who: Identity, place: Address, trigger: str, form: Form) -> None:
        """The person is asked step by step: in the private chat where there is one, otherwise where they are."""
        user, chat = places.user_of(who), places.chat_of(place)
        if not chat.is_private and await self._memory.has_started(user):
            try:
                await self._dialog.begin(who, places.address(user), place, form, self._now())
            except Undelivered as no:
                if not no.forever:
                    raise
            else:
                return
        await self._dialog.begin(who, place, place, form, self._now())

    async def start(self, intake: Intake) -> None:
        """Listening; returns when Telegram has answered or is being tried in the background. The intake must be able
        to keep several at once (`keep_with_cursors`)."""
        if not isinstance(intake, WholeIntake):
            raise TypeError("Telegram needs an intake that keeps updates and their number by one commit")
        self._intake = intake
        await self._api.open()
        self._running = asyncio.create_task(self._run(intake), name="telegram")
        self._running.add_done_callback(_tell_of_a_bug)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._answered.wait(), FIRST_ANSWER_WITHIN_S)

    async def stop(self) -> None:
        """Nothing is asked for any more; what was kept and began to be answered is answered; nothing is sent after."""
        self._intake = None
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None
        await self._backstage.close(FINISH_WITHIN_S)
        await self._api.close()

    # --- besides the port --------------------------------------------------------------------------------------------

    def http_app(self) -> Starlette:
        """An ASGI application with one secret path, for Telegram's calls. Raises ValueError without a secret."""
        return webhook.build(self._secret, self._called, self._called_oddly)

    @property
    def http_path(self) -> str:
        """Where in `http_app` Telegram knocks."""
        return webhook.path_of(webhook.checked(self._secret))

    async def has_started(self, who: Identity) -> bool | None:
        """The person has pressed Start and not blocked the desk; None when nothing is known."""
        return await self._memory.has_started(places.user_of(who))

    async def is_member(self, place: Address) -> bool | None:
        """The desk is in the chat; None when Telegram could not be asked."""
        try:
            found = await self._api.ask("getChat", chat_id=places.chat_of(place).id)
        except FAULTS as fault:
            return False if undelivered(fault).forever else None
        return isinstance(found, dict)

    def link(self, token: str) -> str:
        """A deep link that opens the chat and brings the token; empty while our own name is not known."""
        name = self._me.get("username")
        return f"https://t.me/{name}?start={token}" if name else ""

    @property
    def is_resting(self) -> bool:
        """Nothing small is left to do: no button to answer, no question to ask."""
        return not self._backstage.is_busy

    def health(self) -> dict[str, Any]:
        """What is known, for doctors and machines: moments are aware, counts are since the start."""
        now, state, listener = self._now(), self._state, self._listener
        conflict = state.conflict_since
        lasting = conflict is not None and now - conflict >= self._rhythm.two_pollers_after
        return {
            "running": self._running is not None and not self._running.done(),
            "mode": self._mode,
            "bot": self._me.get("id"),
            "username": self._me.get("username"),
            "last_ok_at": state.ok_at,
            "last_update_at": listener.heard_at if listener else None,
            "failing_since": state.failing_since,
            "conflict_since": conflict,
            "two_pollers": lasting,
            "unauthorized_since": state.refused_since,
            "trouble": state.trouble,
            "pending": self._webhook.get("pending_update_count"),
            "webhook_set": bool(self._webhook.get("url")),
            "webhook_is_ours": self._webhook.get("url") == self._webhook_url if self._webhook_url else None,
            "webhook_last_error": self._webhook.get("last_error_date"),
            "reads_all_in_groups": self._me.get("can_read_all_group_messages"),
            "joins_groups": self._me.get("can_join_groups"),
            "menu_set": self._menu_is_set,
            "open_forms": self._dialog.count,
            "heard": dict(listener.counts) if listener else {},
        }

    # --- in the background -------------------------------------------------------------------------------------------

    async def _run(self, intake: WholeIntake) -> None:
        """The rooms run side by side, and none takes another down."""
        listener = await self._surely("introduction", self._introduce)
        await self._surely("way in", self._set_up)
        self._answered.set()
        rooms = [self._again("menu", self._set_menu), self._again("around", self._look_around)]
        if self._mode == "polling":
            poller = Poller(self._api, listener, self._memory, self._state, self._rhythm, self._now)
            rooms.append(self._again("poll", lambda: poller.run(intake)))
        await asyncio.gather(*rooms)

    async def _surely(self, room: str, work: Callable[[], Coroutine[None, None, T]]) -> T:
        """What the work gives, however often it stumbles: over a disk that is full, for example."""
        while True:
            (done,) = await asyncio.gather(work(), return_exceptions=True)
            if not isinstance(done, BaseException):
                return done
            log.error("telegram_room_stumbled", room=room, bug=type(done).__name__)
            await asyncio.sleep(self._rhythm.first_pause.total_seconds())

    async def _again(self, room: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        while True:
            (bug,) = await asyncio.gather(work(), return_exceptions=True)
            if bug is not None:
                log.error("telegram_room_stumbled", room=room, bug=type(bug).__name__)
            pause = self._rhythm.first_pause if room == "poll" else self._rhythm.look_around
            await asyncio.sleep(pause.total_seconds())

    async def _introduce(self) -> Listener:
        """Who we are: nothing can be told apart before. Asked until Telegram says so, whatever it says meanwhile."""
        while (me := await self._who_am_i()) is None:
            refused = self._state.refused_since is not None
            pause = self._rhythm.refused if refused else self._rhythm.first_pause
            await asyncio.sleep(pause.total_seconds())
        self._listener = Listener(me, self._sender, self._memory, self._dialog, self._backstage)
        for spot in await self._dialog.load(self._now()):
            work = partial(self._dialog.show, spot, self._now(), in_place=False)
            self._backstage.do(f"chat:{places.chat_of(spot[1]).id}", work)
        return self._listener

    async def _who_am_i(self) -> Me | None:
        try:
            me = await self._api.ask("getMe")
            known = Me(int(me["id"]), str(me.get("username") or ""))
        except FAULTS as fault:
            self._state.failed(fault, self._now())
            return None
        self._me = me
        self._state.fine(self._now())
        return known

    async def _set_up(self) -> None:
        """Telegram calls us, or is polled: it does only one of the two. Tried until it is so."""
        while True:
            try:
                await self._choose_way_in()
                return
            except FAULTS as fault:
                self._state.failed(fault, self._now())
                await asyncio.sleep(self._rhythm.first_pause.total_seconds())

    async def _choose_way_in(self) -> None:
        self._webhook = await self._api.ask("getWebhookInfo")
        if self._mode == "polling" and self._webhook.get("url"):
            await self._api.bot.delete_webhook(drop_pending_updates=False)
            self._webhook = await self._api.ask("getWebhookInfo")
        if self._mode == "webhook":
            await self._api.bot.set_webhook(
                self._webhook_url,
                secret_token=self._secret,
                allowed_updates=list(knock.HAPPENINGS),
                max_connections=MOST_CONNECTIONS,
                drop_pending_updates=False,
            )

    async def _set_menu(self) -> None:
        """The commands stand in the menu, in the language of each reader."""
        try:
            for language in speech.LANGUAGES if not self._menu_is_set else ():
                menu = [BotCommand(name, told) for name, told in speech.commands(language).items()]
                await self._api.bot.set_my_commands(menu, language_code="" if language == "en" else language)
            self._menu_is_set = True
        except FAULTS as fault:
            log.warning("telegram_menu_not_set", why=type(fault).__name__)

    async def _look_around(self) -> None:
        """What Telegram thinks of us: what waits there, and whether it calls us where we are."""
        await self._dialog.forget_old(self._now())
        try:
            self._webhook = await self._api.ask("getWebhookInfo")
            if self._mode == "webhook":
                self._state.fine(self._now())
                if self._webhook.get("url") != self._webhook_url:
                    log.error("telegram_calls_somebody_else")
                    await self._choose_way_in()
        except FAULTS as fault:
            if self._mode == "webhook":
                self._state.failed(fault, self._now())

    # --- called by Telegram ------------------------------------------------------------------------------------------

    async def _called(self, update: object) -> None:
        listener, intake = self._at_work()
        await listener.take([update], intake, self._now())

    async def _called_oddly(self, text: str) -> None:
        listener, intake = self._at_work()
        await listener.take_unreadable(text, knock.number_in(text), intake, self._now())

    def _at_work(self) -> tuple[Listener, WholeIntake]:
        if self._listener is None or self._intake is None:
            raise NotSaved("not listening")
        return self._listener, self._intake


def _tell_of_a_bug(running: asyncio.Task[None]) -> None:
    if not running.cancelled() and (bug := running.exception()) is not None:
        log.error("telegram_stopped", bug=type(bug).__name__)
