"""What is entered for the store, and how it is done. Everything here may end anywhere, and be done again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from qb.documents.storage import Storage
from qb.documents.tables import CONDEMNED, DOOMED, REMOVED, DocumentTable, Outbox
from qb.expressions import Expr
from qb.expressions.core import operand
from qb.statements.insert import Insert, insert
from qb.statements.select import Select, select
from qb.statements.update import update
from qb.statements.writes import writable
from qb.tables import Table

MEMORY = timedelta(hours=1)
"""How long it is remembered that an object was removed: a slow store may still show it."""


def entry(storage: Storage[Any, Any], key: str, fate: str, due: datetime) -> dict[str, Any]:
    """The columns of an object that is to be removed."""
    return {"key": key, "collection": storage.keys.collection, "fate": fate, "due": due}


def entering(values: Mapping[str, Any], table: type[DocumentTable], condition: Expr[bool]) -> Insert[Outbox]:
    """Enter an object if there is a certain row."""
    found = select_values(Outbox, values).from_(table).where(condition)
    return insert(Outbox).from_select(found).on_conflict(Outbox.key).do_nothing()


def select_values(table: type[Table], values: Mapping[str, Any]) -> Select[Any]:
    """A select of values, each of the type of its column."""
    return select(*[Expr[Any](operand(value, writable(table, name).type)).as_(name) for name, value in values.items()])


async def discard(storage: Storage[Any, Any], keys: Sequence[str], is_sure: Expr[bool] | None = None) -> int:
    """Remove objects, apart from those that have become a version of their document, or for which `is_sure` is not
    true. How many there were.
    """
    doomed = update(Outbox).set(fate=CONDEMNED, due=storage.now()).where(Outbox.key.in_(keys), Outbox.fate == DOOMED)
    _, rows = await storage.db.batch(
        doomed if is_sure is None else doomed.where(is_sure),
        select(Outbox.key).where(Outbox.key.in_(keys), Outbox.fate == CONDEMNED),
    )
    condemned = [row.key for row in rows]
    if condemned:
        await remove(storage, condemned)
    return len(condemned)


async def remove(storage: Storage[Any, Any], keys: Sequence[str]) -> None:
    """Remove condemned objects from the store, and remember them."""
    import asyncio

    await asyncio.gather(*[storage.kv.delete(key) for key in keys])
    await storage.db.execute(update(Outbox).set(fate=REMOVED, due=storage.now() + MEMORY).where(Outbox.key.in_(keys)))
