"""Constraints and indexes that get other names, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from dialects.postgres.migrations.names import Place
from qb.migrations import operations as ops
from qb.migrations.operations import Operation, constraints_of
from qb.migrations.renames import aside, steps
from qb.schema.objects import Name, Schema


def in_turn(middle: Schema, operations: Sequence[Operation]) -> list[Operation]:
    """The operations with their renames in an order in which no name is taken twice. `middle` has the tables by their
    new names, and all else as it was.
    """
    kinds = (ops.RenameConstraint, ops.RenameIndex)
    renames = {place_of(middle, each): each for each in operations if isinstance(each, kinds)}
    waiting = {place: place._replace(name=each.new) for place, each in renames.items()}
    found: list[Operation] = [each for each in operations if not isinstance(each, kinds)]
    # What is dropped is gone by then, and what stays has no name that another one gets.
    for old, new in steps(waiting, waiting, lambda place: place._replace(name=aside(place.name)), lambda place: place):
        rename = renames[new] = renames[old]
        found.append(type(rename)(rename.table, old.name, new.name))
    return found


def place_of(middle: Schema, operation: ops.RenameConstraint | ops.RenameIndex) -> Place:
    """The place of what is renamed."""
    table: Name = operation.table
    if isinstance(operation, ops.RenameConstraint):
        (rule,) = [each for each in constraints_of(middle.table(table)) if each.name == operation.old]
        if rule.key is None and rule.exclusion is None:
            return Place(table.schema, table.name, operation.old)
    return Place(table.schema, None, operation.old)
