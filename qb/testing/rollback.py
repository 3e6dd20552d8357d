"""A database whose changes are undone: one connection, and a transaction around everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import TracebackType
from typing import Any, TypeVar

from qb.dialect import PLAIN, Affected, Characteristics, Connection, Driver, Job, Load
from qb.errors import ConnectionFailed, DatabaseClosed, DatabaseError, QbError, TransactionError, UnsupportedError
from qb.observers.events import Event
from qb.running.database import Database
from qb.running.tasks import finish
from qb.typevars import DialectName

T = TypeVar("T")

WHOLE = "qb_whole"
"""The savepoint that stands for BEGIN; those of nested transactions are in it."""
STATEMENT = "qb_statement"
"""The savepoint around a statement or a batch outside of transactions."""


@asynccontextmanager
async def rolled_back(db: Database[DialectName], *, pool_timeout: float = 10.0) -> AsyncIterator[Database[DialectName]]:
    """A database with all that is in `db`, whose changes are undone when the block ends:

        async with rolled_back(db) as test_db:
            await app(test_db)

    It has one connection, in a transaction; its own transactions are savepoints in that. Tasks take turns: who waits
    for a transaction of another task longer than `pool_timeout` seconds gets a TransactionError. Raises
    UnsupportedError where the engine has no transactions (D1).
    """
    if not db.dialect.has_transactions:
        raise UnsupportedError(f"{db.dialect.name} has no transactions that stay open, so nothing can be rolled back")
    async with db.driver.acquire() as connection:
        driver = RollbackDriver(db.driver, connection, pool_timeout)
        await connection.begin(PLAIN)
        try:
            engine = db._engine
            test_db: Database[DialectName] = Database(
                driver, show_parameters=engine.show_parameters, events=engine.events, rewrites=db._rewrites
            )
            test_db.observe(_ignore)  # so that assert_queries() sees transactions that have begun before it
            yield test_db
        finally:
            await finish(driver.end())


class RollbackDriver(Driver[Any]):
    """Gives out one connection, to any number of tasks."""

    def __init__(self, inner: Driver, connection: Connection, pool_timeout: float) -> None:
        self.dialect = inner.dialect
        self.loads_from = inner.loads_from
        self.inner = inner
        self.connection = connection
        self._timeout = pool_timeout
        self._turn = asyncio.Lock()
        """Held by a transaction, or for one statement outside of them."""
        self._holder: asyncio.Task[Any] | None = None
        """The task whose transaction holds it."""
        self._wire = asyncio.Lock()
        """Held while something is sent, also in a transaction that nobody ends."""
        self._is_over = False

    async def open(self) -> None:
        self.check_open()

    async def close(self) -> None:
        """Whoever closes it leaves the rest to the block that made it."""

    def check_open(self) -> None:
        if self._is_over:
            raise DatabaseClosed("the block of rolled_back() has ended, and with it this database")

    def acquire(self, reads: bool = False) -> AbstractAsyncContextManager[Connection]:
        self.check_open()
        return Lease(RollbackConnection(self))

    async def end(self) -> None:
        """Undo everything."""
        self._is_over = True
        async with self._wire:
            await self.connection.rollback()

    async def take_turn(self) -> None:
        """Wait until no other task has a transaction."""
        if self._holder is not None and self._holder is asyncio.current_task():
            raise TransactionError(
                "in a rolled_back() database all share one connection, and a transaction of this task holds it: what "
                "is autonomous, or belongs to a stream that was begun before, has to wait until it is over"
            )
        try:
            async with asyncio.timeout(self._timeout):
                await self._turn.acquire()
        except TimeoutError:
            holder = "" if self._holder is None else f" of the task {self._holder.get_name()!r}"
            raise TransactionError(
                f"in a rolled_back() database all share one connection, and a transaction{holder} has held it for "
                f"{self._timeout:g} s: does it wait for this task?"
            ) from None

    def keep_turn(self) -> None:
        """A transaction of this task has begun."""
        self._holder = asyncio.current_task()

    def give_turn(self) -> None:
        """Let the next one."""
        self._holder = None
        self._turn.release()

    async def closed(self, portions: AsyncGenerator[Any, None]) -> None:
        """End a stream."""
        async with self._wire:
            await portions.aclose()

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Connection]:
        """The connection, while something is sent."""
        async with self._wire:
            self.check_open()
            yield self.connection


class Lease(AbstractAsyncContextManager[Connection]):
    """The connection in the hands of one task. It costs nobody a turn until something is sent."""

    __slots__ = ("connection",)

    def __init__(self, connection: RollbackConnection) -> None:
        self.connection = connection

    async def __aenter__(self) -> Connection:
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.connection.is_begun:  # its transaction was neither committed nor rolled back
            await finish(self.connection.rollback())


class RollbackConnection(Connection):
    """What looks like a connection of its own: a transaction of it is a savepoint."""

    def __init__(self, driver: RollbackDriver) -> None:
        self.driver = driver
        self.is_begun = False

    # Statements

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        return await self._run(sql, lambda inner: inner.fetch(sql, parameters, build, limit))

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        return await self._run(sql, lambda inner: inner.execute(sql, parameters))

    async def load(self, load: Load) -> Affected:
        return await self._run(load.sql, lambda inner: inner.load(load))

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        return await self._run(None, lambda inner: inner.batch(jobs, False), together=atomic)

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        # Between two portions others have their turn, as on a connection of their own.
        portions = self.driver.connection.stream(sql, parameters, size)
        try:
            while True:
                portion = await self._run(sql, lambda inner: anext(portions, None))
                if portion is None:
                    return
                yield portion
        finally:
            await finish(self.driver.closed(portions))

    async def _run(self, sql: str | None, work: Callable[[Connection], Awaitable[T]], *, together: bool = False) -> T:
        """Do what is one statement outside of a transaction: others do not see half of it, and it does no harm to the
        transaction around everything when it fails.
        """
        if self.is_begun:
            return await self._send(sql, work)
        driver = self.driver
        await driver.take_turn()
        try:
            if not (together or driver.dialect.has_fragile_transactions):
                return await self._send(sql, work)
            await self._start(STATEMENT)
            try:
                result = await self._send(sql, work)
            except BaseException:
                with suppress(QbError):  # what went wrong first is what to tell
                    await self._control(lambda inner: inner.rollback_to(STATEMENT))
                raise
            await self._control(lambda inner: inner.release(STATEMENT))
            return result
        finally:
            driver.give_turn()

    async def _send(self, sql: str | None, work: Callable[[Connection], Awaitable[T]]) -> T:
        driver = self.driver
        async with driver.sending() as inner:
            if driver.dialect.has_fragile_transactions or (sql is not None and driver.inner.reads_only(sql)):
                return await work(inner)
            # SQLite rolls the whole transaction back when a statement that writes is interrupted.
            return await finish(_awaited(work, inner))

    async def _start(self, name: str) -> None:
        """Set a savepoint. When that is cancelled, there is none."""
        try:
            await self._control(lambda inner: inner.savepoint(name))
        except asyncio.CancelledError as error:
            if error.__cause__ is None:
                with suppress(QbError):
                    await self._control(lambda inner: inner.rollback_to(name))
            raise

    async def _control(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        async def done() -> None:
            async with self.driver.sending() as inner:
                await work(inner)

        await finish(done())

    # Transactions

    async def begin(self, characteristics: Characteristics) -> None:
        await self.driver.take_turn()
        try:
            await self._start(WHOLE)
        except BaseException:
            self.driver.give_turn()
            raise
        self.driver.keep_turn()
        self.is_begun = True

    async def commit(self) -> None:
        try:
            await self._control(lambda inner: inner.release(WHOLE))
        except asyncio.CancelledError:  # it came while that was done
            self._end()
            raise
        except ConnectionFailed:
            raise
        except DatabaseError as error:
            raise TransactionError(
                "the transaction was rolled back, because a statement in it had failed: what may fail belongs into a "
                "nested transaction"
            ) from error.__cause__
        self._end()

    async def rollback(self) -> None:
        if not self.is_begun:
            return
        try:
            await self._control(lambda inner: inner.rollback_to(WHOLE))
        finally:
            self._end()

    async def savepoint(self, name: str) -> None:
        await self._control(lambda inner: inner.savepoint(name))

    async def release(self, name: str) -> None:
        await self._control(lambda inner: inner.release(name))

    async def rollback_to(self, name: str) -> None:
        await self._control(lambda inner: inner.rollback_to(name))

    def _end(self) -> None:
        if self.is_begun:
            self.is_begun = False
            self.driver.give_turn()


async def _awaited(work: Callable[[Connection], Awaitable[T]], inner: Connection) -> T:
    return await work(inner)


def _ignore(event: Event) -> None:
    """An observer."""
