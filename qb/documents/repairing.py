"""What nobody needs any more is removed: what programs left behind, and documents whose time is over."""

from __future__ import annotations

from typing import Any, NamedTuple

from qb.documents.deleting import drop
from qb.documents.events import TB, D, Deleted, call
from qb.documents.outbox import discard
from qb.documents.storage import Storage
from qb.documents.tables import CONDEMNED, DOOMED, REMOVED, Outbox
from qb.expressions import Expr
from qb.statements.delete import delete
from qb.statements.select import select

PORTION = 50
"""How many are done at a time; D1 takes 100 parameters."""


class Repaired(NamedTuple):
    """What `repair` did."""

    removed: int
    """Objects that were removed from the store: those of writes that never ended, and versions that were replaced."""
    expired: int
    """Documents that were deleted because they have expired."""


async def repair(storage: Storage[TB, D]) -> Repaired:
    """Finish what is left to do."""
    return Repaired(expired=await _delete_expired(storage), removed=await _work_off(storage))


async def _delete_expired(storage: Storage[TB, D]) -> int:
    count = 0
    table = storage.table
    while rows := await storage.db.fetch_all(select(table).where(table.expires_at <= storage.now()).limit(PORTION)):
        for row in rows:
            if await drop(storage, row):
                count += 1
                await call(storage.handlers.after_delete, Deleted(row))
    return count


async def _work_off(storage: Storage[Any, Any]) -> int:
    count = 0
    own = Outbox.collection == storage.keys.collection
    while keys := await _due(storage, own):
        # What is due may have been renewed by a write that goes on.
        count += await discard(storage, keys, Outbox.due <= storage.now())
    await storage.db.execute(delete(Outbox).where(own, Outbox.fate == REMOVED, Outbox.due <= storage.now()))
    return count


async def _due(storage: Storage[Any, Any], own: Expr[bool]) -> list[str]:
    is_due = Outbox.fate.in_([DOOMED, CONDEMNED]) & (Outbox.due <= storage.now())
    rows = await storage.db.fetch_all(select(Outbox.key).where(own, is_due).limit(PORTION))
    return [row.key for row in rows]
