"""Running a transaction again that failed for a reason which may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from qb.errors import DatabaseError

if TYPE_CHECKING:  # a Worker, which has no transactions, pauses as well
    from collections.abc import Awaitable, Callable

    from qb.running.engine import Engine
    from qb.running.transaction import Transaction
    from qb.typevars import DialectName

T = TypeVar("T")

LONGEST_PAUSE = 5.0
"""Seconds between two tries."""


async def run(
    engine: Engine,
    begin: Callable[[], Transaction[DialectName]],
    work: Callable[[Transaction[DialectName]], Awaitable[T]],
    retries: int,
    backoff: float,
) -> T:
    """What `work` returns in a transaction that `begin` gives, tried again up to `retries` times."""
    tries = 0
    while True:
        hub = engine.hub
        started = 0.0 if hub is None else hub.now()
        tx = begin()
        try:
            async with tx:
                return await work(tx)
        except DatabaseError as error:
            # What is called after the commit may fail, too; that does not undo anything.
            if not error.is_retryable or tries >= retries or tx._is_kept:
                raise
            seconds = length_of_pause(tries, backoff)
            if hub is not None:
                hub.tell_retry(tries + 1, hub.now() - started, seconds, error)
            await pause(seconds)
        tries += 1


def length_of_pause(tries: int, backoff: float) -> float:
    """Seconds to wait before another try."""
    import random

    return random.uniform(0, min(LONGEST_PAUSE, backoff * 2**tries))


async def pause(seconds: float) -> None:
    """Wait before another try."""
    import asyncio

    await asyncio.sleep(seconds)
