"""SQLite through aiosqlite: one connection, whose thread runs a whole query in one go."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from typing import Any, TypeVar

import aiosqlite

from dialects.sqlite.errors import FAILURES, translate
from dialects.sqlite.regexp import register
from qb.dialect import Affected, Characteristics, Connection, Dialect, Driver, Job, Load
from qb.errors import DatabaseClosed, QbError, TransactionError
from qb.tasks import finish

T = TypeVar("T")

MEMORY = ":memory:"
GRACE = 1.0
"""Seconds that a task waits for a connection that it holds itself. Not zero, because a loop that was left by
`break` holds it a little longer, until the event loop has closed its generator."""


class Thread(aiosqlite.Connection):
    """A connection in its thread. aiosqlite makes a trip to the thread of every step; `call` makes one of
    them all.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self._worker: Any = getattr(self, "_thread", self)  # before aiosqlite 0.22, the connection is the thread
        self._worker.daemon = True  # a database that nobody closed must not keep the interpreter from ending
        self.streams: set[sqlite3.Cursor] = set()
        """The cursors that are open between calls."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for functions that run in the thread."""
        return self._conn

    async def connect(self) -> None:
        """Start the thread and connect. When that fails, the thread has ended."""
        try:
            await self
        except BaseException:
            await finish(asyncio.to_thread(self._worker.join))  # it still has to tell the event loop
            raise

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run a function in the thread. When cancelled, what it runs is interrupted, and is over."""
        try:
            return await self._run(function, *arguments)
        except asyncio.CancelledError:
            self._conn.interrupt()
            await finish(self._run(self.end_streams))  # the thread takes one call after the other
            raise

    def end_streams(self) -> None:
        """Close the open cursors. As long as there are any, an interrupt hits every statement that follows."""
        while self.streams:
            self.streams.pop().close()

    async def _run(self, function: Callable[..., T], *arguments: object) -> T:
        result: T = await self._execute(function, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite's own
        return result


class SqliteConnection(Connection):
    """The connection, in the hands of one task or of one transaction."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._begins = False
        """Whether a transaction begins with the next statement."""
        self._in_transaction = False

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        def run() -> list[T]:
            cursor = self._start(sql, parameters)
            try:
                return build(cursor)
            finally:
                cursor.close()

        return await self._call(sql, run)

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        return await self._call(sql, self._execute, sql, parameters)

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        sql = "BEGIN IMMEDIATE"

        def run() -> list[Any]:
            nonlocal sql
            results: list[Any] = []
            if atomic:
                self._begins = True
            try:
                for job in jobs:
                    if isinstance(job, Load):
                        sql = job.sql
                        results.append(self._load(job))
                        continue
                    sql, parameters, build = job
                    if build is None:
                        results.append(self._execute(sql, parameters))
                    else:
                        with closing(self._start(sql, parameters)) as cursor:
                            results.append(build(cursor))
                if atomic:
                    sql = "COMMIT"
                    self._start(sql, ())
            except BaseException:
                if atomic:
                    self._thread.raw.rollback()
                raise
            finally:
                if atomic:
                    self._begins = self._in_transaction = False
            return results

        try:
            return await self._thread.call(run)
        except FAILURES as error:
            raise translate(error, sql) from error

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        streams = self._thread.streams

        def start() -> sqlite3.Cursor:
            cursor = self._start(sql, parameters)
            streams.add(cursor)
            return cursor

        def fetch() -> list[Any]:
            if cursor not in streams:
                raise TransactionError("the stream has ended, because its transaction was interrupted")
            return cursor.fetchmany(size)

        def end() -> None:
            streams.discard(cursor)
            cursor.close()

        cursor = await self._call(sql, start)
        try:
            while rows := await self._call(sql, fetch):
                yield rows
        finally:
            if cursor in streams:
                await finish(self._call(sql, end))

    async def begin(self, characteristics: Characteristics) -> None:
        self._begins = True  # in one trip with the first statement; every transaction is serializable

    async def commit(self) -> None:
        await self._call("COMMIT", self._start, "COMMIT", ())
        self._in_transaction = False

    async def rollback(self) -> None:
        def run() -> None:
            self._thread.end_streams()
            self._thread.raw.rollback()  # does nothing outside of a transaction

        self._in_transaction = self._begins = False
        await self._call("ROLLBACK", run)

    async def load(self, load: Load) -> Affected:
        return await self._call(load.sql, self._load, load)

    def _load(self, load: Load) -> Affected:
        with closing(self._start_many(load.sql, load.rows)) as cursor:
            affected = Affected(cursor.rowcount)
            [affected.last_row_id] = cursor.execute("SELECT last_insert_rowid()").fetchone()
            return affected

    def _execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        before = self._thread.raw.total_changes
        cursor = self._start(sql, parameters)
        try:
            deque(cursor, 0)  # what RETURNING gives has to be read before the rows are counted
            count = cursor.rowcount
            if count < 0 and self._thread.raw.total_changes != before:  # sqlite3 does not see a write behind WITH
                [count] = self._thread.raw.execute("SELECT changes()").fetchone()
            affected = Affected(max(count, 0))
            if affected and keeps_row_id(sql):
                affected.last_row_id = cursor.lastrowid
            return affected
        finally:
            cursor.close()

    def _start(self, sql: str, parameters: Sequence[object]) -> sqlite3.Cursor:
        return self._begun().execute(sql, parameters)

    def _start_many(self, sql: str, rows: Iterable[Sequence[object]]) -> sqlite3.Cursor:
        return self._begun().executemany(sql, rows)

    def _begun(self) -> sqlite3.Connection:
        raw = self._thread.raw
        if self._begins:
            # It takes the write lock at once: one that began with a read could not wait for the lock later, but
            # would have to start again.
            raw.execute("BEGIN IMMEDIATE")
            self._begins, self._in_transaction = False, True
        if self._in_transaction and not raw.in_transaction:
            raise TransactionError(
                "SQLite has rolled the transaction back, because a statement in it was interrupted or failed: run "
                "it again as a whole"
            )
        return raw

    async def _call(self, sql: str, function: Callable[..., T], *arguments: object) -> T:
        try:
            return await self._thread.call(function, *arguments)
        except FAILURES as error:
            raise translate(error, sql) from error


class SqliteDriver(Driver):
    """`sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` in memory.

    `timeout` is for how many seconds a statement waits while another connection holds the file's lock.
    """

    loads_from = 20

    def __init__(self, dialect: Dialect, url: str, *, timeout: float = 5.0) -> None:
        self.dialect = dialect
        self._path = path_of(url)
        self._timeout = timeout
        self._thread: Thread | None = None
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    async def open(self) -> None:
        if self._thread is not None:
            return
        thread = Thread(self._connect)
        try:
            await thread.connect()
        except FAILURES as error:
            raise translate(error, None) from error
        self._thread = thread

    async def close(self) -> None:
        if self._thread is None:
            return
        async with self.acquire():
            thread, self._thread = self._thread, None
            await finish(thread.close())

    def check_open(self) -> None:
        if self._thread is None:
            raise DatabaseClosed("the database is not open")

    @asynccontextmanager
    async def acquire(self, reads: bool = False) -> AsyncIterator[SqliteConnection]:
        task = asyncio.current_task()
        if self._holder is task:
            await self._wait_for_itself()
        else:
            await self._lock.acquire()
        self._holder = task
        try:
            self.check_open()
            assert self._thread is not None
            yield SqliteConnection(self._thread)
        finally:
            try:
                if self._thread is not None and self._thread.streams:  # left open by a transaction
                    await finish(self._thread.call(self._thread.end_streams))
            finally:
                self._holder = None
                self._lock.release()

    async def _wait_for_itself(self) -> None:
        try:
            await asyncio.wait_for(self._lock.acquire(), GRACE)
        except TimeoutError:
            raise TransactionError(
                "this task holds SQLite's only connection, in a transaction or a stream that is not over: "
                "inside `async with db.transaction() as tx`, say tx.… instead of db.…"
            ) from None

    def _connect(self) -> sqlite3.Connection:
        raw = sqlite3.connect(
            self._path,
            timeout=self._timeout,
            isolation_level=None,  # transactions begin where they are asked for
            check_same_thread=False,  # interrupt() comes from the event loop's thread
        )
        try:
            raw.execute("PRAGMA foreign_keys = ON")
            register(raw)
            if self._path != MEMORY:
                with suppress(sqlite3.OperationalError):  # a file that cannot be written is read as it is
                    raw.execute("PRAGMA journal_mode = WAL")
        except BaseException:
            raw.close()
            raise
        return raw


def path_of(url: str) -> str:
    """The file of a URL, as sqlite3 takes it."""
    path = url.partition("://")[2]
    if path and not path.startswith("/"):
        raise QbError(f'a file is named after three slashes, and "{path}" after two: sqlite:///{path}')
    return path[1:] or MEMORY


def keeps_row_id(sql: str) -> bool:
    """Whether a statement that changed rows has set the last row id: not when it may have updated one."""
    return sql.lstrip()[:7].upper() in ("INSERT ", "REPLACE") and "ON CONFLICT" not in sql
