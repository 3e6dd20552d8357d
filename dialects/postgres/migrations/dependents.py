"""What PostgreSQL wants gone while a column changes its type or goes, or while a key is exchanged; it comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dialects.postgres.migrations.conversions import is_of
from dialects.postgres.migrations.renaming import in_turn
from qb.migrations import operations as ops
from qb.migrations.apply import applied, edited
from qb.migrations.expressions import mentions
from qb.migrations.operations import Constraint, Operation, constraints_of
from qb.migrations.render import names_through, renamed_tables
from qb.schema.objects import Index, Name, Schema, Table

Place = tuple[Name, str]
"""A table and a column of it."""
Rename = ops.RenameConstraint | ops.RenameIndex
RENAMES = (ops.RenameEnum, ops.RenameTable, ops.RenameColumn, ops.RenameSequence)
"""What is done before all else."""


def expanded(schema: Schema, operations: tuple[Operation, ...]) -> tuple[tuple[Operation, ...], set[Name]]:
    """The operations with those constraints, indexes and computed columns that go meanwhile, and all names of the
    tables whose views and triggers have to go, too.
    """
    found = Expansion(schema, operations)
    return tuple(in_turn(found.middle, found.operations)), names_through(operations, found.touched())


class Expansion:
    """Finds what depends on what."""

    def __init__(self, schema: Schema, operations: tuple[Operation, ...]) -> None:
        self.operations = list(operations)
        renames = [each for each in operations if isinstance(each, RENAMES)]
        self.middle = applied(schema, renames)
        """With the new names of tables and columns, and otherwise as it was."""
        after = applied(schema, operations)
        self.pairs = [
            (table, other) for table in self.middle.tables for other in after.tables if table.name == other.name
        ]
        """The tables that stay, as they were and as they will be."""
        self.retyped: set[Place] = set()
        """Columns with another type, or whose values are computed in another way."""
        self.dropped: set[Place] = set()
        """Columns that go, be it to come back."""
        self.keys: set[tuple[Name, frozenset[str]]] = set()
        """Keys that go, be it to come back."""
        self.look()
        for table, other in self.pairs:
            self.computed(table, other)
        for table, other in self.pairs:
            self.indexes(table, other)
            self.constraints(table, other, [each for each in constraints_of(table) if each.foreign_key is None])
        for table, other in self.pairs:  # now that all keys that go are known
            self.constraints(table, other, [each for each in constraints_of(table) if each.foreign_key is not None])

    def look(self) -> None:
        """What the operations themselves change."""
        replaced = [each.before.name for each in self.operations if isinstance(each, ops.ReplaceEnum)]
        for each in list(self.operations):
            if isinstance(each, ops.AlterColumn) and is_retyped(each):
                self.retyped.add((each.table, each.after.name))
                if each.after.generated is not None:
                    self.dropped.add((each.table, each.after.name))
                    if each.before.generated is not None:  # which is in the way of what it read
                        self.operations.remove(each)
                        self.operations += [
                            ops.DropColumn(each.table, each.before),
                            ops.AddColumn(each.table, each.after),
                        ]
            elif isinstance(each, ops.DropColumn):
                self.dropped.add((each.table, each.column.name))
            elif isinstance(each, ops.DropConstraint) and each.constraint.key is not None:
                self.keys.add((each.table, frozenset(each.constraint.key.columns)))
            elif isinstance(each, ops.DropIndex):
                self.keys.add((each.table, columns_of(each.index)))
        for table in self.middle.tables:
            self.retyped |= {
                (table.name, column.name)
                for column in table.columns
                if any(is_of(column.type, name) for name in replaced)
            }

    def touched(self) -> set[Name]:
        """The tables that nothing may read meanwhile."""
        dropped = {each.table.name for each in self.operations if isinstance(each, ops.DropTable)}
        return {name for name, _ in self.retyped | self.dropped} | dropped | renamed_tables(self.operations)

    def reads(self, table: Table, *texts: str | None) -> bool:
        """Whether an expression of a table reads a column that changes or goes."""
        names = [column for name, column in self.retyped | self.dropped if name == table.name]
        return any(text is not None and mentions(text, name, "postgres") for text in texts for name in names)

    def computed(self, table: Table, other: Table) -> None:
        """The computed columns that stay."""
        for column in table.columns:
            if column in other.columns and column.generated and self.reads(table, column.generated.expression):
                self.dropped.add((table.name, column.name))
                self.operations += [ops.DropColumn(table.name, column), ops.AddColumn(table.name, column)]

    def indexes(self, table: Table, other: Table) -> None:
        """The indexes that stay."""
        for index in table.indexes:
            rename = self.rename(table, index.name, ops.RenameIndex)
            back = index if rename is None else replace(index, name=rename.new)
            columns = {(table.name, column) for column in {*columns_of(index), *index.include}}
            if back not in other.indexes:
                continue
            if columns & self.dropped or self.reads(table, index.where, *[key.expression for key in index.keys]):
                self.keys.add((table.name, columns_of(index)))
                self.exchange(rename, ops.DropIndex(table.name, index), ops.CreateIndex(table.name, back))

    def constraints(self, table: Table, other: Table, constraints: Iterable[Constraint]) -> None:
        """The constraints that stay."""
        for each in constraints:
            rename = self.rename(table, each.name, ops.RenameConstraint)
            back = each if rename is None else edited(each, name=rename.new)
            if back in constraints_of(other) and self.concerns(table, each):
                if each.key is not None:
                    self.keys.add((table.name, frozenset(each.key.columns)))
                self.exchange(rename, ops.DropConstraint(table.name, each), ops.AddConstraint(table.name, back))

    def concerns(self, table: Table, constraint: Constraint) -> bool:
        """Whether a constraint reads what changes, so that it would not survive, or would be in the way."""
        if constraint.key is not None:
            columns = {*constraint.key.columns, *constraint.key.include}
            return any((table.name, column) in self.dropped for column in columns)
        if constraint.check is not None:
            return self.reads(table, constraint.check.expression)
        if constraint.exclusion is not None:
            return self.reads(table, constraint.exclusion.definition)
        key = constraint.foreign_key
        assert key is not None
        ends = {*[(table.name, column) for column in key.columns], *[(key.table, column) for column in key.references]}
        return bool(ends & (self.retyped | self.dropped)) or (key.table, frozenset(key.references)) in self.keys

    def rename(self, table: Table, name: str | None, kind: type[Rename]) -> Rename | None:
        """How a constraint or an index is renamed."""
        found = [
            each for each in self.operations if isinstance(each, kind) and (each.table, each.old) == (table.name, name)
        ]
        return found[0] if found else None

    def exchange(self, rename: Operation | None, *operations: Operation) -> None:
        """What goes and comes back does so under its new name."""
        if rename is not None:
            self.operations.remove(rename)
        self.operations += operations


def is_retyped(operation: ops.AlterColumn) -> bool:
    """Whether what reads the column has to be parsed again."""
    old, new = operation.before, operation.after
    if new.generated is not None or operation.using is not None:
        return True
    return (old.type, old.collation) != (new.type, new.collation)


def columns_of(index: Index) -> frozenset[str]:
    """The columns that an index is sorted by."""
    return frozenset([key.column for key in index.keys if key.column is not None])
