"""Transactions and savepoints: they last when their block ends well, and otherwise leave no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import Any, Self

from qb.dialect import Connection, Driver
from qb.errors import QbError, TransactionError
from qb.executor import Executor
from qb.tasks import finish
from qb.typevars import DialectName


class Transaction(Executor[DialectName]):
    """A transaction that is under way, on a connection of its own.

        async with db.transaction() as tx:
            await tx.execute(insert(Album).values(title="Blue", artist_id=1))

    It is committed when the block ends, and rolled back when an exception or a cancellation leaves it. A
    cancellation that comes while the commit is under way is raised when that is done.
    """

    _is_transaction = True

    def __init__(self, driver: Driver, connection: Connection, parent: Transaction[Any] | None = None) -> None:
        super().__init__(driver)
        self._held = connection
        self._parent = parent
        self._depth: int = 0 if parent is None else parent._depth + 1
        self._is_open = True
        self._has_nested = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction[DialectName]]:
        """A savepoint: when its block fails, only what was done in it is undone.

            async with tx.transaction() as nested: ...

        Raises TransactionError when another one is still open at this level.
        """
        self._check_open()
        if self._has_nested:
            raise TransactionError("a nested transaction is open already: use it, or wait until it has ended")
        nested: Transaction[DialectName] = Transaction(self._driver, self._held, self)
        held, name = self._held, f"qb_{nested._depth}"
        self._has_nested = True
        try:
            async with nested.lasting(
                lambda: held.savepoint(name), lambda: held.release(name), lambda: held.rollback_to(name)
            ):
                yield nested
        finally:
            self._has_nested = False

    def _atomic(self) -> AbstractAsyncContextManager[Executor[DialectName]]:
        self._check_open()
        nested: Transaction[DialectName] = Transaction(self._driver, self._held, self)
        held, name = self._held, "qb_rows"
        return nested.lasting(lambda: held.savepoint(name), lambda: held.release(name), lambda: held.rollback_to(name))

    @asynccontextmanager
    async def lasting(
        self,
        begin: Callable[[], Awaitable[None]],
        commit: Callable[[], Coroutine[Any, Any, None]],
        rollback: Callable[[], Coroutine[Any, Any, None]],
    ) -> AsyncIterator[Self]:
        """The life of a transaction: begun, then either committed or rolled back, never cut short in that."""
        try:
            await begin()
            yield self
            self._check_open()
            await finish(commit())
        except BaseException:
            with suppress(QbError):  # what went wrong first is what to tell
                await finish(rollback())
            raise
        finally:
            self._is_open = False

    def _connection(self) -> nullcontext[Connection]:
        self._check_open()
        return nullcontext(self._held)

    def _check_open(self) -> None:
        if not self._is_open:
            raise TransactionError("this transaction has ended")
        if self._parent is not None:
            self._parent._check_open()
