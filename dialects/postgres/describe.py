"""Tables as PostgreSQL has them: with enum types, and with the names that it gives to constraints without one."""

from __future__ import annotations

from collections.abc import Iterable

from dialects.postgres.compiler import PostgresCompiler
from dialects.postgres.names import type_name
from qb import constraints
from qb.columns import Declaration
from qb.identifiers import LONGEST_NAME
from qb.schema.describe import DdlExpressions, Description, names_of
from qb.schema.objects import Check, Enum, Identity, Name
from qb.tables import Definition
from qb.types import Array, SqlType
from qb.types import Enum as EnumType


class PostgresExpressions(DdlExpressions, PostgresCompiler):
    """Expressions inside PostgreSQL's DDL."""


class PostgresDescription(Description):
    """Describes tables for PostgreSQL."""

    dialect = "postgres"
    expressions = PostgresExpressions

    def type_name(self, type: SqlType) -> str:
        return type_name(type)  # the same names as in casts

    def enums(self, definitions: Iterable[Definition]) -> tuple[Enum, ...]:
        found: dict[str, Enum] = {}
        for definition in definitions:
            for column in definition.columns.values():
                kind = column.declaration.type
                kind = kind.item if isinstance(kind, Array) else kind
                if isinstance(kind, EnumType):
                    found.setdefault(kind.name, Enum(Name(kind.name), tuple(kind.labels)))
        return tuple(found.values())

    def identity(self, declared: Declaration) -> Identity | None:
        return Identity("by default") if declared.identity else None

    def column_check(self, definition: Definition, declared: Declaration, condition: str) -> Check:
        return Check(condition, self.implied_name(definition, (declared.name,), "check"))

    def implied_name(self, definition: Definition, columns: tuple[str, ...], suffix: str) -> str:
        return implied_name(definition.source.name, "_".join(columns), suffix)

    def included(self, index: constraints.Index) -> tuple[str, ...]:
        return names_of(index.include)


def implied_name(table: str, columns: str, suffix: str) -> str:
    """The name that PostgreSQL gives to a constraint: `albums_artist_id_fkey`, its parts cut so that it fits
    (makeObjectName in its indexcmds.c).
    """
    room = LONGEST_NAME - len(suffix) - (2 if columns else 1)
    first, second = table.encode(), columns.encode()
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = [first.decode(errors="ignore"), second.decode(errors="ignore"), suffix]
    return "_".join([part for part in parts if part])
