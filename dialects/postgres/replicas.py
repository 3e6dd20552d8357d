"""Servers that follow the primary: which of them may answer a read, and what happens when one cannot."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar

import asyncpg

from dialects.postgres.errors import FAILURES
from dialects.postgres.pool import Lease, Pool
from qb.dialect import Affected, Characteristics, Connection, Load
from qb.errors import ConnectionFailed, DatabaseError

T = TypeVar("T")

Connect = Callable[[], Awaitable[asyncpg.Connection]]

NEVER = float("-inf")
LONGEST_PAUSE = 5.0
"""Seconds between two tries to reach a server that is away."""
ANSWER = 5.0
"""Seconds that a server has to say how far it is."""
REMEMBERED = 1000
"""Texts of statements that were found to write."""

WRITTEN = "SELECT pg_current_wal_insert_lsn()::text"
REPLAYED = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END"

WROTE: ContextVar[Mapping[int, float] | None] = ContextVar("qb_wrote", default=None)
"""When the code that runs, a task, wrote last; by the identity of the replicas."""


class Replica:
    """One of them."""

    def __init__(self, pool: Pool, connect: Connect) -> None:
        self.pool = pool
        self.connect = connect
        self.fresh = NEVER
        """The moment before which everything that was committed on the primary is there, too."""

    def is_away(self) -> None:
        """Leave it out until it says how far it is."""
        self.fresh = NEVER

    @property
    def load(self) -> int:
        """How many use it, or wait for it."""
        return self.pool.size - self.pool.free + self.pool.waiting


class Replicas:
    """All of them.

    Every now and then the primary is asked how far its log has been written, and each replica how far it has replayed
    it: what a replica has replayed that the primary had written at some moment makes the replica fresh until that
    moment. So no clocks are compared, and a write needs no trip to learn its place in the log.
    """

    def __init__(self, primary: Connect, replicas: Sequence[Replica], max_lag: float) -> None:
        self._primary = primary
        self._replicas = replicas
        self._max_lag = max_lag
        self._interval = min(0.25, max_lag / 4)
        self._written: deque[tuple[float, int]] = deque(maxlen=max(8, int(max_lag / self._interval) + 2))
        """When the primary was asked, and how far it was then."""
        self._tasks: list[asyncio.Task[None]] = []
        self._writing: dict[str, None] = {}

    def start(self) -> None:
        """Begin to ask."""
        self._tasks = [
            asyncio.create_task(self._ask(self._primary, WRITTEN, self._note_written, lambda: None)),
            *[
                asyncio.create_task(self._ask(each.connect, REPLAYED, self._noting(each), each.is_away))
                for each in self._replicas
            ],
        ]

    async def close(self) -> None:
        """Ask no more, and close the pools."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for replica in self._replicas:
            await replica.pool.close()

    def choose(self) -> Replica | None:
        """The least busy one that has all that this task wrote, and is not too far behind."""
        now = asyncio.get_running_loop().time()
        wrote = (WROTE.get() or {}).get(id(self), NEVER)
        needed = max(now - self._max_lag, wrote)
        fresh = [replica for replica in self._replicas if replica.fresh >= needed]
        return min(fresh, key=lambda replica: replica.load) if fresh else None

    def pin(self) -> None:
        """Note that this task has written."""
        WROTE.set({**(WROTE.get() or {}), id(self): asyncio.get_running_loop().time()})

    def writes(self, sql: str) -> bool:
        """Whether a replica refused a statement because it writes."""
        return sql in self._writing

    def note_writing(self, sql: str) -> None:
        """A replica has refused a statement because it writes."""
        if len(self._writing) >= REMEMBERED:
            self._writing.pop(next(iter(self._writing)))
        self._writing[sql] = None

    async def _ask(
        self, connect: Connect, sql: str, note: Callable[[float, str | None], None], lose: Callable[[], None]
    ) -> None:
        """Ask a server again and again, on a connection of its own."""
        loop = asyncio.get_running_loop()
        raw: asyncpg.Connection | None = None
        pause = self._interval
        try:
            while True:
                try:
                    async with asyncio.timeout(ANSWER):
                        if raw is None:
                            raw = await connect()
                        asked = loop.time()
                        note(asked, await raw.fetchval(sql))
                    pause = self._interval
                except (DatabaseError, *FAILURES):
                    lose()
                    if raw is not None:
                        raw.terminate()
                    raw = None
                    pause = min(LONGEST_PAUSE, pause * 2)
                await asyncio.sleep(pause)
        finally:
            if raw is not None:
                raw.terminate()

    def _note_written(self, asked: float, place: str | None) -> None:
        if place is not None:
            self._written.append((asked, number(place)))

    def _noting(self, replica: Replica) -> Callable[[float, str | None], None]:
        def note(asked: float, place: str | None) -> None:
            if place is None:  # it follows nobody any more
                replica.is_away()
                return
            replayed = number(place)
            for moment, written in reversed(self._written):
                if written <= replayed:
                    replica.fresh = moment
                    break

        return note


def number(place: str) -> int:
    """A place in the log, `16/B374D848`, as a number."""
    high, _, low = place.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


class WritingLease:
    """A connection to the primary, after which the task has written."""

    __slots__ = ("_lease", "_replicas")

    def __init__(self, lease: Lease, replicas: Replicas) -> None:
        self._lease = lease
        self._replicas = replicas

    async def __aenter__(self) -> Connection:
        return await self._lease.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._lease.__aexit__(kind, error, traceback)
        finally:
            self._replicas.pin()


class ReadingLease:
    """A connection to a replica, or to the primary when that is away."""

    __slots__ = ("_leases", "_primary", "_replica", "_replicas")

    def __init__(self, replica: Replica, replicas: Replicas, primary: Pool) -> None:
        self._replica = replica
        self._replicas = replicas
        self._primary = primary
        self._leases: list[Lease] = []

    async def __aenter__(self) -> Connection:
        try:
            inner = await self._take(self._replica.pool)
        except ConnectionFailed:
            self._replica.is_away()
            return await self._take(self._primary)
        return ReplicaConnection(inner, self._replica, self._replicas, self.take_primary)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self._leases:
            await self._leases.pop().__aexit__(kind, error, traceback)

    async def take_primary(self) -> Connection:
        """A connection to the primary, as long as this one is held."""
        return await self._take(self._primary)

    async def _take(self, pool: Pool) -> Connection:
        lease = pool.lease()
        connection = await lease.__aenter__()
        self._leases.append(lease)
        return connection


class ReplicaConnection(Connection):
    """A connection to a replica. What that cannot do, the primary does; but for a transaction that has begun."""

    def __init__(
        self, inner: Connection, replica: Replica, replicas: Replicas, primary: Callable[[], Awaitable[Connection]]
    ) -> None:
        self.inner = inner
        self._replica = replica
        self._replicas = replicas
        self._primary = primary
        self._may_change = True
        """Whether another server may do it as well: nothing was begun."""

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        try:
            return await self.inner.fetch(sql, parameters, build, limit)
        except DatabaseError as error:
            if not self._is_the_replicas(error, sql):
                raise
        await self._change()
        try:
            return await self.inner.fetch(sql, parameters, build, limit)
        finally:
            self._pin(sql)

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        has_begun = False
        try:
            async with aclosing(self.inner.stream(sql, parameters, size)) as portions:
                async for portion in portions:
                    has_begun = True
                    yield portion
            return
        except DatabaseError as error:
            if has_begun or not self._is_the_replicas(error, sql):
                raise
        await self._change()
        try:
            async with aclosing(self.inner.stream(sql, parameters, size)) as portions:
                async for portion in portions:
                    yield portion
        finally:
            self._pin(sql)

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        return await self.inner.execute(sql, parameters)

    async def load(self, load: Load) -> Affected:
        return await self.inner.load(load)

    async def begin(self, characteristics: Characteristics) -> None:
        if characteristics.isolation == "serializable":  # which no replica has
            await self._change()
        try:
            await self.inner.begin(characteristics)
        except DatabaseError as error:
            if not self._is_the_replicas(error, "BEGIN"):
                raise
            await self._change()
            await self.inner.begin(characteristics)
        self._may_change = False

    def has_prepared(self, sql: str) -> bool | None:
        return self.inner.has_prepared(sql)

    def is_alive(self) -> bool:
        return self.inner.is_alive()

    async def commit(self) -> None:
        await self.inner.commit()

    async def rollback(self) -> None:
        await self.inner.rollback()

    async def _change(self) -> None:
        self.inner = await self._primary()
        self._may_change = False

    def _pin(self, sql: str) -> None:
        """Note that the task has written, if it has."""
        if self._replicas.writes(sql):
            self._replicas.pin()

    def _is_the_replicas(self, error: DatabaseError, sql: str) -> bool:
        """Whether the primary may do what has failed."""
        state = getattr(error.__cause__, "sqlstate", None)
        if isinstance(error, ConnectionFailed):
            self._replica.is_away()
        elif state == "25006":  # read_only_sql_transaction
            self._replicas.note_writing(sql)
        elif not (state == "40001" and "recovery" in str(error)):  # the primary has removed what was read
            return False
        return self._may_change
