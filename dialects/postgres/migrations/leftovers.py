"""What an online change leaves for programs that do not know it yet, until a later migration takes it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialects.postgres.migrations.conversions import TEXTS, converted, is_near, is_of, parsed
from dialects.postgres.migrations.names import NEW
from dialects.postgres.migrations.parts import columns_of
from dialects.postgres.migrations.sync import SYNC, body_of, is_sync, reads, twin_of
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.errors import MigrationError
from qb.migrations.expressions import tokens_of
from qb.migrations.operations import Operation
from qb.migrations.renames import aside
from qb.schema.objects import Column, Enum, Name, Schema, Trigger

OLD = "__old_"


def is_leftover(schema: Schema, operation: Operation) -> bool:
    """Whether an operation takes away what is left, or gives what stands beside it its own name and default."""
    match operation:
        case ops.DropTrigger(trigger):
            return is_sync(trigger)
        case ops.DropColumn(table, column):
            return column.name in left(schema, table)
        case ops.DropIndex(table, index):
            return bool(columns_of(index, left(schema, table)))
        case ops.DropConstraint(table, constraint):
            return bool(columns_of(constraint, left(schema, table)))
        case ops.RenameIndex(_, old) | ops.RenameConstraint(_, old):
            return old.startswith(NEW)
        case ops.DropEnum(enum):
            return enum in left_types(schema)
        case ops.DropSchema(name):
            return any(enum.name.schema == name for enum in left_types(schema))
        case ops.AlterColumn(table, before, after):
            triggers = [each for each in schema.triggers if each.table == table and twin_of(each) is not None]
            has_twin = any(reads(each, after.name) for each in triggers)
            return has_twin and before.default is None and after == replace(before, default=after.default)
    return False


def values_elsewhere(schema: Schema, operations: Sequence[Operation]) -> dict[tuple[Name, str], str]:
    """The values of columns that come back when operations are undone, by what took their place."""
    found = {}
    for each in operations:
        if isinstance(each, ops.DropTrigger):
            twin = twin_of(each.trigger)
            if twin is not None:
                found[each.trigger.table, each.trigger.name.removeprefix(SYNC)] = twin
        elif isinstance(each, ops.RenameColumn) and each.new == aside(each.old):
            meanwhile = [
                one.old
                for one in operations
                if isinstance(one, ops.RenameColumn) and (one.table, one.new) == (each.table, each.old)
            ]
            if meanwhile and each.table in [table.name for table in schema.tables]:
                table = schema.table(each.table)
                found[each.table, each.old] = either(schema, table.column(each.old), table.column(meanwhile[0]))
    return found


def either(schema: Schema, old: Column, new: Column) -> str:
    """The value of a column, or that of the one which took its place in rows that were written since."""
    value = f"{QUOTED[new.name]}::text" if parsed(old.type).name in TEXTS else converted(schema, new, old)
    return f"coalesce({QUOTED[old.name]}, {value or QUOTED[new.name]})"


def left(schema: Schema, table: Name) -> list[str]:
    """The columns of a table that are there for programs which do not know what took their place."""
    triggers = [each.name for each in schema.triggers if each.table == table and is_sync(each)]
    synced = [name.removeprefix(SYNC) for name in triggers]
    columns = [column.name for each in schema.tables if each.name == table for column in each.columns]
    return [name for name in columns if name in synced or name.startswith(OLD)]


def left_types(schema: Schema) -> list[Enum]:
    """The types of columns that are left."""
    columns = [table.column(name) for table in schema.tables for name in left(schema, table.name)]
    return [enum for enum in schema.enums if any(is_of(column.type, enum.name) for column in columns)]


def check_finished(schema: Schema, name: str) -> None:
    """Raise MigrationError when what an online change has left names a type or a schema that is to be renamed: the body
    of a function does not follow.
    """
    for each in schema.triggers:
        if any(name in (token.name, token.text) for token in tokens_of(body_of(each), "postgres")):
            raise unfinished(f"{name} cannot be renamed", each)


def check_kept(before: Schema, operations: Sequence[Operation]) -> None:
    """Raise MigrationError when what an online change has left stays, but not what it reads: its table by its name, and
    columns of theirs, with the values that they have.
    """
    after = applied(before, operations)
    tables = {table.name: {column.name: column for column in table.columns} for table in after.tables}
    texts = [each.sql for each in after.triggers]
    for each in before.triggers:
        if not is_sync(each) or each.sql not in texts:
            continue
        if each.table not in tables:
            raise unfinished(f"{each.table} cannot go or be renamed", each)
        for column in before.table(each.table).columns:
            later = tables[each.table].get(column.name)
            if reads(each, column.name) and (later is None or not can_read(each, column, later)):
                raise unfinished(f"{each.table}.{column.name} cannot change", each)


def can_read(trigger: Trigger, before: Column, after: Column) -> bool:
    """Whether a trigger does the same as ever when a column that it names is another one."""
    if twin_of(trigger) is None:
        return is_near(before.type, after.type)
    return (before.type, before.default) == (after.type, after.default)


def unfinished(what: str, trigger: Trigger) -> MigrationError:
    """What has to be done first."""
    return MigrationError(
        f"{what} while the trigger {trigger.name} of {trigger.table} names it: first finish the change that was made "
        f"online (qb migrate new … --allow)"
    )
