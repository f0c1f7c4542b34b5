"""Slack's Web API through slack-sdk: one connection pool, no repetition by the library, troubles in our own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.port import Undelivered
from bot.platforms.slack.quiet import library_logger
from bot.platforms.slack.trouble import FAULTS, error_of, is_known, undelivered

Body = dict[str, Any]

SLACK = "https://slack.com/api/"
CONNECT_WITHIN_S, ANSWER_WITHIN_S = 5.0, 15.0
PAGE = 200


class WebApi:
    """Calls as the desk. `open` comes first and `close` last."""

    def __init__(self, token: str, url: str = SLACK) -> None:
        self._token = token
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self.counts: Counter[str] = Counter()

    async def open(self) -> None:
        """Ready to call."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S)
        self._session = aiohttp.ClientSession(timeout=timeout)
        self._client = self.client(self._token)

    async def close(self) -> None:
        """No call any more."""
        self._client = None
        if self._session is not None:
            await self._session.close()

    def client(self, token: str | None) -> AsyncWebClient:
        """A client of the library for this token, on the same connections; it never repeats a call by itself."""
        return AsyncWebClient(
            token=token, base_url=self._url, session=self._session, retry_handlers=[], logger=library_logger()
        )

    async def do(self, method: str, **arguments: Any) -> Body:
        """What Slack answered to a call that leaves something behind. Raises Undelivered."""
        answer = await self._call(method, changes=True, json=arguments)
        return _body(answer)

    async def ask(self, method: str, **arguments: Any) -> Body:
        """What Slack answered to a question. Raises Undelivered."""
        return _body(await self._call(method, changes=False, http_verb="GET", params=arguments))

    async def pages(self, method: str, found: str, *, most: int = 10, **arguments: Any) -> AsyncIterator[Body]:
        """The items of at most so many pages, in Slack's order. Raises Undelivered."""
        cursor = ""
        for _ in range(most):
            answer = await self.ask(method, **arguments, limit=PAGE, **({"cursor": cursor} if cursor else {}))
            for item in answer.get(found) or ():
                yield item
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def who_am_i(self) -> tuple[Body, frozenset[str]]:
        """The answer of auth.test, and the scopes that were granted. Raises Undelivered."""
        answer = await self._call("auth.test", changes=False, params={})
        granted = next((value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), "")
        return _body(answer), frozenset(filter(None, (scope.strip() for scope in str(granted).split(","))))

    async def _call(self, method: str, *, changes: bool, **how: Any) -> AsyncSlackResponse:
        if self._client is None:
            raise Undelivered("the desk does not talk with Slack now")
        self.counts[method] += 1
        try:
            return await self._client.api_call(method, **how)
        except FAULTS as fault:
            no = undelivered(fault, changes=changes)
            if no.maybe_sent and not is_known(error_of(fault)):
                self.counts["unknown_outcome"] += 1
            raise no from None  # the fault may hold the words of the message


def _body(answer: AsyncSlackResponse) -> Body:
    return dict(answer.data) if isinstance(answer.data, dict) else {}
