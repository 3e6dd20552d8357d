"""The pool: taking a connection that is free, and giving it back, costs no round trip and no task."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from dialects.postgres.connection import PostgresConnection
from dialects.postgres.errors import FAILURES
from qb.dialect import Affected, Connection
from qb.errors import DatabaseClosed, QbError, TimeoutExceeded
from qb.running.tasks import finish

T = TypeVar("T")

LOOKS = 3
"""How often a connection is seen to be free before it is closed."""


class Pool:
    """As many connections as the first of `size`, and no more than the second; who finds none free waits for `timeout`
    seconds, in turn.

    A connection that was not used for `max_idle` seconds is closed, down to the first of `size`, and so is one that is
    older than `max_lifetime`, when it is free (0: never). What was done to a session is undone before its next user
    gets it.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[PostgresConnection]],
        size: tuple[int, int],
        timeout: float,
        max_idle: float,
        max_lifetime: float,
    ) -> None:
        min_size, max_size = size
        if not 0 <= min_size <= max_size or max_size < 1:
            raise QbError(
                f"min_size={min_size}, max_size={max_size}: a pool has 0 <= min_size <= max_size, and max_size > 0"
            )
        if min(timeout, max_idle, max_lifetime) < 0:
            raise QbError("pool_timeout, max_idle and max_lifetime are seconds, 0 or more")
        self._connect = connect
        self._min_size = min_size
        self._max_size = max_size
        self._timeout = timeout
        self._max_idle = max_idle
        self._max_lifetime = max_lifetime
        self._pause = min([seconds for seconds in (max_idle, max_lifetime) if seconds], default=0.0) / LOOKS
        """Seconds between two looks at what has grown old."""
        self._free: list[PostgresConnection] = []
        """The one that was used last is taken first, so that the others grow old."""
        self._waiting: deque[asyncio.Future[PostgresConnection | None]] = deque()
        self._size = 0
        """How many connections there are, or are being made."""
        self._is_closing = False
        self._all_back: asyncio.Event = asyncio.Event()
        self._pruning: asyncio.TimerHandle | None = None

    @property
    def size(self) -> int:
        """How many connections there are."""
        return self._size

    @property
    def free(self) -> int:
        """How many of them nobody uses."""
        return len(self._free)

    @property
    def waiting(self) -> int:
        """How many tasks wait for one."""
        return len(self._waiting)

    async def open(self) -> None:
        """Make the first connections."""
        try:
            for _ in range(self._min_size):
                self._size += 1
                self.put(await self._new())
        except BaseException:
            await finish(self.close())
            raise

    async def close(self) -> None:
        """Wait until all connections are back, and close them."""
        self._is_closing = True
        if self._pruning is not None:
            self._pruning.cancel()
            self._pruning = None
        try:
            while self._waiting or len(self._free) < self._size:
                self._all_back.clear()
                await self._all_back.wait()
        finally:
            free, self._free = self._free, []
            self._size -= len(free)
            for connection in free:
                with suppress(*FAILURES):
                    await connection.raw.close(timeout=1.0)

    def lease(self) -> Lease:
        """A connection for the length of an `async with`."""
        return Lease(self)

    def take(self) -> PostgresConnection | None:
        """A connection that is free."""
        while self._free:
            connection = self._free.pop()
            if not connection.raw.is_closed():
                connection.looks = 0
                return connection
            self._size -= 1
        return None

    async def make(self) -> PostgresConnection:
        """A new connection, or the next that comes free."""
        if self._is_closing:
            raise DatabaseClosed("the database is being closed")
        if self._size < self._max_size:
            self._size += 1
            return await self._new()
        turn: asyncio.Future[PostgresConnection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._timeout):
                connection = await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                given = turn.result()  # just before
                if given is None:
                    self._lose()
                else:
                    self.put(given)
            else:
                with suppress(ValueError):  # who gives a connection back may have passed it over
                    self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise TimeoutExceeded(
                    f"no connection came free in {self._timeout:g} s: all {self._max_size} of the pool are in use "
                    f"(max_size={self._max_size}, pool_timeout={self._timeout:g})"
                ) from error
            raise
        return await self._new() if connection is None else connection

    def put(self, connection: PostgresConnection) -> None:
        """Take a connection back, for the next who waits for one."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self._free.append(connection)
        if self._is_closing:
            self._all_back.set()
        elif self._pruning is None and self._pause:
            self._pruning = asyncio.get_running_loop().call_later(self._pause, self._prune)

    def has_put(self, connection: PostgresConnection) -> bool:
        """Take a connection back if it is as it was when it was given out; else it has to be renewed."""
        raw = connection.raw
        if connection.is_changed or connection.is_spent or raw.is_closed() or raw.is_in_transaction():
            return False
        self.put(connection)
        return True

    async def renew(self, connection: PostgresConnection) -> None:
        """Take a connection back that was changed."""
        try:
            await connection.reset()
        finally:
            if connection.is_changed:
                connection.raw.terminate()
            if connection.raw.is_closed():
                self._lose()
            else:
                self.put(connection)

    def _lose(self) -> None:
        """There is one connection less: who waits may make another one."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._size -= 1
        self._all_back.set()

    async def _new(self) -> PostgresConnection:
        try:
            connection = await self._connect()
        except BaseException:
            self._lose()
            raise
        connection.since = asyncio.get_running_loop().time()
        return connection

    def _prune(self) -> None:
        """Close what has grown old. One that is free and was free at the last three looks was not used meanwhile."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        kept = []
        for connection in self._free:  # the one that was used last is the last
            connection.looks += 1
            is_old = self._max_lifetime and now - connection.since > self._max_lifetime
            is_idle = self._max_idle and connection.looks > LOOKS
            if connection.raw.is_closed() or is_old or (is_idle and self._size > self._min_size):
                self._size -= 1
                connection.raw.terminate()
            else:
                kept.append(connection)
        self._free = kept
        self._pruning = loop.call_later(self._pause, self._prune) if kept else None


class Lease:
    """A connection for the length of an `async with`."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> PostgresConnection:
        connection = self._connection = self._pool.take() or await self._pool.make()
        return connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pool, connection = self._pool, self._connection
        if not pool.has_put(connection):
            await finish(pool.renew(connection))


class AnyConnection(Connection):
    """Whichever connection of a pool is free, for each call: with fewer steps than a lease takes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        pool = self._pool
        connection = pool.take() or await pool.make()
        try:
            return await connection.fetch(sql, parameters, build, limit)
        finally:
            if not pool.has_put(connection):
                await finish(pool.renew(connection))

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        pool = self._pool
        connection = pool.take() or await pool.make()
        try:
            return await connection.execute(sql, parameters)
        finally:
            if not pool.has_put(connection):
                await finish(pool.renew(connection))
