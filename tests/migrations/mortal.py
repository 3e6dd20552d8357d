"""A database whose process dies: after so many calls nothing more is heard of it, as if it had been killed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from qb import Database
from qb.errors import DatabaseError


class Killed(BaseException):
    """The process is no more: nothing catches that, and nothing that would clean up is done."""


DEATH = "SELECT json('the power is gone')"
"""What SQLite cannot do."""


class Life:
    """How much a process may still do."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        """That change something in the database, or end a transaction."""

    is_over = False

    def spend(self, calls: int) -> None:
        """Do so much. Raises Killed at the end."""
        if self.is_over or calls > self.calls:
            self.is_over = True
            raise Killed
        self.calls -= calls


class MortalConnection:
    """A connection of a process that dies."""

    def __init__(self, connection: Any, life: Life) -> None:
        self._connection = connection
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connection, name)
        if name not in ("execute", "begin", "commit", "rollback", "fetch"):
            return found

        async def call(*arguments: Any, **options: Any) -> Any:
            self._life.spend(0 if name in ("fetch", "begin") else 1)
            return await found(*arguments, **options)

        return call

    async def batch(self, jobs: Sequence[Any], atomic: bool) -> list[Any]:
        """Of which each statement counts: the one at which the process dies fails."""
        if not self._life.is_over and len(jobs) > self._life.calls:
            with suppress(DatabaseError):
                await self._connection.batch([*jobs[: self._life.calls], (DEATH, (), None)], atomic)
        self._life.spend(len(jobs))
        found: list[Any] = await self._connection.batch(jobs, atomic)
        return found


class Lease:
    """A connection for the length of a `with`."""

    def __init__(self, lease: Any, life: Life) -> None:
        self._lease = lease
        self._life = life

    async def __aenter__(self) -> MortalConnection:
        return MortalConnection(await self._lease.__aenter__(), self._life)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._lease.__aexit__(kind, error, traceback)


def mortal(db: Database, life: Life) -> Database:
    """A database that is no more when a life is over."""
    acquire = db.driver.acquire
    leased: Any = lambda reads=False: Lease(acquire(reads), life)  # noqa: E731  # in place of a method
    db.driver.acquire = leased  # type: ignore[method-assign]  # of this one only
    return db
