"""What goes to another schema under another name, in two steps: the name that it has between them must be free."""

from __future__ import annotations

from qb.migrations.renames import aside
from qb.schema.objects import Name, Schema


def between(schema: Schema, old: Name, new: Name) -> list[Name]:
    """The names that something has one after the other, each of which differs in its schema or in its own name."""
    moved, renamed = Name(old.name, new.schema), Name(new.name, old.schema)
    if new in (moved, renamed):
        return [] if new == old else [new]
    kinds = (schema.enums, schema.sequences, schema.tables, schema.views)
    taken = {each.name for objects in kinds for each in objects}
    for middle in (moved, renamed):
        if middle not in taken:
            return [middle, new]
    away = aside(old.name)
    return [Name(away, old.schema), Name(away, new.schema), new]
