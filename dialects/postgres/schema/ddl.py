"""PostgreSQL's DDL."""

from __future__ import annotations

from dialects.postgres.schema.describe import PostgresDescription
from qb.identifiers import QUOTED
from qb.schema.ddl import Ddl
from qb.schema.objects import Enum, Identity, Table, Trigger
from qb.types import TEXT


class PostgresDdl(Ddl):
    """Writes PostgreSQL's DDL."""

    description = PostgresDescription()

    def create_enum(self, enum: Enum) -> str:
        literal = self.description.expressions().literal
        labels = ", ".join([literal(label, TEXT) for label in enum.labels])
        return f"CREATE TYPE {self.name(enum.name)} AS ENUM ({labels})"

    def create_trigger(self, trigger: Trigger) -> list[str]:
        if ";" not in trigger.sql:
            return [trigger.sql]
        from qb.migrations.scripts import statements

        return statements(trigger.sql, "postgres")  # with its function, which asyncpg takes in a call of its own

    def identity(self, identity: Identity) -> str:
        options = f" ({identity.options})" if identity.options else ""
        return f" GENERATED {identity.kind.upper()} AS IDENTITY{options}"

    def comments(self, table: Table) -> list[str]:
        name, literal = self.name(table.name), self.description.expressions().literal
        on_table = [] if table.comment is None else [f"COMMENT ON TABLE {name} IS {literal(table.comment, TEXT)}"]
        return on_table + [
            f"COMMENT ON COLUMN {name}.{QUOTED[column.name]} IS {literal(column.comment, TEXT)}"
            for column in table.columns
            if column.comment is not None
        ]
