"""The way back: operations that undo others, and what they cannot bring back, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qb.migrations import operations as ops
from qb.migrations.apply import applied, step
from qb.migrations.diff import diff, needs_value
from qb.migrations.expressions import mentions
from qb.migrations.hints import Hints
from qb.migrations.operations import Operation
from qb.schema.objects import Column, Name, Schema, Table

PLACEHOLDERS = {
    "INTEGER": "0",
    "INT": "0",
    "REAL": "0",
    "TEXT": "''",
    "SMALLINT": "0",
    "BIGINT": "0",
    "NUMERIC": "0",
    "DOUBLE PRECISION": "0",
    "CHARACTER VARYING": "''",
    "VARCHAR": "''",
    "BOOLEAN": "false",
    "BYTEA": "''",
    "BLOB": "x''",
}
"""By the type of a column, what stands for values that are lost where there has to be one."""
NULLED = "it is NULL in every row"


@dataclass(frozen=True, slots=True)
class Reversal:
    """What undoes operations."""

    operations: tuple[Operation, ...]
    losses: tuple[str, ...] = ()
    """What does not come back, a sentence for each."""
    empty_only: tuple[Name, ...] = ()
    """Tables for which the way back fails, with nothing done, once they have rows."""


def reverse(
    before: Schema, operations: Sequence[Operation], known: Mapping[tuple[Name, str], str] | None = None
) -> Reversal:
    """The operations that lead back to `before` from what `operations` have made of it. `known` has the values of
    columns that come back: expressions over what is there.

    What held data that is gone comes back without it: a table without rows, a column with its default, NULL, or a zero
    or an empty text where it must have a value.
    """
    after = applied(before, operations)
    tables = new_names(before, operations, "tables")
    formers = {new: old for old, new in tables.items()}
    columns = column_names(operations, tables)
    enums = new_names(before, operations, "enums")
    former_enums = {new: old for old, new in enums.items()}
    losses: list[str] = []
    known = known or {}
    using = dict(known)
    empty_only: list[Name] = []
    gone: dict[tuple[Name, str], Refilled] = {}
    for each in operations:
        if isinstance(each, ops.DropTable):
            name = formers.get(each.table.name, each.table.name)
            losses.append(f'the rows of "{name}" do not come back: it is made again, empty')
        elif isinstance(each, ops.DropSequence):
            losses.append(f'where "{each.sequence.name}" stood does not come back: it counts from its start again')
        elif isinstance(each, ops.AlterColumn) and not has_no_way_back(each):
            losses += lost_values(each)
        elif isinstance(each, ops.AlterColumn) or (isinstance(each, ops.DropColumn) and not each.column.generated):
            table = before.table(formers.get(each.table, each.table))
            lost = each.column if isinstance(each, ops.DropColumn) else each.before
            column = next(
                (old for (owner, old), new in columns.items() if (owner, new) == (table.name, lost.name)), lost.name
            )
            if (table.name, column) in known:
                continue
            found = refilled(table, table.column(column))
            if isinstance(each, ops.AlterColumn) and found.using is None:
                found = replace(found, using="NULL" if lost.nullable or found.is_for_empty else lost.default)
            losses.append(f'the values of "{table.name}.{column}" do not come back: {found.text}')
            if found.using is not None:
                using[table.name, column] = found.using
            if found.is_for_empty:
                empty_only.append(table.name)
            gone[table.name, column] = found
    for child, parent in children_of_the_gone(before, operations, formers, gone):
        losses.append(
            f'what "{child}" references in "{parent}" does not come back: the way back works only while '
            f'"{child}" has no such references'
        )
        empty_only.append(child)
    hints = Hints(
        tables=tables,
        columns=columns,
        labels={
            (former_enums.get(each.enum, each.enum), each.old): each.new
            for each in operations
            if isinstance(each, ops.RenameLabel)
        },
        using=using,
        certain=True,
        sequences=new_names(before, operations, "sequences"),
        enums=enums,
        schemas=new_schemas(operations),
    )
    return Reversal(diff(after, before, hints), tuple(losses), tuple(dict.fromkeys(empty_only)))


def has_no_way_back(operation: ops.AlterColumn) -> bool:
    """Whether values were replaced by some of another form, as decimals by texts, which only a person can read."""
    forms = {operation.before.form, operation.after.form}
    return operation.using is not None and len(forms) == 2 and None not in forms


def lost_values(operation: ops.AlterColumn) -> list[str]:
    """What a changed column does not get back."""
    name = f'"{operation.table}.{operation.after.name}"'
    if operation.after.generated is not None and operation.before.generated is None:
        return [f"the values that {name} had before it was computed do not come back: it keeps the computed ones"]
    if operation.using is not None:
        return [f"the values that {name} had before do not come back: it keeps the new ones"]
    return []


@dataclass(frozen=True, slots=True)
class Refilled:
    """What a column that comes back has in the rows that are there."""

    text: str
    using: str | None = None
    is_for_empty: bool = False


def refilled(table: Table, column: Column) -> Refilled:
    """What is in a column of a table that comes back."""
    is_key = any(makes_unique(table, name) for name in (column.name, *computed_from(table, column)))
    if column.identity is not None:
        return Refilled("the rows are numbered anew")
    is_reference = any(column.name in key.columns for key in table.foreign_keys)
    if column.default is not None and not is_key and not is_reference:
        return Refilled("every row gets its default")
    is_one = takes_one_null(table, column.name)
    if column.default is None and not needs_value(column) and not is_one:
        return Refilled(NULLED)
    if is_reference and column.nullable and not is_key:
        return Refilled(NULLED, "NULL")
    is_ruled = is_key or is_reference or is_one
    is_ruled = is_ruled or any(mentions(check.expression, column.name, "postgres") for check in table.checks)
    placeholder = PLACEHOLDERS.get(column.type.partition("(")[0].strip().upper())
    if is_ruled or placeholder is None:
        return Refilled("the way back works only while the table is empty", is_for_empty=True)
    return Refilled(f"it is {placeholder} in every row", placeholder)


def computed_from(table: Table, column: Column) -> list[str]:
    """The columns of a table that the database computes from one."""
    return [
        each.name
        for each in table.columns
        if each.generated is not None and mentions(each.generated.expression, column.name, "postgres")
    ]


def makes_unique(table: Table, column: str) -> bool:
    """Whether no two rows may have the same in a column, be it beside others or in an expression."""
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    index_keys = [key for index in table.indexes if index.unique for key in index.keys]
    texts = [key.expression for key in index_keys] + [each.definition for each in table.exclusions]
    return (
        any(column in columns for columns in keys)
        or any(key.column == column for key in index_keys)
        or any(text is not None and mentions(text, column, "postgres") for text in texts)
    )


def takes_one_null(table: Table, column: str) -> bool:
    """Whether a column is in a key for which two NULL are the same."""
    keys = [key.columns for key in table.uniques if not key.nulls_distinct]
    keys += [tuple([key.column or "" for key in each.keys]) for each in table.indexes if not each.nulls_distinct]
    return any(column in columns for columns in keys)


def children_of_the_gone(
    before: Schema,
    operations: Iterable[Operation],
    formers: Mapping[Name, Name],
    gone: Mapping[tuple[Name, str], Refilled],
) -> Iterator[tuple[Name, Name]]:
    """Tables that stay, and what their rows may reference although its keys are gone. `gone` has what is in columns
    that come back, by their old names.
    """
    dropped = {formers.get(each.table.name, each.table.name) for each in operations if isinstance(each, ops.DropTable)}
    for table in before.tables:
        for key in table.foreign_keys:
            is_lost = key.table in dropped or any((key.table, name) in gone for name in key.references)
            is_null = any(gone[table.name, name].text == NULLED for name in key.columns if (table.name, name) in gone)
            if is_lost and not is_null and table.name not in dropped:
                yield table.name, key.table


RENAMES = (ops.RenameSchema, ops.RenameTable, ops.RenameSequence, ops.RenameEnum)


def new_names(
    before: Schema, operations: Iterable[Operation], kind: Literal["tables", "sequences", "enums"]
) -> dict[Name, Name]:
    """The new names of what was renamed, or went along with its schema or its table, by the old ones."""
    first: dict[Name, Name] = {}
    for each in operations:
        after = step(before, each)
        if isinstance(each, RENAMES):
            for old, new in zip(getattr(before, kind), getattr(after, kind), strict=True):
                first |= {new.name: first.pop(old.name, old.name)} if old.name != new.name else {}
        before = after
    return {old: new for new, old in first.items()}


def new_schemas(operations: Iterable[Operation]) -> dict[str, str]:
    """The new names of renamed schemas, by the old ones."""
    first: dict[str, str] = {}
    for each in operations:
        if isinstance(each, ops.RenameSchema):
            first[each.new] = first.pop(each.old, each.old)
    return {old: new for new, old in first.items()}


def column_names(operations: Iterable[Operation], tables: Mapping[Name, Name]) -> dict[tuple[Name, str], str]:
    """The new names of renamed columns, by the old names of their tables and the old ones of their own. `tables` has
    the new names of tables.
    """
    formers = {new: old for old, new in tables.items()}
    first: dict[tuple[Name, str], str] = {}
    for each in operations:
        if isinstance(each, ops.RenameColumn):
            table = formers.get(each.table, each.table)
            first[table, each.new] = first.pop((table, each.old), each.old)
    return {(table, old): new for (table, new), old in first.items()}
