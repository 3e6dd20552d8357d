"""A connection as queries see it: in the hands of one task, or for one call among those of others."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import Any, TypeVar

from dialects.sqlite.errors import FAILURES, translate
from dialects.sqlite.statements import (
    Progress,
    closed,
    commit,
    executed,
    executed_all,
    fetched,
    in_one_trip,
    loaded,
    opened,
    portion,
    rollback,
    within,
)
from dialects.sqlite.thread import Thread, Unit
from qb.dialect import Affected, Characteristics, Connection, Job, Load
from qb.identifiers import QUOTED

T = TypeVar("T")
Run = Callable[..., Any]  # a function that runs in the thread; what it returns


class SharedConnection(Connection):
    """Any connection of a pool, for single calls: those of many tasks are lined up in the threads, and nobody waits
    for a turn.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        try:
            rows: list[T] = await self._run(fetched, sql, parameters, build, limit)
        except FAILURES as error:
            raise translate(error, sql) from error
        return rows

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        try:
            affected: Affected = await self._run(executed, sql, parameters)
        except FAILURES as error:
            raise translate(error, sql) from error
        return affected

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        progress = Progress()
        try:
            results: list[Any] = await self._run(in_one_trip, jobs, atomic, progress)
        except FAILURES as error:
            raise translate(error, progress.sql) from error
        return results


class SqliteConnection(SharedConnection):
    """A connection in the hands of one task or of one transaction."""

    finishes = True

    def __init__(self, thread: Thread) -> None:
        super().__init__(self._in_unit)
        self._thread = thread
        self._unit: Unit | None = None

    async def _in_unit(self, function: Run, *arguments: object) -> Any:  # what the function returns
        return await self._thread.call(within, self._unit, function, *arguments)

    async def _to_the_end(self, function: Run, *arguments: object) -> Any:  # likewise
        return await self._thread.call_through(within, self._unit, function, *arguments)

    async def leave(self) -> None:
        """Leave nothing behind for the next one who has the connection."""
        raw = self._thread._connection
        if self._unit is not None or self._thread.streams or (raw is not None and raw.in_transaction):
            await self.rollback()

    async def load(self, load: Load) -> Affected:
        affected: Affected = await self._call(self._in_unit, load.sql, loaded, load)
        return affected

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        thread = self._thread
        cursor: sqlite3.Cursor = await self._call(self._in_unit, sql, opened, sql, parameters)
        try:
            while rows := await self._call(self._in_unit, sql, portion, cursor, size):
                yield rows
        finally:
            if cursor in thread.streams:
                await self._call(self._to_the_end, sql, closed, cursor)

    async def begin(self, characteristics: Characteristics) -> None:
        # In one trip with the first statement. It takes the write lock at once: one that began with a read could not
        # wait for the lock later, but would have to start again. Every transaction is serializable.
        read_only = characteristics.read_only
        self._unit = Unit("BEGIN" if read_only else "BEGIN IMMEDIATE", read_only and not self._thread.is_reader)

    async def commit(self) -> None:
        await self._call(self._to_the_end, "COMMIT", commit)
        self._unit = None

    async def rollback(self) -> None:
        try:
            await self._call(self._to_the_end, "ROLLBACK", rollback)
        finally:
            self._unit = None

    async def release(self, name: str) -> None:
        sql = f"RELEASE SAVEPOINT {QUOTED[name]}"
        await self._call(self._to_the_end, sql, executed, sql, ())

    async def rollback_to(self, name: str) -> None:
        sql = f"ROLLBACK TO SAVEPOINT {QUOTED[name]}"
        await self._call(self._to_the_end, sql, executed_all, sql, f"RELEASE SAVEPOINT {QUOTED[name]}")

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for functions that run while nothing runs in its thread."""
        return self._thread.raw

    async def run(self, what: str, function: Run, *arguments: object) -> Any:  # what the function returns
        """Run a function in the thread."""
        return await self._call(self._in_unit, what, function, *arguments)

    async def _call(self, run: Run, sql: str, function: Run, *arguments: object) -> Any:  # what the function returns
        try:
            return await run(function, *arguments)
        except FAILURES as error:
            raise translate(error, sql) from error
