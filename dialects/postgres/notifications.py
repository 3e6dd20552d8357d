"""LISTEN: what other sessions say with NOTIFY."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

import asyncpg

from dialects.postgres.errors import FAILURES
from qb.errors import DatabaseError
from qb.running.tasks import finish

LONGEST_PAUSE = 5.0
"""Seconds between two tries to connect again."""


class Notification(NamedTuple):
    """What was said, and by whom: `pid` is that of the server's process."""

    channel: str
    payload: str
    pid: int


class Gap(NamedTuple):
    """Here something was missed. `dropped` is how many notifications, which came faster than they were read; None when
    the connection was lost, and is there again: nobody knows what was said meanwhile.
    """

    dropped: int | None


class Listener:
    """The notifications of some channels, as they come; made by `PostgresDriver.listen`.

    It has a connection of its own, and makes another one when that is lost.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        channels: tuple[str, ...],
        size: int,
        heartbeat: float,
    ) -> None:
        self._connect = connect
        self._channels = channels
        self._size = size
        self._heartbeat = heartbeat
        self._waiting: deque[Notification | Gap] = deque()
        self._is_there = asyncio.Event()
        self._is_lost = asyncio.Event()
        self._raw: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None

    def hears(self) -> bool:
        """Whether it is connected."""
        return self._raw is not None and not self._raw.is_closed()

    async def __aenter__(self) -> Self:
        await self._listen()
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._keeper is not None
        self._keeper.cancel()
        await finish(self._end(self._keeper))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Notification | Gap:
        if self._keeper is None or self._keeper.done():
            raise StopAsyncIteration
        while not self._waiting:
            self._is_there.clear()
            await self._is_there.wait()
        return self._waiting.popleft()

    async def _end(self, keeper: asyncio.Task[None]) -> None:
        await asyncio.wait((keeper,))
        if self._raw is not None:
            with suppress(*FAILURES):
                await self._raw.close(timeout=1.0)

    async def _listen(self) -> None:
        raw = await self._connect()
        try:
            raw.add_termination_listener(self._lose)
            for channel in self._channels:
                await raw.add_listener(channel, self._hear)
        except BaseException:
            raw.terminate()
            raise
        self._raw = raw
        self._is_lost.clear()
        if raw.is_closed():  # meanwhile
            self._is_lost.set()

    def _hear(self, raw: object, pid: int, channel: str, payload: object) -> None:
        last = self._waiting[-1] if self._waiting else None
        if len(self._waiting) < self._size:
            self._put(Notification(channel, str(payload), pid))
        elif isinstance(last, Gap) and last.dropped is not None:
            self._waiting[-1] = Gap(last.dropped + 1)
        else:
            self._put(Gap(1))

    def _put(self, what: Notification | Gap) -> None:
        self._waiting.append(what)
        self._is_there.set()

    def _lose(self, raw: object) -> None:
        if raw is self._raw:
            self._is_lost.set()

    async def _keep(self) -> None:
        """Ask now and then whether the connection is there, and make another one when it is not."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await self._is_lost.wait()
            if not self._is_lost.is_set():
                await self._ask()
            pause = 0.05
            while self._is_lost.is_set():
                try:
                    async with asyncio.timeout(self._heartbeat):
                        await self._listen()
                except (DatabaseError, *FAILURES):
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, pause * 2)
                else:
                    self._put(Gap(None))

    async def _ask(self) -> None:
        assert self._raw is not None
        try:
            await self._raw.execute("SELECT 1", timeout=self._heartbeat)
        except FAILURES:
            self._raw.terminate()
            self._is_lost.set()
