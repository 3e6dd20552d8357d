"""Caches of several processes that tell each other what was written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from json import dumps, loads
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from dialects.postgres.driver import PostgresDriver
from dialects.postgres.notifications import Gap, Notification
from qb import Database
from qb.cache.effects import UNKNOWN, Name
from qb.errors import DatabaseError, QbError

LONGEST = 7000
"""Bytes of a notification; PostgreSQL takes fewer than 8000."""
LONGEST_PAUSE = 5.0
"""Seconds between two tries to send."""


class SharedWrites:
    """Strong caches of all processes that say this ask again when one of them has written:

        async with SharedWrites(db, "music_writes"): ...

    A write is told by NOTIFY on the channel as soon as it is committed, so the others may show what was there before
    it for a moment longer. When the connection on which they listen was lost, they forget everything. It has to be
    around all that writes and all that is cached.
    """

    def __init__(self, db: Database[Any], channel: str) -> None:
        self._driver = PostgresDriver.of(db)
        self._tracker = db._engine.track()
        self._channel = channel
        self._own = uuid4().hex
        self._listener = self._driver.listen(channel)
        self._unsaid: set[Name] = set()
        self._has_news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        if self._tasks:
            raise QbError("this SharedWrites was begun already: make another one")
        await self._listener.__aenter__()
        self._tracker.listeners.append(self._say)
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._send())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._tracker.listeners.remove(self._say)
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        with suppress(DatabaseError):
            await self._send_all()
        await self._listener.__aexit__(None, None, None)

    def _say(self, names: Iterable[Name]) -> None:
        """Note what was written, for the others."""
        self._unsaid.update(names)
        self._has_news.set()

    async def _send(self) -> None:
        pause = 0.05
        while True:
            await self._has_news.wait()
            try:
                await self._send_all()
                pause = 0.05
            except DatabaseError:
                logging.getLogger("qb.cache").warning("writes could not be told to other processes", exc_info=True)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _send_all(self) -> None:
        names = frozenset(self._unsaid)
        if not names:
            return
        payload = payload_of(self._own, names)
        if len(payload) > LONGEST:
            payload = payload_of(self._own, UNKNOWN.writes)
        async with self._driver.acquire() as connection:
            await connection.execute("SELECT pg_notify($1, $2)", (self._channel, payload))
        self._unsaid -= names
        if not self._unsaid:
            self._has_news.clear()

    async def _hear(self) -> None:
        async for what in self._listener:
            self._tracker.touch(self._written(what))

    def _written(self, what: Notification | Gap) -> Iterable[Name]:
        """What others have written."""
        if isinstance(what, Gap):
            return UNKNOWN.writes
        try:
            who, names = loads(what.payload)
            return () if who == self._own else [(schema, name) for schema, name in names]
        except (TypeError, ValueError):  # nobody of us has said it
            return UNKNOWN.writes


def payload_of(who: str, names: Iterable[Name]) -> str:
    """What is said of a write: in ASCII, so that its length is that of its bytes."""
    return dumps([who, sorted(names, key=str)])
