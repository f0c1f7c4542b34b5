"""A street in another process, as the desk sees it over HTTP: it remembers what it was given and does as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

Body = dict[str, Any]

BREAKS_OFF = 0
"""Delivered, and then the connection is gone before any answer."""


@dataclass(slots=True)
class OtherStreet:
    """`mood` says with which status a post or an edit is answered; 200 when it says nothing."""

    url: str = ""
    mood: Callable[[str, Body], int | None] = lambda _method, _body: None
    posted: list[Body] = field(default_factory=list)
    edited: list[tuple[str, Body]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The keys that were looked for."""

    def at(self, place: str) -> list[Body]:
        """The cards that were posted there, oldest first."""
        return [one["body"]["card"] for one in self.posted if one["place"] == place]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        lengths = [line.partition(":")[2] for line in head if line.lower().startswith("content-length:")]
        body = json.loads(await reader.readexactly(int(lengths[0]))) if lengths and int(lengths[0]) else {}
        status, answer = self._done(method, target, body)
        if status != BREAKS_OFF:
            content = json.dumps(answer).encode()
            line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            headers = f"Content-Length: {len(content)}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
            writer.write((line + headers).encode() + content)
            await writer.drain()
        writer.close()

    def _done(self, method: str, target: str, body: Body) -> tuple[int, Body]:
        if method == "GET":
            return self._found(parse_qs(urlsplit(target).query)["key"][0])
        status = self.mood(method, body)
        if status not in (None, BREAKS_OFF):
            return int(status or 200), {}
        if method == "PUT":
            self.edited.append((target.rpartition("/")[2], body["body"]))
            return (200 if status is None else BREAKS_OFF), {}
        self.posted.append(body)
        return (200 if status is None else BREAKS_OFF), {"id": f"m{len(self.posted)}"}

    def _found(self, key: str) -> tuple[int, Body]:
        self.asked.append(key)
        for number, one in enumerate(self.posted, 1):
            if one["key"] == key:
                return 200, {"id": f"m{number}"}
        return 404, {}


@asynccontextmanager
async def other_street() -> AsyncIterator[OtherStreet]:
    """It is there within the block."""
    street = OtherStreet()
    server = await asyncio.start_server(street.answer, "127.0.0.1", 0)
    street.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield street
