"""Socket Mode with slack-bolt: two connections side by side, each watched, so that a dead one is never the last word.

Slack gives each event to one of the connections. While one is replaced, the other goes on hearing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.platforms.slack.api import WebApi
from bot.platforms.slack.quiet import library_logger

CLOSE_WITHIN_S = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watching:
    """How closely the connections are watched."""

    connections: int = 2
    ping_s: float = 10.0
    look_every: timedelta = timedelta(seconds=2)
    ticket_is_dead_after: int = 3
    """Looks in a row at a connection that is not there, after which its address is thrown away: the library would try
    the same one, which Slack accepts only once, for ever (python-slack-sdk #1446, #1110)."""
    replaced_after: int = 15
    """Looks in a row after which the whole client of the library is replaced."""
    deaf_after: timedelta = timedelta(minutes=10)
    """A connection that has brought nothing for so long is opened anew: it may look alive and be deaf
    (bolt-python #1529)."""


@dataclass(slots=True)
class Socket:
    """One connection and what is known of it."""

    handler: AsyncSocketModeHandler
    since: datetime | None = None
    heard_at: datetime | None = None
    opened: int = 0
    missed_looks: int = 0
    opening: asyncio.Task[None] | None = None
    is_up: bool = False

    @property
    def client(self) -> SocketModeClient:
        return self.handler.client


@dataclass(slots=True)
class Sockets:
    """All connections. `on_open` is called each time one of them stands anew."""

    bolt: AsyncApp
    api: WebApi
    app_token: str
    watching: Watching
    now: Callable[[], datetime]
    on_open: Callable[[], None]
    sockets: list[Socket] = field(default_factory=list)

    async def run(self) -> None:
        """Connected, and connected again, until it is cancelled."""
        self.sockets = [self._new() for _ in range(self.watching.connections)]
        try:
            for socket in self.sockets:
                self._open(socket)
            while True:
                await asyncio.sleep(self.watching.look_every.total_seconds())
                for place, socket in enumerate(self.sockets):
                    await self._look(place, socket)
        finally:
            for socket in self.sockets:
                await _close(socket)

    @property
    def up(self) -> int:
        """How many connections stand, as far as was seen."""
        return sum(1 for socket in self.sockets if socket.is_up)

    @property
    def connected_since(self) -> datetime | None:
        """Since when the oldest connection that stands has stood."""
        return min((one.since for one in self.sockets if one.is_up and one.since), default=None)

    def renew(self) -> None:
        """Every connection is doubted: it is opened anew with the next look."""
        for socket in self.sockets:
            socket.heard_at = socket.since = datetime.min.replace(tzinfo=self.now().tzinfo)

    def _new(self) -> Socket:
        handler = AsyncSocketModeHandler(
            self.bolt,
            self.app_token,
            logger=library_logger(),
            web_client=self.api.client(self.app_token),
            ping_interval=self.watching.ping_s,
        )
        socket = Socket(handler)

        async def overhear(_: Any, message: dict[str, Any], __: str | None = None) -> None:
            self._seen(socket, message)

        handler.client.message_listeners.append(overhear)
        return socket

    def _seen(self, socket: Socket, message: dict[str, Any]) -> None:
        if message.get("type") == "hello":
            socket.since, socket.is_up, socket.missed_looks = self.now(), True, 0
            socket.opened += 1
            self.on_open()
        elif message.get("type") == "disconnect":
            socket.is_up = False
        elif "envelope_id" in message:
            socket.heard_at = self.now()

    def _open(self, socket: Socket) -> None:
        socket.opening = asyncio.create_task(_connect(socket), name="slack-socket")

    async def _look(self, place: int, socket: Socket) -> None:
        socket.is_up = await socket.client.is_connected()
        if socket.is_up:
            socket.missed_looks = 0
            if self._is_deaf(socket):
                self._reopen(socket)
            return
        socket.missed_looks += 1
        if socket.missed_looks % self.watching.ticket_is_dead_after == 0:
            socket.client.wss_uri = None
        if socket.missed_looks >= self.watching.replaced_after:
            await _close(socket)
            self.sockets[place] = self._new()
            self._open(self.sockets[place])

    def _is_deaf(self, socket: Socket) -> bool:
        proofs = [moment for moment in (socket.heard_at, socket.since) if moment is not None]
        return bool(proofs) and self.now() - max(proofs) >= self.watching.deaf_after

    def _reopen(self, socket: Socket) -> None:
        if socket.opening is not None and not socket.opening.done():
            return
        log.warning("slack_connection_silent", since=socket.since and socket.since.isoformat())
        socket.since = self.now()
        socket.opening = asyncio.create_task(_reconnect(socket), name="slack-socket")


async def _connect(socket: Socket) -> None:
    connect: Callable[[], Awaitable[None]] = socket.client.connect
    with suppress(asyncio.CancelledError):
        await connect()


async def _reconnect(socket: Socket) -> None:
    """The library closes the old connection and opens a new one; what it cannot do now it tries again by itself."""
    with suppress(SlackClientError, OSError, TimeoutError):
        await socket.client.connect_to_new_endpoint(force=True)


async def _close(socket: Socket) -> None:
    if socket.opening is not None:
        socket.opening.cancel()
    close: Callable[[], Coroutine[None, None, None]] = socket.handler.close_async
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(close(), CLOSE_WITHIN_S)
