"""Migrations on PostgreSQL: a lock on a connection of its own, and a short wait for every other lock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialects.postgres.connection import milliseconds
from dialects.postgres.migrations.steps import (
    created_index,
    dropped_index,
    goes_with_its_note,
    is_concurrent,
    touches_no_row,
)
from qb.dialect import Characteristics, Connection
from qb.identifiers import QUOTED
from qb.migrations.applier import Applier, Work
from qb.migrations.errors import MigrationsLocked
from qb.migrations.history import NAME
from qb.migrations.scripts import Script
from qb.running.tasks import finish

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

    async def is_done(self, connection: Connection, work: Work, sql: str) -> bool:
        if not work.undoes_a_part and not is_concurrent(sql):
            return False
        dropped, created = dropped_index(sql), created_index(sql)
        if dropped is not None:
            return await self._is_valid(connection, dropped) is None
        if created is None:
            return False
        is_valid = await self._is_valid(connection, created)
        if is_valid is False:
            how = "" if work.script.transactional else "CONCURRENTLY "
            await connection.execute(f"DROP INDEX {how}{created}", ())
        return is_valid is True

    def can_turn_back(self, script: Script) -> bool:
        return all(touches_no_row(statement) for statement in script.statements)

    def goes_with_its_note(self, script: Script, place: int) -> bool:
        return goes_with_its_note(script, place)

    async def _is_valid(self, connection: Connection, index: str) -> bool | None:
        """Whether an index can be used; None when there is none. One whose building failed stays, and is invalid."""
        rows = await connection.fetch(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", (index,), list
        )
        return rows[0][0] if rows else None
