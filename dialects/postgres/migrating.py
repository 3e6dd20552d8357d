"""Migrations on PostgreSQL: a lock on a connection of its own, and a short wait for every other lock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialects.postgres.connection import milliseconds
from qb.dialect import Characteristics, Connection
from qb.identifiers import QUOTED
from qb.migrations.applier import Applier
from qb.migrations.errors import MigrationsLocked
from qb.migrations.history import NAME
from qb.migrations.scripts import Script
from qb.running.tasks import finish
from qb.schema.tokens import Token, tokens

LOCK = 7_103_520_214_906_115
"""The number of the advisory lock that everybody takes who migrates."""
PAUSE = 0.1


class PostgresApplier(Applier):
    """Runs scripts on PostgreSQL."""

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        # The session's, on another connection than that of the scripts: it outlives their transactions.
        async with self.db.driver.acquire() as connection:
            end = time.monotonic() + self.options.wait
            while not await self._lock(connection):
                if time.monotonic() > end:
                    raise MigrationsLocked(
                        f"another process migrates this database, and has not ended in {self.options.wait:g} seconds"
                    )
                await asyncio.sleep(PAUSE)
            try:
                yield
            finally:
                await finish(connection.execute(f"SELECT pg_advisory_unlock({LOCK})", ()))

    async def _lock(self, connection: Connection) -> bool:
        ((is_locked,),) = await connection.fetch(f"SELECT pg_try_advisory_lock({LOCK})", (), list)
        return bool(is_locked)

    async def has_table(self, connection: Connection, name: str = NAME) -> bool:
        ((found,),) = await connection.fetch("SELECT to_regclass($1) IS NOT NULL", (QUOTED[name],), list)
        return bool(found)

    def characteristics(self) -> Characteristics:
        return Characteristics(lock_timeout=self.options.lock_timeout)

    @asynccontextmanager
    async def around(self, connection: Connection, script: Script) -> AsyncIterator[None]:
        if script.transactional:
            yield
            return
        # The pool resets what a session has set.
        await connection.execute(f"SET lock_timeout = {milliseconds(self.options.wait)}", ())
        yield

    async def settle(self, connection: Connection, sql: str) -> None:
        index = concurrent_index(sql)
        if index is not None and await self._is_valid(connection, index) is False:
            await connection.execute(f"DROP INDEX CONCURRENTLY {index}", ())

    async def is_done(self, connection: Connection, sql: str) -> bool:
        index = concurrent_index(sql)
        if index is not None:
            return await self._is_valid(connection, index) is True
        gone = concurrently_dropped(sql)
        return gone is not None and await self._is_valid(connection, gone) is None

    async def _is_valid(self, connection: Connection, index: str) -> bool | None:
        """Whether an index can be used; None when there is none. One whose building failed stays, and is invalid."""
        rows = await connection.fetch(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", (index,), list
        )
        return rows[0][0] if rows else None


def concurrent_index(sql: str) -> str | None:
    """The name of the index, as it is written, that a statement creates outside of a transaction."""
    found = tokens(sql, "postgres")
    words = [token.text.upper() for token in found]
    if words[:1] != ["CREATE"] or "CONCURRENTLY" not in words[:4]:
        return None
    rest = found[words.index("CONCURRENTLY") + 1 :]
    if rest[0].is_word("IF"):
        rest = rest[3:]
    on = next((place for place, token in enumerate(rest) if token.is_word("ON")), 0)
    return schema_of(rest[on + 1 :]) + rest[0].text if on else None


def concurrently_dropped(sql: str) -> str | None:
    """The name of the index, as it is written, that a statement drops outside of a transaction."""
    found = tokens(sql, "postgres")
    if [token.text.upper() for token in found[:3]] != ["DROP", "INDEX", "CONCURRENTLY"]:
        return None
    rest = found[5:] if len(found) > 5 and found[3].is_word("IF") else found[3:]
    return "".join([token.text for token in rest])


def schema_of(table: list[Token]) -> str:
    """The schema of a table, which is that of its index, with a dot; empty where none is written."""
    table = table[1:] if table[0].is_word("ONLY") else table
    return f"{table[0].text}." if len(table) > 1 and table[1].text == "." else ""
