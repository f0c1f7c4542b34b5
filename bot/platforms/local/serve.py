"""The web server of the local chat, on a port that is known before the first request."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import uvicorn
from starlette.applications import Starlette

GRACE_S = 3
BACKLOG = 256


class Closing(Protocol):
    """Something people follow that can come to its end."""

    def close(self) -> None: ...


class Server:
    """Requests are taken from the moment this is made and answered while `run` runs."""

    def __init__(
        self, app: Starlette, street: Closing | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Listening on this port, or on a free one. Raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._street = street
        self._server = QuietServer(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        shown = f"[{host}]" if family is socket.AF_INET6 else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"

    async def run(self) -> None:
        """Answers until `stop` is called."""
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        """Those who follow the street come to their end, and `run` returns within a few seconds."""
        if self._street is not None:
            self._street.close()
        self._server.should_exit = True


class QuietServer(uvicorn.Server):
    """Signals belong to the house."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
