"""Constraints and indexes that come and go, and those of columns that others take the place of."""

from __future__ import annotations

from dataclasses import replace

from dialects.postgres.migrations.names import begun, places, taken
from dialects.postgres.migrations.online.columns import Columns
from dialects.postgres.migrations.online.work import NotOnline, Unnamed, Work, unique_columns
from dialects.postgres.migrations.parts import Part, columns_of, index_of, named, part_name, parts
from qb.migrations import operations as ops
from qb.migrations.apply import edited, with_names
from qb.migrations.operations import Constraint, Operation
from qb.schema.objects import Index, Name


class Constraints:
    """Finds the forms of what is done to constraints and indexes."""

    def __init__(self, work: Work, columns: Columns) -> None:
        self.work = work
        self.columns = columns
        self.taken = taken(work.middle)
        """The names that are not free until the switch."""
        self.wanted = taken(work.after)

    def look(self) -> None:
        """Find all of them. What goes is looked at first: what stays meanwhile has its name."""
        work = self.work
        for table in {**self.columns.twins, **self.columns.moved}:
            self.follow(table)
        for each in work.those(ops.DropIndex):
            if each.table in work.there:
                work.consider(self.drop_index, each)
        for validated in work.those(ops.ValidateConstraint):
            if validated.table in work.there:
                work.waiting.remove(validated)
                work.rows.append(validated)
        for added in work.those(ops.AddConstraint):
            if added.table in work.there and getattr(added.constraint.rule, "valid", True):
                work.consider(self.add_constraint, added)
        for created in work.those(ops.CreateIndex):
            if created.table in work.there:
                work.consider(self.create_index, created)

    def follow(self, table: Name) -> None:
        """What names columns that others take the place of, names those."""
        work = self.work
        moved, twins = self.columns.moved.get(table, {}), self.columns.twins.get(table, {})
        for part in parts(work.middle.table(table)):
            is_moved, has_twin = columns_of(part, moved) != set(), columns_of(part, twins) != set()
            if not is_moved and not has_twin:
                continue
            change, later = work.about(table, part), work.in_the_end(table, part)
            is_wanted = bool(places(table, part) & self.wanted)  # by something else, later
            if is_moved:
                work.gone.append(dropped(table, part))
            elif later is None:
                work.waiting.append(dropped(table, part))  # by the names that its columns have until then
            elif is_wanted and part_name(later) != part_name(part):
                self.taken |= places(table, later)
                change = None
            if change is not None:
                work.waiting.remove(change)
            if later is not None:
                self.build(table, later)

    # What comes

    def add_constraint(self, operation: ops.AddConstraint) -> None:
        """For new rows first, then for all; a key by an index that is built before."""
        work, table, constraint = self.work, operation.table, operation.constraint
        self.check_columns(table, constraint)
        if constraint.exclusion is not None:
            raise NotOnline("PostgreSQL builds it in one go only")
        if constraint.primary_key is not None and work.middle.table(table).primary_key is not None:
            raise NotOnline("there is another one until then")
        key = constraint.foreign_key
        if key is not None and not work.is_key(key.table, key.references):
            work.late[0].append(ops.AddConstraint(table, edited(constraint, valid=False)))
            work.late[1].append(ops.ValidateConstraint(table, constraint.name or ""))
            return
        for each in work.those(ops.DropConstraint, table):
            is_rule = each.constraint.check is not None or each.constraint.foreign_key is not None
            if is_rule and constraint.key is None and each.constraint.name == constraint.name:
                work.expand.append(each)
                work.waiting.remove(each)
                self.taken -= places(table, each.constraint)
        self.build(table, constraint)

    def create_index(self, operation: ops.CreateIndex) -> None:
        """Beside those who write."""
        self.check_columns(operation.table, operation.index)
        self.build(operation.table, operation.index)

    def build(self, table: Name, part: Part) -> None:
        """A constraint or an index, of the columns of later; by another name while something has its own one."""
        work, name = self.work, self.name_for(table, part)
        meanwhile = named(self.of_columns_meanwhile(table, part), name)
        part = named(part, name)
        if isinstance(meanwhile, Index):
            work.rows.append(ops.CreateIndex(table, meanwhile, concurrently=True))
            return
        assert isinstance(part, Constraint)
        if meanwhile.key is not None:
            work.rows.append(ops.CreateIndex(table, index_of(meanwhile), concurrently=True))
            work.keys.append(ops.AddConstraint(table, part, using_index=True))
        elif getattr(part.rule, "valid", True):
            work.expand.append(ops.AddConstraint(table, edited(meanwhile, valid=False)))
            work.rows.append(ops.ValidateConstraint(table, name))
        else:  # rows that do not fulfil it get their values before
            work.keys.append(ops.AddConstraint(table, part))

    def of_columns_meanwhile(self, table: Name, part: Part) -> Part:
        """The same, of the columns that take the place of others."""
        later = self.work.after.table(table)
        moved = with_names(later, self.columns.moved.get(table, {}), "postgres")
        return parts(moved)[parts(later).index(part)]

    def name_for(self, table: Name, part: Part) -> str:
        """The name of a constraint or an index while it is built, which it may have to change afterwards."""
        name = part_name(part)
        if self.taken & places(table, part):
            name = begun(name)
            self.work.unnamed.append(Unnamed(table, name, part))
        self.taken |= places(table, named(part, name))
        return name

    def check_columns(self, table: Name, part: Part) -> None:
        """Raise NotOnline when a column is not there in time."""
        work = self.work
        there = {column.name for column in work.middle.table(table).columns}
        there |= {each.column.name for each in work.expand if isinstance(each, ops.AddColumn) and each.table == table}
        later = work.after.table(table)
        needed = columns_of(part, [column.name for column in later.columns])
        if not needed <= there - work.unfinished(table):
            raise NotOnline("its column comes later")
        is_check = isinstance(part, Constraint) and part.check is not None
        empty = {name for name in self.columns.filled.get(table, ()) if later.column(name).nullable}
        if is_check and needed & empty:
            raise NotOnline("its column has no values until then")

    # What goes

    def drop_index(self, operation: ops.DropIndex) -> None:
        """Beside those who read."""
        columns = unique_columns(operation.index)
        if columns and any(self.work.pointing(operation.table, columns)):
            raise NotOnline("foreign keys may point to it")
        self.work.rows.append(replace(operation, concurrently=True))


def dropped(table: Name, part: Part) -> Operation:
    """A constraint or an index goes."""
    return ops.DropIndex(table, part) if isinstance(part, Index) else ops.DropConstraint(table, part)
