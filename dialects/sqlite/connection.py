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
)
from dialects.sqlite.thread import Thread
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
        super().__init__(thread.call)
        self._thread = thread

    async def load(self, load: Load) -> Affected:
        affected: Affected = await self._call(self._thread.call, load.sql, loaded, load)
        return affected

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        thread = self._thread
        cursor: sqlite3.Cursor = await self._call(thread.call, sql, opened, sql, parameters)
        try:
            while rows := await self._call(thread.call, sql, portion, cursor, size):
                yield rows
        finally:
            if cursor in thread.streams:
                await self._call(thread.call_through, sql, closed, cursor)

    async def begin(self, characteristics: Characteristics) -> None:
        # In one trip with the first statement. It takes the write lock at once: one that began with a read could not
        # wait for the lock later, but would have to start again. Every transaction is serializable.
        thread = self._thread
        thread.begin = "BEGIN" if characteristics.read_only else "BEGIN IMMEDIATE"
        thread.is_restricted = characteristics.read_only and not thread.is_reader

    async def commit(self) -> None:
        await self._call(self._thread.call_through, "COMMIT", commit)

    async def rollback(self) -> None:
        await self._call(self._thread.call_through, "ROLLBACK", rollback)

    async def release(self, name: str) -> None:
        sql = f"RELEASE SAVEPOINT {QUOTED[name]}"
        await self._call(self._thread.call_through, sql, executed, sql, ())

    async def rollback_to(self, name: str) -> None:
        sql = f"ROLLBACK TO SAVEPOINT {QUOTED[name]}"
        await self._call(self._thread.call_through, sql, executed_all, sql, f"RELEASE SAVEPOINT {QUOTED[name]}")

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for functions that run while nothing runs in its thread."""
        return self._thread.raw

    async def run(self, what: str, function: Run, *arguments: object) -> Any:  # what the function returns
        """Run a function in the thread."""
        return await self._call(self._thread.call, what, function, *arguments)

    async def _call(self, run: Run, sql: str, function: Run, *arguments: object) -> Any:  # what the function returns
        try:
            return await run(function, *arguments)
        except FAILURES as error:
            raise translate(error, sql) from error
