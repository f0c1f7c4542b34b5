"""Slack as a platform of the desk: connected, listened to, swept, spoken through; and what is known of its health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.applications import Starlette

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Besides, Identity, Incoming, MessageRef
from bot.chat.port import Intake, Manners, RawIncoming, Undelivered
from bot.platforms.slack import events
from bot.platforms.slack import parse as reading
from bot.platforms.slack.api import SLACK, WebApi
from bot.platforms.slack.hear import Listener
from bot.platforms.slack.knock import TICKET_EMOJI, Ears, Me
from bot.platforms.slack.manifest import ALL, Feature, missing_and_superfluous
from bot.platforms.slack.memory import Cursors, Memory
from bot.platforms.slack.names import Names
from bot.platforms.slack.pace import EVERY_S, Pace
from bot.platforms.slack.places import PLATFORM
from bot.platforms.slack.probe import Probe
from bot.platforms.slack.send import Sender
from bot.platforms.slack.sockets import Sockets, Watching
from bot.platforms.slack.sweep import BETWEEN_S, Sweep, Swept
from bot.services.ports import NotSaved

SLOWLY = Manners(posts=1, per=timedelta(seconds=1))

FIRST_CONNECTION_WITHIN_S = 5.0
FINISH_WITHIN_S = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often what is looked at."""

    sweep_every: timedelta = timedelta(minutes=5)
    probe_every: timedelta = timedelta(minutes=1)
    """How often Slack is asked whether our token still counts."""
    event_probe_every: timedelta = timedelta(minutes=5)
    """How often an event is caused, where there is a channel for it, to see whether it comes."""
    try_again_after: timedelta = timedelta(seconds=10)
    sweep_again_after: timedelta = timedelta(seconds=1)
    """At least so long between two sweeps, however often connections come and go."""
    between_s: float = BETWEEN_S
    posts_every_s: float = EVERY_S
    watching: Watching = field(default_factory=Watching)


class SlackPlatform:
    """Socket Mode with an `app_token`; signed HTTP events (`http_app`) with a `signing_secret`; or both."""

    name = PLATFORM

    def __init__(
        self,
        *,
        bot_token: str,
        cursors: Cursors,
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_url: str = SLACK,
        app_id: str = "",
        watched_channels: Collection[str] = (),
        overheard_channels: Collection[str] = (),
        allowed_bots: Collection[str] = (),
        allow_outsiders: bool = False,
        probe_channel: str = "",
        emoji: str = TICKET_EMOJI,
        features: Collection[Feature] = ALL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rhythm: Rhythm | None = None,
    ) -> None:
        """`watched_channels` are swept for what Slack did not deliver; in `overheard_channels` everything that is said
        is meant for the desk; in `probe_channel`, best a private one of the operator's, the desk keeps one message
        that it edits to hear whether events come. `now`: real time."""
        if app_token is None and signing_secret is None:
            raise ValueError("Slack needs an app token (Socket Mode) or a signing secret (HTTP events)")
        self._rhythm = rhythm or Rhythm()
        self._now = now
        self._app_token = app_token
        self._app_id = app_id or _app_in(app_token)
        self._features = features
        self._api = WebApi(bot_token, api_url)
        self._memory = Memory(cursors)
        self._names = Names(self._api)
        ears = Ears(frozenset(overheard_channels), frozenset(allowed_bots), allow_outsiders, emoji)
        self._listener = Listener(self._api, self._memory, self._names, ears, now)
        self._sender = Sender(self._api, self._memory, Pace(self._rhythm.posts_every_s), now)
        watched = (*watched_channels, *overheard_channels)
        self._sweep = Sweep(
            self._api, self._memory, self._listener.take, now, watched=watched, between_s=self._rhythm.between_s
        )
        self._probe = Probe(self._api, cursors, probe_channel, now) if probe_channel else None
        self._signing_secret = signing_secret
        self._sockets: Sockets | None = None
        self._sweep_wanted = asyncio.Event()
        self._is_up = asyncio.Event()
        self._granted: frozenset[str] | None = None
        self._proved_at: datetime | None = None
        self._trouble = ""
        self._running: asyncio.Task[None] | None = None

    # --- the port ----------------------------------------------------------------------------------------------------

    def manners(self, to: Address) -> Manners:
        """One message a second at each address; the same is kept across the threads of a channel when posting."""
        return SLOWLY

    def parse(self, raw: RawIncoming) -> Incoming | Besides | None:
        """What came in. Raises ValueError when it cannot be read."""
        return reading.parse(raw)

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool, quiet: bool) -> MessageRef:
        """The card stands at the address. Slack has no quiet messages: whom it notifies is the reader's choice."""
        return await self._sender.post(to, card, key=key, repeat=repeat)

    async def edit(self, message: MessageRef, card: Card) -> None:
        """The message shows the card."""
        await self._sender.edit(message, card)

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        """The message that was posted with this key, looked up in Slack's history."""
        return await self._sender.find(to, key=key)

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        """Only this person sees the card."""
        await self._sender.whisper(to, only, card, key=key)

    async def ask(self, who: Identity, place: Address, trigger: str, form: Form) -> None:
        """The person sees the form as a window. Raises Undelivered("trigger expired") when it takes a new press."""
        await self._sender.ask(who, place, trigger, form)

    async def start(self, intake: Intake) -> None:
        """Listening; returns when the first connection stands or is being retried in the background."""
        await self._api.open()
        self._listener.start(intake)
        self._running = asyncio.create_task(self._run(), name="slack")
        self._running.add_done_callback(_tell_of_a_bug)
        if self._app_token is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_up.wait(), FIRST_CONNECTION_WITHIN_S)

    async def stop(self) -> None:
        """What was begun is kept and acknowledged; the connections are closed; nothing is sent any more."""
        await self._listener.finish(FINISH_WITHIN_S)
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None
        await self._api.close()

    # --- besides the port --------------------------------------------------------------------------------------------

    async def home(self, who: Identity, cards: Sequence[Card]) -> None:
        """The person's Home tab shows the cards. Raises Undelivered."""
        await self._sender.home(who, cards)

    async def permalink(self, message: MessageRef) -> str:
        """A link for people that leads to the message. Raises Undelivered."""
        return await self._sender.permalink(message)

    def http_app(self) -> Starlette:
        """An ASGI application that hears Slack's signed events. Raises ValueError without a signing secret."""
        secret = self._signing_secret or ""
        return events.build(self._listener.bolt(), secret, self._now)

    async def sweep(self) -> Swept | None:
        """The history is read now. None while it is not known who the desk is on Slack."""
        me = self._listener.me
        return None if me is None else await self._sweep.run(me)

    async def is_member(self, channel: str) -> bool | None:
        """The desk is in the channel and can read it; None when Slack could not be asked."""
        try:
            await self._api.ask("conversations.history", channel=channel, limit=1)
        except Undelivered as no:
            return False if no.forever else None
        return True

    def health(self) -> dict[str, Any]:
        """What is known, for doctors and machines: moments are aware, counts are since the start."""
        me, granted, sockets = self._listener.me, self._granted, self._sockets
        missing, superfluous = missing_and_superfluous(granted, self._features) if granted else (set(), set())
        swept = self._sweep.last
        return {
            "running": self._running is not None and not self._running.done(),
            "mode": "socket" if self._app_token is not None else "http",
            "team": me.team if me else None,
            "user": me.user if me else None,
            "app": me.app if me else None,
            "connections": sockets.up if sockets else 0,
            "connected_since": sockets.connected_since if sockets else None,
            "reconnected": sum(max(0, one.opened - 1) for one in sockets.sockets) if sockets else 0,
            "last_event_at": self._listener.heard_at,
            "token_proved_at": self._proved_at,
            "trouble": self._trouble,
            "probe_sent_at": self._probe.sent_at if self._probe else None,
            "probe_is_late": bool(self._probe and self._probe.is_late(self._listener.heard_at)),
            "swept_at": self._sweep.at,
            "swept_found": swept.found if swept else 0,
            "swept_late": swept.late if swept else 0,
            "scopes": sorted(granted) if granted is not None else None,
            "scopes_missing": sorted(missing),
            "scopes_superfluous": sorted(superfluous),
            "heard": dict(self._listener.counts),
            "called": dict(self._api.counts),
        }

    # --- in the background -------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        """The rooms run side by side, and none takes another down: a bug in the sweep must not stop the listening."""
        await self._introduce()
        rhythm, rooms = self._rhythm, []
        self._sweep_wanted.set()
        if self._app_token is not None:
            self._sockets = self._connected(self._app_token)
            rooms.append(self._again("sockets", self._sockets.run, rhythm.try_again_after))
        rooms.append(self._again("sweep", self._sweep_when_wanted, rhythm.sweep_again_after))
        rooms.append(self._again("token", self._prove_token, rhythm.probe_every))
        rooms.append(self._again("names", self._names.look_up, rhythm.try_again_after))
        if self._probe is not None:
            rooms.append(self._again("probe", self._prove_events, rhythm.event_probe_every))
        await asyncio.gather(*rooms)

    async def _again(self, room: str, work: Callable[[], Coroutine[None, None, None]], pause: timedelta) -> None:
        while True:
            (bug,) = await asyncio.gather(work(), return_exceptions=True)
            if bug is not None:
                log.error("slack_room_stumbled", room=room, bug=type(bug).__name__)
            await asyncio.sleep(pause.total_seconds())

    def _connected(self, app_token: str) -> Sockets:
        bolt = self._listener.bolt()
        return Sockets(bolt, self._api, app_token, self._rhythm.watching, self._now, self._opened)

    def _opened(self) -> None:
        self._is_up.set()
        self._sweep_wanted.set()

    async def _introduce(self) -> None:
        """Who the desk is on Slack: nothing can be told apart before. Asked again until Slack says so."""
        while self._listener.me is None:
            await self._prove_token()
            if self._listener.me is None:
                await asyncio.sleep(self._rhythm.try_again_after.total_seconds())

    async def _prove_token(self) -> None:
        try:
            answer, self._granted = await self._api.who_am_i()
            team, user, bot = (str(answer.get(name) or "") for name in ("team_id", "user_id", "bot_id"))
            if self._listener.me is None:
                self._listener.me = Me(team, user, bot, self._app_id or await self._app_of(bot))
            self._proved_at, self._trouble = self._now(), ""
        except Undelivered as no:
            if no.reason != self._trouble:
                log.error("slack_token_not_proved", why=no.reason)
            self._trouble = no.reason

    async def _app_of(self, bot: str) -> str:
        """The id of the app; empty where Slack does not say: then only the team is compared."""
        try:
            answer = await self._api.ask("bots.info", bot=bot)
        except Undelivered as no:
            if not no.forever:
                raise
            return ""
        return str((answer.get("bot") or {}).get("app_id") or "")

    async def _sweep_when_wanted(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._sweep_wanted.wait(), self._rhythm.sweep_every.total_seconds())
        self._sweep_wanted.clear()
        try:
            swept = await self.sweep()
        except (Undelivered, NotSaved) as trouble:
            log.warning("slack_sweep_broke_off", why=type(trouble).__name__)
            return
        if swept is not None and swept.late and self._sockets is not None:
            self._sockets.renew()  # somebody should have told us of these

    async def _prove_events(self) -> None:
        if self._probe is None:
            return
        if self._probe.is_late(self._listener.heard_at) and self._sockets is not None:
            log.warning("slack_events_do_not_come")
            self._sockets.renew()
        await self._probe.send()


def _app_in(app_token: str | None) -> str:
    """An app-level token names its app: `xapp-1-A012-...`."""
    parts = (app_token or "").split("-")
    return parts[2] if len(parts) > 3 and parts[2].startswith("A") else ""


def _tell_of_a_bug(running: asyncio.Task[None]) -> None:
    if not running.cancelled() and (bug := running.exception()) is not None:
        log.error("slack_stopped", bug=type(bug).__name__)
