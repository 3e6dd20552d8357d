"""How documents are found: their rows by a query, and each of them by the version that its row names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from qb.composition.narrowing import narrowed
from qb.documents.errors import DocumentMissing, InvalidDocument
from qb.documents.events import TB, D
from qb.documents.storage import Storage
from qb.expressions import Expr
from qb.queries import Query
from qb.rows import Row
from qb.statements.select import select
from qb.tables import definition_of

TRIES = 3
"""How often a row is looked at again whose version is not in the store."""
AT_A_TIME = 100
"""How many objects are asked for at once."""


class Versioned(Protocol):
    """A row that says which version of which document it is about."""

    @property
    def id(self) -> str: ...
    @property
    def etag(self) -> str: ...


Q = TypeVar("Q", bound=Query[Any])
V = TypeVar("V", bound=Versioned)
R = TypeVar("R")


class Stored(NamedTuple, Generic[R, D]):
    """A document with its row."""

    row: R
    document: D


async def get(storage: Storage[TB, D], id: str) -> Stored[Row[TB], D] | None:
    """A document, or None."""
    query = select(storage.table).where(storage.table.id == id)
    found = await find(storage, query)
    return found[0] if found else None


async def find(storage: Storage[TB, D], query: Query[V]) -> list[Stored[V, D]]:
    """The rows of a query with their documents."""
    query = alive(storage, query)
    missing = ""
    for _ in range(TRIES):
        rows = await storage.db.fetch_all(query)
        texts = await texts_of(storage, [storage.keys.key(row.id, row.etag) for row in rows])
        if None not in texts:
            found = zip(rows, texts, strict=True)
            return [Stored(row, loaded(storage, row.id, text)) for row, text in found if text is not None]
        # It may have been replaced, or deleted, since its row was read.
        missing = rows[texts.index(None)].id
    raise DocumentMissing(f"the document {missing!r} is not in the store, though its row is there")


def loaded(storage: Storage[TB, D], id: str, text: str) -> D:
    """A document, or InvalidDocument with a note about which one it is."""
    try:
        return storage.codec.load(text)
    except InvalidDocument as error:
        error.add_note(f"in the document {id!r}")
        raise


async def texts_of(storage: Storage[Any, Any], keys: Sequence[str]) -> list[str | None]:
    """What the store has under some keys."""
    import asyncio  # which declaring a collection does not need

    found: list[str | None] = []
    for start in range(0, len(keys), AT_A_TIME):
        found += await asyncio.gather(*[storage.kv.get(key) for key in keys[start : start + AT_A_TIME]])
    return found


def alive(storage: Storage[Any, Any], query: Q) -> Q:
    """A query that does not see what has expired."""
    name, now = definition_of(storage.table).name, storage.now()

    def condition(columns: Mapping[str, Expr[Any]]) -> Expr[Any] | None:
        expires_at = columns.get("expires_at")
        if expires_at is None or expires_at.node.source.name != name:  # type: ignore[attr-defined]  # the node of a column
            return None
        return expires_at.is_null() | (expires_at > now)

    return query.transformed(partial(narrowed, condition=condition))
