"""Running what belongs to the transaction around it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qb.dialect import Connection
from qb.errors import TransactionError
from qb.running.ambient import current
from qb.running.engine import Engine

if TYPE_CHECKING:
    from qb.running.transaction import Transaction

GRACE = 1.0
"""Seconds that a statement waits for a transaction of an async generator that was left: `break` leaves it open a
little longer, until the event loop has closed the generator."""


async def joined(engine: Engine) -> Transaction[Any] | None:
    """The transaction that a statement on the database belongs to. Raises TransactionError when that is not clear."""
    transaction = current(engine)
    if transaction is None:
        return None
    if transaction._task is not current_task():
        raise TransactionError(
            "this task was started inside a transaction of another one, which is still open: start it after that, or "
            "say db.autonomous() for what does not belong to the transaction"
        )
    if transaction._in_generator:
        await _left(transaction)
        return None
    return transaction


class Joined:
    """The connection for one statement that belongs to the transaction around it."""

    __slots__ = ("alone", "cover", "engine", "reads")

    def __init__(self, engine: Engine, reads: bool, alone: bool) -> None:
        self.engine = engine
        self.reads = reads
        self.alone = alone

    async def __aenter__(self) -> Connection:
        transaction = await joined(self.engine)
        if transaction is not None:
            self.cover: AbstractAsyncContextManager[Connection] = transaction._connection(self.reads)
        else:
            self.cover = self.engine.acquire(self.reads) if self.alone else self.engine.borrow(self.reads)
        return await self.cover.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.cover.__aexit__(kind, error, traceback)


async def _left(transaction: Transaction[Any]) -> None:
    """Wait for the end of a transaction whose generator was left."""
    import asyncio

    loop = asyncio.get_running_loop()
    end = loop.time() + GRACE
    pause = 0.0
    while transaction._is_open and loop.time() < end:
        await asyncio.sleep(pause)
        pause = 0.01
    if transaction._is_open:
        raise TransactionError(
            "the open transaction was begun in an async generator, where it cannot be told whether this statement "
            "belongs to it: say tx.… for what does, and db.autonomous().… for what does not"
        )


def current_task() -> object:
    """The task that runs."""
    import asyncio

    return asyncio.current_task()
