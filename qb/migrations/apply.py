"""What operations make of a schema: pure functions on its data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import reduce, singledispatch
from typing import Any, TypeVar

from qb.errors import SchemaError
from qb.migrations import operations as ops
from qb.migrations.expressions import renamed
from qb.migrations.following import with_enum, with_schema, with_sequence
from qb.migrations.operations import Constraint, Operation
from qb.schema.objects import Check, Column, Exclusion, ForeignKey, Generated, Index, IndexKey, Key, Name, Schema, Table

T = TypeVar("T")

FIELDS = {
    "unique": "uniques",
    "check": "checks",
    "foreign_key": "foreign_keys",
    "exclusion": "exclusions",
}
"""Where a table keeps the constraints that it may have several of."""


def applied(schema: Schema, operations: Iterable[Operation]) -> Schema:
    """The schema after operations. Raises SchemaError when one of them is about what is not there."""
    return reduce(step, operations, schema)


def step(schema: Schema, operation: Operation) -> Schema:
    """The schema after one operation."""
    try:
        return apply(operation, schema)
    except (KeyError, ValueError) as error:
        raise SchemaError(f"{operation} is about something that is not in the schema: {error}") from error


@singledispatch
def apply(operation: Operation, schema: Schema) -> Schema:
    """The schema after one operation. Raises KeyError or ValueError when it is about what is not there."""
    raise NotImplementedError(operation)


@apply.register
def _(operation: ops.CreateSchema, schema: Schema) -> Schema:
    return replace(schema, schemas=(*schema.schemas, operation.name))


@apply.register
def _(operation: ops.RenameSchema, schema: Schema) -> Schema:
    return with_schema(schema, operation.old, operation.new)


@apply.register
def _(operation: ops.DropSchema, schema: Schema) -> Schema:
    return replace(schema, schemas=without(schema.schemas, operation.name))


@apply.register
def _(operation: ops.CreateEnum, schema: Schema) -> Schema:
    return replace(schema, enums=(*schema.enums, operation.enum))


@apply.register
def _(operation: ops.DropEnum, schema: Schema) -> Schema:
    return replace(schema, enums=without(schema.enums, operation.enum))


@apply.register
def _(operation: ops.RenameEnum, schema: Schema) -> Schema:
    return with_enum(schema, operation.old, operation.new)


@apply.register
def _(operation: ops.AddLabel, schema: Schema) -> Schema:
    def added(labels: tuple[str, ...]) -> tuple[str, ...]:
        at = len(labels) if operation.before is None else labels.index(operation.before)
        return (*labels[:at], operation.label, *labels[at:])

    return relabelled(schema, operation.enum, added)


@apply.register
def _(operation: ops.RenameLabel, schema: Schema) -> Schema:
    return relabelled(schema, operation.enum, lambda labels: exchanged(labels, operation.old, operation.new))


@apply.register
def _(operation: ops.ReplaceEnum, schema: Schema) -> Schema:
    return replace(schema, enums=exchanged(schema.enums, operation.before, operation.after))


@apply.register
def _(operation: ops.CreateSequence, schema: Schema) -> Schema:
    return replace(schema, sequences=(*schema.sequences, operation.sequence))


@apply.register
def _(operation: ops.DropSequence, schema: Schema) -> Schema:
    return replace(schema, sequences=without(schema.sequences, operation.sequence))


@apply.register
def _(operation: ops.RenameSequence, schema: Schema) -> Schema:
    return with_sequence(schema, operation.old, operation.new)


@apply.register
def _(operation: ops.AlterSequence, schema: Schema) -> Schema:
    return replace(schema, sequences=exchanged(schema.sequences, operation.before, operation.after))


@apply.register
def _(operation: ops.CreateTable, schema: Schema) -> Schema:
    return replace(schema, tables=(*schema.tables, operation.table))


@apply.register
def _(operation: ops.DropTable, schema: Schema) -> Schema:
    return replace(schema, tables=without(schema.tables, schema.table(operation.table.name)))


@apply.register
def _(operation: ops.RenameTable, schema: Schema) -> Schema:
    old, new = schema.table(operation.old), operation.new
    tables = exchanged(schema.tables, old, replace(old, name=new))
    owned = [each for each in schema.sequences if each.table == old.name]
    found = replace(
        schema,
        sequences=tuple([replace(each, table=new) if each in owned else each for each in schema.sequences]),
        tables=tuple([pointed(table, old.name, lambda key: replace(key, table=new)) for table in tables]),
        triggers=tuple([replace(each, table=new) if each.table == old.name else each for each in schema.triggers]),
    )
    for each in owned if new.schema != old.name.schema else ():  # which go along into another schema
        found = with_sequence(found, each.name, Name(each.name.name, new.schema))
    return found


@apply.register
def _(operation: ops.AlterTable, schema: Schema) -> Schema:
    return changed(
        schema,
        operation.table,
        lambda table: replace(table, options=operation.after, comment=operation.comment_after),
    )


@apply.register
def _(operation: ops.AddColumn, schema: Schema) -> Schema:
    return changed(schema, operation.table, lambda table: replace(table, columns=(*table.columns, operation.column)))


@apply.register
def _(operation: ops.DropColumn, schema: Schema) -> Schema:
    def dropped(table: Table) -> Table:
        return replace(table, columns=without(table.columns, table.column(operation.column.name)))

    return changed(schema, operation.table, dropped)


@apply.register
def _(operation: ops.AlterColumn, schema: Schema) -> Schema:
    def altered(table: Table) -> Table:
        before = table.column(operation.before.name)
        return replace(table, columns=exchanged(table.columns, before, operation.after))

    return changed(schema, operation.table, altered)


@apply.register
def _(operation: ops.RenameColumn, schema: Schema) -> Schema:
    old, new = operation.old, operation.new
    schema.table(operation.table).column(old)
    names = {old: new}
    tables = changed(schema, operation.table, lambda table: with_names(table, names, schema.dialect)).tables

    def redirect(key: ForeignKey) -> ForeignKey:
        return replace(key, references=each_renamed(key.references, names))

    return replace(
        schema,
        sequences=tuple(
            [
                replace(each, column=new) if (each.table, each.column) == (operation.table, old) else each
                for each in schema.sequences
            ]
        ),
        tables=tuple([pointed(table, operation.table, redirect) for table in tables]),
    )


@apply.register
def _(operation: ops.Backfill, schema: Schema) -> Schema:
    schema.table(operation.table).column(operation.column)
    return schema


@apply.register
def _(operation: ops.AddConstraint, schema: Schema) -> Schema:
    def adding(table: Table) -> Table:
        if operation.using_index:
            (index,) = [each for each in table.indexes if each.name == operation.constraint.name]
            table = replace(table, indexes=without(table.indexes, index))
        return with_constraint(table, operation.constraint)

    return changed(schema, operation.table, adding)


@apply.register
def _(operation: ops.DropConstraint, schema: Schema) -> Schema:
    return changed(schema, operation.table, lambda table: without_constraint(table, operation.constraint))


@apply.register
def _(operation: ops.RenameConstraint, schema: Schema) -> Schema:
    def renaming(table: Table) -> Table:
        (constraint,) = [each for each in ops.constraints_of(table) if each.name == operation.old]
        return with_constraint(without_constraint(table, constraint), edited(constraint, name=operation.new))

    return changed(schema, operation.table, renaming)


@apply.register
def _(operation: ops.ValidateConstraint, schema: Schema) -> Schema:
    def validated(table: Table) -> Table:
        (constraint,) = [each for each in ops.constraints_of(table) if each.name == operation.name]
        return with_constraint(without_constraint(table, constraint), edited(constraint, valid=True))

    return changed(schema, operation.table, validated)


@apply.register
def _(operation: ops.CreateIndex, schema: Schema) -> Schema:
    return changed(schema, operation.table, lambda table: with_index(table, operation.index))


@apply.register
def _(operation: ops.DropIndex, schema: Schema) -> Schema:
    return changed(
        schema, operation.table, lambda table: replace(table, indexes=without(table.indexes, operation.index))
    )


@apply.register
def _(operation: ops.RenameIndex, schema: Schema) -> Schema:
    def renaming(table: Table) -> Table:
        (index,) = [each for each in table.indexes if each.name == operation.old]
        others = replace(table, indexes=without(table.indexes, index))
        return with_index(others, replace(index, name=operation.new))

    return changed(schema, operation.table, renaming)


@apply.register
def _(operation: ops.CreateView, schema: Schema) -> Schema:
    return replace(schema, views=(*schema.views, operation.view))


@apply.register
def _(operation: ops.DropView, schema: Schema) -> Schema:
    return replace(schema, views=without(schema.views, operation.view))


@apply.register
def _(operation: ops.CreateTrigger, schema: Schema) -> Schema:
    return replace(schema, triggers=(*schema.triggers, operation.trigger))


@apply.register
def _(operation: ops.DropTrigger, schema: Schema) -> Schema:
    return replace(schema, triggers=without(schema.triggers, operation.trigger))


def changed(schema: Schema, name: Name, change: Callable[[Table], Table]) -> Schema:
    """With one table changed."""
    table = schema.table(name)
    return replace(schema, tables=exchanged(schema.tables, table, change(table)))


def relabelled(schema: Schema, name: Name, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Schema:
    """With other labels of one enum."""
    (enum,) = [each for each in schema.enums if each.name == name]
    return replace(schema, enums=exchanged(schema.enums, enum, replace(enum, labels=change(enum.labels))))


def pointed(table: Table, name: Name, change: Callable[[ForeignKey], ForeignKey]) -> Table:
    """With those foreign keys changed that point to a table."""
    if all(key.table != name for key in table.foreign_keys):
        return table
    keys = [change(key) if key.table == name else key for key in table.foreign_keys]
    return replace(table, foreign_keys=tuple(keys))


def with_index(table: Table, index: Index) -> Table:
    """With one index more."""
    for each in table.indexes:
        if each.name == index.name:
            raise SchemaError(f"{table.name} cannot have index {index} as well as index {each}: one name for two")
    return replace(table, indexes=(*table.indexes, index))


def with_constraint(table: Table, constraint: Constraint) -> Table:
    """With one constraint more."""
    for each in ops.constraints_of(table):
        if each.name is not None and each.name == constraint.name:
            raise SchemaError(f"{table.name} cannot have {constraint.rule} as well as {each.rule}: one name for two")
    if constraint.primary_key is not None:
        if table.primary_key is not None:
            raise ValueError(f"{table.name} has a primary key already")
        return replace(table, primary_key=constraint.primary_key)
    field = field_of(constraint)
    changes: dict[str, Any] = {field: (*getattr(table, field), constraint.rule)}
    return replace(table, **changes)


def without_constraint(table: Table, constraint: Constraint) -> Table:
    """With one constraint less."""
    if constraint.primary_key is not None:
        return replace(table, primary_key=None)
    field = field_of(constraint)
    changes: dict[str, Any] = {field: without(getattr(table, field), constraint.rule)}
    return replace(table, **changes)


def field_of(constraint: Constraint) -> str:
    """The field of a table with the constraints of this kind."""
    return FIELDS[constraint.kind.replace(" ", "_")]


def edited(constraint: Constraint, **changes: object) -> Constraint:
    """The constraint with fields of its rule changed."""
    rule: Any = replace(constraint.rule, **changes)  # type: ignore[arg-type]  # fields of the rule
    field: dict[str, Any] = {constraint.kind.replace(" ", "_"): rule}
    return Constraint(**field)


def with_names(table: Table, names: Mapping[str, str], dialect: str) -> Table:
    """The same table, its columns by other names: `names` has the new ones by the old ones."""

    def text(expression: str | None) -> str | None:
        return None if expression is None else renamed(expression, names, dialect)

    def column(each: Column) -> Column:
        generated = each.generated
        if generated is not None:
            generated = Generated(renamed(generated.expression, names, dialect), generated.stored)
        return replace(each, name=names.get(each.name, each.name), generated=generated)

    def key(each: Key) -> Key:
        return replace(each, columns=each_renamed(each.columns, names), include=each_renamed(each.include, names))

    def check(each: Check) -> Check:
        beside = each.column and names.get(each.column, each.column)
        return replace(each, expression=renamed(each.expression, names, dialect), column=beside)

    def foreign_key(each: ForeignKey) -> ForeignKey:
        return replace(each, columns=each_renamed(each.columns, names))

    def exclusion(each: Exclusion) -> Exclusion:
        return replace(each, definition=renamed(each.definition, names, dialect))

    def index_key(each: IndexKey) -> IndexKey:
        named = each.column and names.get(each.column, each.column)
        return replace(each, column=named, expression=text(each.expression))

    def index(each: Index) -> Index:
        keys = tuple([index_key(key) for key in each.keys])
        return replace(each, keys=keys, where=text(each.where), include=each_renamed(each.include, names))

    return replace(
        table,
        columns=tuple([column(each) for each in table.columns]),
        primary_key=None if table.primary_key is None else key(table.primary_key),
        uniques=tuple([key(each) for each in table.uniques]),
        checks=tuple([check(each) for each in table.checks]),
        foreign_keys=tuple([foreign_key(each) for each in table.foreign_keys]),
        exclusions=tuple([exclusion(each) for each in table.exclusions]),
        indexes=tuple([index(each) for each in table.indexes]),
    )


def each_renamed(columns: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """Names of columns, some of which are others now."""
    return tuple([names.get(name, name) for name in columns])


def without(items: tuple[T, ...], item: T) -> tuple[T, ...]:
    """Without the first one that is equal. Raises ValueError when there is none."""
    at = items.index(item)
    return (*items[:at], *items[at + 1 :])


def exchanged(items: tuple[T, ...], old: T, new: T) -> tuple[T, ...]:
    """With one in place of another. Raises ValueError when that is not there."""
    at = items.index(old)
    return (*items[:at], new, *items[at + 1 :])
