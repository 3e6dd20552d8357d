"""Two branches of history that meet again: whether what they do goes together, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from qb.errors import SchemaError
from qb.migrations.apply import applied
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.migration import Migration
from qb.migrations.operations import Operation, constraints_of
from qb.migrations.scripts import Script
from qb.migrations.wording import described
from qb.schema.canonical import canonical
from qb.schema.objects import Name, Schema, Table, View


def merge(folder: Folder, title: str = "merge") -> Migration:
    """Join the two heads of a folder by a migration that follows both, and does nothing itself.

    Raises MigrationError when there are not two, and, saying which operations they are, when it matters which branch
    is applied first.
    """
    folder.check()
    heads = folder.heads()
    if len(heads) != 2:
        raise MigrationError(
            f"there are {len(heads)} branches of history in {folder.path}, and two are joined at a time"
        )
    one, other = heads
    base, ways = fork(folder, one, other)
    wrong = list(conflicts(base, *ways))
    if wrong:
        listed = "\n".join([f"  {described(first)}\n  against {described(second)}" for first, second in wrong])
        raise MigrationError(
            f"{one.name} and {other.name} do not go together:\n{listed}\nUndo one of them (`qb migrate down`), delete "
            f"its files and make it anew on top of the other"
        )
    schema = applied(applied(base, ways[0]), ways[1])
    return folder.add(title, Script(()), Script(()), schema, [one.name, other.name])


def fork(folder: Folder, one: Migration, other: Migration) -> tuple[Schema, tuple[list[Operation], list[Operation]]]:
    """The schema where two branches part, and what each of them does to it."""
    ancestors = [folder.ancestors(each.name) | {each.name} for each in (one, other)]
    common = ancestors[0] & ancestors[1]
    last = [each for each in folder.migrations.values() if each.name in common]
    base = last[-1].schema if last else Schema(one.schema.dialect)
    ways = [
        [operation for each in folder.migrations.values() if each.name in way - common for operation in each.operations]
        for way in ancestors
    ]
    return base, (ways[0], ways[1])


def conflicts(
    base: Schema, one: Sequence[Operation], other: Sequence[Operation]
) -> Iterator[tuple[Operation, Operation]]:
    """The operations of two branches of which it matters which comes first, or that cannot both be."""
    if commute(base, one, other):
        return
    found = False
    before = base
    for first in one:
        there = before
        for second in other:
            if not commute(there, [first], [second]):
                found = True
                yield first, second
            there = applied_if_it_can(there, second)
        before = applied_if_it_can(before, first)
    if not found:  # several together
        yield one[-1], other[-1]


def commute(base: Schema, one: Sequence[Operation], other: Sequence[Operation]) -> bool:
    """Whether the same comes of both orders."""
    try:
        result, same = applied(applied(base, one), other), applied(applied(base, other), one)
    except SchemaError:
        return False
    return unordered(result) == unordered(same) and is_sound(result)


def unordered(schema: Schema) -> Schema:
    """The schema with its columns in the order of their names: the one in which they came is no difference."""
    schema = canonical(schema)
    tables = [replace(each, columns=tuple(sorted(each.columns, key=attrgetter("name")))) for each in schema.tables]
    return replace(schema, tables=tuple(tables))


def is_sound(schema: Schema) -> bool:
    """Whether no two things have one name, and everything that is named is there."""
    tables = {table.name: table for table in schema.tables}
    holders: list[Table | View] = [*schema.tables, *schema.views]
    rows = [each.name for each in holders]
    indexes = [Name(index.name, each.name.schema) for each in holders for index in each.indexes]
    names: list[Sequence[object]] = [
        [*rows, *indexes, *[sequence.name for sequence in schema.sequences]],
        [*rows, *[each.name for each in schema.enums]],  # each has a type of its rows
        [(each.table, each.name) for each in schema.triggers],
    ]
    for table in schema.tables:
        names += [[column.name for column in table.columns], [each.name for each in constraints_of(table) if each.name]]
    is_double = any(len(set(each)) < len(each) for each in names)
    keys = [key for table in schema.tables for key in table.foreign_keys]
    return (
        not is_double
        and all(used_columns(table) <= {column.name for column in table.columns} for table in schema.tables)
        and all(key.table in tables for key in keys)
        and all({*key.references} <= {column.name for column in tables[key.table].columns} for key in keys)
    )


def used_columns(table: Table) -> set[str]:
    """The columns that the constraints and indexes of a table name."""
    named: list[Iterable[str]] = [getattr(each.rule, "columns", ()) for each in constraints_of(table)]
    for index in table.indexes:
        named += [index.include, [key.column for key in index.keys if key.column is not None]]
    return {column for columns in named for column in columns}


def applied_if_it_can(schema: Schema, operation: Operation) -> Schema:
    """The schema after an operation, or as it is where the operation finds nothing to do."""
    try:
        return applied(schema, [operation])
    except SchemaError:
        return schema
