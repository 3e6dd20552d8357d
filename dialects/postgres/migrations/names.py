"""The names of constraints and indexes: an index, be it that of a key, is alone in its schema with its name, whatever
table it is on; any constraint is alone in its table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dialects.postgres.migrations.parts import Part, part_name, parts
from dialects.postgres.migrations.sync import shortened
from qb.schema.objects import Index, Name, Schema

NEW = "__new_"


class Place(NamedTuple):
    """Where a name is the only one of its kind."""

    schema: str | None
    table: str | None
    """Of a constraint; None for what stands beside the tables of its schema."""
    name: str


def places(table: Name, part: Part) -> set[Place]:
    """Where a constraint or an index of a table takes a name."""
    name = part_name(part)
    beside = Place(table.schema, None, name)
    if isinstance(part, Index):
        return {beside}
    own = Place(table.schema, table.name, name)
    return {own, beside} if part.key is not None or part.exclusion is not None else {own}


def taken(schema: Schema) -> set[Place]:
    """The names that something in a schema has."""
    return set(named_places(schema))


def named_places(schema: Schema) -> Iterator[Place]:
    """All of them, one by one."""
    relations = [each.name for some in (schema.tables, schema.views, schema.sequences) for each in some]
    for name in relations:
        yield Place(name.schema, None, name.name)
    for table in schema.tables:
        for part in parts(table):
            yield from places(table.name, part)
    for view in schema.views:
        for index in view.indexes:
            yield from places(view.name, index)


def begun(name: str) -> str:
    """The name of what takes the place of something, until it has done so."""
    return shortened(f"{NEW}{name}")
