"""Operations in words, for people who review them."""

from __future__ import annotations

from collections.abc import Iterator

from qb.migrations import operations as ops
from qb.migrations.operations import Operation
from qb.schema.objects import Column


def described(operation: Operation) -> str:
    """An operation in a line: `add column albums.year (integer)`."""
    match operation:
        case ops.CreateSchema(name):
            return f"create schema {name}"
        case ops.RenameSchema(old, new):
            return f"rename schema {old} to {new}"
        case ops.DropSchema(name):
            return f"drop schema {name}"
        case ops.CreateEnum(enum):
            return f"create enum {enum.name} ({', '.join(enum.labels)})"
        case ops.DropEnum(enum):
            return f"drop enum {enum.name}"
        case ops.RenameEnum(old, new):
            return f"rename enum {old} to {new}"
        case ops.AddLabel(enum, label, before):
            return f"add {label!r} to enum {enum}" + (f" before {before!r}" if before else "")
        case ops.RenameLabel(enum, old, new):
            return f"rename {old!r} of enum {enum} to {new!r}"
        case ops.ReplaceEnum(before, after):
            return f"make enum {after.name} ({', '.join(after.labels)}) of ({', '.join(before.labels)})"
        case ops.CreateSequence(sequence):
            return f"create sequence {sequence.name}"
        case ops.DropSequence(sequence):
            return f"drop sequence {sequence.name}"
        case ops.RenameSequence(old, new):
            return f"rename sequence {old} to {new}"
        case ops.AlterSequence(before, after):
            changes = [after.options or "no options"] if before.options != after.options else []
            if (before.table, before.column) != (after.table, after.column):
                changes += [f"owned by {after.table}.{after.column}" if after.table else "owned by no column"]
            return f"alter sequence {after.name}: {', '.join(changes)}"
        case ops.CreateView(view):
            return f"create view {view.name}"
        case ops.DropView(view):
            return f"drop view {view.name}"
        case ops.CreateTrigger(trigger):
            return f"create trigger {trigger.name} on {trigger.table}"
        case ops.DropTrigger(trigger):
            return f"drop trigger {trigger.name} on {trigger.table}"
    return of_table(operation)


def of_table(operation: Operation) -> str:
    """An operation on a table, its columns, constraints and indexes."""
    match operation:
        case ops.CreateTable(table):
            return f"create table {table.name} ({', '.join([column.name for column in table.columns])})"
        case ops.DropTable(table):
            return f"drop table {table.name}"
        case ops.RenameTable(old, new):
            return f"rename table {old} to {new}"
        case ops.AlterTable(table, before, after, comment_before, comment_after):
            parts = [f"options {list(after)} for {list(before)}"] if before != after else []
            parts += ["its comment"] if comment_before != comment_after else []
            return f"alter table {table}: {', '.join(parts)}"
        case ops.AddColumn(table, column, using):
            filled = f", filled with {using}" if using else ""
            return f"add column {table}.{column.name} ({column.type}{'' if column.nullable else ', not null'}{filled})"
        case ops.DropColumn(table, column):
            return f"drop column {table}.{column.name}"
        case ops.RenameColumn(table, old, new):
            return f"rename column {table}.{old} to {new}"
        case ops.AlterColumn(table, before, after, using):
            changes = [*differences(before, after), *([f"values from {using}"] if using else [])]
            return f"alter column {table}.{after.name}: {', '.join(changes)}"
        case ops.Backfill(table, column, value):
            return f"fill {table}.{column} with {value} in batches"
        case ops.AddConstraint(table, constraint, using_index):
            rows = "" if getattr(constraint.rule, "valid", True) else ", for new rows only"
            return f"add {constraint} to {table}{' by its index' if using_index else ''}{rows}"
        case ops.DropConstraint(table, constraint):
            return f"drop {constraint} of {table}"
        case ops.RenameConstraint(table, old, new):
            return f"rename constraint {old} of {table} to {new}"
        case ops.ValidateConstraint(table, name):
            return f"validate constraint {name} of {table}"
        case ops.CreateIndex(table, index, concurrently):
            return f"create index {index.name} on {table}{' concurrently' if concurrently else ''}"
        case ops.DropIndex(table, index, concurrently):
            return f"drop index {index.name} of {table}{' concurrently' if concurrently else ''}"
        case ops.RenameIndex(table, old, new):
            return f"rename index {old} of {table} to {new}"
    raise NotImplementedError(operation)


def differences(before: Column, after: Column) -> Iterator[str]:
    """What is another in a column."""
    if before.type != after.type:
        yield f"{after.type} for {before.type}"
    if before.nullable != after.nullable:
        yield "nullable" if after.nullable else "not null"
    if before.default != after.default:
        yield f"default {after.default}" if after.default is not None else f"no default ({before.default})"
    if before.generated != after.generated:
        yield f"generated as {after.generated.expression}" if after.generated else "not generated"
    if before.identity != after.identity:
        yield f"identity {after.identity.kind}" if after.identity else "no identity"
    if before.collation != after.collation:
        yield f"collation {after.collation or 'of the database'}"
    if before.comment != after.comment:
        yield "its comment"
