"""SQL of PostgreSQL that people write into migrations."""

from __future__ import annotations

import re
from dataclasses import replace

from qb.migrations import operations as ops
from qb.migrations.checks.reading import StatementReader
from qb.schema.objects import Column, Enum, Name, Sequence

ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "bool": "boolean",
    "float8": "double precision",
    "float4": "real",
    "decimal": "numeric",
    "character varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
"""Names of types, and those under which schemas have them."""
SERIALS = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
"""Types that are none, and what a column becomes of them."""
TYPE = re.compile(r"(?P<head>[^([]+?)\s*(?P<numbers>\([^)]*\))?(?P<tail>[^[]*?)\s*(?P<array>(\[\d*\])*)")


class PostgresStatementReader(StatementReader):
    """Knows what else PostgreSQL alters."""

    def type_name(self, text: str) -> str:
        match = TYPE.fullmatch(" ".join(text.split()))
        if match is None or '"' in text:
            return text
        name = (match["head"] + match["tail"]).lower()
        numbers = re.sub(r"\s*,\s*", ", ", match["numbers"] or "")
        return ALIASES.get(name, name) + numbers + ("[]" if match["array"] else "")

    def numbered(self, table: Name, column: Column) -> Column:
        if column.type not in SERIALS:
            return column
        default = f"nextval('{table.name}_{column.name}_seq')"
        return replace(column, type=SERIALS[column.type], nullable=False, default=default)

    def drop(self) -> None:
        reader = self.reader
        if not reader.takes("TYPE"):
            super().drop()
            return
        reader.takes("IF", "EXISTS")
        enum = self.enum(self.name())
        self.statement.cascades = reader.takes("CASCADE")
        if not self.statement.cascades:
            self.do(ops.DropEnum(enum))

    def alter(self) -> None:
        reader = self.reader
        if reader.takes("TYPE"):
            self.alter_type(self.name())
        elif reader.takes("SEQUENCE"):
            reader.takes("IF", "EXISTS")
            self.alter_sequence(self.sequence(self.name()))
        elif reader.takes("SCHEMA"):
            name = reader.name()
            if reader.takes("RENAME", "TO"):
                if name not in self.schema.schemas:
                    self.schema = replace(self.schema, schemas=(*self.schema.schemas, name))
                self.do(ops.RenameSchema(name, self.new_name().name))
        else:
            super().alter()

    def alter_sequence(self, sequence: Sequence) -> None:
        """A sequence. What else it may count is no danger."""
        reader = self.reader
        if reader.takes("RENAME", "TO"):
            self.do(ops.RenameSequence(sequence.name, Name(self.new_name().name, sequence.name.schema)))
        elif reader.takes("SET", "SCHEMA"):
            self.do(ops.RenameSequence(sequence.name, Name(sequence.name.name, reader.name())))
        elif reader.takes("AS"):
            options = f"AS {self.type_name(reader.word().text)}"
            self.do(ops.AlterSequence(sequence, replace(sequence, options=options)))

    def alter_type(self, name: Name) -> None:
        """An enum type, or another, which is no operation."""
        reader = self.reader
        if reader.takes("ADD", "VALUE"):
            enum = self.enum(name)
            self.if_not_exists()
            label = self.string()
            if label not in enum.labels:
                self.do(ops.AddLabel(enum.name, label))
        elif reader.takes("RENAME", "TO"):
            old = self.enum(name).name
            self.do(ops.RenameEnum(old, Name(self.new_name().name, old.schema)))
        elif reader.takes("SET", "SCHEMA"):
            old = self.enum(name).name
            self.do(ops.RenameEnum(old, Name(old.name, reader.name())))
        elif reader.takes("RENAME", "VALUE"):
            enum = self.enum(name)
            label = self.string()
            reader.expect("TO")
            if label not in enum.labels:
                self.know(replace(enum, labels=(*enum.labels, label)))
            self.do(ops.RenameLabel(enum.name, label, self.string()))

    def enum(self, name: Name) -> Enum:
        """The enum type that is meant."""
        for enum in self.schema.enums:
            if enum.name.name == name.name:
                return enum
        enum = Enum(name, ())
        self.know(enum)
        return enum

    def know(self, enum: Enum) -> None:
        """More is known of an enum type."""
        others = [each for each in self.schema.enums if each.name != enum.name]
        self.schema = replace(self.schema, enums=(*others, enum))
