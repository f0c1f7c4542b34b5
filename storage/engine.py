"""Opening the database: one desk at a time, nothing readable by others, and every commit on the disk."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.services import failpoint
from bot.services.ports import NotSaved
from storage import codec, dialect, history, migrations, schema
from storage.errors import AlreadyOpen, Damaged, NewerSchema, NoDatabase, OlderSchema, Unreachable
from storage.history import Verdict
from storage.reads import SqlReads
from storage.transcript import Door, SqlTranscript
from storage.unit_of_work import SqlUnit

AFTER_LOCK = failpoint.declare("store.after_lock")
BEFORE_MIGRATION = failpoint.declare("store.before_migration")
MIGRATED = failpoint.declare("store.migrated")
AFTER_MIGRATION = failpoint.declare("store.after_migration")
RAISED = failpoint.declare("store.epoch_raised")
AFTER_EPOCH = failpoint.declare("store.after_epoch")

OWNER_ONLY = 0o600


async def open_store(where: Path | str, *, now: datetime) -> SqlStore:
    """The database at a path or an SQLAlchemy URL, made or migrated if need be, opened for writing.

    From now on every instance that had it open before is fenced. Raises StorageError."""
    url, file = _place(where)
    async with AsyncExitStack() as undo:
        with _reachable(where):
            if file is not None:
                undo.callback(_take_lock(file).release)
                failpoint.hit(AFTER_LOCK)
                _make(file)
            reading = dialect.reading_engine(url)
            undo.push_async_callback(reading.dispose)
            found = await _inspect(reading, where)
            if found not in (None, migrations.NEWEST) and file is not None:
                await _keep_copy(reading, file, found)
            writing = dialect.writing_engine(url)
            undo.push_async_callback(writing.dispose)
            writer = await writing.connect()
            undo.push_async_callback(writer.close)
            if found != migrations.NEWEST:
                failpoint.hit(BEFORE_MIGRATION)
                async with writer.begin():
                    await writer.run_sync(migrations.upgrade)
                    failpoint.hit(MIGRATED)
                failpoint.hit(AFTER_MIGRATION)
            async with writer.begin():
                epoch = await _raise_epoch(writer, now)
                failpoint.hit(RAISED)
            failpoint.hit(AFTER_EPOCH)
        return SqlStore(writer, reading, epoch, undo.pop_all())


async def open_to_read(where: Path | str) -> SqlReading:
    """The database as it is, beside whoever has it open, and without changing it. Raises StorageError."""
    url, file = _place(where)
    if file is not None and not file.exists():
        raise NoDatabase(str(file))
    async with AsyncExitStack() as undo:
        with _reachable(where):
            reading = dialect.reading_engine(url)
            undo.push_async_callback(reading.dispose)
            found = await _inspect(reading, where)
        if found != migrations.NEWEST:
            raise OlderSchema(_name(where), found or "", migrations.NEWEST)
        return SqlReading(reading, undo.pop_all())


class SqlReading:
    """A database that is only read."""

    def __init__(self, reading: AsyncEngine, undo: AsyncExitStack) -> None:
        self._reading = reading
        self._undo = undo
        self._reads = SqlReads(reading)

    @property
    def reads(self) -> SqlReads:
        return self._reads

    async def verify_history(self) -> Verdict:
        """Whether the history is whole, and where it is broken first."""
        async with self._reading.connect() as connection:
            await dialect.snapshot(connection)
            return await history.verify(connection)

    async def close(self) -> None:
        await self._undo.aclose()


class SqlStore(SqlReading):
    """`bot.services.ports.Store`."""

    def __init__(self, writer: AsyncConnection, reading: AsyncEngine, epoch: int, undo: AsyncExitStack) -> None:
        super().__init__(reading, undo)
        self.epoch = epoch
        self._writer = writer
        self._turn = asyncio.Lock()

    def transcript(self, door: Door) -> SqlTranscript:
        """The local chat's messages; `door` is whoever opens the transactions, such as `Desk.chore`."""
        return SqlTranscript(door, self._reading)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlUnit]:
        """Raises Fenced, and NotSaved when the database cannot write just now. Whatever raises, even a cancellation in
        the middle of a statement, leaves nothing behind, and the next transaction finds a good connection."""
        async with self._turn:
            try:
                async with self._writer.begin():
                    unit = await SqlUnit.begin(self._writer, self.epoch)
                    yield unit
                    await unit.finish()
            except DBAPIError as error:
                if dialect.is_passing(error):
                    raise NotSaved(str(error.orig)) from error
                raise


class _Lock:
    """A lock on a file beside the database; the system lets it go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)

    def take(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._handle, 32).decode(errors="replace").strip()
            os.close(self._handle)
            raise AlreadyOpen(self.path, holder) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def _take_lock(file: Path) -> _Lock:
    file.parent.mkdir(mode=OWNER_ONLY | stat.S_IXUSR, parents=True, exist_ok=True)
    lock = _Lock(file.with_name(f"{file.name}.lock"))
    lock.take()
    return lock


def _make(file: Path) -> None:
    """The file is there and only its owner can read it; SQLite gives its log the same mode."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    os.fchmod(handle, OWNER_ONLY)
    os.close(handle)


def _place(where: Path | str) -> tuple[str, Path | None]:
    """The URL, and the file when it is SQLite's. Raises TooOld."""
    if isinstance(where, str) and "://" in where:
        url = make_url(where)
        if url.get_backend_name() != "sqlite" or not url.database:
            return where, None
        where = url.database
    dialect.check_version()
    file = Path(where).resolve()  # two names of one file must not have two locks
    return dialect.sqlite_url(file), file


def _name(where: Path | str) -> str:
    if isinstance(where, str) and "://" in where:
        return make_url(where).render_as_string(hide_password=True)
    return str(where)


@contextmanager
def _reachable(where: Path | str) -> Iterator[None]:
    """What the system or the driver says no to while opening is said in our words."""
    try:
        yield
    except OSError as error:
        raise Unreachable(_name(where), error.strerror or str(error)) from error
    except DBAPIError as error:
        kind = Damaged if dialect.is_damage(error) else Unreachable
        raise kind(_name(where), str(error.orig)) from error


async def _inspect(reading: AsyncEngine, where: Path | str) -> str | None:
    """The step of the schema. Raises Damaged and NewerSchema."""
    async with reading.connect() as connection:
        report = await dialect.damage(connection)
        if report is not None:
            raise Damaged(_name(where), report)
        found = await migrations.stamp(connection)
    if found is not None and found not in migrations.REVISIONS:
        raise NewerSchema(_name(where), found, migrations.NEWEST)
    return found


async def _keep_copy(reading: AsyncEngine, file: Path, found: str | None) -> None:
    """A copy of the database as it was before the migration stands beside it."""
    copy = file.with_name(f"{file.name}.before-{migrations.NEWEST}-from-{found}")
    copy.unlink(missing_ok=True)
    _make(copy)
    async with reading.connect() as connection:
        await dialect.copy_to(connection, copy)


async def _raise_epoch(writer: AsyncConnection, now: datetime) -> int:
    one = schema.instance.c
    await writer.execute(
        update(schema.instance).where(one.id == schema.THE_ONE).values(epoch=one.epoch + 1, opened_at=codec.to_ms(now))
    )
    epoch: int = (await writer.execute(select(one.epoch))).scalar_one()
    return epoch
