"""Schemas in one order: two of them are equal when they hold the same objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from qb.schema.objects import Schema, Table

Item = TypeVar("Item")


def canonical(schema: Schema) -> Schema:
    """The same schema with its objects sorted by name. Columns keep their order, in which a row has them."""
    return replace(
        schema,
        schemas=tuple(sorted(schema.schemas)),
        enums=in_order(schema.enums),
        sequences=in_order(schema.sequences),
        tables=in_order(tuple([canonical_table(table) for table in schema.tables])),
        views=in_order(tuple([replace(view, indexes=in_order(view.indexes)) for view in schema.views])),
        triggers=in_order(schema.triggers),
        unknown=in_order(schema.unknown),
    )


def canonical_table(table: Table) -> Table:
    """The same table with its constraints and indexes sorted by name."""
    return replace(
        table,
        uniques=in_order(table.uniques),
        checks=in_order(table.checks),
        foreign_keys=in_order(table.foreign_keys),
        exclusions=in_order(table.exclusions),
        indexes=in_order(table.indexes),
        options=tuple(sorted(table.options)),
    )


def in_order(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """By name, and where there is none by all the rest."""
    return tuple(sorted(items, key=lambda item: (str(getattr(item, "name", None) or ""), repr(item))))
