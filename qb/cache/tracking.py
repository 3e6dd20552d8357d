"""Which tables were written when, by whatever runs on one database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, contextmanager
from threading import Lock
from types import TracebackType
from typing import Any, TypeVar

from qb.cache.effects import ANYTHING, UNKNOWN, Effects, Name, declared, effects_of, write_names
from qb.dialect import Affected, Characteristics, Connection, Dialect, Job, Load
from qb.expressions import Sql
from qb.queries import Compilable

T = TypeVar("T")

MOST = 10_000
"""So many texts of statements are known at a time."""
NOTHING: frozenset[Name] = frozenset()


class Tracker:
    """What is known of the statements on one database, and how often each table was written.

    While a write is becoming permanent nobody can say whether others see it already: its tables are in doubt.
    """

    def __init__(self) -> None:
        self._effects: dict[str, Effects] = {}
        self._tables = 0
        self._counts: defaultdict[Name, int] = defaultdict(int)
        self._doubts: defaultdict[Name, int] = defaultdict(int)
        self.listeners: list[Callable[[Iterable[Name]], None]] = []
        """Are called with what was written."""
        self._lock = Lock()  # a batch is taken by the driver's thread

    def note(self, sql: str, statement: Compilable[Any], dialect: Dialect) -> Effects:
        """The effects of a statement, by the text that it is run as."""
        found = self._effects.get(sql)
        if found is not None and isinstance(statement, Sql):  # two of one text may say different things
            found = self._effects[sql] = found.and_those_of(effects_of(statement.node))
        elif found is None or found.writes:
            tables = sum(1 for _ in declared())
            if tables != self._tables or len(self._effects) >= MOST:
                self._tables, found = tables, None  # a new table may have a foreign key to another
                self._effects.clear()
            if found is None:
                found = self._effects[sql] = effects_of(statement._tree(dialect))
        return found

    def writes(self, sql: str) -> frozenset[Name]:
        """What a statement writes; everything when it is not known."""
        return self._effects.get(sql, UNKNOWN).writes

    def versions(self, reads: tuple[Name, ...]) -> tuple[int, ...] | None:
        """How often tables were written; None when one of them is in doubt."""
        doubts = self._doubts
        for name in reads:
            if doubts.get(name):
                return None
        counts = self._counts
        return tuple([counts.get(name, 0) for name in reads])

    def begin(self, writes: Iterable[Name]) -> None:
        """A write is about to become permanent."""
        with self._lock:
            for name in writes:
                self._doubts[name] += 1

    def end(self, writes: Iterable[Name]) -> None:
        """A write that began has become permanent, or has failed."""
        with self._lock:
            for name in writes:
                self._doubts[name] -= 1
                self._counts[name] += 1
        for listener in self.listeners:
            listener(writes)

    def touch(self, writes: Iterable[Name]) -> None:
        """Somebody else has written."""
        with self._lock:
            for name in writes:
                self._counts[name] += 1

    def lease(
        self, lease: AbstractAsyncContextManager[Connection], reads: bool
    ) -> AbstractAsyncContextManager[Connection]:
        """The lease of a connection, which notes what is written with it."""
        return TrackedLease(lease, self)


class TrackedLease(AbstractAsyncContextManager[Connection]):
    """A connection for the length of an `async with`."""

    __slots__ = ("connection", "lease", "tracker")

    def __init__(self, lease: AbstractAsyncContextManager[Connection], tracker: Tracker) -> None:
        self.lease = lease
        self.tracker = tracker

    async def __aenter__(self) -> Connection:
        self.connection = TrackedConnection(await self.lease.__aenter__(), self.tracker)
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        try:
            return await self.lease.__aexit__(kind, error, traceback)
        finally:
            self.connection.settle()


class TrackedConnection(Connection):
    """A connection that notes what is written."""

    finishes = False

    def __init__(self, inner: Connection, tracker: Tracker) -> None:
        self.inner = inner
        self.finishes = inner.finishes
        self.tracker = tracker
        self.written: set[Name] | None = None
        """In the transaction; None outside of one."""
        self._unsettled: list[frozenset[Name]] = []
        """By what was cut short, and may still become permanent until the connection is given back."""

    @property
    def wants_meta(self) -> bool:
        return self.inner.wants_meta

    @wants_meta.setter
    def wants_meta(self, wants: bool) -> None:
        self.inner.wants_meta = wants

    @property
    def metas(self) -> Sequence[Mapping[str, Any]]:  # type: ignore[override]  # likewise
        return self.inner.metas

    @contextmanager
    def _running(self, writes: frozenset[Name]) -> Iterator[None]:
        """The time in which a statement is run."""
        if not writes:
            yield
        elif self.written is not None:
            self.written |= writes
            yield
        else:
            with self._becoming_permanent(writes):
                yield

    @contextmanager
    def _becoming_permanent(self, writes: frozenset[Name]) -> Iterator[None]:
        """The time in which a write becomes permanent, or nobody knows whether it does."""
        self.tracker.begin(writes)
        try:
            yield
        except BaseException:
            self._unsettled.append(writes)
            raise
        self.tracker.end(writes)

    def settle(self) -> None:
        """Whatever was begun is over: the connection was given back."""
        unsettled, self._unsettled = self._unsettled, []
        for writes in unsettled:
            self.tracker.end(writes)

    def _written_by(self, job: Job) -> frozenset[Name]:
        if isinstance(job, Load):
            return frozenset({*write_names(job.table), ANYTHING})
        return self.tracker.writes(job[0])

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        with self._running(self.tracker.writes(sql)):
            return await self.inner.fetch(sql, parameters, build, limit)

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        with self._running(self.tracker.writes(sql)):
            return await self.inner.execute(sql, parameters)

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        with self._running(self.tracker.writes(sql)):
            async with aclosing(self.inner.stream(sql, parameters, size)) as portions:
                async for portion in portions:
                    yield portion

    async def load(self, load: Load) -> Affected:
        with self._running(self._written_by(load)):
            return await self.inner.load(load)

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        written = self.written
        begun: list[frozenset[Name]] = []

        def watched() -> Iterator[Job]:  # runs where the driver runs it, perhaps in a thread
            for job in jobs:
                writes = self._written_by(job)
                if written is not None:
                    written.update(writes)
                elif writes:
                    self.tracker.begin(writes)
                    begun.append(writes)
                yield job

        try:
            results = await self.inner.batch(watched(), atomic)
        except BaseException:
            self._unsettled += begun
            raise
        for writes in begun:
            self.tracker.end(writes)
        return results

    async def begin(self, characteristics: Characteristics) -> None:
        self.written = set()
        await self.inner.begin(characteristics)

    async def commit(self) -> None:
        written, self.written = frozenset(self.written or NOTHING), None
        with self._becoming_permanent(written):
            await self.inner.commit()

    async def rollback(self) -> None:
        self.written = None
        await self.inner.rollback()

    def has_prepared(self, sql: str) -> bool | None:
        return self.inner.has_prepared(sql)

    def is_alive(self) -> bool:
        return self.inner.is_alive()

    async def savepoint(self, name: str) -> None:
        await self.inner.savepoint(name)

    async def release(self, name: str) -> None:
        await self.inner.release(name)

    async def rollback_to(self, name: str) -> None:
        await self.inner.rollback_to(name)
