"""The one room where SQL differs between databases; everything else is SQLAlchemy Core that both understand."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import Connection, Insert, Update, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import SyntaxExtension
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.util.concurrency import await_

from storage.errors import TooOld

Raw = dict[str, Any]
"""The values of one row by the names that the statement gives them."""

OLDEST_SQLITE = (3, 35, 0)
"""The first that has RETURNING."""

BUSY_TIMEOUT_MS = 5000
READERS = 3
CACHE_KIB = 16_384
WAL_KEPT_BYTES = 64 * 1024 * 1024

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


_PASSING = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)


# --- what the statements need ----------------------------------------------------------------------------------------


class _OrIgnore(SyntaxExtension, ClauseElement):
    """A row whose key is there already is passed over."""

    inherit_cache = True
    _traverse_internals = []  # noqa: RUF012  # SQLAlchemy's way of saying that there is nothing inside

    def apply_to_insert(self, insert_stmt: Insert) -> None:
        insert_stmt.apply_syntax_extension_point(lambda _: [self], "post_values")


@compiles(_OrIgnore)
def _or_ignore(element: _OrIgnore, compiler: object, **_: object) -> str:
    return "ON CONFLICT DO NOTHING"


def or_ignore(statement: Insert) -> Insert:
    """The insert, passing over rows whose key is there already."""
    return statement.ext(_OrIgnore())


class Many:
    """A statement that is run for many rows, compiled once for each database.

    SQLAlchemy would go through every value of every row before the driver does; that cost more than SQLite's part. The
    types here are such that there is nothing to do to a value."""

    def __init__(self, statement: Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, dict[str, Any], Callable[[Raw], Any]]] = {}

    async def run(self, connection: AsyncConnection, rows: Sequence[Raw]) -> None:
        """Nothing for no rows. All rows have the same keys."""
        if not rows:
            return
        known = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect, list(rows[0]))
        text, fixed, in_order = known
        await connection.exec_driver_sql(text, [in_order(fixed | row) for row in rows])

    def _compile(self, dialect: Dialect, keys: list[str]) -> tuple[str, dict[str, Any], Callable[[Raw], Any]]:
        of_values = keys if isinstance(self._statement, Insert) else None
        compiled = self._statement.compile(dialect=dialect, column_keys=of_values)
        names = [str(name) for name in compiled.positiontup or ()]
        fixed = {name: value for name, value in compiled.params.items() if name not in keys}
        self._compiled[dialect.name] = known = str(compiled), fixed, _tuple_of(names)
        return known


def _tuple_of(names: list[str]) -> Callable[[Raw], Any]:
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


# --- SQLite: one hop to the thread of the connection for each statement ----------------------------------------------


class _OneHopCursor(AsyncAdapt_aiosqlite_cursor):
    """Makes, runs, reads and closes the driver's cursor in one visit to the connection's thread.

    SQLAlchemy's own adapter goes there four times for a query, and every visit costs more than the query."""

    __slots__ = ("_description", "_lastrowid", "_rowcount")

    def __init__(self, adapted: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapted
        self._connection = adapted._connection
        self._rows: deque[Any] = deque()
        self._description: Any = None
        self._rowcount = -1
        self._lastrowid: int | None = None

    @property
    def description(self) -> Any:
        return self._description

    @property
    def rowcount(self) -> int:
        return self._rowcount

    @property
    def lastrowid(self) -> Any:
        return self._lastrowid

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        def run(connection: sqlite3.Connection) -> tuple[Any, Sequence[Any], int, int | None]:
            cursor = connection.execute(operation, parameters or ())
            rows = cursor.fetchall() if cursor.description else ()
            found = cursor.description, rows, cursor.rowcount, cursor.lastrowid
            cursor.close()
            return found

        driver: Any = self._connection
        self._description, rows, self._rowcount, self._lastrowid = await driver._execute(run, driver._conn)
        self._rows.extend(rows)

    async def _executemany_async(self, operation: Any, parameters: Any) -> None:
        def run(connection: sqlite3.Connection) -> int:
            cursor = connection.executemany(operation, parameters)
            count = cursor.rowcount
            cursor.close()
            return count

        driver: Any = self._connection
        self._rowcount = await driver._execute(run, driver._conn)

    async def _async_soft_close(self) -> None:
        """Everything is here already."""

    def close(self) -> None:
        self._rows.clear()


class _OneHopConnection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()

    _cursor_cls: Any = _OneHopCursor

    def rollback(self) -> None:
        """Nothing to do, and no visit, when no transaction is open."""
        driver: Any = self._connection
        if driver._connection is not None and driver.in_transaction:
            super().rollback()


def _connect(dialect: Dialect, _record: object, args: Sequence[Any], settings: dict[str, Any]) -> _OneHopConnection:
    made = aiosqlite.connect(*args, **settings)
    made._thread.daemon = True  # a connection that nobody closed must not keep the process from ending
    driver: Any = await_(made)
    return _OneHopConnection(dialect.dbapi, driver)


# --- engines ---------------------------------------------------------------------------------------------------------


def writing_engine(url: str) -> AsyncEngine:
    """An engine with one connection, on which a transaction has the right to write from its first moment."""
    if not _is_sqlite(url):
        return create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
    return _sqlite_engine(url, 1, (), "BEGIN IMMEDIATE")


def reading_engine(url: str) -> AsyncEngine:
    """An engine with a few connections that can only read. On SQLite a statement outside `snapshot` sees what is
    committed at that moment and needs no transaction."""
    if not _is_sqlite(url):
        return create_async_engine(url, pool_size=READERS, max_overflow=0, hide_parameters=True)
    return _sqlite_engine(url, READERS, ("PRAGMA query_only = ON",), None)


async def snapshot(connection: AsyncConnection) -> None:
    """What this connection reads from now on, until it is given back, is of one moment."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN")
    else:
        await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def check_version() -> None:
    """Raises TooOld when the SQLite of this Python cannot do what the statements ask for."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise TooOld(sqlite3.sqlite_version, ".".join(map(str, OLDEST_SQLITE)))


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _sqlite_engine(url: str, connections: int, pragmas: Sequence[str], begin: str | None) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # they are people's words, and an error's text may reach a log
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": 256},
    )

    def prepare(connection: _OneHopConnection, _record: object) -> None:
        for pragma in (*_SQLITE_PRAGMAS, *pragmas):
            connection.execute(pragma)

    def begun(connection: Connection) -> None:
        if begin is not None:
            connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begun)
    return engine


# --- the file --------------------------------------------------------------------------------------------------------


async def damage(connection: AsyncConnection) -> str | None:
    """What SQLite says is wrong with the file; None when it holds together, or is not a file."""
    if connection.dialect.name != "sqlite":
        return None
    try:
        found = (await connection.exec_driver_sql("PRAGMA quick_check(3)")).scalars().all()
    except DBAPIError as error:
        return str(error.orig)
    return None if found == ["ok"] else "; ".join(map(str, found))


async def copy_to(connection: AsyncConnection, copy: Path) -> None:
    """A whole and consistent copy of the database stands in the empty file `copy`."""
    await connection.exec_driver_sql("PRAGMA query_only = OFF")  # or SQLite would not write the copy either
    try:
        await connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
    finally:
        await connection.exec_driver_sql("PRAGMA query_only = ON")


def is_damage(error: DBAPIError) -> bool:
    """Whether the file turned out not to be a whole database."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_passing(error: DBAPIError) -> bool:
    """Whether the database could not write just now and may be able to later: full, locked, or failing to write."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _PASSING
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return state[:2] in {"53", "40", "08"} or state == "55P03"


# --- what the migrations need ----------------------------------------------------------------------------------------


def forbid_changes(connection: Connection, table: str) -> None:
    """Rows of `table` can be added and read; changing or removing one is an error of the database itself."""
    if connection.dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    connection.exec_driver_sql(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )
