"""PostgreSQL through asyncpg: a pool, prepared statements, and no round trip that nobody asked for."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

import asyncpg

from dialects.postgres.connection import PostgresConnection, milliseconds
from dialects.postgres.errors import FAILURES, translate
from dialects.postgres.notifications import Listener
from dialects.postgres.pgbouncer import OPTIONS as PGBOUNCER_OPTIONS
from dialects.postgres.pgbouncer import PgBouncerConnection
from dialects.postgres.pool import AnyConnection, Lease, Pool
from dialects.postgres.replicas import ReadingLease, Replica, Replicas, WritingLease
from dialects.postgres.traces import traces
from qb.columns import Column
from qb.dialect import Connection, Dialect, Driver, PoolStatus
from qb.errors import DatabaseClosed, QbError, UnsupportedError
from qb.queries import Query
from qb.running.ambient import CURRENT
from qb.running.joining import Joined
from qb.running.tasks import finish
from qb.statements.sources import column_node
from qb.tables import Table, definition_of

if TYPE_CHECKING:
    from qb import Database

CopyFormat = Literal["csv", "text", "binary"]
Source = str | os.PathLike[str] | IO[bytes] | bytes | AsyncIterable[bytes]
Target = str | os.PathLike[str] | IO[bytes] | Callable[[bytes], Awaitable[None]]


class CopyOptions(TypedDict, total=False):
    """How a file is written, in PostgreSQL's words."""

    header: bool
    delimiter: str
    null: str
    quote: str
    escape: str
    encoding: str


SETTINGS = {"TimeZone": "UTC", "standard_conforming_strings": "on"}
"""Of every session; the latter says that a backslash in a literal is no escape."""


class PostgresDriver(Driver[Literal["postgres"]]):
    """`postgresql://user:password@host:port/name`.

    The pool keeps `min_size` (1) to `max_size` (10) connections. Who needs one when all are in use waits up to
    `pool_timeout` seconds (30), then TimeoutExceeded is raised. Connections that nobody used for `max_idle` seconds
    (300), and free ones older than `max_lifetime` (3600), are closed; 0 keeps them.

    `statement_timeout`, `lock_timeout` and `idle_in_transaction_timeout` are seconds after which the server ends a
    statement, a wait for a lock, a session whose transaction does nothing; `command_timeout` is for how many seconds a
    statement may take, seen from here. `server_settings` are PostgreSQL's, for every session. Other options are those
    of `asyncpg.connect`: `ssl`, `timeout`, `statement_cache_size`, …

    `replicas` are the URLs of servers that follow this one. Reads outside of transactions, and transactions that are
    `read_only`, go to one that is at most `max_lag` seconds (10) behind and has all that the task has written.

    `pgbouncer=True` is for a PgBouncer that pools transactions: statements are prepared anew each time, and what would
    change a session is refused.

    Sessions are in UTC, so that dates taken from moments are the same everywhere.
    """

    has_timeouts = True
    loads_from = 200
    checks = frozenset({"boolean", "text"})

    def __init__(
        self,
        dialect: Dialect,
        url: str,
        *,
        min_size: int = 1,
        max_size: int = 10,
        pool_timeout: float = 30.0,
        max_idle: float = 300.0,
        max_lifetime: float = 3600.0,
        statement_timeout: float | None = None,
        lock_timeout: float | None = None,
        idle_in_transaction_timeout: float | None = None,
        pgbouncer: bool = False,
        replicas: Sequence[str] = (),
        max_lag: float = 10.0,
        server_settings: Mapping[str, str] | None = None,
        **options: Any,  # asyncpg checks them
    ) -> None:
        self.dialect = dialect
        self._url = url
        timeouts = {
            "statement_timeout": statement_timeout,
            "lock_timeout": lock_timeout,
            "idle_in_transaction_session_timeout": idle_in_transaction_timeout,
        }
        given = {name: str(milliseconds(seconds)) for name, seconds in timeouts.items() if seconds is not None}
        if pgbouncer and given:
            raise QbError(
                f"PgBouncer gives no session its own {', '.join(given)}: say `ALTER ROLE … SET {next(iter(given))} "
                f"= …`, or db.transaction(statement_timeout=…, lock_timeout=…)"
            )
        self._cls = PgBouncerConnection if pgbouncer else PostgresConnection
        if pgbouncer:
            options = {**PGBOUNCER_OPTIONS, **options}
        self._options = {**options, "server_settings": {**SETTINGS, **given, **(server_settings or {})}}
        self._size = (min_size, max_size)
        self._limits = (pool_timeout, max_idle, max_lifetime)
        if max_lag <= 0:
            raise QbError(f"max_lag={max_lag}: a replica is always some time behind")
        self._replica_urls = tuple(replicas)
        self._max_lag = max_lag
        self._replicas: Replicas | None = None
        self._pool: Pool | None = None
        self._any: AnyConnection | None = None
        """For single calls, where all connections are alike."""

    @classmethod
    def of(cls, db: Database[Any]) -> Self:
        """The driver of a database, for type checkers: `PostgresDriver.of(db).pool.size`. Raises QbError when it is
        another one's.
        """
        if not isinstance(db.driver, cls):
            raise QbError(f"this is a database of {db.dialect.name}, not of PostgreSQL")
        return db.driver

    async def open(self) -> None:
        if self._pool is not None:
            return
        pool = Pool(partial(self._connect, self._url), self._size, *self._limits)
        await pool.open()
        self._pool = pool
        if not self._replica_urls:
            self._any = AnyConnection(pool)
        else:
            self._replicas = Replicas(
                partial(self._raw, self._url), [self._replica(url) for url in self._replica_urls], self._max_lag
            )
            self._replicas.start()

    async def close(self) -> None:
        pool, self._pool, self._any = self._pool, None, None
        replicas, self._replicas = self._replicas, None
        if replicas is not None:
            await finish(replicas.close())
        if pool is not None:
            await finish(pool.close())

    def check_open(self) -> None:
        if self._pool is None:
            raise DatabaseClosed("the database is not open")

    def pool_status(self) -> PoolStatus | None:
        pool = self._pool
        return None if pool is None else PoolStatus(pool.size, pool.size - pool.free, pool.waiting)

    @property
    def pool(self) -> Pool:
        """The connections. Raises DatabaseClosed when there are none."""
        if self._pool is None:
            raise DatabaseClosed("the database is not open")
        return self._pool

    def acquire(self, reads: bool = False) -> Lease | ReadingLease | WritingLease:
        if self._pool is None:
            raise DatabaseClosed("the database is not open")
        replicas = self._replicas
        if replicas is None:
            return self._pool.lease()
        if not reads:
            return WritingLease(self._pool.lease(), replicas)
        replica = replicas.choose()
        return self._pool.lease() if replica is None else ReadingLease(replica, replicas, self._pool)

    def at_once(self, reads: bool) -> Connection | None:
        return self._any

    @property
    def reads_lag(self) -> bool:  # type: ignore[override]  # nobody assigns it
        return self._replicas is not None

    def reads_only(self, sql: str) -> bool:
        return self._replicas is not None and traces(sql).reads_only and not self._replicas.writes(sql)

    # What only PostgreSQL has. Inside of a transaction on this database, it belongs to that.

    async def copy_in(
        self,
        table: type[Table],
        source: Source,
        *columns: Column[Any, Any, Any],
        format: CopyFormat = "csv",  # noqa: A002  # PostgreSQL's word
        **options: Unpack[CopyOptions],
    ) -> int:
        """Insert the rows of a file by COPY: how many there were. `source` is a path, a file that is open for bytes,
        bytes, or an async iterable of them.

            await PostgresDriver.of(db).copy_in(Album, "albums.csv", Album.artist_id, Album.title, header=True)

        The file has these columns in this order; without any, all that the table declares.
        """
        definition = definition_of(table)
        wanted = columns or [c for c in definition.columns.values() if c.declaration.computed is None]
        names = [column_node(column).name for column in wanted]
        async with self._joined() as connection:
            return await raw_of(connection).copy_in(definition.source, names, source, {"format": format, **options})

    async def copy_out(
        self,
        query: Query[Any],
        to: Target,
        *,
        format: CopyFormat = "csv",  # noqa: A002  # PostgreSQL's word
        **options: Unpack[CopyOptions],
    ) -> int:
        """Write the rows of a query by COPY, as PostgreSQL writes them: how many there were. `to` is a path, a file
        that is open for bytes, or a coroutine function that takes them.

            await PostgresDriver.of(db).copy_out(select(Album).where(Album.plays > 0), "albums.csv", header=True)
        """
        sql, parameters = query.compile(self.dialect)
        async with self._joined() as connection:
            return await raw_of(connection).copy_out(sql, parameters, to, {"format": format, **options})

    def listen(self, *channels: str, size: int = 1000, heartbeat: float = 30.0) -> Listener:
        """What is said on some channels, with a connection of its own:

            async with PostgresDriver.of(db).listen("albums") as heard:
                async for what in heard:
                    if isinstance(what, Gap):
                        ...  # something was missed: look at the tables
                    else:
                        print(what.channel, what.payload)

        A connection that is lost is made again, and what was missed is told by a Gap; so it is when more than `size`
        notifications wait to be read. Every `heartbeat` seconds the server is asked whether it is there.
        """
        if self._cls is PgBouncerConnection:
            raise UnsupportedError("PgBouncer passes on no notifications: listen on a connection to PostgreSQL itself")
        if not channels or size < 1 or heartbeat <= 0:
            raise QbError("listen() takes one channel or more, a size of at least 1 and a heartbeat in seconds")
        return Listener(partial(self._raw, self._url), channels, size, heartbeat)

    async def notify(self, channel: str, payload: str = "") -> None:
        """Tell all who listen on a channel; in a transaction, when that is committed, and once for equal ones."""
        async with self._joined() as connection:
            await connection.execute("SELECT pg_notify($1, $2)", (channel, payload))

    def _joined(self) -> AbstractAsyncContextManager[Connection]:
        """A connection: that of the transaction around the code that runs, if there is one."""
        transaction = CURRENT.get()
        while transaction is not None and transaction._engine.driver is not self:
            transaction = transaction._around
        return self.acquire() if transaction is None else Joined(transaction._engine, False, True)

    def _replica(self, url: str) -> Replica:
        pool = Pool(partial(self._connect, url), (0, self._size[1]), *self._limits)
        return Replica(pool, partial(self._raw, url))

    async def _connect(self, url: str) -> PostgresConnection:
        return self._cls(await self._raw(url))

    async def _raw(self, url: str) -> asyncpg.Connection:
        try:
            return await asyncpg.connect(url, **self._options)
        except FAILURES as error:
            raise translate(error, None) from error
        except TypeError as error:
            raise QbError(f"an option that neither qb nor asyncpg.connect() has: {error}") from error


def raw_of(connection: Connection) -> PostgresConnection:
    """The connection itself, whoever watches it."""
    while not isinstance(connection, PostgresConnection):
        connection = connection.inner  # type: ignore[attr-defined]  # an observed one
    return connection
