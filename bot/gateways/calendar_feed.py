"""A calendar behind a web address, fetched so that nobody can make us look where we should not."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.services.feeds import Silent

if TYPE_CHECKING:
    import httpx

WITHIN_S = 15.0
MOST_BYTES = 2 * 1024 * 1024
MOST_HOPS = 3

_TO_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))
"""Addresses behind which another may hide (RFC 6052, 8215, 3056)."""
_REDIRECTS = {301, 302, 303, 307, 308}


async def fetched(url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> bytes:
    """The text behind an https address: at most 2 MiB, within 15 s, from a public address that was looked up once,
    redirected only within its host. Raises Silent."""
    import httpx  # eight megabytes that a desk without such calendars has no use for

    try:
        async with (
            asyncio.timeout(WITHIN_S),
            httpx.AsyncClient(timeout=WITHIN_S, trust_env=False, follow_redirects=False, transport=transport) as client,
        ):
            return await _followed(client, url)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError) as trouble:
        raise Silent("unreachable") from trouble


async def _followed(client: httpx.AsyncClient, url: str) -> bytes:
    parts = _checked(url)
    for _ in range(MOST_HOPS):
        address = await _public_address(parts.hostname or "", parts.port or 443)
        found = await _asked(client, parts, address)
        if isinstance(found, bytes):
            return found
        onward = _checked(urljoin(parts.geturl(), found))
        if (onward.hostname, onward.port) != (parts.hostname, parts.port):
            raise Silent("refused")
        parts = onward
    raise Silent("refused")


def _checked(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise Silent("refused")
    return parts


async def _public_address(host: str, port: int) -> str:
    """One of the host's addresses, when all of them are public: whoever mixes in a private one means no good."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(map(is_public, addresses)):
        raise Silent("refused")
    return str(addresses[0])


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody on the internet may be reached there, and nobody of ours."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in one for one in _TO_IPV4):
            return False
    return address.is_global and not address.is_multicast


async def _asked(client: httpx.AsyncClient, parts: SplitResult, address: str) -> bytes | str:
    """The body, or where it says to look instead. The address that was checked is the one that is asked."""
    host = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    place = parts._replace(netloc=f"{host}{port}", fragment="").geturl()
    headers = {"host": f"{parts.hostname}{port}", "accept": "text/calendar, */*;q=0.1", "accept-encoding": "identity"}
    extensions = {"sni_hostname": parts.hostname}
    async with client.stream("GET", place, headers=headers, extensions=extensions) as answer:
        if answer.status_code in _REDIRECTS:
            return str(answer.headers.get("location", ""))
        if answer.status_code != 200 or answer.headers.get("content-encoding", "identity") != "identity":
            raise Silent("status")
        body = bytearray()
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > MOST_BYTES:
                raise Silent("too_big")
        return bytes(body)
