"""How a document is stored. Wherever a program ends meanwhile, `repair` knows what is left to do.

A version of a document is an object of its own in the store, and never changes. The row of the document names the
version that counts, so the batch that writes the row is what decides: before it nobody sees the new version, and after
it nobody the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from qb.documents.errors import DocumentConflict, DocumentError
from qb.documents.events import TB, D
from qb.documents.outbox import discard, entering, entry, remove, select_values
from qb.documents.storage import Storage
from qb.documents.tables import DOOMED, Outbox
from qb.errors import ConstraintViolated, DatabaseError, InvalidValue, QbError
from qb.expressions import exists
from qb.queries import Compilable
from qb.rows import Row
from qb.statements.delete import delete
from qb.statements.insert import insert
from qb.statements.select import select
from qb.statements.update import update
from qb.uuids import uuid7_text

TRIES = 5
"""How often a version is stored anew, because it took so long that it was given up."""


class Wanted(NamedTuple):
    """What must be there for a write to be done: a certain version, nothing, or whatever there is."""

    etag: str | None = None
    nothing: bool = False

    def check(self, id: str, there: Row[Any] | None) -> None:
        """Raise DocumentConflict when it is not that."""
        if self.etag is not None and (there is None or there.etag != self.etag):
            state = "is not there any more" if there is None else "has another version now"
            raise DocumentConflict(f"the document {id!r} {state}")
        if self.nothing and there is not None:
            raise DocumentConflict(f"the document {id!r} is there already")


class Content(NamedTuple):
    """What is to be stored of a document."""

    id: str
    text: str
    metadata: Mapping[str, Any]
    ttl: timedelta | None


async def store(storage: Storage[TB, D], content: Content, wanted: Wanted) -> Row[TB]:
    """Store a version of a document, and give its row. Raises DocumentConflict when what is there is not wanted."""
    for _ in range(TRIES):
        etag = uuid7_text()
        key = storage.keys.key(content.id, etag)
        row = await _enter(storage, content.id, key)
        try:
            wanted.check(content.id, _there(storage, row))
            await storage.kv.put(key, content.text)
            while True:
                stored = await _decide(storage, content, etag, row)
                if stored is not None:
                    return stored
                row, is_kept = await _look(storage, content.id, key)
                if not is_kept:  # `repair` took it for what a program left behind, maybe before it was there
                    await remove(storage, [key])
                    break
                wanted.check(content.id, _there(storage, row))  # and if it is, somebody else was faster: once more
        except QbError as error:
            if _is_final(error):
                with suppress(Exception):  # else `repair` does it
                    await discard(storage, [key])
            raise
    raise DocumentError(
        f"the document {content.id!r} was not stored: to store it takes longer than the collection's grace of "
        f"{storage.grace}"
    )


async def _enter(storage: Storage[TB, D], id: str, key: str) -> Row[TB] | None:
    """Enter an object that is going to be in the store, and give the row that its document has."""
    _, rows = await storage.db.batch(
        insert(Outbox).values(**entry(storage, key, DOOMED, storage.now() + storage.grace)),
        select(storage.table).where(storage.table.id == id),
    )
    return rows[0] if rows else None


async def _look(storage: Storage[TB, D], id: str, key: str) -> tuple[Row[TB] | None, bool]:
    """The row of a document, and whether an object may still become its version."""
    rows, kept = await storage.db.batch(
        select(storage.table).where(storage.table.id == id),
        select(Outbox.key).where(Outbox.key == key, Outbox.fate == DOOMED),
    )
    return rows[0] if rows else None, bool(kept)


async def _decide(storage: Storage[TB, D], content: Content, etag: str, row: Row[TB] | None) -> Row[TB] | None:
    """Make an object the version of its document, if the row is still as it was, and the object not given up. What
    the row is then; None when nothing was changed.
    """
    table, now = storage.table, storage.now()
    key = storage.keys.key(content.id, etag)
    is_kept = (Outbox.key == key) & (Outbox.fate == DOOMED)
    is_done = (table.id == content.id) & (table.etag == etag)
    expires_at = None if content.ttl is None else now + content.ttl
    values = {**content.metadata, "etag": etag, "updated_at": now, "expires_at": expires_at}
    # The first statement has `repair` wait, or finds that it was faster: the others ask what is so after that.
    statements: list[Compilable[Any]] = [update(Outbox).set(due=now + storage.grace).where(is_kept)]
    is_kept_now = exists(select(Outbox.key).where(is_kept))
    if row is None:
        new = {"id": content.id, "created_at": now, **values}
        statements.append(
            insert(table).from_select(select_values(table, new).where(is_kept_now)).on_conflict(table.id).do_nothing()
        )
    else:
        if storage.has_expired(row):
            values["created_at"] = now
        is_as_it_was = (table.id == content.id) & (table.etag == row.etag)
        statements.append(update(table).set(**values).where(is_as_it_was, is_kept_now))
        old = entry(storage, storage.keys.key(row.id, row.etag), DOOMED, now + storage.linger)
        statements.append(entering(old, table, is_done))
    statements.append(delete(Outbox).where(is_kept, exists(select(table.id).where(is_done))))
    *_, rows = await storage.db.batch(*statements, select(table).where(is_done))
    return rows[0] if rows else None


def _there(storage: Storage[TB, D], row: Row[TB] | None) -> Row[TB] | None:
    """The row of a document that is there for whoever asks."""
    return None if row is None or storage.has_expired(row) else row


def _is_final(error: QbError) -> bool:
    """Whether nothing can have been written; a connection that fails leaves that open."""
    return not isinstance(error, DatabaseError) or isinstance(error, (ConstraintViolated, InvalidValue))
