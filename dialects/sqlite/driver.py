"""SQLite through aiosqlite: one connection that writes and several that read, in threads of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dialects.sqlite import user_functions
from dialects.sqlite.backup import Progress, as_bytes, copied, copied_to, from_bytes
from dialects.sqlite.errors import FAILURES, translate
from dialects.sqlite.opening import Location, journal_mode
from dialects.sqlite.pool import Lease, Pool
from dialects.sqlite.routing import is_read
from dialects.sqlite.setups import Setup, Setups
from dialects.sqlite.statements import connected
from dialects.sqlite.thread import Thread
from dialects.sqlite.user_functions import Aggregate
from qb.dialect import Connection, Dialect, Driver, PoolStatus
from qb.errors import DatabaseClosed, QbError
from qb.expressions.user_functions import UserFunction

if TYPE_CHECKING:
    from qb import Database

KNOWN = 2000
"""Of how many statements is remembered whether they only read."""


class SqliteDriver(Driver[Literal["sqlite"]]):
    """`sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` in memory; `sqlite:///x.db?mode=ro` has the
    parameters of SQLite's URIs.

    One connection writes, and up to `readers` others read at the same time, which WAL makes possible. `timeout` is for
    how many seconds a statement waits while another process holds the file's lock, `pool_timeout` for how many while
    other tasks hold the connections. `read_only` opens a file that is only read, `immutable` one that nobody writes.
    `pragmas` are set on every connection: `{"cache_size": -64000, "synchronous": "full"}`.

    `functions`, `aggregates` and `collations` are what `create_function` and its like take, by name.

    A database in memory is one connection for everything.
    """

    loads_from = 20

    def __init__(
        self,
        dialect: Dialect,
        url: str,
        *,
        readers: int = 4,
        pool_timeout: float = 30.0,
        functions: Mapping[str | UserFunction[Any, Any], Callable[..., Any]] | None = None,
        aggregates: Mapping[str | UserFunction[Any, Any], type[Aggregate]] | None = None,
        collations: Mapping[str, Callable[[str, str], int]] | None = None,
        **options: Any,  # those of Location
    ) -> None:
        if readers < 0:
            raise ValueError(f"readers={readers}: it is a number of connections")
        self.dialect = dialect
        self.location = Location(url, **options)
        self._registered: list[Setup] = []
        """Functions and the like, which it keeps when it is closed and opened again."""
        self._setups = Setups()
        self._reader_count = 0 if self.location.is_memory else readers
        self._pool_timeout = pool_timeout
        self._opening = asyncio.Lock()
        self._writer: Pool | None = None
        self._readers: Pool | None = None
        self._is_closing = False
        self._reads: dict[str, bool] = {}
        self._left: list[tuple[Pool, Pool | None]] = []
        """Connections of another process, which this one must not close, or of an event loop that is gone."""
        for name, call in (functions or {}).items():
            self.create_function(name, call)
        for name, cls in (aggregates or {}).items():
            self.create_aggregate(name, cls)
        for name, compare in (collations or {}).items():
            self.create_collation(name, compare)

    # Its life

    async def open(self) -> None:
        async with self._opening:
            if self._writer is not None:
                if not self._is_abandoned():
                    self._check_loop()
                    return
                self._left.append((self._writer, self._readers))
            self._reads.clear()
            self._setups = Setups()
            for setup in self._registered:
                self._setups.add(setup)
            writer = Pool(1, lambda: self._thread(False), self._pool_timeout, "SQLite's only connection that writes")
            try:
                mode = await writer.call(lambda thread: journal_mode(thread.raw))
            except BaseException as error:
                await writer.close()
                if isinstance(error, FAILURES):
                    raise self.location.explained(error) from error
                raise
            self._loop, self._process = asyncio.get_running_loop(), os.getpid()
            count = self._reader_count if mode == "wal" or self.location.is_read_only else 0
            what = f"all {count} connections that read from SQLite" if count > 1 else "the only reader of SQLite"
            self._readers = Pool(count, lambda: self._thread(True), self._pool_timeout, what) if count else None
            self._writer = writer

    async def close(self) -> None:
        if self._writer is None or self._is_closing:
            return
        self._check_loop()
        self._is_closing = True
        try:
            if self._readers is not None:
                await self._readers.close()
            await self._writer.close()
            self._writer = self._readers = None
        except FAILURES as error:
            raise translate(error, None) from error
        finally:
            self._is_closing = False

    def check_open(self) -> None:
        if self._writer is None or self._is_closing:
            raise DatabaseClosed("the database is not open")
        self._check_loop()

    def _check_loop(self) -> None:
        if asyncio.get_running_loop() is not self._loop:
            where = "event loop" if os.getpid() == self._process else "process"
            raise DatabaseClosed(f"the database was opened in another {where}: open one in each")

    def _is_abandoned(self) -> bool:
        """Whether it was opened where nobody can use or close it any more."""
        return os.getpid() != self._process or self._loop.is_closed()

    def _thread(self, is_reader: bool) -> Thread:
        location = self.location
        return Thread(lambda: location.connect(is_reader), self._setups, location.timeout, is_reader)

    # Its connections

    def acquire(self, reads: bool = False) -> AbstractAsyncContextManager[Connection]:
        return Lease(self._pool(reads))

    def borrow(self, reads: bool = False) -> AbstractAsyncContextManager[Connection]:
        return self._pool(reads).shared

    def at_once(self, reads: bool) -> Connection:
        return self._pool(reads).shared.connection

    def _pool(self, reads: bool) -> Pool:
        pool = self._writer
        if reads and self._readers is not None and not self._setups.has_private:
            pool = self._readers
        if pool is None or self._is_closing or asyncio.get_running_loop() is not self._loop:
            self.check_open()
        assert pool is not None
        return pool

    def reads_only(self, sql: str) -> bool:
        if self._readers is None or self._setups.has_private:
            return False
        found = self._reads.get(sql)
        if found is None:
            if len(self._reads) >= KNOWN:
                self._reads.clear()
            found = self._reads[sql] = is_read(sql)
        return found

    def pool_status(self) -> PoolStatus:
        threads = [thread for pool in (self._writer, self._readers) if pool is not None for thread in pool.threads]
        return PoolStatus(
            size=len(threads),
            in_use=sum(thread.holder is not None or thread.load > 0 for thread in threads),
            waiting=sum(len(pool.waiting) for pool in (self._writer, self._readers) if pool is not None),
        )

    # What only SQLite has

    def create_function(
        self, name: str | UserFunction[Any, Any], call: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        """Let SQL call a function of Python, on every connection from its next statement on.

            reverse = function("reverse", col.text(), returns=col.text())
            SqliteDriver.of(db).create_function(reverse, lambda text: text[::-1], deterministic=True)
            await db.fetch_all(select(reverse(Album.title)))

        It is given and returns what SQLite has: str, int, float, bytes and None. Indexes may use one that is
        `deterministic`: it gives the same for the same. What it raises is the cause of an InvalidValue. By its name
        alone, its signature says how many arguments it takes.
        """
        self._register(user_functions.function(name, call, deterministic))

    def create_aggregate(self, name: str | UserFunction[Any, Any], cls: type[Aggregate]) -> None:
        """Likewise an aggregate: a class with `step(…)`, called for each row, and `finalize()`. One that has
        `value()` and `inverse(…)`, too, is an aggregate over windows.
        """
        self._register(user_functions.aggregate(name, cls))

    def create_collation(self, name: str, compare: Callable[[str, str], int]) -> None:
        """Likewise an order of texts: `compare` gives a number below, of or above zero."""
        self._register(user_functions.collation(name, compare))

    def _register(self, setup: Setup) -> None:
        self._registered.append(setup)
        self._setups.add(setup)

    def in_memory(self) -> SqliteDriver:
        """An empty database in memory that knows the same functions and collations."""
        memory = SqliteDriver(self.dialect, "sqlite://")
        memory._registered = list(self._registered)
        return memory

    async def backup(
        self, to: str | PathLike[str] | Database[Any], *, progress: Progress | None = None, pages: int = 1000
    ) -> None:
        """Copy the whole database, as it is at this moment, to a file or over another database, while others go on
        using it.

            await SqliteDriver.of(db).backup("copy.db", progress=lambda left, total: print(left, "of", total))

        The file is there as a whole, or as it was before. `progress` is called after each step of so many `pages`.
        """
        if pages < 1:
            raise ValueError(f"backup(pages={pages}): a step has at least one page")
        async with Lease(self._pool(True)) as source:
            if isinstance(to, (str, PathLike)):
                await source.run("backup", copied_to, Path(to), pages, progress)
                return
            other = type(self).of(to)
            if other is self:
                raise QbError("a database is not copied over itself")
            async with Lease(other._pool(False)) as target:
                await target.run("backup", connected)
                await source.run("backup", copied, target.raw, pages, progress)

    async def serialize(self) -> bytes:
        """The bytes of the file that the database would be."""
        async with Lease(self._pool(True)) as connection:
            data: bytes = await connection.run("serialize", as_bytes)
        return data

    async def deserialize(self, data: bytes) -> None:
        """Replace the database by that of a file's bytes. Raises QbError when it is not in memory."""
        if not self.location.is_memory:
            raise QbError("deserialize() is for databases in memory: write the bytes to the file before it is opened")
        async with Lease(self._pool(False)) as connection:
            await connection.run("deserialize", from_bytes, data)
