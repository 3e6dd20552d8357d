"""Connections of one kind, and the order in which they are given out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any

from dialects.sqlite.connection import SharedConnection, SqliteConnection
from dialects.sqlite.thread import Call, Thread
from qb.errors import QbError, TimeoutExceeded, TransactionError

GRACE = 1.0
"""Seconds that a task waits for a connection that it holds itself. Not zero, because a loop that was left by
`break` holds it a little longer, until the event loop has closed its generator."""


class Shared:
    """Any connection for one call, for the length of an `async with`."""

    __slots__ = ("connection",)

    def __init__(self, connection: SharedConnection) -> None:
        self.connection = connection

    async def __aenter__(self) -> SharedConnection:
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


class Place:
    """The place in the queue of a task that wants a connection for itself."""

    __slots__ = ("future", "task", "thread", "timer")

    def __init__(self, task: object, future: asyncio.Future[None]) -> None:
        self.task = task
        self.future = future
        self.thread: Thread | None = None
        self.timer: asyncio.TimerHandle | None = None

    def fail(self, error: BaseException) -> None:
        """Give up waiting."""
        if not self.future.done():
            self.future.set_exception(error)


class Pool:
    """Up to `size` connections, opened when they are needed.

    A task that wants a connection for itself, for a transaction or a stream, holds one. Single calls go to the
    connection with the least to do that nobody holds, in whose thread they run one after the other. When all are held,
    both wait in one queue, at most `timeout` seconds.
    """

    def __init__(self, size: int, make: Callable[[], Thread], timeout: float, what: str) -> None:
        self.size = size
        self.threads: list[Thread] = []
        self.waiting: deque[Call | Place] = deque()
        self.shared = Shared(SharedConnection(self.call))
        """Any of them, for one call."""
        self._loop = asyncio.get_running_loop()
        self._make = make
        self.timeout = timeout
        self._what = what

    @property
    def held(self) -> int:
        """How many connections tasks hold for themselves."""
        return sum(thread.holder is not None for thread in self.threads)

    async def call(self, function: Callable[..., Any], *arguments: object) -> Any:  # whatever the function returns
        """Run a function in the thread of a connection. When cancelled, what it runs is interrupted, and is over."""
        call = Call(function, arguments, self._loop.create_future())
        thread = None if self.waiting else self._free()
        if thread is not None:
            thread.put(call)
        else:
            self._wait(call, self.timeout)
        try:
            await call.future
        except asyncio.CancelledError:
            if call.thread is not None:
                await call.thread.stop_call(call)
            else:
                self._leave(call)
            raise
        return call.result if call.error is None else call.outcome()

    async def hold(self, patience: float | None) -> Thread:
        """A connection for the task alone, until it is released. Raises when there is none for `patience` seconds."""
        task = asyncio.current_task()
        thread = None if self.waiting else self._free()
        if thread is not None:
            thread.holder = task
            return thread
        place = Place(task, self._loop.create_future())
        self._wait(place, patience)
        try:
            await place.future
        except asyncio.CancelledError:
            if place.thread is not None:
                self.release(place.thread)
            else:
                self._leave(place)
            raise
        assert place.thread is not None
        return place.thread

    def release(self, thread: Thread) -> None:
        """Give a connection back to those who wait."""
        thread.holder = None
        self._serve()

    async def close(self) -> None:
        """Close the connections when nobody holds them any more."""
        size, self.size = self.size, 0  # no new ones
        try:
            while self.threads:
                thread = await self.hold(None)
                self.threads.remove(thread)
                await thread.end()
        finally:
            self.size = size

    def _free(self) -> Thread | None:
        """The connection with the least to do that nobody holds."""
        best: Thread | None = None
        for thread in self.threads:
            if thread.holder is None:
                if not thread.load:
                    return thread
                if best is None or thread.load < best.load:
                    best = thread
        if len(self.threads) < self.size:
            best = self._make()
            self.threads.append(best)
        return best

    def _serve(self) -> None:
        while self.waiting:
            thread = self._free()
            if thread is None:
                return
            head = self.waiting.popleft()
            if head.timer is not None:
                head.timer.cancel()
            if head.future.done():
                continue  # its task was cancelled, and has not run since
            if isinstance(head, Call):
                thread.put(head)
            else:
                thread.holder = head.task
                head.thread = thread
                head.future.set_result(None)

    def _wait(self, waiting: Call | Place, timeout: float | None) -> None:
        self.waiting.append(waiting)
        task = asyncio.current_task()
        if self.threads and all(thread.holder is task for thread in self.threads):
            seconds = GRACE if timeout is None else min(GRACE, timeout)
            error: QbError = TransactionError(
                f"this task waits for {self._what}, which it holds itself in a transaction or a stream that is not "
                "over: inside `async with db.transaction() as tx`, say tx.… instead of db.…"
            )
        elif timeout is not None:
            seconds = timeout
            error = TimeoutExceeded(
                f"other tasks held {self._what} for {timeout:g} s, in transactions or streams that were not over "
                "(pool_timeout says how long to wait)"
            )
        else:
            return
        waiting.timer = self._loop.call_later(seconds, self._give_up, waiting, error)

    def _give_up(self, waiting: Call | Place, error: QbError) -> None:
        self._leave(waiting)
        waiting.fail(error)

    def _leave(self, waiting: Call | Place) -> None:
        if waiting.timer is not None:
            waiting.timer.cancel()
        if waiting in self.waiting:
            self.waiting.remove(waiting)
            self._serve()


class Lease:
    """A connection for the length of an `async with`."""

    __slots__ = ("connection", "pool", "thread")

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def __aenter__(self) -> SqliteConnection:
        self.thread = await self.pool.hold(self.pool.timeout)
        self.connection = SqliteConnection(self.thread)
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self.connection.leave()
        finally:
            self.pool.release(self.thread)
