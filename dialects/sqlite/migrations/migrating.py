"""Migrations on SQLite: each is one transaction, which takes the lock of the file at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from qb.dialect import Connection
from qb.migrations.applier import Applier
from qb.migrations.errors import MigrationError
from qb.migrations.history import NAME
from qb.migrations.scripts import Script
from qb.running.tasks import finish

ORDINARY = {"INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "SELECT", "CREATE", "ALTER", "DROP", "REINDEX", "ANALYZE"}
"""What such statements begin with that SQLite does in a transaction, too."""
CONTROL = {"BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT"}
"""What a script begins and ends transactions with by itself."""


class SqliteApplier(Applier):
    """Runs scripts on a file of SQLite."""

    async def has_table(self, connection: Connection, name: str = NAME) -> bool:
        found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return bool(await connection.fetch(found, (name,), list))

    @asynccontextmanager
    async def around(self, connection: Connection, script: Script) -> AsyncIterator[None]:
        if script.foreign_keys:
            yield
            return
        ((before,),) = await connection.fetch("PRAGMA foreign_keys", (), list)
        # Inside a transaction this does nothing (https://sqlite.org/pragma.html#pragma_foreign_keys).
        await connection.execute("PRAGMA foreign_keys = OFF", ())
        try:
            yield
        finally:
            await finish(connection.execute(f"PRAGMA foreign_keys = {before}", ()))

    def goes_with_its_note(self, script: Script, place: int) -> bool:
        words = [first_word(statement) for statement in script.statements]
        return words[place] in ORDINARY and CONTROL.isdisjoint(words)

    async def checking(self, connection: Connection, script: Script) -> Callable[[], Any]:
        if script.foreign_keys:
            return await super().checking(connection, script)
        if await connection.fetch("PRAGMA foreign_keys", (), list) != [(0,)]:
            raise MigrationError("SQLite's foreign keys are on, which would delete rows: nothing is done")
        before = await orphans(connection)

        async def check() -> None:
            new = await orphans(connection) - before
            if new:
                lost = [f"{count} rows of {table} reference what is not in {of}" for (table, of), count in new.items()]
                raise MigrationError(f"foreign keys are broken, so nothing is done: {'; '.join(lost)}")

        return check


def first_word(sql: str) -> str:
    """Of a statement that no comment begins, as it compares."""
    return sql.split(maxsplit=1)[0].upper()


async def orphans(connection: Connection) -> Counter[tuple[str, str]]:
    """How many rows of a table reference what is not in another."""
    found = await connection.fetch("PRAGMA foreign_key_check", (), list)
    return Counter([(table, parent) for table, _, parent, _ in found])
