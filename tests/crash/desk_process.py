"""The real desk as a process that can be killed: by its own command, or forked from one that has done the imports.

Importing costs more than a second of CPU, and a kill loop starts the desk hundreds of times. So `Nursery` is a process
that has imported what `deskbell run` imports and has read the classifier's model, and nothing else; each child calls
the same `main` with the same arguments and environment as the command. Nothing else differs from a cold start, and the
tests of the fail-points can do both."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import select
import signal
import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import NoReturn, Protocol

import httpx

ROOT = Path(__file__).resolve().parents[2]
KEY = "a key for the crash tests"
READY_WITHIN_S = 60.0
GONE_WITHIN_S = 30.0

Env = dict[str, str]


class Launcher(Protocol):
    """A way to start `deskbell run` in a folder."""

    async def launch(self, folder: Path, env: Env) -> Life:
        """The process is there; it need not be ready."""


@dataclass(frozen=True, slots=True)
class Life:
    """One process of the desk. `ended` becomes its exit code, negative when a signal ended it."""

    pid: int
    ended: asyncio.Future[int]


class Command:
    """`deskbell run`, as anybody would start it."""

    async def launch(self, folder: Path, env: Env) -> Life:
        with (folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=folder,
                env=env | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        return Life(process.pid, asyncio.ensure_future(process.wait()))


class Nursery:
    """Forks desks, one after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.desk_process"],
            cwd=ROOT,
            env=_surroundings(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ask({})

    async def launch(self, folder: Path, env: Env) -> Life:
        started = await asyncio.to_thread(self._ask, {"folder": str(folder), "env": env})
        return Life(started, asyncio.ensure_future(asyncio.to_thread(self._hear)))

    def close(self) -> None:
        """No desk of it lives any more."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def _ask(self, what: dict[str, object]) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@dataclass(slots=True)
class Desk:
    """A desk on a lasting database, with its port and its key: started, killed, started again."""

    launcher: Launcher
    folder: Path
    out: str
    patience_s: float
    port: int = field(default_factory=lambda: _free_port())
    life: Life | None = None
    lives: int = 0
    is_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "desk.db"

    @property
    def log(self) -> str:
        """Everything that any life has logged."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    async def start(self, fail_point: str = "") -> None:
        """The process is there; `until_ready` waits for more."""
        if self.life is not None and not self.life.ended.done():
            raise RuntimeError("it lives")
        self.lives += 1
        self.life = await self.launcher.launch(self.folder, self._env(fail_point))

    async def until_ready(self) -> bool:
        """Whether it answers; False when it died before."""
        life = self._living()
        async with visitor(self.url, patience_s=2.0) as web:
            async with asyncio.timeout(READY_WITHIN_S):
                while not life.ended.done():
                    if await _is_healthy(web):
                        self.is_up.set()
                        return True
                    await asyncio.wait({life.ended}, timeout=0.02)
        return False

    async def kill(self) -> None:
        """kill -9, whatever it is doing."""
        life = self._living()
        if not life.ended.done():
            os.kill(life.pid, signal.SIGKILL)
        await self.gone()

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        os.kill(self._living().pid, signal.SIGTERM)
        return await self.gone()

    async def gone(self) -> int:
        """Its exit code, when it has ended by itself or by a signal."""
        async with asyncio.timeout(GONE_WITHIN_S):
            code = await asyncio.shield(self._living().ended)
        self.is_up.clear()
        return code

    async def close(self) -> None:
        """It does not live any more."""
        if self.life is not None and not self.life.ended.done():
            await self.kill()

    def _living(self) -> Life:
        if self.life is None:
            raise RuntimeError("it was never started")
        return self.life

    def _env(self, fail_point: str) -> Env:
        return _surroundings() | {
            "DESKBELL_DATABASE": str(self.database),
            "DESKBELL_RULES": str(self.folder / "rules"),
            "DESKBELL_LOCAL_PORT": str(self.port),
            "DESKBELL_LOCAL_KEY": KEY,
            "DESKBELL_LOCAL_OUT": self.out,
            "DESKBELL_LOCAL_PATIENCE_S": str(self.patience_s),
            "DESKBELL_SWEEP_S": "0.5",
            "DESKBELL_LOG_LEVEL": "info",
            "DESKBELL_LOG_FORMAT": "json",
            "DESKBELL_FAILPOINT": fail_point,
        }


def visitor(url: str, *, patience_s: float) -> httpx.AsyncClient:
    """Somebody who has the key. The context holds no certificates: reading them takes longer than a start."""
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=patience_s,
        trust_env=False,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


def _free_port() -> int:
    """A port that the system gives to no outgoing connection, so that it is still free after a kill."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port


async def _is_healthy(web: httpx.AsyncClient) -> bool:
    try:
        return (await web.get("/health")).status_code in (200, 503)  # it answers; how it feels is another question
    except httpx.TransportError:
        return False


def _surroundings() -> Env:
    """The environment without any setting of a desk that may be configured here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DESKBELL_")}


# --- the nursery's own process ---------------------------------------------------------------------------------------


def _nurse() -> None:
    """Reads what to start from the standard input, one line each, and writes the process id and then the exit code.
    When the input ends, so does the desk."""
    _import_everything()
    gc.freeze()
    print(0, flush=True)
    ears, mouth = os.pipe()
    os.set_blocking(mouth, False)
    signal.set_wakeup_fd(mouth)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    sys.stdin.readline()
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            os.close(ears)
            os.close(mouth)
            _be_a_desk(Path(asked["folder"]), asked["env"])
        print(child, flush=True)
        print(_outlived(child, ears), flush=True)


WANTED = (
    "alembic.command",
    "alembic.config",
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.date",
    "apscheduler.triggers.interval",
    "bot.cli",
    "bot.platforms.local.far_wire",
    "bot.running",
    "httpcore",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""What the command imports sooner or later, most of it by way of `bot.running`."""


def _import_everything() -> None:
    for name in WANTED:
        import_module(name)
    import_module("bot.classifier").classify("the model is read from its file once")


def _be_a_desk(folder: Path, env: Env) -> NoReturn:
    from bot.cli import main

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    sys.argv = ["deskbell", "run"]
    main()
    raise SystemExit(0)


def _outlived(child: int, ears: int) -> int:
    """The exit code of the child. When nobody asks us any more it is killed."""
    while True:
        heard, _, _ = select.select([ears, sys.stdin.fileno()], [], [])
        if ears in heard:
            os.read(ears, 4096)
        else:  # nothing is asked while a desk lives, so this is the end of the input
            os.kill(child, signal.SIGKILL)
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    _nurse()
