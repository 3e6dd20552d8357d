"""Operations in an order in which each finds what it needs, circles of foreign keys included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from qb.errors import SchemaError
from qb.migrations import operations as ops
from qb.migrations.expressions import mentions
from qb.migrations.operations import Constraint, Operation
from qb.schema.ddl import dependencies
from qb.schema.objects import View

T = TypeVar("T")


def ends_computing(operation: ops.AlterColumn) -> bool:
    """Whether a computed column becomes one like others."""
    return operation.before.generated is not None and operation.after.generated is None


def is_freed(operation: ops.AlterSequence) -> bool:
    """Whether a sequence does not go with its column any more."""
    return operation.before.table is not None and operation.after.table is None


def is_owned(operation: ops.AlterSequence) -> bool:
    """Whether a sequence goes with a column from now on."""
    return operation.before.table is None and operation.after.table is not None


RENAMES = (ops.RenameTable, ops.RenameColumn, ops.RenameSequence)
"""What is done before all that knows the new names."""
PHASES: Sequence[Callable[[Operation], bool]] = (
    lambda each: isinstance(each, ops.RenameSchema),
    lambda each: isinstance(each, ops.CreateSchema),
    lambda each: isinstance(each, ops.RenameEnum),
    lambda each: isinstance(each, (ops.RenameLabel, ops.AddLabel)),
    lambda each: isinstance(each, ops.DropTrigger),
    lambda each: isinstance(each, ops.DropView),
    # A sequence that stays is not dropped with its column, and goes nowhere with its table.
    lambda each: isinstance(each, RENAMES) or (isinstance(each, ops.AlterSequence) and is_freed(each)),
    # What depends on tables and columns goes before them.
    lambda each: isinstance(each, ops.DropConstraint) and each.constraint.foreign_key is not None,
    lambda each: isinstance(each, ops.DropTable),
    lambda each: isinstance(each, ops.DropIndex),
    lambda each: isinstance(each, ops.DropConstraint),
    lambda each: isinstance(each, (ops.RenameConstraint, ops.RenameIndex)),
    # A computed column goes before what it reads changes, be it by its type, and comes after that.
    lambda each: isinstance(each, ops.DropColumn) and each.column.generated is not None,
    # Types come before the columns that are of them.
    lambda each: isinstance(each, ops.CreateEnum),
    lambda each: isinstance(each, ops.ReplaceEnum),
    lambda each: isinstance(each, ops.CreateSequence) or (isinstance(each, ops.AlterSequence) and not is_owned(each)),
    # A new column may be filled from one that goes.
    lambda each: isinstance(each, ops.AlterColumn) and ends_computing(each),
    lambda each: isinstance(each, ops.AddColumn) and each.column.generated is None,
    lambda each: isinstance(each, ops.AlterColumn) and each.after.generated is None,
    lambda each: isinstance(each, ops.AlterColumn),
    lambda each: isinstance(each, ops.AddColumn),
    lambda each: isinstance(each, ops.Backfill),
    lambda each: isinstance(each, ops.DropColumn),
    lambda each: isinstance(each, ops.AlterTable),
    # Keys come before the foreign keys that point to them, those of new tables included.
    lambda each: isinstance(each, ops.AddConstraint) and each.constraint.key is not None,
    lambda each: isinstance(each, ops.AddConstraint) and each.constraint.foreign_key is None,
    lambda each: isinstance(each, ops.CreateIndex),
    lambda each: isinstance(each, ops.CreateTable),
    lambda each: isinstance(each, ops.AddConstraint),
    lambda each: isinstance(each, ops.ValidateConstraint),
    lambda each: isinstance(each, ops.AlterSequence),
    lambda each: isinstance(each, ops.CreateView),
    lambda each: isinstance(each, ops.CreateTrigger),
    lambda each: isinstance(each, ops.DropSequence),
    lambda each: isinstance(each, ops.DropEnum),
    lambda each: isinstance(each, ops.DropSchema),
)
"""What is done one after the other."""


def planned(operations: Iterable[Operation], dialect: str, breaks_circles: bool) -> tuple[Operation, ...]:
    """The operations in an order that works. Renames and what they rename keep their order among themselves.

    Foreign keys that close a circle among new tables are added when all of them are there, and those among dropped
    tables are dropped first, with `breaks_circles`, which is for dialects that can do so.
    """
    found = created_in_order(list(operations), breaks_circles)
    found = dropped_in_order(found, breaks_circles)
    found = views_in_order(found, dialect)
    return tuple(sorted(found, key=phase))


def phase(operation: Operation) -> int:
    """The number of its phase."""
    return next(number for number, holds in enumerate(PHASES) if holds(operation))


def created_in_order(operations: list[Operation], breaks_circles: bool) -> list[Operation]:
    """New tables after those that they reference."""
    tables, circular = dependencies([each.table for each in operations if isinstance(each, ops.CreateTable)])
    rest = [each for each in operations if not isinstance(each, ops.CreateTable)]
    for table in tables:
        late = [key for key in table.foreign_keys if breaks_circles and key in circular]
        early = tuple([key for key in table.foreign_keys if key not in late])
        rest.append(ops.CreateTable(replace(table, foreign_keys=early)))
        rest += [ops.AddConstraint(table.name, Constraint(foreign_key=key)) for key in late]
    return rest


def dropped_in_order(operations: list[Operation], breaks_circles: bool) -> list[Operation]:
    """Tables that go before those that they reference."""
    tables, circular = dependencies([each.table for each in operations if isinstance(each, ops.DropTable)])
    rest = [each for each in operations if not isinstance(each, ops.DropTable)]
    for table in reversed(tables):
        early = [key for key in table.foreign_keys if breaks_circles and key in circular]
        late = tuple([key for key in table.foreign_keys if key not in early])
        rest += [ops.DropConstraint(table.name, Constraint(foreign_key=key)) for key in early]
        rest.append(ops.DropTable(replace(table, foreign_keys=late)))
    return rest


def views_in_order(operations: list[Operation], dialect: str) -> list[Operation]:
    """Views after those that they read, and before them when they go."""
    new = ordered([each.view for each in operations if isinstance(each, ops.CreateView)], dialect)
    old = ordered([each.view for each in operations if isinstance(each, ops.DropView)], dialect)
    rest = [each for each in operations if not isinstance(each, (ops.CreateView, ops.DropView))]
    return [*rest, *[ops.DropView(each) for each in reversed(old)], *[ops.CreateView(each) for each in new]]


def ordered(views: Sequence[View], dialect: str) -> list[View]:
    """Views after those that they mention."""
    reads = {
        view: [other for other in views if other is not view and mentions(view.sql, other.name.name, dialect)]
        for view in views
    }
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        names = ", ".join(dict.fromkeys([str(view.name) for view in error.args[1]]))
        raise SchemaError(f"the views {names} read each other, or have columns of each other's names") from error
