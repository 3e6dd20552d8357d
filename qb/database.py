"""A database: opened by URL, and then what queries are handed to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any, Self, get_args

from qb.dialect import Connection, Isolation, find_dialect
from qb.errors import QbError, TransactionError, closest
from qb.executor import Executor
from qb.transaction import Transaction
from qb.typevars import DialectName

ISOLATION_LEVELS = get_args(Isolation)


class Database(Executor[DialectName]):
    """A database that queries are run on, by any number of tasks at once.

        async with Database.connect("sqlite:///music.db") as db:
            rows = await db.fetch_all(select(Album))

    Without a block it is `db = await Database.connect(url)`, and `await db.close()` at the end.
    """

    @classmethod
    def connect(cls, url: str, *, dialect: str | None = None, **options: Any) -> Self:
        """A database for a URL, opened by `await` or `async with`.

        `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` (in memory), `postgresql://user:pw@host/name`:
        the scheme names the dialect, unless `dialect` does. `options` are the driver's.

        Raises QbError when there is no such dialect; opening raises ConnectionFailed or AccessDenied.
        """
        scheme, separator, _ = url.partition("://")
        if not separator:
            raise QbError("a database has a URL: sqlite:///music.db, postgresql://user@host/name")
        return cls(find_dialect(dialect or scheme).driver(url, options))

    async def open(self) -> Self:
        """Connect."""
        await self._driver.open()
        return self

    async def close(self) -> None:
        """Wait for what is still running, and close all connections."""
        await self._driver.close()

    def __await__(self) -> Generator[Any, None, Self]:
        return self.open().__await__()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None) -> AsyncIterator[Transaction[DialectName]]:
        """A transaction: committed when the block ends, rolled back when an exception or cancellation leaves it.

            async with db.transaction(isolation="serializable") as tx:
                await tx.execute(…)

        `isolation` is PostgreSQL's (by default the server's setting); SQLite's transactions are always
        serializable. Raises TransactionError when it is none of the levels.
        """
        if isolation is not None and isolation not in ISOLATION_LEVELS:
            raise TransactionError(f"no isolation level {isolation!r}{closest(isolation, ISOLATION_LEVELS)}")
        async with self._connection() as connection:
            begin: Transaction[DialectName] = Transaction(self._driver, connection)
            async with begin.lasting(lambda: connection.begin(isolation), connection.commit, connection.rollback) as tx:
                yield tx

    def _atomic(self) -> AbstractAsyncContextManager[Executor[DialectName]]:
        return self.transaction()

    def _connection(self) -> AbstractAsyncContextManager[Connection]:
        return self._driver.acquire()

    def __repr__(self) -> str:
        return f"<Database {self.dialect.name}>"
