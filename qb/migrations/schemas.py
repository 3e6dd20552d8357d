"""Schemas that get other names, which happens before all else: what is in them is compared by the new ones."""

from __future__ import annotations

from collections.abc import Iterator

from qb.identifiers import seen
from qb.migrations.hints import Hints, MaybeRenamed
from qb.migrations.matching import paired
from qb.migrations.operations import RenameSchema
from qb.migrations.renames import aside, steps
from qb.schema.objects import Schema


def former_schemas(before: Schema, after: Schema, hints: Hints) -> dict[str, str]:
    """The old names of schemas by the new ones."""
    return paired(dict.fromkeys(before.schemas), dict.fromkeys(after.schemas), hints.schemas, hints.certain)


def renamed_schemas(before: Schema, former: dict[str, str]) -> list[RenameSchema]:
    """The renames, in an order in which no name is taken twice."""
    names = {old: new for new, old in former.items()}
    return [RenameSchema(old, new) for old, new in steps(names, before.schemas, aside, seen)]


def maybe_renamed(before: Schema, after: Schema, former: dict[str, str], hints: Hints) -> Iterator[MaybeRenamed]:
    """The schemas that are gone, and new ones in which something has the same name."""
    known = hints.dropped_schemas | {*former.values()}
    for gone in [name for name in before.schemas if name not in known and not hints.certain]:
        for fresh in [name for name in after.schemas if name not in former]:
            if names_in(before, gone) & names_in(after, fresh):
                yield MaybeRenamed("schema", None, gone, fresh)


def names_in(schema: Schema, name: str) -> set[str]:
    """The names of what is in a schema."""
    kinds = (schema.enums, schema.sequences, schema.tables, schema.views)
    names = [each.name for objects in kinds for each in objects]
    return {each.name for each in names if each.schema == name}
