"""Statements on their way to D1. It keeps no connection: every call is a request of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from dialects.d1.transport import Answer, Statement, Transport
from qb.dialect import Affected, Characteristics, Connection, Job, Load
from qb.errors import UnsupportedError

T = TypeVar("T")
Build = Callable[[Iterable[Sequence[Any]]], list[T]]

NO_TRANSACTIONS = "D1 has no transactions that stay open: send the statements together, with db.batch(…)"
CHANGING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")
"""With what a statement begins that changes rows; of others the count is that of a statement before."""


class D1Connection(Connection):
    """What a database hands out for a call."""

    def __init__(self, transport: Transport, retries: int) -> None:
        self._transport = transport
        self._retries = retries

    async def fetch(self, sql: str, parameters: Sequence[object], build: Build[T], limit: int | None = None) -> list[T]:
        answer = await self._query(sql, parameters, self.wants_meta)
        return build(answer.rows if limit is None else answer.rows[:limit])

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        return affected(sql, await self._query(sql, parameters, True))

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        rows = (await self._query(sql, parameters, self.wants_meta)).rows  # D1 has no cursors
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        statements: list[Statement] = []
        found: list[tuple[int, Build[Any] | None]] = []
        """For each job, how many statements it is, and what makes its rows."""
        for job in jobs:
            if isinstance(job, Load):
                from dialects.d1.loading import inserts

                parts = list(inserts(job))
                found.append((len(parts), None))
                statements += parts
            else:
                sql, parameters, build = job
                found.append((1, build))
                statements.append((sql, parameters))
        answers = await self._sent([sql for sql, _ in statements], lambda: self._transport.batch(statements))
        results: list[Any] = []
        metas: list[Mapping[str, Any]] = []
        start = 0
        for count, build in found:
            own = answers[start : start + count]
            meta = in_all([answer.meta or {} for answer in own])
            metas.append(meta)
            if build is not None:
                results.append(build(own[0].rows))
            else:
                results.append(affected(statements[start][0], Answer((), meta)))
            start += count
        self.metas = metas
        return results

    async def load(self, load: Load) -> Affected:
        [done] = await self.batch([load], True)
        return done  # type: ignore[no-any-return]  # what a load gives

    async def begin(self, characteristics: Characteristics) -> None:
        raise UnsupportedError(NO_TRANSACTIONS)

    async def _query(self, sql: str, parameters: Sequence[object], wants_meta: bool) -> Answer:
        answer = await self._sent([sql], lambda: self._transport.query(sql, parameters, wants_meta))
        if answer.meta is not None:
            self.metas = (answer.meta,)
        return answer

    async def _sent(self, statements: Sequence[str], send: Callable[[], Awaitable[T]]) -> T:
        """What D1 answers: after some tries, when the first ones fail for a reason that passes, and it does no harm to
        do it twice.
        """
        tries = 0
        while True:
            try:
                return await send()
            except Exception as error:
                from dialects.d1.failures import pause_after

                await pause_after(error, statements, tries, self._retries)  # raises what is not tried again
            tries += 1


def affected(sql: str, answer: Answer) -> Affected:
    """How many rows a statement changed."""
    meta = answer.meta or {}
    word = sql.lstrip()[:7].upper()
    result = Affected(meta.get("changes", 0) if word.startswith(CHANGING) else 0)
    result.meta = meta
    if result and word.startswith(("INSERT", "REPLACE")) and "ON CONFLICT" not in sql:  # else it is an older one
        result.last_row_id = meta.get("last_row_id")
    return result


def in_all(metas: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What D1 told of the statements of one job, together."""
    if len(metas) == 1:
        return metas[0]
    whole = dict(metas[-1])
    for name in ("changes", "duration", "rows_read", "rows_written"):
        whole[name] = sum(meta.get(name, 0) for meta in metas)
    return whole
