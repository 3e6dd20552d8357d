"""The way back: operations that undo others, and what they cannot bring back, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qb.migrations import operations as ops
from qb.migrations.apply import applied
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


@dataclass(frozen=True, slots=True)
class Reversal:
    """What undoes operations."""

    operations: tuple[Operation, ...]
    losses: tuple[str, ...] = ()
    """What does not come back, a sentence for each."""
    empty_only: tuple[Name, ...] = ()
    """Tables for which the way back fails, with nothing done, once they have rows."""


def reverse(before: Schema, operations: Sequence[Operation]) -> Reversal:
    """The operations that lead back to `before` from what `operations` have made of it.

    What held data that is gone comes back without it: a table without rows, a column with its default, NULL, or a zero
    or an empty text where it must have a value.
    """
    after = applied(before, operations)
    formers = {new: old for old, new in table_names(operations).items()}
    losses: list[str] = []
    using: dict[tuple[Name, str], str] = {}
    empty_only: list[Name] = []
    for each in operations:
        if isinstance(each, ops.DropTable):
            name = formers.get(each.table.name, each.table.name)
            losses.append(f'the rows of "{name}" do not come back: it is made again, empty')
        elif isinstance(each, ops.AlterColumn) and not has_no_way_back(each):
            losses += lost_values(each)
        elif isinstance(each, ops.AlterColumn) or (isinstance(each, ops.DropColumn) and not each.column.generated):
            table = before.table(formers.get(each.table, each.table))
            gone = each.column if isinstance(each, ops.DropColumn) else each.before
            column = old_column(operations, each.table, gone.name)
            found = refilled(table, table.column(column))
            if isinstance(each, ops.AlterColumn) and found.using is None:
                found = replace(found, using="NULL" if gone.nullable or found.is_for_empty else gone.default)
            losses.append(f'the values of "{table.name}.{column}" do not come back: {found.text}')
            if found.using is not None:
                using[table.name, column] = found.using
            if found.is_for_empty:
                empty_only.append(table.name)
    hints = Hints(
        tables=table_names(operations),
        columns=column_names(operations),
        labels={(each.enum, each.old): each.new for each in operations if isinstance(each, ops.RenameLabel)},
        using=using,
        certain=True,
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
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [tuple([each.column or "" for each in index.keys]) for index in table.indexes if index.unique]
    is_key = any(column.name in columns for columns in keys)
    if column.identity is not None:
        return Refilled("the rows are numbered anew")
    if column.default is not None and not is_key:
        return Refilled("every row gets its default")
    if not needs_value(column) and column.default is None:
        return Refilled("it is NULL in every row")
    is_ruled = is_key or any(column.name in key.columns for key in table.foreign_keys)
    is_ruled = is_ruled or any(mentions(check.expression, column.name, "postgres") for check in table.checks)
    placeholder = PLACEHOLDERS.get(column.type.partition("(")[0].strip().upper())
    if is_ruled or placeholder is None:
        return Refilled("the way back works only while the table is empty", is_for_empty=True)
    return Refilled(f"it is {placeholder} in every row", placeholder)


def table_names(operations: Iterable[Operation]) -> dict[Name, Name]:
    """The new names of renamed tables, by the old ones."""
    first: dict[Name, Name] = {}
    for each in operations:
        if isinstance(each, ops.RenameTable):
            first[each.new] = first.pop(each.old, each.old)
    return {old: new for new, old in first.items()}


def column_names(operations: Iterable[Operation]) -> dict[tuple[Name, str], str]:
    """The new names of renamed columns, by the old names of their tables and the old ones of their own."""
    tables = {new: old for old, new in table_names(operations).items()}
    first: dict[tuple[Name, str], str] = {}
    for each in operations:
        if isinstance(each, ops.RenameColumn):
            table = tables.get(each.table, each.table)
            first[table, each.new] = first.pop((table, each.old), each.old)
    return {(table, old): new for (table, new), old in first.items()}


def old_column(operations: Iterable[Operation], table: Name, column: str) -> str:
    """The name that a column had before the operations. `table` is the new name of its table."""
    tables = {new: old for old, new in table_names(operations).items()}
    owner = tables.get(table, table)
    return next(
        (old for (name, old), new in column_names(operations).items() if (name, new) == (owner, column)), column
    )
