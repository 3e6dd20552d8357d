"""Migrations of SQLite: what its ALTER TABLE can do, and rebuilds for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from dialects.sqlite.migrations import guards
from dialects.sqlite.migrations.constants import is_constant
from dialects.sqlite.migrations.forms import UNCHANGED, conversion
from dialects.sqlite.migrations.rebuild import Rebuild, exchanged, made_and_filled, redirected
from dialects.sqlite.migrations.safety import SqliteSafety
from dialects.sqlite.schema.ddl import SqliteDdl
from qb.errors import UnsupportedError
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.checks.safety import Safety
from qb.migrations.errors import MigrationError
from qb.migrations.expressions import mentions
from qb.migrations.operations import Operation
from qb.migrations.render import Renderer, names_through, renamed_tables
from qb.migrations.scripts import Script
from qb.schema.ddl import Ddl, constraint, dependencies
from qb.schema.objects import Check, Column, ForeignKey, Name, Schema, Table

Altering = ops.AlterTable | ops.AddColumn | ops.DropColumn | ops.AlterColumn
Constraining = ops.AddConstraint | ops.DropConstraint | ops.RenameConstraint | ops.ValidateConstraint
Indexing = ops.CreateIndex | ops.DropIndex | ops.RenameIndex
ELSEWHERE = (
    *(ops.CreateEnum, ops.DropEnum, ops.RenameEnum, ops.AddLabel, ops.RenameLabel, ops.ReplaceEnum),
    *(ops.CreateSequence, ops.DropSequence, ops.RenameSequence, ops.AlterSequence),
)
"""What other engines have."""


@dataclass
class Work:
    """What is to do on the tables, once everything has its new name."""

    middle: Schema
    """With the new names, and otherwise as it was."""
    after: Schema
    changes: dict[Name, list[Operation]] = field(default_factory=dict)
    """By table, what is not a rename."""
    rebuilds: list[Rebuild] = field(default_factory=list)
    dropped: list[Table] = field(default_factory=list)
    created: list[Table] = field(default_factory=list)

    def is_rebuilt(self, table: Name) -> bool:
        """Whether a table is rebuilt."""
        return any(each.name == table for each in self.rebuilds)


class SqliteRenderer(Renderer):
    """Writes SQLite's SQL. Where a table is rebuilt, foreign keys have to be off meanwhile."""

    ddl: ClassVar[Ddl] = SqliteDdl()
    acts_on_keys: ClassVar[bool] = False
    """Whether foreign keys are on in spite of all, so that tables are rebuilt with what references them."""

    def safety(self) -> Safety:
        return SqliteSafety(self.rebuilds, keys_can_be_off=not self.acts_on_keys)

    def rebuilds(self, before: Schema, operations: Sequence[Operation]) -> list[tuple[Name, list[Operation]]]:
        """The tables that are rebuilt, each with what is to do to it: nothing where it goes along only."""
        work = self.work(before, operations)
        return [(each.name, work.changes.get(each.name, [])) for each in work.rebuilds]

    def expanded(self, before: Schema, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
        work = self.work(before, operations)
        touched = {each.name for each in work.rebuilds} | {table.name for table in work.dropped}
        touched |= {each.table for each in operations if isinstance(each, ops.DropColumn)} | renamed_tables(operations)
        return self.around(before, operations, names_through(operations, touched))

    def work(self, before: Schema, operations: Sequence[Operation]) -> Work:
        """What is to do, table by table."""
        renames = [each for each in operations if isinstance(each, (ops.RenameTable, ops.RenameColumn))]
        work = Work(applied(before, renames), applied(before, operations))
        for each in operations:
            if isinstance(each, ops.CreateTable):
                work.created.append(each.table)
            elif isinstance(each, ops.DropTable):
                work.dropped.append(work.middle.table(each.table.name))
            elif isinstance(each, (Altering, Constraining, Indexing)):
                work.changes.setdefault(each.table, []).append(each)
            elif isinstance(each, (ops.CreateSchema, ops.RenameSchema, ops.DropSchema)):
                raise UnsupportedError("a schema of SQLite is a file: it is attached, not created")
            elif isinstance(each, ops.RenameTable) and each.old.schema != each.new.schema:
                raise UnsupportedError(f'a schema of SQLite is a file: "{each.old}" cannot go to another')
            elif isinstance(each, ELSEWHERE):
                raise UnsupportedError("SQLite has neither enum types nor sequences")
        new = {table.name for table in work.created}
        rebuilt = {
            name
            for name, changes in work.changes.items()
            if name not in new and not self.is_direct(work, name, changes)
        }
        if self.acts_on_keys:
            rebuilt = closure(rebuilt, work)
        ordered, _ = dependencies([table for table in work.after.tables if table.name in rebuilt])
        for table in ordered:
            changes = work.changes.get(table.name, [])
            using = {
                each.column.name: each.using
                for each in changes
                if isinstance(each, ops.AddColumn) and each.using is not None
            }
            using |= {
                each.after.name: each.using
                for each in changes
                if isinstance(each, ops.AlterColumn) and each.using is not None
            }
            work.rebuilds.append(Rebuild(work.middle.table(table.name), table, using))
        refuse_unknown(before, operations, work)
        return work

    def is_direct(self, work: Work, name: Name, changes: Iterable[Operation]) -> bool:
        """Whether SQLite can do everything to a table without rebuilding it."""
        added = {each.column.name for each in changes if isinstance(each, ops.AddColumn)}
        dropped = {each.column.name for each in changes if isinstance(each, ops.DropColumn)}
        table = work.after.table(name)
        for each in changes:
            if isinstance(each, Indexing):
                continue
            if isinstance(each, ops.AlterTable) and each.before == each.after:
                continue  # a comment, which SQLite does not keep
            if isinstance(each, ops.AlterColumn) and each.using is None:
                same = replace(each.before, comment=None) == replace(each.after, comment=None)
                if same and conversion(name, each.before, each.after) == UNCHANGED:
                    continue
            elif isinstance(each, ops.AddColumn):
                if each.using is None and can_add(table, each.column):
                    continue
            elif isinstance(each, ops.DropColumn):
                if can_drop(work.middle.table(name), each.column):
                    continue
            elif isinstance(each, ops.AddConstraint):
                rule = each.constraint.rule
                if isinstance(rule, Check) and rule.column in added:
                    continue
                if isinstance(rule, ForeignKey) and len(rule.columns) == 1 and rule.columns[0] in added:
                    continue
            elif isinstance(each, ops.DropConstraint):
                rule = each.constraint.rule
                if isinstance(rule, Check) and rule.column in dropped:
                    continue
            return False
        return True

    def script(self, before: Schema, operations: tuple[Operation, ...]) -> Script:
        work = self.work(before, operations)
        statements = self.dropped_views_and_triggers(operations)
        statements += [
            f"ALTER TABLE {self.ddl.name(each.old)} RENAME TO {QUOTED[each.new.name]}"
            if isinstance(each, ops.RenameTable)
            else f"ALTER TABLE {self.ddl.name(each.table)} RENAME COLUMN {QUOTED[each.old]} TO {QUOTED[each.new]}"
            for each in operations
            if isinstance(each, (ops.RenameTable, ops.RenameColumn))
        ]
        statements += self.dropped_indexes(work)
        statements += [self.ddl.create_table(redirected(table, work.rebuilds)) for table in work.created]
        for name, changes in work.changes.items():
            if not work.is_rebuilt(name):
                statements += self.altered(work, name, changes)
        statements += self.guarded(work)
        statements += made_and_filled(work.rebuilds)
        statements += exchanged(work.rebuilds, work.dropped, self.acts_on_keys)
        statements += self.created_indexes(work)
        statements += [guards.keys_hold(name) for name in self.checked(work)]
        statements += [
            each.view.sql if isinstance(each, ops.CreateView) else each.trigger.sql
            for each in operations
            if isinstance(each, (ops.CreateView, ops.CreateTrigger))
        ]
        return self.wrapped(work, statements)

    def guarded(self, work: Work) -> list[str]:
        """What stops before tables go."""
        return []

    def wrapped(self, work: Work, statements: list[str]) -> Script:
        """With what has to hold meanwhile."""
        if not work.rebuilds and not work.dropped:
            return Script(tuple(statements))
        return Script((guards.foreign_keys_are_off(), *statements), foreign_keys=False)

    def dropped_views_and_triggers(self, operations: Iterable[Operation]) -> list[str]:
        """What goes first."""
        found = []
        for each in operations:
            if isinstance(each, ops.DropTrigger):
                found.append(f"DROP TRIGGER {self.ddl.name(Name(each.trigger.name, each.trigger.table.schema))}")
            elif isinstance(each, ops.DropView):
                found.append(f"DROP VIEW {self.ddl.name(each.view.name)}")
        return found

    def dropped_indexes(self, work: Work) -> list[str]:
        """The indexes that go; those of a table that is rebuilt go with it."""
        found = []
        for name, changes in work.changes.items():
            if work.is_rebuilt(name):
                continue
            for each in changes:
                if isinstance(each, (ops.DropIndex, ops.RenameIndex)):
                    index = each.index.name if isinstance(each, ops.DropIndex) else each.old
                    found.append(f"DROP INDEX {self.ddl.name(Name(index, name.schema))}")
        return found

    def created_indexes(self, work: Work) -> list[str]:
        """The indexes that come, and all of what was rebuilt."""
        found = []
        for table in work.after.tables:
            if table in work.created or work.is_rebuilt(table.name):
                names = {index.name for index in table.indexes}
            else:
                names = {
                    each.new if isinstance(each, ops.RenameIndex) else each.index.name
                    for each in work.changes.get(table.name, [])
                    if isinstance(each, (ops.CreateIndex, ops.RenameIndex))
                }
            found += [self.ddl.create_index(table.name, index) for index in table.indexes if index.name in names]
        return found

    def altered(self, work: Work, name: Name, changes: Iterable[Operation]) -> list[str]:
        """What ALTER TABLE does: new columns, and columns that go."""
        table, alter = work.after.table(name), f"ALTER TABLE {self.ddl.name(name)}"
        found = []
        for each in changes:
            if isinstance(each, ops.AddColumn):
                found.append(f"{alter} ADD COLUMN {self.column(table, each.column)}")
            elif isinstance(each, ops.DropColumn):
                found.append(f"{alter} DROP COLUMN {QUOTED[each.column.name]}")
        return found

    def column(self, table: Table, column: Column) -> str:
        """A column as ADD COLUMN wants it: with its foreign key beside it."""
        text = self.ddl.column(replace(table, primary_key=None), column)
        for key in table.foreign_keys:
            if key.columns == (column.name,):
                text += f" {constraint(key.name)}{self.ddl.references(key)}"
        return text

    def checked(self, work: Work) -> list[Name]:
        """The tables whose foreign keys are looked at in the end: those that were rebuilt, and what references them."""
        rebuilt = {each.name for each in work.rebuilds}
        return [
            table.name
            for table in work.after.tables
            if table.foreign_keys
            and (table.name in rebuilt or any(key.table in rebuilt for key in table.foreign_keys))
            and table not in work.created
        ]


def refuse_unknown(before: Schema, operations: Sequence[Operation], work: Work) -> None:
    """Raise MigrationError when a table is to be rebuilt that has something which would not come along."""
    for each in work.rebuilds:
        names = names_through(operations, [each.name])
        for unknown in before.unknown:
            if unknown.table in names:
                raise MigrationError(
                    f'"{each.name}" has to be rebuilt, and would lose what qb does not know ({unknown.kind}: '
                    f"{unknown.name}): change it by hand, or drop that first"
                )


def closure(names: set[Name], work: Work) -> set[Name]:
    """Tables, and all that stay and reference them, directly or not."""
    stays = {table.name for table in work.middle.tables} & {table.name for table in work.after.tables}
    names = names | {table.name for table in work.dropped}
    while True:
        more = {
            table.name
            for table in (*work.middle.tables, *work.after.tables)
            if table.name in stays and any(key.table in names for key in table.foreign_keys)
        }
        if more <= names:
            return names & stays
        names |= more


def can_add(table: Table, column: Column) -> bool:
    """Whether ADD COLUMN takes a column, in a table with rows, too."""
    if column.generated is not None:
        return not column.generated.stored and column.nullable
    keys = [key for key in (table.primary_key, *table.uniques) if key is not None]
    if column.identity is not None or any(column.name in key.columns for key in keys):
        return False
    if not is_constant(column.default):
        return False
    has_value = column.default is not None and column.default.upper() != "NULL"
    if any(column.name in key.columns for key in table.foreign_keys):
        return not has_value and column.nullable
    return has_value or column.nullable


def can_drop(table: Table, column: Column) -> bool:
    """Whether DROP COLUMN takes a column: nothing else of its table may read it. (Indexes that do so go before.)"""
    keys = [key.columns for key in (table.primary_key, *table.uniques, *table.foreign_keys) if key is not None]
    if any(column.name in columns for columns in keys):
        return False
    texts = [check.expression for check in table.checks if check.column != column.name]
    texts += [each.generated.expression for each in table.columns if each.generated is not None and each != column]
    return len(table.columns) > 1 and not any(mentions(text, column.name, "sqlite") for text in texts)
