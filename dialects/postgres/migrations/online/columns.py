"""Columns that come, that may have no NULL any more, and that give their place to others."""

from __future__ import annotations

from dataclasses import replace

from dialects.postgres.migrations import sync
from dialects.postgres.migrations.conversions import converted, is_lossless, is_near, is_of
from dialects.postgres.migrations.names import begun
from dialects.postgres.migrations.online.work import NotOnline, Work, is_retyped, why_written
from dialects.postgres.migrations.parts import columns_of
from qb.identifiers import LONGEST_NAME, QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied, edited
from qb.migrations.expressions import mentions
from qb.migrations.operations import Constraint
from qb.migrations.renames import aside
from qb.schema.objects import Check, Column, Name, Schema, View


class Columns:
    """Finds the forms of what is done to columns."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.twins: dict[Name, dict[str, str]] = {}
        """By table: columns that are there by two names for a while, the new names by the old ones."""
        self.moved: dict[Name, dict[str, str]] = {}
        """By table: columns that others take the place of, and the names of those until then."""
        self.filled: dict[Name, set[str]] = {}
        """By table: new columns that are filled in batches."""

    def look(self) -> None:
        """Find all of them: those that are renamed first, because all else has the new names."""
        work = self.work
        renames = work.those(ops.RenameColumn)
        for each in renames:
            if each.table in work.there:
                work.consider(self.check_renamed, each)
        work.middle = applied(work.before, work.first())
        for each in renames:
            if each.table in work.there and each not in work.waiting:
                self.rename(each)
        for added in work.those(ops.AddColumn):
            if added.table in work.there and work.why_later(added):
                work.consider(self.add, added)
        self.look_at_altered([each for each in work.those(ops.AlterColumn) if each.table in work.there])

    def look_at_altered(self, operations: list[ops.AlterColumn]) -> None:
        """What changes in columns that stay."""
        work = self.work
        retyped = []
        for each in operations:
            why = self.why_rewritten(each)
            if why:
                work.refused.append((each, why))
            elif each.using is not None or is_retyped(each.before, each.after):
                retyped.append(each)
            elif each.before.nullable and not each.after.nullable:
                work.consider(self.require, each)
        for each in self.retyped_together(retyped):
            self.retype(each)
            work.waiting.remove(each)

    def why_rewritten(self, operation: ops.AlterColumn) -> str:
        """Why a column cannot change while others use it; empty when it can, or when that takes no time."""
        old, new = operation.before, operation.after
        if new.generated is not None:
            return "it is computed for every row"
        if new.identity is not None and old.identity is None:
            return "its highest number is searched"
        if old.generated is not None and old.nullable and not new.nullable:
            return "it is computed until then"
        return self.work.why_unknown(new)

    # New columns, and NOT NULL

    def add(self, operation: ops.AddColumn) -> None:
        """A column that is another in each row: added without values, and filled in batches."""
        work, table, column = self.work, operation.table, operation.column
        if column.identity is not None or column.generated is not None:
            raise NotOnline(why_written(operation))
        if work.why_unknown(column):
            raise NotOnline(work.why_unknown(column))
        check_length(column.name)
        key = work.key_of(table)
        value = operation.using or column.default or "NULL"
        self.check_value(table, value)
        self.filled.setdefault(table, set()).add(column.name)
        bare = replace(column, nullable=True, default=None)
        work.expand.append(ops.AddColumn(table, bare))
        if column.default is not None:
            work.expand.append(ops.AlterColumn(table, bare, replace(bare, default=column.default)))
        if not column.nullable:
            trigger = sync.filled(table, column.name, value)
            work.expand.append(ops.CreateTrigger(trigger))
            # Programs that do not know the column need it for longer, as long as it finds what it reads.
            if column.default is not None or self.is_lost(table, value):
                work.switch.append(ops.DropTrigger(trigger))
            self.hold_not_null(table, replace(column, nullable=True), column)
        where = f"{QUOTED[column.name]} IS NULL"
        work.rows.append(ops.Backfill(table, column.name, value, where, key))

    def is_lost(self, table: Name, value: str) -> bool:
        """Whether a value is computed of what goes, or becomes something of another kind."""
        lost = [each.column.name for each in self.work.those(ops.DropColumn, table)]
        lost += [
            each.after.name
            for each in self.work.those(ops.AlterColumn, table)
            if each.using is not None or not is_near(each.before.type, each.after.type)
        ]
        return any(mentions(value, name, "postgres") for name in lost)

    def check_value(self, table: Name, value: str) -> None:
        """Raise NotOnline when a value is computed of what is not there in time."""
        for each in self.work.those(ops.AddColumn, table):
            if self.work.why_later(each) and mentions(value, each.column.name, "postgres"):
                raise NotOnline(f'"{each.column.name}", of which it is filled, is filled itself')

    def require(self, operation: ops.AlterColumn) -> None:
        """NOT NULL, which a check shows to hold already. A default comes before the check, for who relies on it."""
        table, before, after = operation.table, operation.before, operation.after
        if after.default is not None and before.default != after.default:
            self.work.expand.append(ops.AlterColumn(table, before, replace(before, default=after.default)))
            before = replace(before, default=after.default)
        self.hold_not_null(table, before, after)

    def hold_not_null(self, table: Name, before: Column, after: Column, name: str | None = None) -> None:
        """A check for new rows, then for all; then NOT NULL looks at none. `name` is that of the column meanwhile."""
        work, check = self.work, not_null(name or after.name)
        work.expand.append(ops.AddConstraint(table, edited(check, valid=False)))
        work.rows.append(ops.ValidateConstraint(table, check.name or ""))
        if name is None:
            work.switch += [ops.AlterColumn(table, before, after), ops.DropConstraint(table, check)]

    # Another name

    def check_renamed(self, operation: ops.RenameColumn) -> None:
        """Raise NotOnline when a column cannot have both names for a while."""
        work, table, old, new = self.work, operation.table, operation.old, operation.new
        if any(each != operation and {each.old, each.new} & {old, new} for each in self.renamed_in(table)):
            raise NotOnline("other columns change their names with it")
        if any(each.column.name == old for each in work.those(ops.AddColumn, table)):
            raise NotOnline("a new column gets its name")
        if any(each.after.name == new for each in work.those(ops.AlterColumn, table)):
            raise NotOnline("it changes in other ways, too: rename it in a migration of its own")
        source = work.middle.table(table).column(old)
        if source.nullable and source.default is not None:
            raise NotOnline("it has a default, and may be NULL: nobody can tell which of both was written")
        self.check_replaced(table, source, work.after.table(table).column(new))
        self.twins.setdefault(table, {})[old] = new

    def renamed_in(self, table: Name) -> list[ops.RenameColumn]:
        """The columns of a table that are renamed, in whatever form."""
        decided = [ops.RenameColumn(table, old, new) for old, new in self.twins.get(table, {}).items()]
        return [*self.work.those(ops.RenameColumn, table), *decided]

    def rename(self, operation: ops.RenameColumn) -> None:
        """Both names for a while, with the same values."""
        work, table, old, new = self.work, operation.table, operation.old, operation.new
        target = replace(work.after.table(table).column(new), default=None)
        work.expand.append(ops.AddColumn(table, replace(target, nullable=True)))
        work.expand.append(ops.CreateTrigger(sync.both(table, old, new)))
        self.fill(table, new, QUOTED[old])
        if not target.nullable:
            self.hold_not_null(table, replace(target, nullable=True), target)

    # Another type

    def retyped_together(self, operations: list[ops.AlterColumn]) -> list[ops.AlterColumn]:
        """Those that can be retyped. What a constraint or an index names together changes together, or not at all."""
        found = []
        for each in operations:
            try:
                self.check_retyped(each)
            except NotOnline as answer:
                self.work.refused.append((each, str(answer)))
            else:
                found.append(each)
        while True:
            apart = [(each, part) for each in found if (part := self.torn(each, found)) is not None]
            if not apart:
                return found
            self.work.refused += [(each, f"{part} names another column that changes") for each, part in apart]
            found = [each for each in found if each not in [one for one, _ in apart]]

    def torn(self, operation: ops.AlterColumn, together: list[ops.AlterColumn]) -> str | None:
        """What stays of a table and names a column together with one that changes at another time."""
        work, table = self.work, operation.table
        others = work.unfinished(table) - {each.after.name for each in together if each.table == table}
        for part in work.parts_with(work.middle, table, operation.before.name):
            if columns_of(part, others) and work.in_the_end(table, part) is not None:
                return f"index {part.name}" if not isinstance(part, Constraint) else f"{part}"
        return None

    def check_retyped(self, operation: ops.AlterColumn) -> None:
        """Raise NotOnline when no other column can take the place of this one."""
        work, table, source, target = self.work, operation.table, operation.before, operation.after
        if operation.using is None and not is_lossless(work.middle, source.type, target.type):
            raise NotOnline("a value may be another one afterwards: say what it is, by --filled")
        self.check_replaced(table, source, target)
        there = {column.name for column in work.middle.table(table).columns}
        if {begun(target.name), aside(source.name)} & there:
            raise NotOnline("what it was before is still there")
        changing = [each.view for each in work.those(ops.DropView)]
        for view in self.views_of(table):
            if view.materialized:
                raise NotOnline("a materialized view of the table would be filled anew")
            if view in changing and mentions(view.sql, source.name, "postgres"):
                raise NotOnline(f'the view "{view.name}" changes with it')
        if operation.using is not None:
            self.check_value(table, operation.using)
            if any(mentions(operation.using, name, "postgres") for name in self.filled.get(table, ())):
                raise NotOnline("a new column, of which it is filled, is filled itself")
        filling: list[ops.AddColumn | ops.AlterColumn] = [
            *work.those(ops.AddColumn, table),
            *work.those(ops.AlterColumn, table),
        ]
        for value in [each.using for each in filling if each != operation]:
            if value is not None and mentions(value, source.name, "postgres"):
                raise NotOnline("another column is filled of it")

    def views_of(self, table: Name) -> list[View]:
        """The views that read a table, directly or by other views."""
        around = self.work.renderer.around(self.work.middle, (), {table})
        return [each.view for each in around if isinstance(each, ops.DropView)]

    def retype(self, operation: ops.AlterColumn) -> None:
        """Another column, which takes the place of this one when it has all its values."""
        work, table, source, target = self.work, operation.table, operation.before, operation.after
        meanwhile = begun(target.name)
        self.moved.setdefault(table, {})[target.name] = meanwhile
        value = operation.using or converted(work.middle, source, target) or QUOTED[source.name]
        column = replace(target, name=meanwhile, nullable=True, default=None)
        trigger = sync.derived(table, source.name, meanwhile, value)
        work.expand += [ops.AddColumn(table, column), ops.CreateTrigger(trigger)]
        self.fill(table, meanwhile, value)
        if not target.nullable:
            self.hold_not_null(table, column, target, meanwhile)
        work.switch += [
            ops.DropTrigger(trigger),
            ops.AlterColumn(table, source, replace(source, nullable=True, default=None)),
            ops.RenameColumn(table, source.name, aside(source.name)),
            ops.RenameColumn(table, meanwhile, target.name),
            ops.AlterColumn(table, replace(column, name=target.name), target),
        ]
        if not target.nullable:
            check = edited(not_null(target.name), name=not_null(meanwhile).name)
            work.switch.append(ops.DropConstraint(table, check))
        work.remade.add(table)
        self.keep_type(source)

    def keep_type(self, column: Column) -> None:
        """The type of a column that is left, and what that stands in, go with it."""
        work = self.work
        for each in work.those(ops.DropEnum):
            if is_of(column.type, each.enum.name):
                work.waiting.remove(each)
                work.waiting = [one for one in work.waiting if one != ops.DropSchema(each.enum.name.schema or "")]

    # Both

    def fill(self, table: Name, column: str, value: str) -> None:
        """What a trigger gives to rows that are written, for the others."""
        where = f"{QUOTED[column]} IS NULL AND ({value}) IS NOT NULL"
        self.work.rows.append(ops.Backfill(table, column, value, where, self.work.key_of(table)))

    def check_replaced(self, table: Name, source: Column, target: Column) -> None:
        """Raise NotOnline when another column cannot take the place of this one."""
        work = self.work
        work.key_of(table)
        check_length(source.name)
        if {source.identity, source.generated, target.identity, target.generated} != {None}:
            raise NotOnline("the database gives it its values")
        if any((each.table, each.column) == (table, source.name) for each in work.middle.sequences):
            raise NotOnline("a sequence belongs to it")
        for schema, column in ((work.middle, source.name), (work.after, target.name)):
            self.check_named(schema, table, column)

    def check_named(self, schema: Schema, table: Name, column: str) -> None:
        """Raise NotOnline when what names a column cannot name another one instead."""
        work = self.work
        for part in work.parts_with(schema, table, column):
            if isinstance(part, Constraint) and (part.primary_key or part.exclusion):
                raise NotOnline(f"it is in the {part}")
            key = part.foreign_key if isinstance(part, Constraint) else None
            if key is not None and not work.is_key(key.table, key.references):
                raise NotOnline(f"the {part} points to a key that comes later")
        keys = [key for each in schema.tables for key in each.foreign_keys]
        if any(key.table == table and column in key.references for key in keys):
            raise NotOnline("foreign keys point to it")
        generated = [each.generated for each in schema.table(table).columns if each.generated is not None]
        if any(mentions(each.expression, column, "postgres") for each in generated):
            raise NotOnline("another column is computed of it")
        if any(each.table == table and sync.reads(each, column) for each in schema.triggers):
            raise NotOnline("a trigger names it")


def check_length(column: str) -> None:
    """Raise NotOnline when the triggers of a column could not have its name in theirs."""
    if max(len(f"{prefix}{column}".encode()) for prefix in sync.PREFIXES) > LONGEST_NAME:
        raise NotOnline("its name is too long for that of a trigger")


def not_null(column: str) -> Constraint:
    """The check that shows a column to have no NULL."""
    return Constraint(check=Check(f"{QUOTED[column]} IS NOT NULL", sync.shortened(f"__not_null_{column}")))
