"""Slack's events over signed HTTP, for replicas behind a load balancer: a guard, then the same listener.

Nothing is read out of a request before its signature is checked, and nothing is answered with 200 before it is kept.
The same request sent a hundred times is kept once: that is the inbox's doing, by its keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

MOST_BYTES = 1024 * 1024
OLDEST_S, NEWEST_S = 300, 60
"""How far a request's stamp may lie behind our clock (Slack's own rule), and before it."""
PATH = "/slack/events"


def build(bolt: AsyncApp, signing_secret: str, now: Callable[[], datetime]) -> Starlette:
    """The application, with one route: `POST /slack/events`. Raises ValueError without a signing secret."""
    if len(signing_secret) < 16:
        raise ValueError("Slack over HTTP needs the signing secret of the app")
    door = _Door(bolt, SignatureVerifier(signing_secret), now)
    return Starlette(routes=[Route(PATH, door.enter, methods=["POST"])])


class _Door:
    def __init__(self, bolt: AsyncApp, verifier: SignatureVerifier, now: Callable[[], datetime]) -> None:
        self._bolt = bolt
        self._verifier = verifier
        self._now = now

    async def enter(self, request: Request) -> Response:
        """413 too long, 401 not from Slack, 400 not readable, 5xx not kept, 200 kept."""
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        text = body.decode(errors="replace")  # Slack sends UTF-8; anything else has no true signature
        if not self._is_from_slack(request, text):
            return Response(status_code=401)
        try:
            asked = AsyncBoltRequest(body=text, query=request.url.query, headers=dict(request.headers))
        except (ValueError, RecursionError):
            return Response(status_code=400)
        answer = await self._bolt.async_dispatch(asked)
        headers = {name: values[0] for name, values in answer.headers.items() if values}
        return Response(answer.body, status_code=answer.status, headers=headers)

    def _is_from_slack(self, request: Request, body: str) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and signature.isascii()):
            return False
        behind_s = self._now().timestamp() - int(stamp)
        if not -NEWEST_S <= behind_s <= OLDEST_S:
            return False
        expected = self._verifier.generate_signature(timestamp=stamp, body=body)
        return expected is not None and compare_digest(expected, signature)


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is longer than any of Slack's."""
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
