"""Awaiting what must not be cut short."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which runs to its end however often the task is cancelled meanwhile; a
    cancellation is raised after it.
    """
    import asyncio  # here, because `import qb` must stay light

    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    cancellation: asyncio.CancelledError | None = None
    while not task.done():
        over = loop.create_future()
        task.add_done_callback(partial(wake, over))  # asyncio.wait() and shield() take more steps
        try:
            await over
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        raise cancellation from task.exception()
    return task.result()


def wake(waiting: asyncio.Future[None], task: object) -> None:
    """Go on with what waits."""
    if not waiting.done():
        waiting.set_result(None)
