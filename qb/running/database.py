"""A database: opened by URL, and then what queries are handed to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from qb.dialect import PLAIN, Connection, Driver, Isolation, Job, find_dialect
from qb.errors import QbError, TransactionError, UnsupportedError
from qb.running.ambient import CURRENT, current
from qb.running.engine import Engine
from qb.running.executor import Executor
from qb.running.sender import Rewrite
from qb.typevars import DialectName

if TYPE_CHECKING:
    from qb.cache import Cache
    from qb.cache.results import Consistency
    from qb.events import Events
    from qb.observers import Event, Observation
    from qb.running.transaction import Transaction
    from qb.tables import Table

T = TypeVar("T")


class Database(Executor[DialectName]):
    """A database that queries are run on, by any number of tasks at once.

        async with Database.connect("sqlite:///music.db") as db:
            rows = await db.fetch_all(select(Album))

    A Worker has a binding in place of a URL: `db = Database(D1(env.DB))`, with the `D1` of `dialects.d1`. Without a
    block it is `db = await Database.connect(url)`, and `await db.close()` at the end.
    """

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        dialect: str | None = None,
        show_parameters: bool = False,
        observers: Iterable[Callable[[Event], None]] = (),
        events: Events | None = None,
        rewrites: Iterable[Rewrite] = (),
        **options: Any,
    ) -> Self:
        """A database for a URL, opened by `await` or `async with`.

        `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` (in memory), `postgresql://user:pw@host/name`:
        the scheme names the dialect, unless `dialect` does. Errors have no parameters, which may be private, unless
        `show_parameters` says so. `observers` are told what is run, as by `observe`; `events` are the handlers of
        writes (`qb.events`); `rewrites` are what every statement is rewritten by, as by `rewriting`. `options` are the
        driver's.

        Raises QbError when there is no such dialect; opening raises ConnectionFailed or AccessDenied.
        """
        scheme, separator, _ = url.partition("://")
        if not separator:
            raise QbError("a database has a URL: sqlite:///music.db, postgresql://user@host/name")
        driver: Any = find_dialect(dialect or scheme).driver(url, options)  # of the dialect that the URL says
        db = cls(driver, show_parameters=show_parameters, events=events, rewrites=rewrites)
        for observer in observers:
            db.observe(observer)
        return db

    def __init__(
        self,
        driver: Driver[DialectName],
        *,
        show_parameters: bool = False,
        events: Events | None = None,
        rewrites: Iterable[Rewrite] = (),
    ) -> None:
        super().__init__(Engine(driver, show_parameters=show_parameters, events=events), tuple(rewrites))
        self._joins = True

    async def open(self) -> Self:
        """Connect."""
        await self._engine.driver.open()
        return self

    async def close(self) -> None:
        """Wait for what is still running, and close all connections. Raises TransactionError in a transaction."""
        if await self._joined() is not None:
            raise TransactionError("close() would wait for the transaction around it: close the database after that")
        await self._engine.driver.close()

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

    @property
    def driver(self) -> Driver:
        """The dialect's own object, which has what only its engine can do: a `SqliteDriver` of `dialects.sqlite`, a
        `PostgresDriver` of `dialects.postgres`.
        """
        return self._engine.driver

    def observe(self, observer: Callable[[Event], None], *, parameters: bool = False) -> Observation:
        """Call `observer` with an event about every statement, transaction, retry, wait for a connection and look-up
        in a cache from now on, until the result is told to `stop()`, or a `with` block of it ends:

            with db.observe(print): ...

        The events are in `qb.observers`, and observers that are ready. They have no parameters of statements, which
        may be private, unless `parameters` says so.
        """
        return self._engine.observe(observer, parameters)

    def cached(
        self,
        *,
        ttl: float | None,
        size: int = 10_000,
        consistency: Consistency = "strong",
        reads: Iterable[type[Table]] = (),
    ) -> Cache[DialectName]:
        """The same database with a cache: its `fetch_…` methods keep what they have found.

            albums = db.cached(ttl=60)
            await albums.fetch_all(select(Album))

        A result is kept for `ttl` seconds, and no more than `size` rows of all results together. A "strong" cache asks
        again when a table that the query reads was written through this database; None for its `ttl` means that nobody
        else writes. An "eventual" one does not look at writes. `reads` are tables that queries read without naming
        them, by views or functions.

        Make it once, where the database is opened: writes of connections that are in use already are not seen. Raises
        QbError when an argument makes no sense.
        """
        from qb.cache.results import Cache
        from qb.cache.tracking import Tracker

        tracker = self._engine.track() if consistency == "strong" else Tracker()
        return Cache(self, tracker, ttl=ttl, size=size, consistency=consistency, reads=reads)

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        statement_timeout: float | None = None,
        lock_timeout: float | None = None,
    ) -> Transaction[DialectName]:
        """A transaction: committed when the block ends, rolled back when an exception or cancellation leaves it.

            async with db.transaction(isolation="serializable") as tx:
                await tx.execute(…)

        What this task runs on the database inside of the block belongs to it, so that functions need not be given
        `tx`; another `db.transaction()` there is a savepoint.

        `isolation` is PostgreSQL's (by default the server's setting); SQLite's transactions are always serializable.
        `read_only` promises that nothing is written. `deferrable` (PostgreSQL) lets a serializable one that only reads
        wait until it cannot fail. `statement_timeout` and `lock_timeout` (PostgreSQL) are for how many seconds each
        statement may run, and wait for a lock: then TimeoutExceeded is raised; 0 is for ever.

        Raises TransactionError when `isolation` is none of the levels, and UnsupportedError for timeouts that the
        engine does not have, or where it has no transactions (D1).
        """
        if not self.dialect.has_transactions:
            raise UnsupportedError(
                f"{self.dialect.name} has no transactions that stay open: send the "
                f"statements together, with db.batch(…)"
            )
        from qb.running.transaction import Transaction, characteristics

        return Transaction(
            self._engine,
            characteristics(self._engine, isolation, read_only, deferrable, statement_timeout, lock_timeout),
            joins=self._joins,
            rewrites=self._rewrites,
        )

    async def run(
        self,
        work: Callable[[Transaction[DialectName]], Awaitable[T]],
        *,
        retries: int = 3,
        backoff: float = 0.05,
        isolation: Isolation | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        statement_timeout: float | None = None,
        lock_timeout: float | None = None,
    ) -> T:
        """What `work` returns, which is run in a transaction: again as a whole, up to `retries` times, when that fails
        for a reason that may pass (`error.is_retryable`): a collision of serializable transactions, a deadlock, a lock
        timeout, a lost connection.

            async def move(tx: Transaction) -> int: ...

            moved = await db.run(move, isolation="serializable")

        The pause before a second try is up to `backoff` seconds, of random length so that those who collided do not
        meet again, and twice as long before each other one, up to 5 seconds. What `work` does besides the database is
        done again, too. Inside of a transaction it is a savepoint, and only the transaction can be run again. When the
        connection breaks during COMMIT, CommitUncertain is raised and nothing is run again.
        """
        from qb.running.retrying import run

        begin = partial(
            self.transaction,
            isolation=isolation,
            read_only=read_only,
            deferrable=deferrable,
            statement_timeout=statement_timeout,
            lock_timeout=lock_timeout,
        )
        return await run(self._engine, begin, work, 0 if self._is_transaction else retries, backoff)

    def autonomous(self) -> Self:
        """The same database outside of the transaction around it: what is run on it is committed by itself, and stays
        when that is rolled back.

            await db.autonomous().execute(insert(Attempt).values(login=login))
        """
        other = self._alike(self._rewrites)
        other._joins = False
        return other

    def rewriting(self, *rewrites: Rewrite) -> Self:
        """The same database, on which every statement is rewritten before it is run: by functions of nodes, as
        `transformed` takes them.

            live = db.rewriting(hide_deleted)
        """
        return self._alike((*self._rewrites, *rewrites))

    def without(self, rewrite: Rewrite) -> Self:
        """The same database without a rewrite that it was given."""
        return self._alike(tuple([own for own in self._rewrites if own is not rewrite]))

    def _alike(self, rewrites: tuple[Rewrite, ...]) -> Self:
        other = object.__new__(type(self))
        other._engine, other._joins, other._rewrites = self._engine, self._joins, rewrites
        return other

    def _connection(self, reads: bool, alone: bool = False) -> AbstractAsyncContextManager[Connection]:
        if self._joins and CURRENT.get() is not None and current(self._engine) is not None:
            from qb.running.joining import Joined

            return Joined(self._engine, reads, alone)
        return self._engine.acquire(reads) if alone else self._engine.borrow(reads)

    def _at_once(self, reads: bool) -> Connection | None:
        engine = self._engine
        if self._joins and CURRENT.get() is not None:
            transaction = current(engine)
            if transaction is not None:
                return transaction._at_once(reads) if transaction._is_here() else None
        return None if engine.layers else engine.driver.at_once(reads)

    def _atomic(self) -> Transaction[DialectName]:
        from qb.running.transaction import Transaction

        return Transaction(self._engine, PLAIN, joins=self._joins, name="qb_rows")

    async def _together(self, jobs: Iterable[Job]) -> list[Any]:
        transaction = await self._joined() if self._joins else None
        if transaction is not None:
            return await transaction._together(jobs)
        async with self._engine.borrow(False) as connection:
            return await connection.batch(jobs, True)

    async def _joined(self) -> Transaction[Any] | None:
        """The transaction around the code that runs."""
        if CURRENT.get() is None:
            return None
        from qb.running.joining import joined

        return await joined(self._engine)

    @property
    def _is_transaction(self) -> bool:
        return self._joins and current(self._engine) is not None

    def __repr__(self) -> str:
        return f"<Database {self.dialect.name}>"
