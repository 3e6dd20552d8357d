"""ALTER …"""

from __future__ import annotations

from dataclasses import replace

from qb.migrations import operations as ops
from qb.migrations.checks.reading.definitions import TABLE_RULES, Definitions
from qb.migrations.operations import Constraint
from qb.schema.objects import Column, Name
from qb.schema.reading import Reader


class AlterReader(Definitions):
    """Reads what changes something."""

    def alter(self) -> None:
        """ALTER …"""
        reader = self.reader
        if reader.takes("TABLE"):
            reader.takes("IF", "EXISTS")
            reader.takes("ONLY")
            table = self.table(self.name())
            reader.takes("*")
            self.alter_table(table)
            while reader.takes(","):
                self.alter_table(table)
            if not reader.at_end():
                reader.fail("the end")
        elif reader.takes("INDEX"):
            reader.takes("IF", "EXISTS")
            name = self.name()
            if reader.takes("RENAME", "TO"):
                table, index = self.index(name)
                self.do(ops.RenameIndex(table, index.name, self.new_name().name))

    def alter_table(self, table: Name) -> None:
        """One of the actions of ALTER TABLE."""
        reader = self.reader
        if reader.takes("ADD"):
            self.add(table)
        elif reader.takes("DROP"):
            self.drop_part(table)
        elif reader.takes("ALTER"):
            reader.takes("COLUMN")
            self.alter_column(table, self.column(table, reader.name()))
        elif reader.takes("VALIDATE", "CONSTRAINT"):
            constraint = self.constraint(table, reader.name())
            self.do(ops.ValidateConstraint(table, constraint.name or ""))
        elif reader.takes("RENAME"):
            self.rename(table)
        elif reader.takes("SET", "SCHEMA"):
            self.do(ops.RenameTable(table, Name(table.name, reader.name())))
        elif reader.sees_any("SET", "RESET", "ENABLE", "DISABLE", "FORCE", "NO", "OWNER", "CLUSTER", "REPLICA"):
            reader.until(",")  # which are no operations: what they cost is looked at by rules of their own
        else:
            self.statement.is_understood = False
            reader.until(",")

    def add(self, table: Name) -> None:
        """ADD …"""
        reader = self.reader
        if reader.sees_any(*TABLE_RULES):
            self.add_rule(table)
            return
        reader.takes("COLUMN")
        self.if_not_exists()
        column, constraints = self.new_column(table)
        self.do(ops.AddColumn(table, column))
        for each in constraints:
            key = each.foreign_key
            if key is not None and column.default is None:  # no row has a value, and no row is looked at
                each = Constraint(foreign_key=replace(key, valid=False))
            self.do(ops.AddConstraint(table, each))

    def add_rule(self, table: Name) -> None:
        """A constraint, which may take over an index."""
        words = [word.text.upper() for word in self.reader.words]
        if "USING" not in words or words[words.index("USING") :][1:2] != ["INDEX"]:
            self.do(ops.AddConstraint(table, self.table_rule()))
            return
        reader = self.reader
        name = None
        if reader.takes("CONSTRAINT"):
            name = reader.name()
        is_primary = reader.takes("PRIMARY", "KEY")
        reader.takes("UNIQUE")
        reader.expect("USING", "INDEX")
        owner, index = self.index(self.name())
        for key in index.keys if is_primary else ():
            column = self.column(table, key.column or "")
            if column.nullable:
                self.do(ops.AlterColumn(table, column, replace(column, nullable=False)))
        if name is not None and name != index.name:
            self.do(ops.RenameIndex(owner, index.name, name))
        reader.until(",")

    def drop_part(self, table: Name) -> None:
        """DROP … of a table."""
        reader = self.reader
        is_constraint = reader.takes("CONSTRAINT")
        if not is_constraint:
            reader.takes("COLUMN")
        reader.takes("IF", "EXISTS")
        name = reader.name()
        if is_constraint:
            self.do(ops.DropConstraint(table, self.constraint(table, name)))
        else:
            self.do(ops.DropColumn(table, self.column(table, name)))
        if reader.takes("CASCADE"):
            self.statement.cascades = True
        reader.takes("RESTRICT")

    def alter_column(self, table: Name, column: Column) -> None:
        """ALTER COLUMN …"""
        reader = self.reader
        using = None
        if reader.takes("SET", "NOT", "NULL"):
            new = replace(column, nullable=False)
        elif reader.takes("DROP", "NOT", "NULL"):
            new = replace(column, nullable=True)
        elif reader.takes("SET", "DEFAULT"):
            new = replace(column, default=reader.between(reader.until(",")))
        elif reader.takes("DROP", "DEFAULT"):
            new = replace(column, default=None)
        elif reader.takes("DROP", "EXPRESSION"):
            new = replace(column, generated=None)
            reader.until(",")
        elif reader.takes("DROP", "IDENTITY"):
            new = replace(column, identity=None)
            reader.until(",")
        elif reader.takes("ADD"):
            new = self.computed(column)
        elif reader.takes("SET", "DATA", "TYPE") or reader.takes("TYPE"):
            new = replace(column, type=self.type_name(reader.between(reader.until(",", "COLLATE", "USING"))))
            if reader.takes("COLLATE"):
                new = replace(new, collation=reader.name())
            if reader.takes("USING"):
                using = reader.between(reader.until(","))
        else:  # SET STATISTICS, SET STORAGE …
            reader.until(",")
            return
        if using is not None and self.is_cast(using, new):
            using = None
        self.do(ops.AlterColumn(table, column, new, using))

    def is_cast(self, using: str, column: Column) -> bool:
        """Whether an expression only casts the column to its new type, which is what happens anyway."""
        reader = Reader(using, self.schema.dialect)
        is_called = reader.takes("CAST", "(")
        if reader.at_end() or reader.word().name != column.name or not (reader.takes("AS") or reader.takes("::")):
            return False
        words = reader.until(")") if is_called else reader.until()
        return self.type_name(reader.between(words)) == column.type

    def rename(self, table: Name) -> None:
        """RENAME …"""
        reader = self.reader
        if reader.takes("TO"):
            self.do(ops.RenameTable(table, Name(self.new_name().name, table.schema)))
        elif reader.takes("CONSTRAINT"):
            old = reader.name()
            self.constraint(table, old)
            reader.expect("TO")
            self.do(ops.RenameConstraint(table, old, self.new_name().name))
        else:
            reader.takes("COLUMN")
            old = reader.name()
            self.column(table, old)
            reader.expect("TO")
            self.do(ops.RenameColumn(table, old, self.new_name().name))
