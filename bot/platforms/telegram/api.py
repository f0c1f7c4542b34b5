"""Telegram's Bot API through python-telegram-bot: its Bot, on connections of ours that give odd answers a name."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.platforms.telegram.knock import HAPPENINGS, Body
from bot.platforms.telegram.quiet import hush
from bot.platforms.telegram.trouble import Broken, Flooded, Unreadable, wait_in

TELEGRAM = "https://api.telegram.org"

CONNECT_S, ANSWER_S, QUEUE_S = 5.0, 10.0, 1.0
GRACE_S = 10.0
"""How much longer than asked for a long poll may take."""
AT_MOST = 100
"""Updates in one answer: Telegram's own limit."""


class Wire(HTTPXRequest):
    """Connections whose odd answers have names: too much, broken, unreadable."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        if code == 429:
            raise Flooded(wait_in(payload))
        if code >= 500:
            raise Broken(f"Telegram answered {code}")
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer. Raises Unreadable with the text when it is no JSON object."""
        text = payload.decode(errors="replace")
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            raise Unreadable(text) from None
        if not isinstance(answer, dict):
            raise Unreadable(text)
        said = answer.get("description")
        moved = _moved_to(answer.get("parameters"))
        return answer | {
            "description": said if isinstance(said, str) else None,
            "parameters": {"migrate_to_chat_id": moved} if moved else None,
        }


class Api:
    """One bot. `base_url`: Telegram itself, or a server of one's own that speaks as it does."""

    def __init__(self, token: str, base_url: str = TELEGRAM, proxy: str | None = None) -> None:
        hush()
        # Its getUpdates would read all updates at once, and one that it cannot read would hide the others for ever.
        warnings.filterwarnings("ignore", message=r"Please use 'Bot\.", category=PTBUserWarning)
        common: dict[str, Any] = {"connect_timeout": CONNECT_S, "read_timeout": ANSWER_S, "write_timeout": ANSWER_S}
        common["httpx_kwargs"] = {"verify": _trust()}
        self._talking = Wire(pool_timeout=QUEUE_S, proxy=proxy, **common)
        self._polling = Wire(connection_pool_size=2, pool_timeout=QUEUE_S, proxy=proxy, **common)
        self.bot = Bot(
            token,
            base_url=f"{base_url.rstrip('/')}/bot",
            request=self._talking,
            get_updates_request=self._polling,
        )
        self.counts: Counter[str] = Counter()
        self.is_open = False

    async def open(self) -> None:
        """Ready to talk; nothing has been said yet."""
        await self._talking.initialize()
        await self._polling.initialize()
        self.is_open = True

    async def close(self) -> None:
        """All connections are closed."""
        self.is_open = False
        await self._talking.shutdown()
        await self._polling.shutdown()

    async def updates(self, offset: int | None, wait: timedelta, limit: int = AT_MOST) -> Sequence[object]:
        """What has happened, raw, from this number on; everything before it is confirmed. Raises TelegramError."""
        asked: Body = {"timeout": int(wait.total_seconds()), "limit": limit, "allowed_updates": list(HAPPENINGS)}
        asked |= {} if offset is None else {"offset": offset}
        read_timeout = asked["timeout"] + GRACE_S
        found = await self.bot.do_api_request("getUpdates", api_kwargs=asked, read_timeout=read_timeout)
        if not isinstance(found, list):
            raise TelegramError("no list of updates")
        return found

    async def ask(self, method: str, **asked: object) -> Any:
        """The raw answer to a call without consequences. Raises TelegramError."""
        self.counts[method] += 1
        return await self.bot.do_api_request(method, api_kwargs=asked or None)


@cache
def _trust() -> SSLContext:
    """The certificates that are believed, read once for all connections."""
    return httpx.create_ssl_context()


def _moved_to(parameters: object) -> int | None:
    number = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
