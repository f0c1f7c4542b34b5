"""A wire to a street in another process. A room of its own, so that a desk without one does not load what it needs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn

import httpx

from bot.chat.port import Undelivered
from bot.platforms.local.wire import PATIENCE_S, Outgoing
from bot.services.transcript import Body

DEFAULT_WAIT = timedelta(seconds=30)
SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=1)

GONE = {400, 404, 410, 413, 422}
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class OverHttp:
    """To a street in another process, which answers as `docs/local-chat.md` says. `now` is the real time."""

    def __init__(
        self,
        url: str,
        now: Callable[[], datetime],
        *,
        patience_s: float = PATIENCE_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._now = now
        self._client = httpx.AsyncClient(base_url=url, timeout=patience_s, transport=transport)

    async def post(self, message: Outgoing) -> str:
        payload = {
            "place": message.place,
            "key": message.key,
            "body": message.body,
            "only": message.only,
            "repeat": message.repeat,
        }
        return _id_in(await self._ask("POST", "/messages", payload))

    async def edit(self, message: str, body: Body) -> None:
        await self._ask("PUT", f"/messages/{message}", {"body": body})

    async def find(self, key: str) -> str | None:
        try:
            return _id_in(await self._ask("GET", "/messages", params={"key": key}))
        except Undelivered as no:
            if no.forever:
                return None
            raise

    async def open(self) -> None:
        """Connections are made when they are needed."""

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(
        self, method: str, path: str, payload: Body | None = None, params: dict[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, json=payload, params=params)
        except NEVER_LEFT as fault:
            raise Undelivered(f"the street cannot be reached: {fault!r}") from fault
        except httpx.RequestError as fault:
            raise Undelivered(f"the street broke off: {fault!r}", maybe_sent=True) from fault
        if not answer.is_success:
            _refuse(answer, self._now())
        return answer


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks us to wait, between a second and an hour; None when it cannot be read.
    Seconds or a date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    with suppress(ValueError, OverflowError):
        return _bounded(timedelta(seconds=float(header)))
    with suppress(ValueError, TypeError, OverflowError):
        return _bounded(parsedate_to_datetime(header) - now)
    return None


def _bounded(wait: timedelta) -> timedelta:
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def _refuse(answer: httpx.Response, now: datetime) -> NoReturn:
    status = answer.status_code
    wait = retry_after(answer.headers.get("retry-after"), now)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        wait = wait or DEFAULT_WAIT
    raise Undelivered(
        f"the street answered {status}",
        forever=status in GONE,
        maybe_sent=answer.is_server_error,
        retry_after=wait,
    )


def _id_in(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["id"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Undelivered("the street's answer names no message", maybe_sent=True) from fault
