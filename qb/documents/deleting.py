"""How a document is deleted: the batch that deletes its row is what decides."""

from __future__ import annotations

from contextlib import suppress

from qb.documents.events import TB, D
from qb.documents.outbox import entering, entry, remove
from qb.documents.storage import Storage
from qb.documents.tables import CONDEMNED
from qb.rows import Row
from qb.statements.delete import delete
from qb.statements.update import update


async def drop(storage: Storage[TB, D], row: Row[TB]) -> bool:
    """Delete a version of a document. False when that is not its version any more."""
    key = storage.keys.key(row.id, row.etag)
    is_this = (storage.table.id == row.id) & (storage.table.etag == row.etag)
    *_, count = await storage.db.batch(
        # It takes the row first, as who puts a new version does: who took the two in another order could wait for ever.
        update(storage.table).set(etag=storage.table.etag).where(is_this),
        entering(entry(storage, key, CONDEMNED, storage.now()), storage.table, is_this),
        delete(storage.table).where(is_this),
    )
    if not count:
        return False
    with suppress(Exception):  # it is deleted; should this fail, what is in the store is left to `repair`
        await remove(storage, [key])
    return True
