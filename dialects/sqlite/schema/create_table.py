"""What a CREATE TABLE of SQLite says beyond what its PRAGMAs tell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from qb.schema.objects import Check, Deferral, ForeignKey, Generated, Key, Name
from qb.schema.reading import QUOTES, Reader

LITERALS = {"NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"}
COLLATIONS = {"BINARY", "NOCASE", "RTRIM"}
"""Those that every SQLite has."""
TYPE_ENDS = {
    *("CONSTRAINT", "DEFAULT", "NULL", "NOT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE"),
    *("DEFERRABLE", "AS", ",", ")"),
}
TABLE_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


@dataclass(slots=True)
class ReadColumn:
    """What stands beside one column."""

    name: str
    type: str = ""
    """As it is written."""
    default: str | None = None
    collation: str | None = None
    generated: Generated | None = None


@dataclass(slots=True)
class ReadTable:
    """A CREATE TABLE statement. Names are as they are written: SQLite does not mind their case."""

    columns: list[ReadColumn] = field(default_factory=list)
    primary_key: Key | None = None
    is_autoincrement: bool = False
    uniques: list[Key] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    options: tuple[str, ...] = ()
    unmodelled: list[str] = field(default_factory=list)
    """What a `Table` cannot say, in words."""


def read_table(sql: str) -> ReadTable:
    """Read a statement out of sqlite_master. Raises SchemaError when it is not understood."""
    return TableReader(sql).read()


class TableReader:
    """Reads one statement."""

    def __init__(self, sql: str) -> None:
        self.reader = Reader(sql, "sqlite")
        self.table = ReadTable()
        self.constraint: str | None = None
        """The name that was given to what comes next."""

    def read(self) -> ReadTable:
        """The whole statement."""
        reader = self.reader
        reader.expect("CREATE")
        reader.takes("TEMP")
        reader.expect("TABLE")
        reader.takes("IF", "NOT", "EXISTS")
        reader.qualified_name()
        reader.expect("(")
        self.column()
        while reader.takes(","):
            if self.sees_table_constraint():
                break
            self.column()
        while not reader.takes(")"):
            self.table_constraint()
            reader.takes(",")  # which SQLite does not ask for
        self.table.options = self.options()
        return self.table

    def options(self) -> tuple[str, ...]:
        """What follows the parentheses."""
        found = []
        while not self.reader.at_end():
            if self.reader.takes("WITHOUT"):
                self.reader.expect("ROWID")
                found.append("WITHOUT ROWID")
            else:
                self.reader.expect("STRICT")
                found.append("STRICT")
            self.reader.takes(",")
        return tuple(found)

    def sees_table_constraint(self) -> bool:
        """Whether the columns are over."""
        return any(self.reader.sees(word) for word in TABLE_CONSTRAINTS)

    def column(self) -> None:
        """A column with its constraints."""
        reader = self.reader
        column = ReadColumn(reader.name())
        self.table.columns.append(column)
        start = reader.position
        while not self.at_end_of_type():
            if reader.sees("("):
                reader.parenthesised()
            else:
                reader.word()
        column.type = reader.between(reader.words[start : reader.position])
        while not reader.sees(",") and not reader.sees(")"):
            self.column_constraint(column)
        self.unnamed("nothing")

    def at_end_of_type(self) -> bool:
        """Whether the words of a type are over: they may be any, and none at all."""
        word = self.reader.words[self.reader.position : self.reader.position + 1]
        if not word or word[0].text.upper() in TYPE_ENDS:
            return True
        return self.reader.sees("GENERATED", "ALWAYS")

    def column_constraint(self, column: ReadColumn) -> None:
        """One of them."""
        reader, table, here = self.reader, self.table, (column.name,)
        if reader.takes("CONSTRAINT"):
            self.constraint = reader.name()
        elif reader.takes("DEFAULT"):
            column.default = self.default()
            self.unnamed(f"DEFAULT of {column.name}")
        elif reader.takes("NOT", "NULL") or reader.takes("NULL"):
            conflict = self.on_conflict()
            if conflict is not None:
                table.unmodelled.append(f"NOT NULL ON CONFLICT {conflict} of {column.name}")
            self.unnamed(f"NOT NULL of {column.name}")
        elif reader.takes("PRIMARY", "KEY"):
            if reader.takes("DESC"):
                table.unmodelled.append(f"PRIMARY KEY DESC of {column.name}")
            reader.takes("ASC")
            table.primary_key = Key(here, self.given_name(), on_conflict=self.on_conflict())
            table.is_autoincrement = reader.takes("AUTOINCREMENT")
        elif reader.takes("UNIQUE"):
            table.uniques.append(Key(here, self.given_name(), on_conflict=self.on_conflict()))
        elif reader.takes("CHECK"):
            table.checks.append(Check(reader.parenthesised(), self.given_name(), column.name))
        elif reader.sees("REFERENCES"):
            self.foreign_key(here)
        elif reader.sees("NOT", "DEFERRABLE") or reader.sees("DEFERRABLE"):
            table.foreign_keys.append(replace(table.foreign_keys.pop(), deferral=self.deferral()))
        elif reader.takes("COLLATE"):
            column.collation = canonical_collation(reader.name())
            self.unnamed(f"COLLATE of {column.name}")
        elif reader.takes("GENERATED", "ALWAYS", "AS") or reader.takes("AS"):
            expression = reader.parenthesised()
            stored = reader.takes("STORED")
            if not stored:
                reader.takes("VIRTUAL")
            column.generated = Generated(expression, stored)
            self.unnamed(f"GENERATED of {column.name}")
        else:
            reader.fail("a constraint of a column")

    def table_constraint(self) -> None:
        """One of them."""
        reader, table = self.reader, self.table
        if reader.takes("CONSTRAINT"):
            self.constraint = reader.name()
        elif reader.takes("PRIMARY", "KEY"):
            columns = self.key_columns()
            table.primary_key = Key(columns, self.given_name(), on_conflict=self.on_conflict())
        elif reader.takes("UNIQUE"):
            columns = self.key_columns()
            table.uniques.append(Key(columns, self.given_name(), on_conflict=self.on_conflict()))
        elif reader.takes("CHECK"):
            table.checks.append(Check(reader.parenthesised(), self.given_name()))
            self.on_conflict()  # which SQLite reads, and does not mind
        elif reader.takes("FOREIGN", "KEY"):
            self.foreign_key(reader.names())
        else:
            reader.fail("a constraint of a table")

    def key_columns(self) -> tuple[str, ...]:
        """The columns of a key."""
        reader, found = self.reader, []
        reader.expect("(")
        while True:
            found.append(reader.name())
            if reader.takes("COLLATE"):
                self.table.unmodelled.append(f"COLLATE {reader.name()} of {found[-1]} in a key")
            if reader.takes("DESC"):
                self.table.unmodelled.append(f"DESC of {found[-1]} in a key")
            reader.takes("ASC")
            if reader.takes("AUTOINCREMENT"):
                self.table.is_autoincrement = True
            if not reader.takes(","):
                break
        reader.expect(")")
        return tuple(found)

    def foreign_key(self, columns: tuple[str, ...]) -> None:
        """REFERENCES, and what follows it."""
        reader = self.reader
        reader.expect("REFERENCES")
        table = Name(reader.name())
        references = reader.names() if reader.sees("(") else ()
        actions: dict[str, str | None] = {}
        match = None
        while True:
            if reader.takes("ON"):
                event = reader.word().text.upper()
                actions[event] = self.action()
            elif reader.takes("MATCH"):
                match = reader.name().upper()
            else:
                break
        self.table.foreign_keys.append(
            ForeignKey(
                columns,
                table,
                references,
                actions.get("DELETE"),
                actions.get("UPDATE"),
                self.given_name(),
                self.deferral(),
                None if match == "SIMPLE" else match,
            )
        )

    def action(self) -> str | None:
        """What happens to the rows that reference a row; None for NO ACTION, which is said by saying nothing."""
        reader = self.reader
        if reader.takes("NO", "ACTION"):
            return None
        if reader.takes("SET", "NULL"):
            return "SET NULL"
        if reader.takes("SET", "DEFAULT"):
            return "SET DEFAULT"
        return reader.word().text.upper()

    def deferral(self) -> Deferral | None:
        """When a foreign key is checked."""
        reader = self.reader
        never = reader.takes("NOT", "DEFERRABLE")
        if not never and not reader.takes("DEFERRABLE"):
            return None
        deferral: Deferral = "immediate"
        if reader.takes("INITIALLY", "DEFERRED"):
            deferral = "deferred"
        else:
            reader.takes("INITIALLY", "IMMEDIATE")
        return None if never else deferral

    def on_conflict(self) -> str | None:
        """What happens to a row that breaks a rule; None for ABORT, which is said by saying nothing."""
        if not self.reader.takes("ON", "CONFLICT"):
            return None
        action = self.reader.word().text.upper()
        return None if action == "ABORT" else action

    def default(self) -> str:
        """The text after DEFAULT: a literal, or an expression in parentheses."""
        reader = self.reader
        if reader.sees("("):
            text = reader.parenthesised()
            inner = Reader(text, "sqlite")
            literal = DefaultReader(inner).literal()
            return f"({text})" if literal is None or not inner.at_end() else literal
        literal = DefaultReader(reader).literal()
        return reader.word().text if literal is None else literal  # a name, which means itself as a string

    def given_name(self) -> str | None:
        """The name of the constraint that was read."""
        name, self.constraint = self.constraint, None
        return name

    def unnamed(self, what: str) -> None:
        """For what has no name in a model."""
        if self.constraint is not None:
            self.table.unmodelled.append(f"CONSTRAINT {self.constraint}: {what}")
            self.constraint = None


class DefaultReader:
    """Reads a literal."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def literal(self) -> str | None:
        """A number with its sign, a string, or a word that stands for a value; None when it is something else."""
        reader, start = self.reader, self.reader.position
        sign = "-" if reader.takes("-") else ""
        if not sign:
            reader.takes("+")
        if reader.at_end():
            return None
        text = reader.word().text
        if text == "." and not reader.at_end():
            text += reader.word().text
        is_number = text[0].isdigit() or (text[0] == "." and text[1:2].isdigit())
        is_blob = text[:2].upper() == "X'"
        if is_number or (not sign and (text[0] == "'" or is_blob or text.upper() in LITERALS)):
            return sign + (text if text[0] in QUOTES else text.upper() if text.upper() in LITERALS else text)
        reader.position = start
        return None


def canonical_collation(name: str) -> str | None:
    """The name of a collation; None for BINARY, which is what all have."""
    if name.upper() not in COLLATIONS:
        return name
    return None if name.upper() == "BINARY" else name.upper()
