"""Telegram's calls over HTTP: a guard at a door that nobody can guess, then the same listener.

Nothing is read out of a request before its secret is compared, and nothing is answered with 200 before it is kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.telegram.knock import is_flat
from bot.services.ports import NotSaved

MOST_BYTES = 1024 * 1024
SHORTEST_SECRET = 32
HEADER = "x-telegram-bot-api-secret-token"

_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}", re.ASCII)

Take = Callable[[object], Awaitable[None]]
"""Keeps one update. Raises NotSaved."""
TakeOdd = Callable[[str], Awaitable[None]]
"""Keeps what is none."""


def checked(secret: str) -> str:
    """The secret. Raises ValueError for one that could be guessed, or that Telegram would not take."""
    if _SECRET.fullmatch(secret) is None:
        raise ValueError(
            "the Telegram webhook needs a secret of 32 to 256 letters, digits, _ or -: without one anybody could speak "
            "as anybody; make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return secret


def path_of(secret: str) -> str:
    """The path of the door: nobody can guess it, and every replica has the same."""
    return f"/telegram/{hmac.new(secret.encode(), b'path', hashlib.sha256).hexdigest()[:32]}"


def build(secret: str, take: Take, take_odd: TakeOdd) -> Starlette:
    """The application, with one route. Raises ValueError without a good secret."""
    door = _Door(checked(secret).encode(), take, take_odd)
    return Starlette(routes=[Route(path_of(secret), door.enter, methods=["POST"])])


class _Door:
    def __init__(self, secret: bytes, take: Take, take_odd: TakeOdd) -> None:
        self._secret = secret
        self._take = take
        self._take_odd = take_odd

    async def enter(self, request: Request) -> Response:
        """403 not from Telegram, 413 too long, 503 not kept, 200 kept."""
        given = request.headers.get(HEADER, "").encode(errors="replace")
        if not hmac.compare_digest(given, self._secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            await self._keep(body.decode(errors="replace"))
        except NotSaved:
            return Response(status_code=503)
        return Response(status_code=200)

    async def _keep(self, text: str) -> None:
        """What Telegram itself sends and nobody can read is kept as it is: refused, it would come again and again."""
        try:
            update = json.loads(text)
        except (ValueError, RecursionError):
            await self._take_odd(text)
            return
        await (self._take(update) if is_flat(update) else self._take_odd(text))


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is longer than any of Telegram's."""
    said = request.headers.get("content-length", "0")
    if not (said.isascii() and said.isdigit()) or len(said) > 9 or int(said) > MOST_BYTES:
        return None
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
