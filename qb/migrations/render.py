"""Operations as SQL. A dialect subclasses `Renderer`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from qb.errors import UnsupportedError
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.checks.safety import Safety
from qb.migrations.expressions import mentions
from qb.migrations.operations import Operation
from qb.migrations.plan import planned
from qb.migrations.scripts import Script
from qb.schema.ddl import Ddl
from qb.schema.objects import Name, Schema, Trigger, View


@dataclass(frozen=True, slots=True)
class Stage:
    """Operations that are done together, and their SQL."""

    operations: tuple[Operation, ...]
    script: Script


class Renderer:
    """Writes the SQL of operations."""

    ddl: ClassVar[Ddl]
    waits_for_deferred: ClassVar[bool] = False
    """Whether nothing can be altered while deferred constraints wait for the end of the transaction."""

    def stages(self, before: Schema, operations: Iterable[Operation]) -> tuple[Stage, ...]:
        """The SQL for operations on a schema, as `diff` found them: one stage, or several where the engine cannot do
        everything in one transaction. Each is a migration of its own.

        Raises MigrationError when the engine has no way to do so that keeps every row.
        """
        first, rest = schemas_first(operations)
        found = (*first, *self.expanded(applied(before, first), rest))
        found = planned(found, before.dialect, breaks_circles=self.ddl.adds_keys)
        stages = []
        for part in self.parts(found):
            script = self.script(before, part)
            if script.statements:  # there are none for the comment of a table of SQLite
                stages.append(Stage(part, script))
            before = applied(before, part)
        return tuple(stages)

    def online(self, before: Schema, operations: Sequence[Operation]) -> tuple[tuple[Stage, ...], tuple[str, ...]]:
        """The SQL by which the same is done while the tables are in use, with nobody waiting for long; and what has no
        such form, with why, in words.

        What is dropped may be left for a later migration, when no program uses it any more.
        """
        raise UnsupportedError("online changes are PostgreSQL's: other engines know one way to change a table")

    def is_kept(self, before: Schema, operation: Operation) -> bool:
        """Whether an operation takes away what an online change has left for programs that do not know it."""
        return False

    def known(self, before: Schema, operations: Sequence[Operation]) -> dict[tuple[Name, str], str]:
        """What fills columns that come back when operations are undone, where their values are elsewhere, too."""
        return {}

    def safety(self) -> Safety:
        """What classifies operations for this engine."""
        raise NotImplementedError

    def expanded(self, before: Schema, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
        """With everything that has to go meanwhile, and comes back."""
        return operations

    def parts(self, operations: tuple[Operation, ...]) -> Iterator[tuple[Operation, ...]]:
        """What can be done together."""
        if operations:
            yield operations

    def script(self, before: Schema, operations: tuple[Operation, ...]) -> Script:
        """The SQL of one stage."""
        raise NotImplementedError

    def guard_within(self, names: Sequence[str], script: Script) -> list[str]:
        """What stops a squashed script, where something else than qb runs it, on a database that has some of these
        migrations, of which it was made.
        """
        return []

    def pieces(
        self, before: Schema, operations: tuple[Operation, ...]
    ) -> Iterator[tuple[tuple[Operation, ...], Sequence[str]]]:
        """Operations with their statements, as far as these can be told apart."""
        yield operations, self.script(before, operations).statements

    def around(
        self, before: Schema, operations: tuple[Operation, ...], tables: Iterable[Name]
    ) -> tuple[Operation, ...]:
        """With the views and triggers that read these tables, directly or by other views, going first and coming back
        last. `tables` has all names that they have and had.
        """
        names = {name.name for name in tables}
        gone = {each.view for each in operations if isinstance(each, ops.DropView)}
        names |= {view.name.name for view in gone}
        views: list[View] = []
        while True:
            more = [view for view in before.views if view not in views and self.reads(before, view.sql, names)]
            if not more:
                break
            views += more
            names |= {view.name.name for view in more}
        dropped = {each.trigger for each in operations if isinstance(each, ops.DropTrigger)}
        triggers = [each for each in before.triggers if self.is_about(before, each, names)]
        back = [each for each in triggers if each not in dropped]
        return (
            *operations,
            *[each for view in views if view not in gone for each in (ops.DropView(view), ops.CreateView(view))],
            *[each for trigger in back for each in (ops.DropTrigger(trigger), ops.CreateTrigger(trigger))],
        )

    def is_about(self, schema: Schema, trigger: Trigger, names: Iterable[str]) -> bool:
        """Whether a trigger stands on one of these tables or views, or may read it."""
        return trigger.table.name in names or self.reads(schema, trigger.sql, names)

    def reads(self, schema: Schema, sql: str, names: Iterable[str]) -> bool:
        """Whether a statement may read one of these tables or views."""
        return any(mentions(sql, name, schema.dialect) for name in names)


def schemas_first(operations: Iterable[Operation]) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """The renames of schemas, and all else, which knows the new names alone."""
    operations = tuple(operations)
    first = tuple([each for each in operations if isinstance(each, ops.RenameSchema)])
    return first, tuple([each for each in operations if each not in first])


def names_through(operations: Sequence[Operation], tables: Iterable[Name]) -> set[Name]:
    """The names of tables, and those that they have before and between renames."""
    names = set(tables)
    for each in reversed(operations):
        if isinstance(each, (ops.RenameTable, ops.RenameSequence)) and each.new in names:
            names.add(each.old)
    return names


def renamed_tables(operations: Iterable[Operation]) -> set[Name]:
    """The tables that are renamed, or have a column that is, and sequences, which views may read as well: a text with
    the old name would mean another one.
    """
    return {
        each.table if isinstance(each, ops.RenameColumn) else each.new
        for each in operations
        if isinstance(each, (ops.RenameTable, ops.RenameColumn, ops.RenameSequence))
    }
