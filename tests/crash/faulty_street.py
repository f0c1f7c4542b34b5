"""A chat network that misbehaves: it answers late, wrongly or not at all, keeps no key apart, and forgets nothing."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import h11

Body = dict[str, Any]

CHUNK = 65536


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    SLOW = "slow"
    """Done and answered, but after a while."""
    BUSY = "429 with seconds"
    BUSY_UNTIL = "429 with a date"
    BUSY_GARBLED = "429 with nonsense"
    BUSY_BARE = "429 without Retry-After"
    ERROR_BEFORE = "500 before delivery"
    ERROR_AFTER = "500 after delivery"
    RESET_BEFORE = "reset before delivery"
    RESET_AFTER = "reset after delivery"
    HANG = "delivered, then silence"
    LATE = "silence, then delivered"


UNREADABLE = frozenset({Fault.BUSY_GARBLED, Fault.BUSY_BARE})
"""After these the desk keeps away from an address for half a minute, so there are few of them."""

DELIVERED_UNHEARD = frozenset({Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HANG, Fault.LATE})

COMMON: Mapping[Fault, float] = {
    Fault.NONE: 80,
    Fault.SLOW: 6,
    Fault.BUSY: 2,
    Fault.BUSY_UNTIL: 1,
    Fault.BUSY_GARBLED: 0.5,
    Fault.BUSY_BARE: 0.5,
    Fault.ERROR_BEFORE: 2,
    Fault.ERROR_AFTER: 2,
    Fault.RESET_BEFORE: 2,
    Fault.RESET_AFTER: 2,
    Fault.HANG: 1,
    Fault.LATE: 1,
}


@dataclass(slots=True)
class Faults:
    """Which request meets which fault: at random, but the same for the same seed. A script goes before chance."""

    chance: random.Random
    weights: Mapping[Fault, float] = field(default_factory=lambda: COMMON)
    script: list[Fault] = field(default_factory=list)
    unreadable_left: int = 2
    are_on: bool = True

    def draw(self) -> Fault:
        """What happens to the next request."""
        if self.script:
            return self.script.pop(0)
        if not self.are_on:
            return Fault.NONE
        (found,) = self.chance.choices(list(self.weights), list(self.weights.values()))
        if found in UNREADABLE:
            if self.unreadable_left <= 0:
                return Fault.NONE
            self.unreadable_left -= 1
        return found


@dataclass(slots=True)
class Delivery:
    """One message as it came, in the order of coming. `life` is the life of the desk that sent it."""

    seq: int
    key: str
    place: str
    body: Body
    only: str | None
    repeat: bool
    life: int
    asked_at: datetime
    fault: Fault
    shown: Body = field(default_factory=dict)
    """What stands there now, after edits."""

    @property
    def id(self) -> str:
        return f"m{self.seq}"


@dataclass(slots=True)
class _Asked:
    """When a request came, in which life of the desk, and what goes wrong with it."""

    at: datetime
    life: int
    fault: Fault = Fault.NONE


class FaultyStreet:
    """Serves `docs/local-chat.md`, "A street in another process", on loopback."""

    def __init__(self, faults: Faults, *, patience_s: float) -> None:
        """`patience_s`: how long the desk waits for an answer; a hang is longer."""
        self.faults = faults
        self.deliveries: list[Delivery] = []
        self.by_key: dict[str, list[Delivery]] = {}
        self.edits = 0
        self.finds = 0
        self.met: Counter[Fault] = Counter()
        self.life = 0
        self.troubles: list[str] = []
        """What the desk asked that nobody can answer."""
        self._hang_s = patience_s * 1.5
        self._late_s = patience_s + 3.5
        self._news = asyncio.Condition()
        self._visits: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def open(self) -> None:
        """It listens on a free port."""
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Nothing is delivered any more."""
        if self._server is not None:
            self._server.close()
        for visit in tuple(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def until(self, fits: Callable[[FaultyStreet], bool], within_s: float) -> bool:
        """Whether that became true in time; looked at after everything that comes."""
        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: fits(self)), within_s)
            except TimeoutError:
                return False
        return True

    def cards_at(self, place: str, last: int = 12) -> list[Delivery]:
        """The last messages with a card at that place."""
        return [one for one in self.deliveries if one.place == place and "card" in one.shown][-last:]

    # --- one visitor -------------------------------------------------------------------------------------------------

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.get_running_loop().create_task(self._visit(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = h11.Connection(h11.SERVER)
        try:
            while await self._one_request(talk, reader, writer):
                talk.start_next_cycle()
        except (OSError, h11.RemoteProtocolError):
            return  # the desk has died in the middle of a word
        finally:
            writer.close()

    async def _one_request(
        self, talk: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether there may be another one on this connection."""
        asked, data = None, b""
        while True:
            event = talk.next_event()
            if event is h11.NEED_DATA:
                talk.receive_data(await reader.read(CHUNK))
            elif isinstance(event, h11.Request):
                asked = event
            elif isinstance(event, h11.Data):
                data += event.data
            elif isinstance(event, h11.EndOfMessage):
                break
            else:
                return False
        if asked is None:
            return False
        answer = await self._answer(asked.method.decode(), asked.target.decode(), data)
        if answer is None:
            _reset(writer)
            return False
        status, headers, body = answer
        content = json.dumps(body).encode()
        head = [("content-type", "application/json"), ("content-length", str(len(content))), *headers]
        for event in (h11.Response(status_code=status, headers=head), h11.Data(data=content), h11.EndOfMessage()):
            writer.write(talk.send(event) or b"")
        await writer.drain()
        return talk.our_state is h11.DONE and talk.their_state is h11.DONE

    async def _answer(self, method: str, target: str, data: bytes) -> Answer | None:
        """None: the connection is broken off without a word."""
        asked = _Asked(datetime.now(UTC), self.life)
        url = urlsplit(target)
        fault = asked.fault = self.faults.draw()
        self.met[fault] += 1
        refused = _refusal(fault)
        if refused is not None:
            return refused
        if fault is Fault.RESET_BEFORE:
            return None
        if fault is Fault.SLOW:
            await asyncio.sleep(self.faults.chance.uniform(0.05, 0.3))
        if fault is Fault.LATE:
            await asyncio.sleep(self._late_s)
        answer = await self._done(method, url.path, url.query, data, asked)
        if fault is Fault.ERROR_AFTER:
            return 500, [], {}
        if fault is Fault.HANG:
            await asyncio.sleep(self._hang_s)
        return None if fault in DELIVERED_UNHEARD else answer

    async def _done(self, method: str, path: str, query: str, data: bytes, request: _Asked) -> Answer:
        match method, path:
            case "POST", "/messages":
                return 200, [], {"id": await self._post(json.loads(data), request)}
            case "GET", "/messages":
                return self._find(parse_qs(query)["key"][0])
            case "PUT", _ if path.startswith("/messages/m"):
                return await self._edit(int(path.removeprefix("/messages/m")), json.loads(data))
            case _:
                self.troubles.append(f"{method} {path}")
                return 404, [], {}

    async def _post(self, asked: Body, request: _Asked) -> str:
        one = Delivery(
            seq=len(self.deliveries) + 1,
            key=cast(str, asked["key"]).removeprefix("desk:"),
            place=asked["place"],
            body=asked["body"],
            only=asked["only"],
            repeat=asked["repeat"],
            life=request.life,
            asked_at=request.at,
            fault=request.fault,
            shown=asked["body"],
        )
        self.deliveries.append(one)
        self.by_key.setdefault(one.key, []).append(one)
        await self._tell()
        return one.id

    async def _edit(self, seq: int, asked: Body) -> Answer:
        if not 0 < seq <= len(self.deliveries):
            self.troubles.append(f"edit of m{seq}, which nobody posted")
            return 404, [], {}
        self.deliveries[seq - 1].shown = asked["body"]
        self.edits += 1
        await self._tell()
        return 200, [], {}

    def _find(self, key: str) -> Answer:
        self.finds += 1
        found = self.by_key.get(key.removeprefix("desk:"))
        return (200, [], {"id": found[0].id}) if found else (404, [], {})

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


Answer = tuple[int, list[tuple[str, str]], Body]
"""Status, headers, body."""


def _refusal(fault: Fault) -> Answer | None:
    match fault:
        case Fault.BUSY:
            return 429, [("retry-after", "1")], {}
        case Fault.BUSY_UNTIL:
            return 429, [("retry-after", format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True))], {}
        case Fault.BUSY_GARBLED:
            return 429, [("retry-after", "in a while")], {}
        case Fault.BUSY_BARE:
            return 429, [], {}
        case Fault.ERROR_BEFORE:
            return 500, [], {}
        case _:
            return None


def _reset(writer: asyncio.StreamWriter) -> None:
    """The other side sees the connection reset, not closed."""
    handle = writer.get_extra_info("socket")
    if handle is not None:
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
