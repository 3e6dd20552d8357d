"""Rows for tests, of which only what matters has to be said."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from qb import fn
from qb.bulk.inserting import attribute_of
from qb.columns import Column, Declaration
from qb.constraints import ForeignKey
from qb.errors import QbError
from qb.nodes import Column as ColumnNode
from qb.rows import Row
from qb.running.executor import Executor
from qb.statements.insert import insert
from qb.statements.select import select
from qb.tables import Definition, Table, definition_of, resolve
from qb.testing.samples import sample

TB = TypeVar("TB", bound=Table)
Numbers = dict[type[Table], Iterator[int]]

NUMBERS: WeakKeyDictionary[object, Numbers] = WeakKeyDictionary()
"""By driver, which lives as long as its database: the numbers for the next rows."""


async def make(db: Executor[Any], table: type[TB], /, **given: object) -> Row[TB]:
    """Insert a row, and get it back. What must be given and is not, is made up: the same in every run, and different in
    every row.

        album = await make(db, Album, title="Blue")  # by an artist that is made, too

    Columns that may be NULL or have a default are left out. Rows that the row must reference are made like itself,
    unless the columns of the foreign key are given. A function is called with the number of the row, from 1 on.
    Conditions of `check` are not known. Raises QbError where rows need each other, or where nothing is known of a
    type's values: give those columns.
    """
    return await made(db, table, given, ())


async def make_many(db: Executor[Any], table: type[TB], number: int, /, **given: object) -> list[Row[TB]]:
    """Insert as many rows, each as `make` does it.

    albums = await make_many(db, Album, 3, artist_id=artist.id, title=lambda number: f"Volume {number}")
    """
    return [await made(db, table, given, ()) for _ in range(number)]


async def made(db: Executor[Any], table: type[TB], given: dict[str, Any], path: tuple[type[Table], ...]) -> Row[TB]:
    """A row, for one of the last table of `path`."""
    definition = definition_of(table)
    for attribute in given:
        definition.column(attribute)  # raises
    number = await next_number(db, table)
    values = {name: value(number) if callable(value) else value for name, value in given.items()}
    for key in definition.foreign_keys:
        await reference(db, definition, key, values, (*path, table))
    for attribute, column in definition.columns.items():
        if attribute not in values and is_needed(column.declaration):
            try:
                values[attribute] = sample(column.declaration.type, attribute, number)
            except QbError as error:
                raise QbError(f"{error}: say make(db, {table.__name__}, {attribute}=…)") from error
    row: Row[TB] = await db.fetch_one(insert(table).values(**values).returning(table))
    return row


async def reference(
    db: Executor[Any], definition: Definition, key: ForeignKey, values: dict[str, Any], path: tuple[type[Table], ...]
) -> None:
    """Add the values of a foreign key, those of a row that is made for it."""
    own = [column.attribute for column in key.columns if isinstance(column, ColumnNode)]
    missing = [name for name in own if name not in values]
    if not any(is_needed(definition.columns[name].declaration) for name in missing):
        return
    label = definition.model.__name__
    try:
        targets = resolve(key.reference, key.columns, f"{label}.{', '.join(own)}")
    except NameError as error:
        raise QbError(f"{label} references what is not defined: {error}") from error
    other = table_of(targets[0])
    if other in path:
        needs = ", which needs a row of ".join([table.__name__ for table in (*path[path.index(other) :], other)])
        raise QbError(f"a row of {needs}: give {label}.{missing[0]}, say make(db, {label}, {missing[0]}=…)")
    there = dict(zip(own, [attribute_of(target) for target in targets], strict=True))
    parent = await made(db, other, {there[name]: values[name] for name in own if name in values}, path)
    for name in missing:
        values[name] = getattr(parent, there[name])


def is_needed(declared: Declaration) -> bool:
    """Whether an insert must give the column."""
    return not (declared.nullable or declared.identity or declared.default is not None or declared.computed is not None)


async def next_number(db: Executor[Any], table: type[Table]) -> int:
    """The number of the next row: one more than there were rows when the first one was made."""
    numbers = NUMBERS.setdefault(db._engine.driver, {})
    if table not in numbers:
        rows: int = await db.fetch_value(select(fn.count()).from_(table))
        numbers.setdefault(table, count(rows + 1))
    return next(numbers[table])


def table_of(column: Column[Any, Any, Any]) -> type[Table]:
    """The table class of a column."""
    source = column.node.source if isinstance(column.node, ColumnNode) else None
    classes: list[type[Table]] = [Table]
    while classes:
        cls = classes.pop()
        if vars(cls).get("__qb_source__") is source:
            return cls
        classes += cls.__subclasses__()
    raise QbError(f"{column!r} is not a column of a table")
