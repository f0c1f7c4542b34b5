"""A door for the operator's own commands to the running desk: a socket beside the database, its owner's only."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.domain.ids import DESK, TeamId
from bot.platforms.local.serve import QuietServer
from bot.services.drills import DrillRequest

OWNER_ONLY = 0o600
BACKLOG = 16
WITHIN_S = 30.0

log = structlog.get_logger(__name__)


def site(house: App, beacon: Sequence[BaseRoute]) -> Starlette:
    """What the operator may ask of the running desk. The permission is that of the socket's file."""

    async def drill(request: Request) -> Response:
        team = TeamId(str((await request.json()).get("team", "")))
        if team not in house.desk.rules.teams:
            known = ", ".join(sorted(house.desk.rules.teams))
            return JSONResponse({"error": f"There is no team `{team}`. There are: {known}."}, status_code=404)
        now = house.time.now()
        wanted = DrillRequest(team, DESK, f"asked-{now.isoformat()}", now)
        await house.reception.keep(wanted.arrival())
        return JSONResponse({"drill": wanted.arrival().key})

    return Starlette(routes=[*beacon, Route("/drill", drill, methods=["POST"])])


class NotRunning(Exception):
    """No desk answers there."""


def socket_of(database: str) -> Path | None:
    """Where the desk with this database listens to its operator; None when the database is not a file here."""
    scheme, is_url, place = database.partition("://")
    if is_url and not scheme.startswith("sqlite"):
        return None
    file = Path(place.removeprefix("/") if is_url else database).resolve()
    return file.with_name(f"{file.name}.sock")


@asynccontextmanager
async def listening(site: Starlette, database: str) -> AsyncIterator[None]:
    """The site answers on the socket within the block. Where there can be none (its path is too long for the system),
    that is in the log, and the desk works without it."""
    path = socket_of(database)
    opened = None if path is None else _open(path)
    if path is None or opened is None:
        yield
        return
    server = QuietServer(
        uvicorn.Config(site, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=3)
    )
    running = asyncio.ensure_future(server.serve(sockets=[opened]))
    try:
        yield
    finally:
        server.should_exit = True
        await running
        path.unlink(missing_ok=True)


async def ask(database: str, way: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the running desk answers. Raises NotRunning, and ValueError with its words when it refuses."""
    import httpx  # eight megabytes that a running desk has no use for

    path = socket_of(database)
    if path is None or not path.exists():
        raise NotRunning
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(path)), timeout=WITHIN_S) as desk:
        try:
            answer = await desk.post(f"http://desk{way}", json=body)
        except httpx.TransportError:
            raise NotRunning from None
    told: dict[str, Any] = answer.json()
    if answer.is_error:
        raise ValueError(str(told.get("error", answer.status_code)))
    return told


def _open(path: Path) -> socket.socket | None:
    """Whoever holds the database holds this name too: what lies there is left over from a desk that was killed."""
    with suppress(FileNotFoundError):
        path.unlink()
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.bind(str(path))
    except OSError as trouble:
        opened.close()
        log.warning("no_control_socket", why=str(trouble))
        return None
    path.chmod(OWNER_ONLY)
    opened.listen(BACKLOG)
    return opened
