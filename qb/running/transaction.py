"""Transactions and savepoints: they last when their block ends well, and otherwise leave no trace."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType
from typing import Any, Self, get_args

from qb.dialect import PLAIN, Characteristics, Connection, Isolation, Job, committed
from qb.errors import QbError, TransactionError, UnsupportedError, closest
from qb.running.ambient import CURRENT
from qb.running.engine import Engine
from qb.running.executor import Executor
from qb.running.joining import current_task, joined
from qb.running.sender import Rewrite
from qb.running.tasks import finish
from qb.typevars import DialectName

ISOLATION_LEVELS = get_args(Isolation)
ASYNC_GENERATOR = 0x200  # inspect.CO_ASYNC_GENERATOR


class Transaction(Executor[DialectName]):
    """A transaction, and the block in which it lasts.

        async with db.transaction() as tx:
            await tx.execute(insert(Album).values(title="Blue", artist_id=1))
            await helper(db)  # what it runs on `db` belongs to the transaction, too

    It begins with the first statement; an empty one sends nothing. It is committed when the block ends, and rolled
    back when an exception or a cancellation leaves it. A cancellation that comes while the commit is under way is
    raised when that is done. It belongs to the task that began it.
    """

    def __init__(
        self,
        engine: Engine,
        characteristics: Characteristics,
        parent: Transaction[Any] | None = None,
        *,
        joins: bool = True,
        name: str | None = None,
        rewrites: tuple[Rewrite, ...] = (),
    ) -> None:
        super().__init__(engine, rewrites)
        self._characteristics = characteristics
        self._parent = parent
        self._joins = joins
        self._name = name
        self._task: object = None
        self._is_open = False
        self._is_over = False
        self._is_kept = False
        self._nested: Transaction[Any] | None = None
        self._in_generator = False
        self._lease: AbstractAsyncContextManager[Connection] | None = None
        self._held: Connection | None = None
        self._around: Transaction[Any] | None = None
        self._when_committed: list[Callable[[], Awaitable[None] | None]] = []

    # Its life

    async def __aenter__(self) -> Self:
        if self._is_open or self._is_over:
            raise TransactionError("this transaction was begun already: db.transaction() gives a new one")
        if self._parent is None and self._joins:
            self._parent = await joined(self._engine)
        parent = self._parent
        if parent is not None:
            parent._check_usable()
            if self._name is None:
                if parent._nested is not None:
                    raise TransactionError("a nested transaction is open already: use it, or wait until it has ended")
                if self._characteristics is not PLAIN:
                    raise TransactionError(
                        "isolation, read_only, deferrable and timeouts are said where a transaction begins, and this "
                        "one is nested in another"
                    )
                parent._nested = self
        else:
            self._engine.driver.check_open()
        self._task = current_task()
        self._is_open = True
        self._in_generator = parent._in_generator if parent is not None else _is_in_generator()
        self._around = CURRENT.get()
        CURRENT.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        held = self._held
        try:
            if kind is not None:
                await self._undo(held)
                return
            try:
                self._check_usable()
                if held is not None:
                    await through(held, self._keep(held))
                self._is_kept = True
            except BaseException:
                await self._undo(held)
                raise
        finally:
            self._is_open, self._is_over = False, True
            if CURRENT.get() is self:  # a generator may be closed in another context than it was begun in
                CURRENT.set(self._around)
            self._around = None
            if self._parent is not None and self._name is None:
                self._parent._nested = None
            if self._lease is not None:
                await self._lease.__aexit__(None, None, None)
        if self._parent is not None:
            self._parent._when_committed += self._when_committed
        else:
            for callback in self._when_committed:
                waiting = callback()
                if waiting is not None:
                    await waiting

    async def _begin(self) -> Connection:
        """The connection, on which the transaction has begun."""
        if self._parent is not None:
            held = self._parent._held or await self._parent._begin()
            await held.savepoint(self._savepoint)
            self._held = held
            return held
        lease = self._engine.acquire(self._characteristics.read_only)
        held = await lease.__aenter__()
        try:
            await held.begin(self._characteristics)
        except BaseException:  # as if it had never begun
            with suppress(QbError):
                await finish(held.rollback())
            await lease.__aexit__(None, None, None)
            raise
        self._lease, self._held = lease, held
        return held

    async def _keep(self, held: Connection) -> None:
        await (committed(held) if self._parent is None else held.release(self._savepoint))

    async def _undo(self, held: Connection | None) -> None:
        if held is not None:
            with suppress(QbError):  # what went wrong first is what to tell
                undo = held.rollback() if self._parent is None else held.rollback_to(self._savepoint)
                await through(held, undo)

    @property
    def _savepoint(self) -> str:
        return self._name or f"qb_{self._depth}"

    @property
    def _depth(self) -> int:
        return 0 if self._parent is None else self._parent._depth + 1

    # What is run in it

    def transaction(self) -> Transaction[DialectName]:
        """A savepoint: when its block fails, only what was done in it is undone.

            async with tx.transaction() as nested: ...

        Raises TransactionError when another one is still open at this level.
        """
        return Transaction(self._engine, PLAIN, self, rewrites=self._rewrites)

    def after_commit(self, callback: Callable[[], Awaitable[None] | None]) -> None:
        """Call a function, or a coroutine function, when what was done so far has become permanent; never when it is
        rolled back. In a nested transaction it waits for the outermost one.

            tx.after_commit(lambda: queue.send("album-added"))

        What it raises is raised by the block, of which nothing is undone.
        """
        self._check_usable()
        self._when_committed.append(callback)

    def _at_once(self, reads: bool) -> Connection | None:
        self._check_usable()
        return None if self._nested is not None else self._held

    def _atomic(self) -> Transaction[DialectName]:
        return Transaction(self._engine, PLAIN, self, name="qb_rows")

    async def _together(self, jobs: Iterable[Job]) -> list[Any]:
        async with self._atomic() as whole, whole._connection(False) as connection:
            return await connection.batch(jobs, False)

    def _connection(self, reads: bool, alone: bool = False) -> Held:
        return Held(self)

    @property
    def _is_transaction(self) -> bool:
        return True

    def _is_here(self) -> bool:
        """Whether it is clear that the code that runs belongs to it."""
        return not self._in_generator and self._task is current_task()

    def _check_usable(self) -> None:
        if not self._is_open:
            raise TransactionError(
                "this transaction has ended"
                if self._is_over
                else "a transaction begins where its block does: async with db.transaction() as tx"
            )
        if self._task is not current_task():
            raise TransactionError(
                "this transaction belongs to another task: begin one in each task, or run the statements one after "
                "the other"
            )
        if self._parent is not None:
            self._parent._check_usable()


class Held:
    """The connection of a transaction for one statement, the first of which begins it."""

    __slots__ = ("transaction",)

    def __init__(self, transaction: Transaction[Any]) -> None:
        self.transaction = transaction

    async def __aenter__(self) -> Connection:
        transaction = self.transaction
        transaction._check_usable()
        while transaction._nested is not None:  # what is run on the outer one meanwhile is undone with the inner one
            transaction = transaction._nested
        return transaction._held or await transaction._begin()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


async def through(held: Connection, work: Coroutine[Any, Any, None]) -> None:
    """What ends a transaction is done to its end."""
    await (work if held.finishes else finish(work))


def _is_in_generator() -> bool:
    """Whether the code that runs is called by an async generator whose consumer gets to run between its steps. One
    that is a context manager has no such consumer.
    """
    frame = sys._getframe(2)
    while (caller := frame.f_back) is not None:
        if frame.f_code.co_flags & ASYNC_GENERATOR and caller.f_globals.get("__name__") != "contextlib":
            return True
        frame = caller
    return False


def characteristics(
    engine: Engine,
    isolation: Isolation | None,
    read_only: bool,
    deferrable: bool,
    statement_timeout: float | None,
    lock_timeout: float | None,
) -> Characteristics:
    """What a transaction is to be like. Raises TransactionError or UnsupportedError when it cannot be like that."""
    if isolation is not None and isolation not in ISOLATION_LEVELS:
        raise TransactionError(f"no isolation level {isolation!r}{closest(isolation, ISOLATION_LEVELS)}")
    if statement_timeout is not None or lock_timeout is not None:
        if not engine.driver.has_timeouts:
            raise UnsupportedError(
                f"{engine.dialect.name} has no statement_timeout and lock_timeout of a transaction: "
                f"`async with asyncio.timeout(…)` ends what takes too long"
            )
        if min(statement_timeout or 0, lock_timeout or 0) < 0:
            raise ValueError("statement_timeout and lock_timeout are seconds, 0 or more")
    elif isolation is None and not read_only and not deferrable:
        return PLAIN
    return Characteristics(isolation, read_only, deferrable, statement_timeout, lock_timeout)
