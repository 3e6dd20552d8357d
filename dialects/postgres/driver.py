"""PostgreSQL through asyncpg: a pool, prepared statements, and no round trip that nobody asked for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import asyncpg

from dialects.postgres.errors import FAILURES, translate
from qb.dialect import PLAIN, Affected, Characteristics, Connection, Dialect, Driver, Isolation
from qb.errors import DatabaseClosed, TransactionError
from qb.tasks import finish

T = TypeVar("T")

COUNTED = frozenset({"DELETE", "INSERT", "MERGE", "UPDATE"})
"""Commands that change rows; their status ends with how many."""
WITHOUT_TRACE = COUNTED | {"RELEASE", "ROLLBACK", "SAVEPOINT", "SELECT"}
"""Commands that leave the session's settings as they are."""


class PostgresConnection(Connection):
    """A connection of the pool, in the hands of one task or of one transaction."""

    def __init__(self, raw: asyncpg.Connection) -> None:
        self._raw = raw
        self.is_changed = False
        """Whether a statement may have changed the session's settings."""

    async def fetch(
        self, sql: str, parameters: Sequence[object], build: Callable[[Iterable[Sequence[Any]]], list[T]]
    ) -> list[T]:
        return build(await self._call(sql, self._raw.fetch, sql, *parameters))

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        is_one = parameters or (";" not in sql and sql[:1].isalpha())
        status: str = await self._call(sql, self._raw.execute if is_one else self._only, sql, *parameters)
        command, _, rest = status.partition(" ")
        if command not in WITHOUT_TRACE:
            self.is_changed = True
        return Affected(rest.rpartition(" ")[2] if command in COUNTED else 0)

    async def _only(self, sql: str) -> str:
        """Run what may be several statements, which asyncpg would send on when there are no parameters; or none."""
        statement = await self._raw.prepare(sql)
        await statement.fetch()
        return statement.get_statusmsg() or ""

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        if self._raw.is_in_transaction():
            async for portion in self._portions(sql, parameters, size):
                yield portion
            return
        try:  # outside of a transaction, the server keeps no cursor
            await self.begin(PLAIN)
            async for portion in self._portions(sql, parameters, size):
                yield portion
            await finish(self.commit())
        except BaseException:
            await finish(self.rollback())
            raise

    async def _portions(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncIterator[Sequence[Sequence[Any]]]:
        cursor = await self._call(sql, self._raw.cursor, sql, *parameters)
        while rows := await self._call(sql, cursor.fetch, size):
            yield rows

    async def begin(self, characteristics: Characteristics) -> None:
        sql = begin_of(characteristics)
        await self._call(sql, self._raw.execute, sql)

    async def commit(self) -> None:
        if await self._call("COMMIT", self._raw.execute, "COMMIT") == "ROLLBACK":
            raise TransactionError(
                "PostgreSQL has rolled the transaction back, because a statement in it had failed: what may "
                "fail belongs into a nested transaction"
            )

    async def rollback(self) -> None:
        await self._clean(self._raw.execute, "ROLLBACK")  # outside of a transaction it is a warning

    async def reset(self) -> None:
        """Bring the session's settings back to what they were when it was opened."""
        await self._clean(self._raw.reset)

    async def _clean(self, function: Callable[..., Awaitable[object]], *arguments: object) -> None:
        try:
            await function(*arguments)
        except FAILURES:
            with suppress(asyncpg.InterfaceError):  # the pool has seen that it is broken
                self._raw.terminate()

    async def _call(self, sql: str, function: Callable[..., Awaitable[T]], *arguments: object) -> T:
        try:
            return await function(*arguments)
        except FAILURES as error:
            raise translate(error, sql) from error


def begin_of(characteristics: Characteristics) -> str:
    """The statement that begins such a transaction."""
    words = []
    if characteristics.isolation is not None:
        words.append(ISOLATION[characteristics.isolation])
    if characteristics.read_only:
        words.append("READ ONLY")
    if characteristics.deferrable:
        words.append("DEFERRABLE")
    return f"BEGIN {', '.join(words)}" if words else "BEGIN"


ISOLATION: dict[Isolation, str] = {
    "read committed": "ISOLATION LEVEL READ COMMITTED",
    "repeatable read": "ISOLATION LEVEL REPEATABLE READ",
    "serializable": "ISOLATION LEVEL SERIALIZABLE",
}


SETTINGS = {"TimeZone": "UTC", "standard_conforming_strings": "on"}
"""Of every session; the latter says that a backslash in a literal is no escape."""


class PostgresDriver(Driver):
    """`postgresql://user:password@host:port/name`. `options` are those of `asyncpg.create_pool`: `max_size`,
    `ssl`, `command_timeout`, …

    Sessions are in UTC, so that dates taken from moments are the same everywhere.
    """

    def __init__(
        self,
        dialect: Dialect,
        url: str,
        *,
        min_size: int = 1,
        server_settings: dict[str, str] | None = None,
        **options: Any,  # asyncpg checks them
    ) -> None:
        self.dialect = dialect
        self._url = url
        self._options = {
            **options,
            "min_size": min_size,
            "server_settings": {**SETTINGS, **(server_settings or {})},
        }
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        if self._pool is not None:
            return
        try:
            self._pool = await asyncpg.create_pool(self._url, reset=keep, **self._options)
        except FAILURES as error:
            raise translate(error, None) from error

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await finish(pool.close())

    def check_open(self) -> None:
        if self._pool is None:
            raise DatabaseClosed("the database is not open")

    @asynccontextmanager
    async def acquire(self, reads: bool = False) -> AsyncIterator[PostgresConnection]:
        self.check_open()
        pool = self._pool
        assert pool is not None
        try:
            raw = await pool.acquire()
        except FAILURES as error:
            raise translate(error, None) from error
        connection = PostgresConnection(raw)
        try:
            yield connection
        finally:
            try:
                if connection.is_changed:
                    await finish(connection.reset())
            finally:
                await pool.release(raw)


async def keep(raw: asyncpg.Connection) -> None:
    """What the pool does with a connection that comes back: nothing. Its own way is two more statements for
    every query; `reset` does it where it is needed.
    """
