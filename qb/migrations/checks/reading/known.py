"""What is known of a schema while statements are read, and what the names in them mean."""

from __future__ import annotations

from dataclasses import replace

from qb.errors import SchemaError
from qb.migrations.apply import applied
from qb.migrations.checks.reading.statement import Statement
from qb.migrations.operations import Constraint, Operation, constraints_of
from qb.schema.objects import Check, Column, Index, Name, Schema, Sequence, Table
from qb.schema.reading import Reader

SAME_SCHEMA: tuple[set[str | None], ...] = ({None, "public"}, {None, "main"})
"""Schemas that are the same where nobody has said otherwise."""


class Known:
    """The schema after the statements that were read, and the one that is being read. What a statement names and the
    schema does not have is taken for there, with nothing known of it.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.reader = Reader("", schema.dialect)
        self.statement = Statement("")

    def do(self, operation: Operation) -> None:
        """An operation that the statement does."""
        after = applied(self.schema, [operation])
        self.statement.steps.append((self.schema, operation))
        self.schema = after

    def name(self) -> Name:
        """A name, with or without a schema."""
        return self.reader.qualified_name()

    def new_name(self) -> Name:
        """The name of something new."""
        found = self.name()
        self.statement.names.append(found.name)
        return found

    def if_not_exists(self) -> bool:
        """IF NOT EXISTS, perhaps."""
        return self.reader.takes("IF", "NOT", "EXISTS")

    def table(self, name: Name) -> Name:
        """The table that is meant."""
        for table in self.schema.tables:
            schemas = {table.name.schema, name.schema}
            if table.name.name == name.name and (len(schemas) == 1 or schemas in SAME_SCHEMA):
                return table.name
        self.schema = replace(self.schema, tables=(*self.schema.tables, Table(name, ())))
        return name

    def column(self, table: Name, name: str) -> Column:
        """The column that is meant."""
        there = self.schema.table(table)
        found = next((column for column in there.columns if column.name == name), None)
        if found is None:
            found = Column(name, "")
            self.put(replace(there, columns=(*there.columns, found)))
        return found

    def constraint(self, table: Name, name: str) -> Constraint:
        """The constraint that is meant."""
        there = self.schema.table(table)
        found = next((each for each in constraints_of(there) if each.name == name), None)
        if found is None:
            found = Constraint(check=Check("TRUE", name))
            self.put(replace(there, checks=(*there.checks, Check("TRUE", name))))
        return found

    def index(self, name: Name) -> tuple[Name, Index]:
        """The index that is meant, and its table. Raises SchemaError where it is not known which that is."""
        for table in self.schema.tables:
            for index in table.indexes:
                if index.name == name.name:
                    return table.name, index
        raise SchemaError(f"no table is known to have an index {name}")

    def sequence(self, name: Name) -> Sequence:
        """The sequence that is meant."""
        found = next((each for each in self.schema.sequences if each.name.name == name.name), Sequence(name))
        if found not in self.schema.sequences:
            self.schema = replace(self.schema, sequences=(*self.schema.sequences, found))
        return found

    def put(self, table: Table) -> None:
        """More is known of a table."""
        self.schema = replace(
            self.schema, tables=tuple([table if each.name == table.name else each for each in self.schema.tables])
        )
