"""What every picture shows of a table."""

from __future__ import annotations

from typing import NamedTuple

from qb.schema.objects import Column, Schema, Table


class Line(NamedTuple):
    """One column, as people read it."""

    name: str
    type: str
    marks: tuple[str, ...]
    """PK, FK, UK: the keys that the column is in."""
    nullable: bool


def lines(table: Table) -> list[Line]:
    """The columns of a table."""
    key = table.primary_key.columns if table.primary_key else ()
    return [
        Line(each.name, each.type, marks(table, each), each.nullable and each.name not in key) for each in table.columns
    ]


def marks(table: Table, column: Column) -> tuple[str, ...]:
    """The keys that a column is in; a unique key only where it is of this column alone."""
    found = []
    if table.primary_key is not None and column.name in table.primary_key.columns:
        found.append("PK")
    if any(column.name in key.columns for key in table.foreign_keys):
        found.append("FK")
    if any(key.columns == (column.name,) for key in table.uniques):
        found.append("UK")
    return tuple(found)


class Edge(NamedTuple):
    """A foreign key between two tables of the picture."""

    child: Table
    parent: Table
    columns: tuple[str, ...]
    references: tuple[str, ...]
    is_optional: bool
    """Whether a row may be without a parent."""
    is_single: bool
    """Whether a parent has one such child at most."""


def edges(schema: Schema) -> list[Edge]:
    """The foreign keys whose both sides are there."""
    tables = {table.name: table for table in schema.tables}
    found = []
    for table in schema.tables:
        keys = [key.columns for key in table.uniques]
        keys += [table.primary_key.columns] if table.primary_key else []
        for key in table.foreign_keys:
            if key.table in tables:
                optional = any(table.column(name).nullable for name in key.columns)
                single = any(set(unique) <= set(key.columns) for unique in keys)
                found.append(Edge(table, tables[key.table], key.columns, key.references, optional, single))
    return found
