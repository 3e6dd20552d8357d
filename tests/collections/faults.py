"""Programs that end in the middle of what they do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

from qb import Database
from qb.dialect import Affected, Driver, Job
from qb.documents import KV
from qb.queries import Compilable, Query

T = TypeVar("T")


class Crash(BaseException):
    """The end of a program. No `except Exception` keeps it going."""


class Life:
    """How many steps a program does: each call of the database or the store is one. With `is_done`, the last one is
    done, but nobody is told. What is called after the end raises, too.
    """

    def __init__(self, steps: int | None = None, is_done: bool = False) -> None:
        self.steps = steps
        self.is_done = is_done
        self.count = 0
        self.is_over = False

    async def step(self, action: Callable[[], Awaitable[T]]) -> T:
        if self.is_over:
            raise Crash
        self.is_over = self.count == self.steps
        self.count += 1
        if self.is_over and not self.is_done:
            raise Crash
        result = await action()
        if self.is_over:
            raise Crash
        return result


class MortalKV:
    """A store that is called by a program with a life."""

    def __init__(self, kv: KV, life: Life) -> None:
        self.kv = kv
        self.life = life

    async def get(self, key: str) -> str | None:
        return await self.life.step(lambda: self.kv.get(key))

    async def put(self, key: str, value: str) -> None:
        await self.life.step(lambda: self.kv.put(key, value))

    async def delete(self, key: str) -> None:
        await self.life.step(lambda: self.kv.delete(key))

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        async for key in self.kv.keys(prefix):
            yield key


class MortalDatabase(Database):
    """A database that is called by a program with a life."""

    def __init__(self, driver: Driver, life: Life) -> None:
        super().__init__(driver)
        self.life = life

    def autonomous(self) -> MortalDatabase:
        return self

    async def execute(self, statement: Compilable) -> Affected:
        run = super().execute
        return await self.life.step(lambda: run(statement))

    async def _fetch(self, query: Query[T], limit: int | None) -> list[T]:
        run = super()._fetch
        return await self.life.step(lambda: run(query, limit))

    async def _together(self, jobs: Iterable[Job]) -> list[Any]:
        run = super()._together
        return await self.life.step(lambda: run(jobs))
