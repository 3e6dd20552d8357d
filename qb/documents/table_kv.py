"""A key-value store in a table, of an SQLite file for example."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from qb import col
from qb.running.executor import Executor
from qb.statements.delete import delete
from qb.statements.insert import insert
from qb.statements.select import select
from qb.tables import Table


class KVEntry(Table, name="qb_kv"):
    key = col.text().primary_key()
    value = col.text()


class TableKV:
    """Texts in a table, which `await db.create_tables(KVEntry)` makes.

    kv = TableKV(await Database.connect("sqlite:///documents.db"))
    """

    def __init__(self, db: Executor[Any]) -> None:
        self._db = db

    async def get(self, key: str, /) -> str | None:
        rows = await self._db.fetch_all(select(KVEntry.value).where(KVEntry.key == key))
        return rows[0].value if rows else None

    async def put(self, key: str, value: str, /) -> None:
        entry = insert(KVEntry).values(key=key, value=value)
        await self._db.execute(entry.on_conflict(KVEntry.key).do_update(value=value))

    async def delete(self, key: str, /) -> None:
        await self._db.execute(delete(KVEntry).where(KVEntry.key == key))

    async def keys(self, prefix: str, /) -> AsyncIterator[str]:
        # Sorted by the database they would be in the order of its language.
        found = await self._db.fetch_all(select(KVEntry.key).where(KVEntry.key.startswith(prefix)))
        for key in sorted([row.key for row in found]):
            yield key
