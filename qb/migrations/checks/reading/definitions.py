"""Columns, constraints and keys of indexes, as statements define them."""

from __future__ import annotations

from dataclasses import replace

from qb.migrations.checks.reading.known import Known
from qb.migrations.operations import Constraint
from qb.schema.objects import Check, Column, Exclusion, ForeignKey, Generated, Identity, IndexKey, Key, Name
from qb.schema.reading import Reader

COLUMN_WORDS = (
    *("CONSTRAINT", "DEFAULT", "NULL", "NOT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE", "GENERATED"),
    *("DEFERRABLE", "INITIALLY", "AS", "STORAGE", "COMPRESSION"),
)
"""With these, the type of a column, or what stands beside it, has ended."""
TABLE_RULES = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE")
"""With these, a constraint of the table begins."""


class Definitions(Known):
    """Reads what CREATE and ALTER TABLE have in common."""

    def type_name(self, text: str) -> str:
        """The name of a type as a schema has it."""
        return text

    def new_column(self, table: Name) -> tuple[Column, list[Constraint]]:
        """A column with its constraints."""
        reader = self.reader
        name = reader.name()
        self.statement.names.append(name)
        words = reader.until(",", ")", *COLUMN_WORDS)
        column = Column(name, self.type_name(reader.between(words)))
        constraints: list[Constraint] = []
        given: str | None = None
        while not reader.at_end() and not reader.sees(",") and not reader.sees(")"):
            if reader.takes("CONSTRAINT"):
                given = reader.name()
                self.statement.names.append(given)
            elif reader.takes("NOT", "NULL"):
                column = replace(column, nullable=False)
            elif reader.takes("DEFAULT"):
                column = replace(column, default=reader.between(reader.until(",", ")", *COLUMN_WORDS)))
            elif reader.takes("COLLATE"):
                column = replace(column, collation=reader.name())
            elif reader.sees("GENERATED") or reader.sees("AS"):
                column = self.computed(column)
            elif reader.takes("PRIMARY", "KEY"):
                column = replace(column, nullable=False)
                constraints.append(Constraint(primary_key=Key((name,), given)))
            elif reader.takes("UNIQUE"):
                constraints.append(Constraint(unique=Key((name,), given)))
            elif reader.takes("CHECK"):
                constraints.append(Constraint(check=Check(reader.parenthesised(), given)))
            elif reader.sees("REFERENCES"):
                constraints.append(Constraint(foreign_key=self.reference((name,), given)))
            else:
                reader.word()
        return self.numbered(table, column), constraints

    def numbered(self, table: Name, column: Column) -> Column:
        """A column whose type says that it is numbered. A dialect may have such."""
        return column

    def computed(self, column: Column) -> Column:
        """A column that is computed or numbered."""
        reader = self.reader
        is_always = reader.takes("GENERATED", "ALWAYS")
        if not is_always:
            reader.takes("GENERATED", "BY", "DEFAULT")
        reader.expect("AS")
        if reader.takes("IDENTITY"):
            if reader.sees("("):
                reader.parenthesised()
            return replace(column, nullable=False, identity=Identity("always" if is_always else "by default"))
        expression = reader.parenthesised()
        is_stored = reader.takes("STORED")
        reader.takes("VIRTUAL")
        return replace(column, generated=Generated(expression, is_stored))

    def reference(self, columns: tuple[str, ...], name: str | None) -> ForeignKey:
        """REFERENCES …"""
        reader = self.reader
        reader.expect("REFERENCES")
        table = self.name()
        known = next((each.name for each in self.schema.tables if each.name.name == table.name), table)
        references = reader.names() if reader.sees("(") else ()
        while reader.takes("ON"):
            reader.word()
            if not (reader.takes("NO", "ACTION") or reader.takes("SET", "NULL") or reader.takes("SET", "DEFAULT")):
                reader.word()
        return ForeignKey(columns, known, references, name=name)

    def table_rule(self) -> Constraint:
        """A constraint of a table."""
        reader = self.reader
        name = None
        if reader.takes("CONSTRAINT"):
            name = reader.name()
            self.statement.names.append(name)
        if reader.takes("PRIMARY", "KEY"):
            found = Constraint(primary_key=Key(reader.names(), name))
        elif reader.takes("UNIQUE"):
            reader.takes("NULLS", "NOT", "DISTINCT")
            reader.takes("NULLS", "DISTINCT")
            found = Constraint(unique=Key(reader.names(), name))
        elif reader.takes("CHECK"):
            found = Constraint(check=Check(reader.parenthesised(), name))
        elif reader.takes("FOREIGN", "KEY"):
            found = Constraint(foreign_key=self.reference(reader.names(), name))
        else:
            reader.expect("EXCLUDE")
            reader.until("(")
            found = Constraint(exclusion=Exclusion(name or "", f"EXCLUDE ({reader.parenthesised()})"))
        is_unchecked = False
        while not reader.at_end() and not reader.sees(",") and not reader.sees(")"):
            if reader.takes("NOT", "VALID"):
                is_unchecked = True
            elif reader.sees("("):
                reader.parenthesised()
            else:
                reader.word()
        if is_unchecked and found.check is not None:
            found = Constraint(check=replace(found.check, valid=False))
        if is_unchecked and found.foreign_key is not None:
            found = Constraint(foreign_key=replace(found.foreign_key, valid=False))
        return found

    def index_key(self) -> IndexKey:
        """A column or an expression."""
        words = self.reader.until(",", ")")
        first = Reader(self.reader.between(words), self.schema.dialect)
        text = first.word().text
        if first.at_end() or first.sees_any("ASC", "DESC", "NULLS", "COLLATE") or text[:1] == '"':
            return IndexKey(Reader(text, self.schema.dialect).name())
        return IndexKey(expression=self.reader.between(words))

    def strings(self) -> tuple[str, ...]:
        """Strings in parentheses."""
        self.reader.expect("(")
        found = []
        while not self.reader.takes(")"):
            found.append(self.string())
            self.reader.takes(",")
        return tuple(found)

    def string(self) -> str:
        """A string."""
        text = self.reader.word().text
        if text[:1] != "'":
            self.reader.fail("a string")
        return text[1:-1].replace("''", "'")
