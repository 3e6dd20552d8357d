"""Changes of tables that are in use: nobody waits for longer than a change of the catalog takes.

What looks at every row does so without keeping others out, and what writes every row does so in batches:

expand   (a transaction) new columns, triggers that fill them, constraints for new rows only
rows     (none) values in batches, indexes CONCURRENTLY, constraints validated
switch   (a transaction) NOT NULL by a check that holds, keys by the index that is there, a column in place of another
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from dialects.postgres.migrations import sync
from dialects.postgres.migrations.conversions import converted, is_lossless, is_of
from dialects.postgres.migrations.parts import Part, columns_of, index_columns, index_of, named, part_name, parts
from dialects.postgres.migrations.safety import is_relabelled, is_volatile
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied, edited, with_names
from qb.migrations.expressions import mentions
from qb.migrations.operations import Constraint, Operation
from qb.migrations.renames import aside
from qb.migrations.render import Renderer, Stage
from qb.schema.objects import Check, Column, Index, Name, Schema

FIRST = (
    *(ops.CreateSchema, ops.CreateEnum, ops.RenameEnum),
    *(ops.CreateSequence, ops.RenameSequence, ops.AlterSequence),
    *(ops.RenameTable, ops.RenameColumn, ops.RenameLabel, ops.AddLabel, ops.AddColumn),
)
"""What others may need, and is done ahead of them where it has no form of its own."""
ORDER: Sequence[type[Operation]] = (ops.Backfill, ops.CreateIndex, ops.ValidateConstraint, ops.DropIndex)
"""Of what is done outside of transactions."""


class NotOnline(Exception):  # noqa: N818  # no error, but an answer
    """An operation has no online form; why."""


class Online:
    """Finds the way for the operations between two schemas."""

    def __init__(self, renderer: Renderer, before: Schema, operations: Sequence[Operation]) -> None:
        operations = renderer.around(before, tuple(operations), ())  # with the views of views that go
        self.renderer = renderer
        self.before = before
        self.after = applied(before, operations)
        self.waiting = list(operations)
        self.refused: list[tuple[Operation, str]] = []
        """What is done as ever, and why."""
        self.expand: list[Operation] = []
        self.rows: list[Operation] = []
        self.switch: list[Operation] = []
        self.keys: list[Operation] = []
        """The end of the switch."""
        self.late: tuple[list[Operation], list[Operation]] = ([], [])
        """Foreign keys to what comes at the end: for new rows, and for those that are there."""
        self.remade: set[Name] = set()
        """Tables whose views are made again at the switch."""
        new = [each.table.name for each in operations if isinstance(each, ops.CreateTable)]
        self.there = {table.name for table in self.after.tables if table.name not in new}
        """Tables that may have rows, by the names that they have in the end."""
        self.middle = applied(before, self.first(with_renames=False))
        """With what is done first."""
        for each in operations:
            if isinstance(each, ops.RenameColumn):
                self.consider(self.rename, each)
        self.middle = applied(before, self.first())
        for each in sorted(operations, key=lambda each: isinstance(each, ops.DropIndex)):
            if each in self.waiting:  # an index that comes takes along the one in whose place it comes
                self.look(each)

    def first(self, with_renames: bool = True) -> list[Operation]:
        """What is done ahead of all else, of that which waits."""
        found: list[Operation] = [
            each
            for each in self.waiting
            if isinstance(each, FIRST)
            and not (isinstance(each, ops.AddColumn) and each.table in self.there and why_written(each))
            and (with_renames or not isinstance(each, ops.RenameColumn))
        ]
        renames = (ops.RenameTable, ops.RenameColumn, ops.RenameSequence)
        if any(isinstance(each, renames) for each in found):  # which they know by old names
            found = [*[each for each in self.waiting if isinstance(each, (ops.DropView, ops.DropTrigger))], *found]
        return found

    def stages(self) -> tuple[Stage, ...]:
        """The migrations."""
        if not (self.expand or self.rows or self.switch or self.keys or self.late[0]):
            return self.renderer.stages(self.before, self.waiting)
        first = self.first()
        last = [each for each in self.waiting if each not in first]
        rows = sorted(self.rows, key=lambda each: ORDER.index(type(each)))
        found: list[Stage] = []
        schema = self.before
        for operations, is_plain in [
            (first, True),
            (self.expand, False),
            (rows, False),
            ([*self.switch, *self.keys], False),
            (last, True),
            (self.late[0], False),
            (self.late[1], False),
        ]:
            if not is_plain and operations:
                done = tuple(self.with_views(schema, operations))
                found.append(Stage(done, self.renderer.script(schema, done)))
            elif operations:
                found += self.renderer.stages(schema, operations)
            schema = applied(schema, operations)
        return tuple(found)

    def with_views(self, schema: Schema, operations: Sequence[Operation]) -> Iterator[Operation]:
        """With the views going before, and coming back after, a column that takes the place of another."""
        tables = self.remade if any(isinstance(each, ops.RenameColumn) for each in operations) else set()
        views = [
            each
            for each in self.renderer.around(schema, (), tables)
            if isinstance(each, (ops.DropView, ops.CreateView))
        ]
        yield from [each for each in reversed(views) if isinstance(each, ops.DropView)]
        yield from operations
        yield from [each for each in views if isinstance(each, ops.CreateView)]

    def consider(self, way: Callable[[Any], None], operation: Operation) -> None:
        """Do an operation in its online form, or note why not."""
        try:
            way(operation)
        except NotOnline as answer:
            self.refused.append((operation, str(answer)))
        else:
            self.waiting.remove(operation)

    def look(self, operation: Operation) -> None:
        """Find the form of an operation. What takes no time stays as it is."""
        if getattr(operation, "table", None) not in self.there:
            if isinstance(operation, ops.ReplaceEnum) and self.is_used(operation.before.name):
                self.refused.append((operation, "every column of the type is written again"))
            if isinstance(operation, ops.RenameTable):
                self.refused.append((operation, "programs know one of both names: leave a view of the old one"))
            if isinstance(operation, (ops.RenameSequence, ops.RenameEnum)):
                self.refused.append((operation, "programs know one of both names"))
            return
        match operation:
            case ops.AddColumn() if why_written(operation):
                self.consider(self.add_column, operation)
            case ops.AlterColumn(_, old, new, using):
                if new.generated is not None:
                    self.refused.append((operation, "it is computed for every row"))
                elif new.identity is not None and old.identity is None:
                    self.refused.append((operation, "its highest number is searched"))
                elif using is not None or is_retyped(old, new):
                    self.consider(self.retype, operation)
                elif old.nullable and not new.nullable and old.generated is not None:
                    self.refused.append((operation, "it is computed until then"))
                elif old.nullable and not new.nullable:
                    self.consider(self.require, operation)
            case ops.AddConstraint(_, constraint) if getattr(constraint.rule, "valid", True):
                self.consider(self.add_constraint, operation)
            case ops.CreateIndex():
                self.consider(self.create_index, operation)
            case ops.DropIndex():
                self.consider(self.drop_index, operation)

    def is_used(self, enum: Name) -> bool:
        """Whether columns that are there are of an enum type."""
        return any(is_of(column.type, enum) for table in self.middle.tables for column in table.columns)

    # Columns

    def add_column(self, operation: ops.AddColumn) -> None:
        """A column that is another in each row: added without values, and filled in batches."""
        table, column = operation.table, operation.column
        if column.identity is not None or column.generated is not None:
            raise NotOnline(why_written(operation))
        key = self.key_of(table)
        value = operation.using or column.default or "NULL"
        bare = replace(column, nullable=True, default=None)
        self.expand.append(ops.AddColumn(table, bare))
        if column.default is not None:
            self.expand.append(ops.AlterColumn(table, bare, replace(bare, default=column.default)))
        if not column.nullable:
            trigger = sync.filled(table, column.name, value)
            self.expand.append(ops.CreateTrigger(trigger))
            if column.default is not None:  # otherwise programs that do not know the column need it for longer
                self.switch.append(ops.DropTrigger(trigger))
            self.hold_not_null(table, replace(column, nullable=True), column)
        where = f"{QUOTED[column.name]} IS NULL"
        self.rows.append(ops.Backfill(table, column.name, value, where, key))

    def require(self, operation: ops.AlterColumn) -> None:
        """NOT NULL, which a check shows to hold already. A default comes before the check, for who relies on it."""
        table, before, after = operation.table, operation.before, operation.after
        if after.default is not None and before.default != after.default:
            self.expand.append(ops.AlterColumn(table, before, replace(before, default=after.default)))
            before = replace(before, default=after.default)
        self.hold_not_null(table, before, after)

    def hold_not_null(self, table: Name, before: Column, after: Column, name: str | None = None) -> None:
        """A check for new rows, then for all; then NOT NULL looks at none. `name` is that of the column meanwhile."""
        check = not_null(name or after.name)
        self.expand.append(ops.AddConstraint(table, edited(check, valid=False)))
        self.rows.append(ops.ValidateConstraint(table, check.name or ""))
        if name is None:
            self.switch += [ops.AlterColumn(table, before, after), ops.DropConstraint(table, check)]

    def rename(self, operation: ops.RenameColumn) -> None:
        """Both names for a while, with the same values."""
        table, old, new = operation.table, operation.old, operation.new
        if any(
            isinstance(each, ops.RenameColumn) and each != operation and {each.old, each.new} & {old, new}
            for each in self.waiting
        ):
            raise NotOnline("other columns change their names with it")
        if any(
            isinstance(each, ops.AddColumn) and (each.table, each.column.name) == (table, old) for each in self.waiting
        ):
            raise NotOnline("a new column gets its name")
        altered = [each for each in self.waiting if isinstance(each, ops.AlterColumn)]
        if any((each.table, each.after.name) == (table, new) for each in altered):
            raise NotOnline("it changes in other ways, too: rename it in a migration of its own")
        source = self.middle.table(table).column(old)
        if source.nullable and source.default is not None:
            raise NotOnline("it has a default, and may be NULL: nobody can tell which of both was written")
        target = replace(self.after.table(table).column(new), default=None)
        self.check_moved(table, source, target)
        self.expand.append(ops.AddColumn(table, replace(target, nullable=True)))
        self.expand.append(ops.CreateTrigger(sync.both(table, old, new)))
        self.fill(table, new, QUOTED[old])
        if not target.nullable:
            self.hold_not_null(table, replace(target, nullable=True), target)
        taken = {part_name(each) for each in parts(self.middle.table(table))}
        for part in self.parts_with(self.after, table, new):
            name = part_name(part)
            self.add_part(table, named(part, begun(name)) if name in taken else part)
        self.forget(table, self.parts_with(self.middle, table, old), self.parts_with(self.after, table, new))

    def retype(self, operation: ops.AlterColumn) -> None:
        """Another column, which takes the place of this one when it has all its values."""
        table, source, target = operation.table, operation.before, operation.after
        if operation.using is None and not is_lossless(self.before, source.type, target.type):
            raise NotOnline("a value may be another one afterwards: say what it is, by --filled")
        self.check_moved(table, source, target)
        if any(view.materialized and mentions(view.sql, table.name, "postgres") for view in self.middle.views):
            raise NotOnline("a materialized view of the table would be filled anew")
        meanwhile = begun(target.name)
        value = operation.using or converted(self.before, source, target) or QUOTED[source.name]
        column = replace(target, name=meanwhile, nullable=True, default=None)
        trigger = sync.derived(table, source.name, meanwhile, value)
        self.expand += [ops.AddColumn(table, column), ops.CreateTrigger(trigger)]
        self.fill(table, meanwhile, value)
        if not target.nullable:
            self.hold_not_null(table, column, target, meanwhile)
        old, new = self.parts_with(self.middle, table, source.name), self.parts_with(self.after, table, target.name)
        moved = with_names(self.after.table(table), {target.name: meanwhile}, "postgres")
        renamed = [part for part in parts(moved) if part_name(part) in [part_name(each) for each in new]]
        keys = [self.add_part(table, named(part, begun(part_name(part))), in_place=True) for part in renamed]
        self.switch.append(ops.DropTrigger(trigger))
        self.switch += [dropped(table, each) for each in sorted(old, key=lambda each: isinstance(each, Index))]
        self.switch += [
            ops.AlterColumn(table, source, replace(source, nullable=True, default=None)),
            ops.RenameColumn(table, source.name, aside(source.name)),
            ops.RenameColumn(table, meanwhile, target.name),
            ops.AlterColumn(table, replace(column, name=target.name), target),
        ]
        if not target.nullable:
            check = edited(not_null(target.name), name=not_null(meanwhile).name)
            self.switch.append(ops.DropConstraint(table, check))
        for part, key in zip(new, keys, strict=True):
            name = part_name(part)
            if key:
                assert isinstance(part, Constraint)
                self.switch.append(ops.AddConstraint(table, edited(part, name=begun(name)), using_index=True))
            rename = ops.RenameIndex if isinstance(part, Index) else ops.RenameConstraint
            self.switch.append(rename(table, begun(name), name))
        self.remade.add(table)
        self.forget(table, old, new)

    def fill(self, table: Name, column: str, value: str) -> None:
        """What a trigger gives to rows that are written, for the others."""
        where = f"{QUOTED[column]} IS NULL AND ({value}) IS NOT NULL"
        self.rows.append(ops.Backfill(table, column, value, where, self.key_of(table)))

    def key_of(self, table: Name) -> tuple[str, ...]:
        """The columns by whose order batches are made."""
        key = self.middle.table(table).primary_key
        if key is None:
            raise NotOnline("the table has no primary key, by whose order batches could be made")
        return key.columns

    def check_moved(self, table: Name, source: Column, target: Column) -> None:
        """Raise NotOnline when another column cannot take the place of this one."""
        self.key_of(table)
        if {source.identity, source.generated, target.identity, target.generated} != {None}:
            raise NotOnline("the database gives it its values")
        if any((each.table, each.column) == (table, source.name) for each in self.middle.sequences):
            raise NotOnline("a sequence belongs to it")
        for schema, column in ((self.middle, source.name), (self.after, target.name)):
            for part in self.parts_with(schema, table, column):
                if isinstance(part, Constraint) and (part.primary_key or part.exclusion):
                    raise NotOnline(f"it is in the {part}")
                key = part.foreign_key if isinstance(part, Constraint) else None
                if key is not None and not self.is_key(key.table, key.references):
                    raise NotOnline(f"the {part} points to a key that comes later")
            keys = [key for each in schema.tables for key in each.foreign_keys]
            if any(key.table == table and column in key.references for key in keys):
                raise NotOnline("foreign keys point to it")
            generated = [each.generated for each in schema.table(table).columns if each.generated is not None]
            if any(mentions(each.expression, column, "postgres") for each in generated):
                raise NotOnline("another column is computed of it")
            if any(each.table == table and mentions(each.sql, column, "postgres") for each in schema.triggers):
                raise NotOnline("a trigger names it")

    def parts_with(self, schema: Schema, table: Name, column: str) -> list[Part]:
        """The constraints and indexes of a table that name a column."""
        return [each for each in parts(schema.table(table)) if column in columns_of(each, [column])]

    def forget(self, table: Name, *gone: Iterable[Part]) -> None:
        """What is done with constraints and indexes otherwise is done already."""
        names = {part_name(part) for some in gone for part in some}
        for each in list(self.waiting):
            named_so = getattr(each, "constraint", None) or getattr(each, "index", None)
            touched = {getattr(each, "old", None), getattr(each, "new", None), getattr(named_so, "name", None)}
            if getattr(each, "table", None) == table and not isinstance(each, ops.RenameColumn) and touched & names:
                self.waiting.remove(each)

    # Constraints and indexes

    def add_part(self, table: Name, part: Part, in_place: bool = False) -> bool:
        """A constraint or an index; whether an index is left that has to become a key. That is done here unless it
        comes in the place of another.
        """
        if isinstance(part, Index):
            self.rows.append(ops.CreateIndex(table, part, concurrently=True))
            return False
        if part.key is not None:
            self.rows.append(ops.CreateIndex(table, index_of(part), concurrently=True))
            if not in_place:
                self.keys.append(ops.AddConstraint(table, part, using_index=True))
            return True
        self.expand.append(ops.AddConstraint(table, edited(part, valid=False)))
        if getattr(part.rule, "valid", True):
            self.rows.append(ops.ValidateConstraint(table, part.name or ""))
        return False

    def add_constraint(self, operation: ops.AddConstraint) -> None:
        """For new rows first, then for all; a key by an index that is built before."""
        table, constraint = operation.table, operation.constraint
        former = [
            each
            for each in self.waiting
            if isinstance(each, ops.DropConstraint) and (each.table, each.constraint.name) == (table, constraint.name)
        ]
        self.check_columns(table, constraint)
        if constraint.exclusion is not None:
            raise NotOnline("PostgreSQL builds it in one go only")
        if constraint.key is not None and former:
            raise NotOnline("another one has its name until then")
        if constraint.primary_key is not None and self.middle.table(table).primary_key is not None:
            raise NotOnline("there is another one until then")
        key = constraint.foreign_key
        if key is not None and not self.is_key(key.table, key.references):
            self.late[0].append(ops.AddConstraint(table, edited(constraint, valid=False)))
            self.late[1].append(ops.ValidateConstraint(table, constraint.name or ""))
            return
        for each in former:
            self.expand.append(each)
            self.waiting.remove(each)
        self.add_part(table, constraint)

    def is_key(self, table: Name, columns: Sequence[str]) -> bool:
        """Whether foreign keys can point to columns before anything else is done."""
        if table not in self.there:
            return False
        found = self.middle.table(table)
        keys = [set(key.columns) for key in (found.primary_key, *found.uniques) if key is not None]
        keys += [set(index_columns(index)) for index in found.indexes if index.unique]
        return not columns or set(columns) in keys

    def create_index(self, operation: ops.CreateIndex) -> None:
        """Beside those who write. One that changes is there until the new one is."""
        table, index = operation.table, operation.index
        self.check_columns(table, index)
        former = [
            each
            for each in self.waiting
            if isinstance(each, ops.DropIndex) and (each.table, each.index.name) == (table, index.name)
        ]
        if not former:
            self.rows.append(ops.CreateIndex(table, index, concurrently=True))
            return
        self.rows.append(ops.CreateIndex(table, replace(index, name=begun(index.name)), concurrently=True))
        for each in former:
            self.waiting.remove(each)
            self.drop_index(each)
        self.switch.append(ops.RenameIndex(table, begun(index.name), index.name))

    def drop_index(self, operation: ops.DropIndex) -> None:
        """Beside those who read."""
        self.rows.append(replace(operation, concurrently=True))

    def check_columns(self, table: Name, part: Part) -> None:
        """Raise NotOnline when a column is not there in time."""
        there = {column.name for column in self.middle.table(table).columns}
        there |= {each.column.name for each in self.expand if isinstance(each, ops.AddColumn) and each.table == table}
        late = {
            each.after.name for each, _ in self.refused if isinstance(each, ops.AlterColumn) and each.table == table
        }
        needed = columns_of(part, [column.name for column in self.after.table(table).columns])
        if not needed <= there - late:
            raise NotOnline("its column comes later")


def why_written(operation: ops.AddColumn) -> str:
    """Why a new column is written into every row; empty when it is not."""
    column = operation.column
    if column.identity is not None:
        return "every row gets a number"
    if column.generated is not None:
        return "it is computed for every row" if column.generated.stored else ""
    if operation.using is not None or (column.default is not None and is_volatile(column.default)):
        return "every row gets a value of its own"
    return ""


def is_retyped(old: Column, new: Column) -> bool:
    """Whether every row is written again, or every index on it."""
    return (old.type != new.type and not is_relabelled(old.type, new.type)) or old.collation != new.collation


def not_null(column: str) -> Constraint:
    """The check that shows a column to have no NULL."""
    return Constraint(check=Check(f"{QUOTED[column]} IS NOT NULL", sync.shortened(f"__not_null_{column}")))


def dropped(table: Name, part: Part) -> Operation:
    """A constraint or an index goes."""
    return ops.DropIndex(table, part) if isinstance(part, Index) else ops.DropConstraint(table, part)


def begun(name: str) -> str:
    """The name of what takes the place of something."""
    return sync.shortened(f"__new_{name}")
