"""A connection: asyncpg's, and what it has been through."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

import asyncpg

from dialects.postgres.copy import TAKES_COPY, is_copied
from dialects.postgres.errors import FAILURES, translate
from dialects.postgres.traces import Traces, traces
from qb.dialect import PLAIN, Affected, Characteristics, Connection, Isolation, Job, Load
from qb.errors import DatabaseError, InvalidValue, TransactionError
from qb.identifiers import QUOTED
from qb.nodes import Table
from qb.running.tasks import finish

T = TypeVar("T")

COUNTED = frozenset({"DELETE", "INSERT", "MERGE", "UPDATE"})
"""Commands that change rows; their status ends with how many."""

FORGET = """
    CLOSE ALL;
    SET SESSION AUTHORIZATION DEFAULT;
    RESET ROLE;
    RESET ALL;
    UNLISTEN *;
    SELECT pg_advisory_unlock_all();
    DISCARD TEMP;
    DISCARD SEQUENCES;
"""
"""DISCARD ALL, but for the prepared statements."""
LONGEST_RESET = 10.0
"""Seconds, after which a connection is given up."""


class PostgresConnection(Connection):
    """A connection of the pool, in the hands of one task or of one transaction."""

    def __init__(self, raw: asyncpg.Connection) -> None:
        self.raw = raw
        self.is_changed = False
        """Whether a statement may have changed the session, or may be running still."""
        self.is_spent = False
        """Whether nobody can use the session any more."""
        self.since = 0.0
        """When it was made, in the time of the event loop."""
        self.looks = 0
        """How often it was seen to be free since it was used."""

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        found = self._watch(sql)
        try:
            if limit is None or not found.may_be_cut:
                rows = await self.raw.fetch(sql, *parameters)
            else:  # asyncpg has a method for one row only
                rows = await self.raw._execute(sql, parameters, limit, None)
        except FAILURES as error:
            raise self._failed(error, sql) from error
        except asyncio.CancelledError:
            self.is_changed = True
            raise
        return build(rows)

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        self._watch(sql)
        is_one = parameters or (";" not in sql and sql[:1].isalpha())
        status: str = await self._call(sql, self.raw.execute if is_one else self._only, sql, *parameters)
        command, _, rest = status.partition(" ")
        return Affected(rest.rpartition(" ")[2] if command in COUNTED else 0)

    async def _only(self, sql: str) -> str:
        """Run what may be several statements, which asyncpg would send on when there are no parameters; or none."""
        statement = await self.raw.prepare(sql)
        await statement.fetch()
        return statement.get_statusmsg() or ""

    async def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        self._watch(sql)
        if self.raw.is_in_transaction():
            async for portion in self._portions(sql, parameters, size):
                yield portion
            return
        try:  # outside of a transaction, the server keeps no cursor
            await self.begin(PLAIN)
            async for portion in self._portions(sql, parameters, size):
                yield portion
            await finish(self.commit())
        except BaseException:
            await finish(self.rollback())
            raise

    async def _portions(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncIterator[Sequence[Sequence[Any]]]:
        cursor = await self._call(sql, self.raw.cursor, sql, *parameters)
        while rows := await self._call(sql, cursor.fetch, size):
            yield rows

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        waiting = iter(jobs)
        first = list(islice(waiting, 2))
        return await super().batch(chain(first, waiting), atomic and len(first) > 1)  # one is atomic by itself

    async def load(self, load: Load) -> Affected:
        rows = chain.from_iterable(list(load.portions))  # encoded before anything is sent
        target = QUOTED[load.table.name]
        if load.table.schema is not None:
            target = f"{QUOTED[load.table.schema]}.{target}"
        names = [column.name for column in load.columns]
        if is_copied(load.columns) and await self._call(load.sql, self.raw.fetchval, TAKES_COPY, target, names):
            copy = self.raw.copy_records_to_table
            work = copy(load.table.name, schema_name=load.table.schema, columns=names, records=rows)
        else:
            work = self._insert_each(load.sql, rows, load.count)
        try:
            return await self._copy(load.sql, work)
        except (KeyError, OverflowError, TypeError, ValueError) as error:  # what asyncpg takes for no value of the type
            raise InvalidValue("a row does not fit its columns", sql=load.sql) from error

    async def _insert_each(self, sql: str, rows: Iterable[Sequence[object]], count: int) -> str:
        await self.raw.executemany(sql, list(rows))
        return f"INSERT 0 {count}"

    async def copy_in(self, table: Table, columns: list[str], source: Any, options: Mapping[str, Any]) -> int:
        """Insert the rows of a file."""
        copy = self.raw.copy_to_table
        source = io.BytesIO(source) if isinstance(source, bytes) else source  # asyncpg takes it for a path
        work = copy(table.name, schema_name=table.schema, columns=columns, source=source, **options)
        return await self._copy(f"COPY {QUOTED[table.name]} FROM STDIN", work)

    async def copy_out(self, sql: str, parameters: Sequence[object], to: Any, options: Mapping[str, Any]) -> int:
        """Write the rows of a query."""
        self._watch(sql)
        return await self._copy(sql, self.raw.copy_from_query(sql, *parameters, output=to, **options))

    async def _copy(self, sql: str, work: Awaitable[str]) -> Affected:
        try:
            status = await work
        except FAILURES as error:
            self.is_changed = True  # asyncpg may be cancelling it still
            if isinstance(error, OSError) and not isinstance(error, TimeoutError) and not self.raw.is_closed():
                raise  # the file's
            raise self._failed(error, sql) from error
        except BaseException:
            self.is_changed = True
            raise
        return Affected(status.rpartition(" ")[2])

    async def begin(self, characteristics: Characteristics) -> None:
        sql = begin_of(characteristics)
        await self._call(sql, self.raw.execute, sql)

    def has_prepared(self, sql: str) -> bool | None:
        raw = self.raw
        found: bool = raw._stmt_cache.has((sql, raw._protocol.get_record_class(), False))
        return found

    def is_alive(self) -> bool:
        return not self.raw.is_closed()

    async def commit(self) -> None:
        if await self._call("COMMIT", self.raw.execute, "COMMIT") == "ROLLBACK":
            raise TransactionError(
                "PostgreSQL has rolled the transaction back, because a statement in it had failed: what may "
                "fail belongs into a nested transaction"
            )

    async def rollback(self) -> None:
        await self._clean("ROLLBACK")  # outside of a transaction it is a warning

    async def reset(self) -> None:
        """Bring the session back to what it was when it was opened, or end it."""
        if self.is_spent:
            self.raw.terminate()
        if self.raw.is_closed():
            return
        await self._clean(f"ROLLBACK; {FORGET}" if self.raw.is_in_transaction() else FORGET)
        self.is_changed = False

    async def _clean(self, sql: str) -> None:
        try:
            async with asyncio.timeout(LONGEST_RESET):
                await self.raw.execute(sql)
        except FAILURES:
            self.raw.terminate()

    def _watch(self, sql: str) -> Traces:
        """Note what a statement may do to the session, before it is run: one that fails may have done it."""
        found = traces(sql)
        if found.changes_session:
            self.is_changed = True
            self.is_spent |= found.spends_session
        return found

    async def _call(self, sql: str, function: Callable[..., Awaitable[T]], *arguments: object) -> T:
        try:
            return await function(*arguments)
        except FAILURES as error:
            raise self._failed(error, sql) from error
        except asyncio.CancelledError:
            self.is_changed = True  # the server may not have heard of it yet: only the next statement waits for that
            raise

    def _failed(self, error: Exception, sql: str) -> DatabaseError:
        if isinstance(error, TimeoutError):
            self.is_changed = True  # likewise
        return translate(error, sql)


def begin_of(characteristics: Characteristics) -> str:
    """What begins such a transaction, in one trip."""
    words = []
    if characteristics.isolation is not None:
        words.append(ISOLATION[characteristics.isolation])
    if characteristics.read_only:
        words.append("READ ONLY")
    if characteristics.deferrable:
        words.append("DEFERRABLE")
    statements = [f"BEGIN {', '.join(words)}" if words else "BEGIN"]
    for name in ("statement_timeout", "lock_timeout"):
        seconds = getattr(characteristics, name)
        if seconds is not None:
            statements.append(f"SET LOCAL {name} = {milliseconds(seconds)}")
    return "; ".join(statements)


def milliseconds(seconds: float) -> int:
    """As PostgreSQL takes a timeout, for which 0 is for ever."""
    return max(1, round(seconds * 1000)) if seconds else 0


ISOLATION: dict[Isolation, str] = {
    "read committed": "ISOLATION LEVEL READ COMMITTED",
    "repeatable read": "ISOLATION LEVEL REPEATABLE READ",
    "serializable": "ISOLATION LEVEL SERIALIZABLE",
}
