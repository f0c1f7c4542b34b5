"""The shifts of each person behind an address of their own, for the calendar program they use."""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.domain.ids import PersonId
from bot.services.desk import Desk
from bot.services.ports import Timepiece
from handlers.own_shifts import calendar_of
from handlers.speech import Texts

AHEAD = timedelta(days=90)
OWNER_ONLY = 0o600
KEY_BYTES = 32
MARK_CHARS = 26
"""130 bits: nobody guesses that."""

WAY = "/oncall/"


@dataclass(frozen=True, slots=True)
class ShiftsPage:
    """Whoever knows the address reads the shifts, and nothing else; it stays the same while the key file does."""

    desk: Desk
    time: Timepiece
    texts: Texts
    key: bytes

    def routes(self) -> list[BaseRoute]:
        """To be mounted wherever calendar programs may ask."""
        return [Route(f"{WAY}{{name}}.ics", self.shifts)]

    async def shifts(self, request: Request) -> Response:
        """A wrong key and a person that does not exist are answered alike."""
        name, _, shown = str(request.path_params["name"]).rpartition("-")
        known = self.desk.rules.people.get(PersonId(name))
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), mark_of(name, self.key).encode()) or known is None:
            return PlainTextResponse("Not found.", status_code=404)
        text = await asyncio.to_thread(calendar_of, known, self.desk.rules, self.texts, self.time.now(), AHEAD)
        headers = {"content-disposition": f'inline; filename="{name}.ics"'}
        return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


def way_of(person: str, key: bytes) -> str:
    """Where the shifts of that person are, below the address of the desk's web server."""
    return f"{WAY}{person}-{mark_of(person, key)}.ics"


def mark_of(person: str, key: bytes) -> str:
    """What makes the address unguessable."""
    return b32encode(hmac.digest(key, f"shifts of {person}".encode(), sha256)).decode().lower()[:MARK_CHARS]


def key_beside(database: str) -> bytes:
    """The key of all such addresses, in a file beside the database that only its owner reads; made when there is none.
    Where the database is no file here, a new one for this run. Raises OSError."""
    scheme, is_url, place = database.partition("://")
    if is_url and not scheme.startswith("sqlite"):
        return secrets.token_bytes(KEY_BYTES)
    file = Path(place.removeprefix("/") if is_url else database).resolve()
    path = file.with_name(f"{file.name}.shifts-key")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    except FileExistsError:
        found = path.read_bytes()
        if len(found) >= KEY_BYTES:
            return found
        path.unlink()  # a crash left it unfinished, and nobody can have used it
        return key_beside(database)
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(handle, "wb") as file_of_key:
        file_of_key.write(key)
    return key
