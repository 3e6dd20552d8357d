"""The same statement on the tables of another schema."""

from __future__ import annotations

from collections.abc import Callable

from qb.identifiers import check_identifier
from qb.nodes import Column, Node, Table
from qb.nodes.sources import ForeignKeys


def into_schema(schema: str) -> Callable[[Node], Node]:
    """What gives this schema to each table that has none of its own."""
    check_identifier(schema, "with_schema()")

    def replace(part: Node) -> Node:
        return moved(part, schema) if isinstance(part, Table) and part.schema is None else part

    return replace


def moved(table: Table, schema: str) -> Table:
    """The table of the same name in a schema, with columns of its own."""
    new = Table(table.name, schema, table.alias)
    columns = {c.name: Column(new, c.name, c.attribute, c.type, c.nullable) for c in table.columns}
    new.columns = tuple(columns.values())

    def foreign_keys() -> ForeignKeys:
        return [
            (tuple([columns[own.name] for own in owns]), tuple([_target(target, schema) for target in targets]))
            for owns, targets in table.foreign_keys()
        ]

    new.foreign_keys = foreign_keys
    return new


def _target(column: Column, schema: str) -> Column:
    table = column.source
    if not isinstance(table, Table) or table.schema is not None:
        return column
    return next(other for other in moved(table, schema).columns if other.name == column.name)
