"""What must not be cut short runs to its end."""

from __future__ import annotations

import asyncio

import pytest

from qb.running.tasks import finish


async def test_the_result_and_the_error() -> None:
    async def works() -> int:
        await asyncio.sleep(0)
        return 7

    async def fails() -> None:
        raise ZeroDivisionError

    assert await finish(works()) == 7
    with pytest.raises(ZeroDivisionError):
        await finish(fails())


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_cancellations_wait_for_the_end(times: int) -> None:
    gate = asyncio.Event()
    done: list[str] = []

    async def work() -> None:
        await gate.wait()
        done.append("work")

    task = asyncio.create_task(finish(work()))
    for _ in range(times):
        await asyncio.sleep(0.001)
        task.cancel()
    await asyncio.sleep(0.001)
    assert (done, task.done()) == ([], False)
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["work"]


async def test_a_cancellation_tells_what_failed_meanwhile() -> None:
    async def fails() -> None:
        await asyncio.sleep(0.002)
        raise ZeroDivisionError

    task = asyncio.create_task(finish(fails()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


async def test_work_that_is_cancelled_itself_before_it_began() -> None:
    async def work() -> None:
        await asyncio.sleep(60)

    before = asyncio.all_tasks()
    waiting = finish(work())
    task = asyncio.create_task(waiting)
    await asyncio.sleep(0)
    [inner] = asyncio.all_tasks() - before - {task}
    inner.cancel()  # as the end of a program cancels all tasks
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)
