"""What has to hold whenever everything is repaired."""

from __future__ import annotations

from qb import Database, select
from qb.documents import KV, Documents, Outbox
from qb.documents.keys import Keys
from tests.collections.clock import Clock
from tests.collections.notes import Note, NoteRow, collection


async def keys_of(kv: KV) -> set[str]:
    return {key async for key in kv.keys("notes/")}


async def settle(store: Documents[NoteRow, Note], clock: Clock) -> None:
    """Let so much time pass that nothing is going on any more, and repair."""
    for _ in range(3):
        await store.repair()
        clock.advance(hours=2)
    await store.repair()


async def check_consistent(db: Database, kv: KV) -> dict[str, Note]:
    """Each row has its document, each object its row, and nothing is left to do. The documents by id."""
    rows = await db.fetch_all(select(NoteRow))
    assert await keys_of(kv) == {Keys("notes").key(row.id, row.etag) for row in rows}
    assert await db.fetch_all(select(Outbox)) == []
    store = collection().on(db, kv)
    assert (await store.sync()).is_clean
    return {row.id: document for row, document in await store.find(select(NoteRow))}
