"""Cancelling a task at a chosen await."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any


class CancelledAt:
    """Awaits a coroutine, and cancels the task the n-th time that it has to wait for something."""

    def __init__(self, work: Coroutine[Any, Any, None], number: int) -> None:
        self._work = work
        self._number = number

    def __await__(self) -> Generator[Any, None, None]:
        error: BaseException | None = None
        waits = 0
        while True:
            try:
                waiting = self._work.send(None) if error is None else self._work.throw(error)
            except StopIteration:
                return
            waits += 1
            if waits == self._number:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                yield waiting
                error = None
            except BaseException as thrown:
                error = thrown


async def is_cancelled_at(work: Coroutine[Any, Any, None], number: int) -> bool:
    """Run `work` in a task that is cancelled at its n-th wait; whether it had so many."""

    async def run() -> None:
        await CancelledAt(work, number)

    task = asyncio.create_task(run())
    await asyncio.wait((task,))
    if task.cancelled():
        return True
    task.result()
    return False
