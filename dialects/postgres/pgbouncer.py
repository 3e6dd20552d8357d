"""Connections to PgBouncer, which gives each transaction another session of the server: nothing may rely on one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

import asyncpg

from dialects.postgres.connection import PostgresConnection
from dialects.postgres.traces import Traces
from qb.errors import UnsupportedError

CURSORS = count(1)

OPTIONS = {"statement_cache_size": 0}
"""asyncpg's, which then prepares each statement with no name, in the trip that runs it."""


class PgBouncerConnection(PostgresConnection):
    """A connection whose session is another one in each transaction."""

    def __init__(self, raw: asyncpg.Connection) -> None:
        super().__init__(raw)
        # asyncpg would switch it off for a look at types, and on again in what may be another session.
        raw._server_caps = raw._server_caps._replace(jit=False)

    async def reset(self) -> None:
        """End what may be running still. There is no session to bring back."""
        if not self.raw.is_closed():
            await self._clean("ROLLBACK" if self.raw.is_in_transaction() else "SELECT 1")
            self.is_changed = False

    def _watch(self, sql: str) -> Traces:
        found = super()._watch(sql)
        self.is_changed = self.is_spent = False
        if found.needs_session:
            raise UnsupportedError(
                f"this would change a session of the server that PgBouncer gives to others, too: say it for a "
                f"transaction (SET LOCAL, pg_advisory_xact_lock()), or connect to PostgreSQL itself\n  in: {sql}"
            )
        return found

    async def _portions(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncIterator[Sequence[Sequence[Any]]]:
        if not self._watch(sql).is_query:  # the server has no cursor of a write
            rows = await self._call(sql, self.raw.fetch, sql, *parameters)
            for start in range(0, len(rows), size):
                yield rows[start : start + size]
            return
        # Not asyncpg's cursor: it has a name for the statement, which another process may have, too.
        name = f"qb_rows_{next(CURSORS)}"
        await self._call(sql, self.raw.execute, f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", *parameters)
        while rows := await self._call(sql, self.raw.fetch, f"FETCH {size} FROM {name}"):
            yield rows
        # Not when the loop is left: that is told while the next statement may be under way. The transaction's end
        # closes it then.
        await self._call("CLOSE", self.raw.execute, f"CLOSE {name}")
