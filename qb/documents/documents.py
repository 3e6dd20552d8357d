"""The documents of a collection in a database and a store: what programs call."""

from __future__ import annotations

import builtins
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from qb.documents.events import TB, D, Deleted, Put, Putting, call
from qb.documents.reading import Stored, V, alive, find, get
from qb.documents.storage import Storage
from qb.queries import Query
from qb.rows import Row
from qb.statements.select import select

if TYPE_CHECKING:
    from qb.documents.repairing import Repaired
    from qb.documents.syncing import Synced

T = TypeVar("T")


class Documents(Generic[TB, D]):
    """The documents of a collection: `collection.on(db, kv)`.

        row = await store.put(Note("Shopping", "milk"))
        found = await store.get(row.id)
        row = await store.put(changed, id=row.id, etag=row.etag)
        for row, note in await store.find(select(NoteRow).where(NoteRow.title.startswith("S"))): ...
        await store.delete(row.id)

    A `put` or `delete` is done as a whole or not at all, whatever ends or fails; it is no part of a transaction around
    it. What was not finished, was replaced or has expired is removed by `repair`, which is to be called now and then.

    Every method raises a `DatabaseError` where the database refuses or fails, and what the store raises.
    """

    def __init__(self, storage: Storage[TB, D]) -> None:
        self._storage = storage

    async def put(
        self,
        document: D,
        *,
        id: str | None = None,
        etag: str | None = None,
        new: bool = False,
        ttl: timedelta | None = None,
    ) -> Row[TB]:
        """Store a document, and give its row with its `id` and `etag`.

        Without an `id` it is a new document. With one it takes the place of what is there: with an `etag` only of that
        version, with `new=True` of nothing; otherwise DocumentConflict is raised. It is there for `ttl`, or for ever.

        Raises InvalidDocument when it is not what its class declares, EncodingError or ConstraintViolated when its
        metadata does not fit the table; nothing is stored then.
        """
        from qb.documents.keys import check_id
        from qb.documents.writing import Content, Wanted, store
        from qb.uuids import uuid7_text

        storage = self._storage
        if etag is not None and (id is None or new):
            raise ValueError("put(etag=…) replaces a version of the document with an id: say both, and not new=True")
        if ttl is not None and ttl <= timedelta():
            raise ValueError(f"put(ttl={ttl!r}): a document is there for some time")
        event = Putting(uuid7_text() if id is None else check_id(id), document)
        await call(storage.handlers.before_put, event)
        document = event.document
        text = storage.codec.dump(document)
        content = Content(event.id, text, storage.collection.describe(document), ttl)
        row = await store(storage, content, Wanted(etag, new or id is None))
        await call(storage.handlers.after_put, Put(row, document))
        return row

    async def get(self, id: str) -> Stored[Row[TB], D] | None:
        """A document with its row; None when there is none.

        Raises DocumentMissing when the store has lost it, InvalidDocument when it is not what its class declares.
        """
        return await get(self._storage, id)

    async def find(self, query: Query[V]) -> builtins.list[Stored[V, D]]:
        """The rows of a query, each with its document: of a select from the collection's table, and whatever is joined
        to it, that has the columns `id` and `etag`. What has expired is not found.

            select(NoteRow.id, NoteRow.etag, Author.name).join(Author, on=…)

        Raises as `get` does.
        """
        return await find(self._storage, query)

    @overload
    async def list(self) -> builtins.list[Row[TB]]: ...
    @overload
    async def list(self, query: Query[T]) -> builtins.list[T]: ...
    async def list(self, query: Query[Any] | None = None) -> builtins.list[Any]:
        """The rows of a query, of all documents by default, without the documents. What has expired is left out."""
        if query is None:
            query = select(self._storage.table).order_by(self._storage.table.id)
        return await self._storage.db.fetch_all(alive(self._storage, query))

    async def delete(self, id: str, *, etag: str | None = None) -> bool:
        """Delete a document, with an `etag` only this version. Whether it was there.

        Raises DocumentConflict when it has not this `etag` any more.
        """
        from qb.documents.deleting import drop
        from qb.documents.writing import Wanted

        storage = self._storage
        while True:
            rows = await self.list(select(storage.table).where(storage.table.id == id))
            row = rows[0] if rows else None
            Wanted(etag).check(id, row)
            if row is None:
                return False
            await call(storage.handlers.before_delete, Deleted(row))
            if await drop(storage, row):
                await call(storage.handlers.after_delete, Deleted(row))
                return True

    async def repair(self) -> Repaired:
        """Remove what nobody needs any more: what writes that never ended left in the store, versions that were
        replaced, and documents that have expired. It may be called at any time, by several programs at once; a Worker
        does so in its scheduled handler.
        """
        from qb.documents.repairing import repair

        return await repair(self._storage)

    async def sync(self, *, mend: bool = False) -> Synced:
        """Compare the database with the store, both ways and each document with its metadata. With `mend` what differs
        is put right, after a `repair`.

        It reads every document, so it is for when something else changed one of them: a backup was restored, a store
        was copied, or the metadata are now made in another way.
        """
        from qb.documents.syncing import sync

        return await sync(self._storage, mend)
