"""CREATE …"""

from __future__ import annotations

from dataclasses import replace

from qb.migrations import operations as ops
from qb.migrations.checks.reading.definitions import TABLE_RULES, Definitions
from qb.migrations.operations import Constraint
from qb.schema.objects import Column, Enum, Index, Name, Sequence, Table, Trigger, View


class CreateReader(Definitions):
    """Reads what makes something."""

    def create(self) -> None:
        """CREATE …"""
        reader = self.reader
        reader.takes("OR", "REPLACE")
        while reader.takes_any("TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "UNLOGGED", "RECURSIVE", "CONSTRAINT"):
            pass
        if reader.takes("TABLE"):
            self.create_table()
        elif reader.takes("UNIQUE", "INDEX"):
            self.create_index(unique=True)
        elif reader.takes("INDEX"):
            self.create_index(unique=False)
        elif reader.takes("MATERIALIZED", "VIEW") or reader.takes("VIEW"):
            self.if_not_exists()
            self.view(self.new_name())
        elif reader.takes("TRIGGER"):
            self.trigger()
        elif reader.takes("TYPE"):
            name = self.new_name()
            if reader.takes("AS", "ENUM"):
                self.do(ops.CreateEnum(Enum(name, self.strings())))
        elif reader.takes("SEQUENCE"):
            self.if_not_exists()
            self.do(ops.CreateSequence(Sequence(self.new_name(), reader.rest())))

    def view(self, name: Name) -> None:
        """A view, which may replace another."""
        there = [view for view in self.schema.views if view.name == name]
        if there:
            self.do(ops.DropView(there[0]))
        self.do(ops.CreateView(View(name, self.statement.sql)))

    def trigger(self) -> None:
        """A trigger."""
        reader = self.reader
        self.if_not_exists()
        name = self.new_name().name
        while not reader.takes("ON"):
            reader.word()
        self.do(ops.CreateTrigger(Trigger(name, self.table(self.name()), self.statement.sql)))

    def create_table(self) -> None:
        """CREATE TABLE, as far as it is columns and constraints."""
        reader = self.reader
        self.if_not_exists()
        table = Table(self.new_name(), ())
        if any(each.name == table.name for each in self.schema.tables):
            return  # IF NOT EXISTS
        if not reader.takes("("):  # of a query, or a partition
            self.do(ops.CreateTable(table))
            return
        constraints: list[Constraint] = []
        columns: list[Column] = []
        while not reader.takes(")"):
            if reader.takes("LIKE"):
                reader.until(",", ")")
            elif reader.sees_any(*TABLE_RULES):
                constraints.append(self.table_rule())
            else:
                column, more = self.new_column(table.name)
                columns.append(column)
                constraints += more
            reader.takes(",")
        self.do(ops.CreateTable(with_constraints(replace(table, columns=tuple(columns)), constraints)))

    def create_index(self, unique: bool) -> None:
        """CREATE INDEX."""
        reader = self.reader
        concurrently = reader.takes("CONCURRENTLY")
        self.if_not_exists()
        name = "" if reader.sees("ON") else self.new_name().name
        reader.expect("ON")
        reader.takes("ONLY")
        table = self.table(self.name())
        if reader.takes("USING"):
            reader.name()
        reader.expect("(")
        keys = [self.index_key()]
        while reader.takes(","):
            keys.append(self.index_key())
        reader.expect(")")
        where = None
        while not reader.at_end():
            if reader.takes("WHERE"):
                where = reader.rest()
            else:
                reader.word()
        self.do(ops.CreateIndex(table, Index(name, tuple(keys), unique, where), concurrently))


def with_constraints(table: Table, constraints: list[Constraint]) -> Table:
    """A table with constraints."""
    keys = [each.primary_key for each in constraints if each.primary_key is not None]
    return replace(
        table,
        primary_key=keys[0] if keys else None,
        uniques=tuple([each.unique for each in constraints if each.unique is not None]),
        checks=tuple([each.check for each in constraints if each.check is not None]),
        foreign_keys=tuple([each.foreign_key for each in constraints if each.foreign_key is not None]),
        exclusions=tuple([each.exclusion for each in constraints if each.exclusion is not None]),
    )
