"""Columns that take the place of others, with which triggers have kept them in step: who uses one by its name uses the
other then, and sees no difference but in the type.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialects.postgres.migrations.names import NEW
from dialects.postgres.migrations.sync import is_sync
from qb.migrations import operations as ops
from qb.migrations.operations import Operation
from qb.migrations.renames import aside
from qb.schema.objects import Column, Name, Schema


def is_exchange(operation: Operation, operations: Sequence[Operation]) -> bool:
    """Whether an operation is a part of it."""
    match operation:
        case ops.DropTrigger(trigger):
            return is_sync(trigger)
        case ops.RenameColumn(table, old, new) if old.startswith(NEW):
            return is_put_aside(table, new, operations)
        case ops.RenameColumn(table, old, _):
            return is_put_aside(table, old, operations)
        case ops.AlterColumn(table, _, after):
            return is_put_aside(table, after.name, operations)
    return False


def is_put_aside(table: Name, column: str, operations: Sequence[Operation]) -> bool:
    """Whether another column takes the place of this one."""
    is_left = ops.RenameColumn(table, column, aside(column)) in operations
    return is_left and successor(table, column, operations) is not None


def successor(table: Name, column: str, operations: Sequence[Operation]) -> str | None:
    """What the column was called that has this name in the end."""
    names = [
        each.old
        for each in operations
        if isinstance(each, ops.RenameColumn) and (each.table, each.new) == (table, column) and each.old.startswith(NEW)
    ]
    return names[0] if names else None


def exchanged(
    schema: Schema, operation: Operation, operations: Sequence[Operation]
) -> tuple[Name, Column, Column] | None:
    """The table, the column that is put aside by an operation, and the one that takes its place."""
    if not isinstance(operation, ops.RenameColumn) or operation.new != aside(operation.old):
        return None
    name = successor(operation.table, operation.old, operations)
    table = schema.table(operation.table)
    return None if name is None else (table.name, table.column(operation.old), table.column(name))
