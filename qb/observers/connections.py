"""Connections that tell what is done with them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from itertools import count
from time import perf_counter, time
from types import TracebackType
from typing import Any, TypeVar

from qb.dialect import Affected, Characteristics, Connection, Job, Load
from qb.observers.events import PoolWait, StatementRun, Step, TransactionStep
from qb.observers.hub import Hub, task_name

T = TypeVar("T")

TRANSACTIONS = count(1)


class Timer:
    """When something began, and how long it takes."""

    __slots__ = ("clock", "started")

    def __init__(self) -> None:
        self.started = time()
        self.clock = perf_counter()

    def seconds(self) -> float:
        """Until now."""
        return perf_counter() - self.clock


class ObservedLease(AbstractAsyncContextManager[Connection]):
    """A connection for the length of an `async with`."""

    __slots__ = ("hub", "lease", "reads")

    def __init__(self, hub: Hub, lease: AbstractAsyncContextManager[Connection], reads: bool) -> None:
        self.lease = lease
        self.reads = reads
        self.hub = hub

    async def __aenter__(self) -> Connection:
        if not self.hub.observers:  # all of them have stopped
            return await self.lease.__aenter__()
        timer = Timer()
        task = task_name()
        error: BaseException | None = None
        try:
            held = await self.lease.__aenter__()
        except BaseException as raised:
            error = raised
            raise
        finally:
            self.hub.tell(
                PoolWait(
                    dialect=self.hub.dialect,
                    started=timer.started,
                    seconds=timer.seconds(),
                    error=error,
                    task=task,
                    reads=self.reads,
                )
            )
        return ObservedConnection(held, self.hub, task)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return await self.lease.__aexit__(kind, error, traceback)


class ObservedConnection(Connection):
    """A connection, and who is told what is done with it."""

    finishes = False
    wants_meta = True

    def __init__(self, inner: Connection, hub: Hub, task: str | None) -> None:
        self.inner = inner
        self.finishes = inner.finishes
        inner.wants_meta = True
        self.hub = hub
        self.task = task
        self.transaction: int | None = None
        self.begun = 0.0
        self.statements = 0

    @property
    def metas(self) -> Sequence[Mapping[str, Any]]:  # type: ignore[override]  # it is the inner one that sets it
        return self.inner.metas

    # Statements

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        prepared = self.inner.has_prepared(sql)
        timer = Timer()
        try:
            rows = await self.inner.fetch(sql, parameters, build, limit)
        except BaseException as error:
            self._ran(sql, parameters, timer.started, timer.seconds(), error=error)
            raise
        self._ran(sql, parameters, timer.started, timer.seconds(), len(rows), prepared=prepared, metas=self.inner.metas)
        return rows

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        prepared = self.inner.has_prepared(sql) if parameters else None  # without any, it may be sent as it is
        timer = Timer()
        try:
            affected = await self.inner.execute(sql, parameters)
        except BaseException as error:
            self._ran(sql, parameters, timer.started, timer.seconds(), error=error)
            raise
        self._ran(
            sql, parameters, timer.started, timer.seconds(), int(affected), prepared=prepared, metas=self.inner.metas
        )
        return affected

    async def load(self, load: Load) -> Affected:
        timer = Timer()
        try:
            affected = await self.inner.load(load)
        except BaseException as error:
            self._ran(load.sql, (), timer.started, timer.seconds(), error=error)
            raise
        self._ran(load.sql, (), timer.started, timer.seconds(), int(affected), metas=self.inner.metas)
        return affected

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        started, seconds, rows = time(), 0.0, 0
        error: BaseException | None = None
        try:
            async with aclosing(self.inner.stream(sql, parameters, size)) as portions:
                while True:
                    clock = perf_counter()
                    try:
                        portion = await anext(portions)
                    except StopAsyncIteration:
                        break
                    except BaseException as raised:
                        error = raised
                        raise
                    finally:
                        seconds += perf_counter() - clock
                    rows += len(portion)
                    yield portion
        finally:
            metas = self.inner.metas if error is None else ()
            self._ran(sql, parameters, started, seconds, None if error else rows, error=error, metas=metas)

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        timer = Timer()
        begun: list[tuple[Job, float, float]] = []
        """The statements that the driver has taken, each when the one before it was done."""
        ended: float | None = None

        def watched() -> Iterator[Job]:  # runs where the driver runs it, perhaps in a thread: nobody is told yet
            nonlocal ended
            for job in jobs:
                begun.append((job, time(), perf_counter()))
                yield job
            ended = perf_counter()

        error: BaseException | None = None
        results: list[Any] = []
        if atomic:
            self._begins()
        try:
            results = await self.inner.batch(watched(), atomic)
        except BaseException as raised:
            error = raised
            raise
        finally:
            over = perf_counter()
            ends = [clock for _, _, clock in begun[1:]] + [over if ended is None else ended]
            failed = error is not None and ended is None  # otherwise the last statement was still done
            for place, (job, started, clock) in enumerate(begun):
                sql, parameters = (job.sql, ()) if isinstance(job, Load) else job[:2]
                rows: int | None = None
                if place < len(results):
                    found = results[place]
                    rows = int(found) if isinstance(found, Affected) else len(found)
                what = error if failed and place == len(begun) - 1 else None
                metas = self.inner.metas[place : place + 1] if error is None else ()
                self._ran(sql, parameters, started, ends[place] - clock, rows, error=what, in_batch=True, metas=metas)
            if atomic:
                step: Step = "commit" if error is None else "rollback"
                last = over if ended is None else ended
                self._stepped(step, timer.started + (last - timer.clock), over - last, error)
        return results

    # Transactions

    async def begin(self, characteristics: Characteristics) -> None:
        self._begins()
        try:
            await self._step("begin", self.inner.begin(characteristics))
        except BaseException:
            self.transaction = None
            raise

    def has_prepared(self, sql: str) -> bool | None:
        return self.inner.has_prepared(sql)

    def is_alive(self) -> bool:
        return self.inner.is_alive()

    async def commit(self) -> None:
        await self._step("commit", self.inner.commit())

    async def rollback(self) -> None:
        await self._step("rollback", self.inner.rollback())

    async def savepoint(self, name: str) -> None:
        await self._step("savepoint", self.inner.savepoint(name), name)

    async def release(self, name: str) -> None:
        await self._step("release", self.inner.release(name), name)

    async def rollback_to(self, name: str) -> None:
        await self._step("rollback to", self.inner.rollback_to(name), name)

    # Telling

    def _begins(self) -> None:
        self.transaction = next(TRANSACTIONS)
        self.begun = perf_counter()
        self.statements = 0

    async def _step(self, step: Step, work: Any, name: str | None = None) -> None:
        timer = Timer()
        error: BaseException | None = None
        try:
            await work
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._stepped(step, timer.started, timer.seconds(), error, name)

    def _stepped(
        self, step: Step, started: float, seconds: float, error: BaseException | None, name: str | None = None
    ) -> None:
        is_end = self.transaction is not None and (step == "rollback" or (step == "commit" and error is None))
        self.hub.tell(
            TransactionStep(
                dialect=self.hub.dialect,
                started=started,
                seconds=seconds,
                error=error,
                task=self.task,
                transaction=self.transaction,
                step=step,
                name=name,
                lasted=perf_counter() - self.begun if is_end else None,
                statements=self.statements if is_end else 0,
            )
        )
        if is_end:
            self.transaction = None

    def _ran(
        self,
        sql: str,
        parameters: Sequence[object],
        started: float,
        seconds: float,
        rows: int | None = None,
        *,
        error: BaseException | None = None,
        in_batch: bool = False,
        prepared: bool | None = None,
        metas: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.statements += 1
        event = StatementRun(
            dialect=self.hub.dialect,
            started=started,
            seconds=seconds,
            error=error,
            task=self.task,
            transaction=self.transaction,
            sql=sql,
            rows=rows,
            in_batch=in_batch,
            prepared=prepared,
            meta=metas[0] if metas else None,
        )
        self.hub.tell_statement(event, parameters)
