"""Who may talk to the local chat: pages and scripts of this machine, with the key when there is one."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
OPEN_PATHS = ("/health", "/metrics", "/oncall/", "/static/")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Refuse = Callable[[Request, str], Awaitable[Response]]
"""Says why not: `host`, `origin` or `key`."""


class Guard:
    """Stands before the whole application. A name that is not this machine's is refused, because a foreign page can
    let its own name point here; so is a foreign page that posts."""

    def __init__(self, app: ASGIApp, key: str | None, refuse: Refuse) -> None:
        self._app = app
        self._key = key
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = await self._stopped(request)
        await (answer or self._app)(scope, receive, _with_headers(send, scope["path"]))

    async def _stopped(self, request: Request) -> Response | None:
        if not _is_this_machine(request.headers):
            return await self._refuse(request, "host")
        if request.method not in SAFE_METHODS and not _is_same_origin(request.headers):
            return await self._refuse(request, "origin")
        if self._key is None or request.url.path.startswith(OPEN_PATHS):
            return None
        if _is_same(request.query_params.get("key"), self._key) and request.url.path == "/":
            return self._let_in(request)
        if not any(_is_same(shown, self._key) for shown in _keys_shown(request)):
            return await self._refuse(request, "key")
        return None

    def _let_in(self, request: Request) -> Response:
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(_cookie_name(request.headers), self._key or "", httponly=True, samesite="strict", path="/")
        return answer


def _is_this_machine(headers: Headers) -> bool:
    try:
        host = urlsplit(f"//{headers.get('host', '')}")
        return host.hostname in LOOPBACK and host.port != 0
    except ValueError:
        return False


def _is_same_origin(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _keys_shown(request: Request) -> list[str | None]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    return [bearer, _cookie(request.headers)]


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(_cookie_name(headers))
    except CookieError:
        return None
    return found.value if found else None


def _cookie_name(headers: Headers) -> str:
    """Cookies do not tell ports apart; two desks on one machine must not take each other's."""
    return f"deskbell_{urlsplit('//' + headers.get('host', '')).port or 80}"


def _is_same(shown: str | None, key: str) -> bool:
    return shown is not None and hmac.compare_digest(shown.encode("utf-8", "replace"), key.encode())


def _with_headers(send: Send, path: str) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers["cache-control"] = "no-cache" if path.startswith("/static/") else "no-store"
        await send(message)

    return sender
