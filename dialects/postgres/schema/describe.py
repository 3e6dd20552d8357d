"""Tables as PostgreSQL has them: with enum types, and with the names that it gives to constraints without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from string import ascii_letters, digits
from typing import Literal

from dialects.postgres.compiler import PostgresCompiler
from dialects.postgres.names import type_name
from qb import constraints, nodes
from qb.columns import Declaration
from qb.errors import SchemaError
from qb.identifiers import LONGEST_NAME, QUOTED, check_identifier
from qb.schema.ddl import deferrable
from qb.schema.declared import EnumDeclaration, SchemaDeclaration
from qb.schema.declared import Sequence as DeclaredSequence
from qb.schema.describe import DdlExpressions, Description, names_of
from qb.schema.objects import Check, Enum, Exclusion, Identity, Index, Name, Sequence, Table
from qb.tables import Definition
from qb.types import Array, SqlType
from qb.types import Enum as EnumType

WORD = frozenset(ascii_letters + digits + "_.+-")
"""What the value of a storage parameter is made of."""


class PostgresExpressions(DdlExpressions, PostgresCompiler):
    """Expressions inside PostgreSQL's DDL."""


class PostgresDescription(Description):
    """Describes tables for PostgreSQL."""

    dialect = "postgres"
    expressions = PostgresExpressions

    def type_name(self, type: SqlType) -> str:
        return type_name(type)  # the same names as in casts

    def schema(self, declared: SchemaDeclaration) -> str:
        return declared.name

    def sequence(self, declared: DeclaredSequence) -> Sequence:
        options = "" if declared.type == "bigint" else f"AS {declared.type}"
        name, text = Name(declared.name, declared.schema), f"{options} {declared.options}".strip()
        if declared.owner is None:
            return Sequence(name, text)
        column = declared.owner().node
        assert isinstance(column, nodes.Column)
        assert isinstance(column.source, nodes.Table)
        return Sequence(name, text, Name(column.source.name, column.source.schema), column.name)

    def enums(self, definitions: Iterable[Definition], declared: Iterable[EnumDeclaration]) -> tuple[Enum, ...]:
        kinds = [column.declaration.type for each in definitions for column in each.columns.values()]
        items = [kind.item if isinstance(kind, Array) else kind for kind in kinds]
        found: dict[Name, Enum] = {}
        for kind in (*[each.type for each in declared], *items):
            if isinstance(kind, EnumType):
                name = Name(kind.name, kind.schema)
                found.setdefault(name, Enum(name, tuple(kind.labels)))
        return tuple(found.values())

    def identity(self, declared: Declaration) -> Identity | None:
        kind: Literal["always", "by default"] = "always" if declared.always else "by default"
        return Identity(kind, declared.counting) if declared.identity else None

    def comment(self, text: str | None) -> str | None:
        return text

    def table(self, definition: Definition) -> Table:
        for rule in (*definition.constraints, *definition.foreign_keys, *definition.indexes):
            if rule.name is not None:
                check_identifier(rule.name, definition.model.__name__)
        return super().table(definition)

    def table_options(self, definition: Definition) -> tuple[str, ...]:
        return (f"WITH ({parameters(definition.options)})",) if definition.options else ()

    def column_check(self, definition: Definition, declared: Declaration, condition: str, name: str | None) -> Check:
        return Check(condition, name or self.implied_name(definition, (declared.name,), "check"))

    def exclusion(self, definition: Definition, rule: constraints.Exclude) -> Exclusion:
        assert rule.name is not None
        if rule.definition is not None:
            return Exclusion(rule.name, rule.definition)
        elements = ", ".join([f"{self.element(node)} WITH {operator}" for node, operator in rule.elements])
        text = f"EXCLUDE USING {QUOTED[rule.method]} ({elements})"
        text += "" if rule.where is None else f" WHERE ({self.expression(rule.where)})"
        return Exclusion(rule.name, text + deferrable(rule.deferral))

    def implied_name(self, definition: Definition, columns: tuple[str, ...], suffix: str) -> str:
        return implied_name(definition.source.name, "_".join(columns), suffix)

    def element(self, node: nodes.Expression) -> str:
        """What an exclusion constraint compares."""
        return QUOTED[node.name] if isinstance(node, nodes.Column) else f"({self.expression(node)})"

    def index(self, index: constraints.Index) -> Index:
        described = super().index(index)
        classes = index.operator_classes or (None,) * len(described.keys)
        return replace(
            described,
            keys=tuple([replace(key, operator_class=name) for key, name in zip(described.keys, classes, strict=True)]),
            include=names_of(index.include),
            method=None if index.method == "btree" else index.method,
            nulls_distinct=index.nulls_distinct,
            options=parameters(index.options),
            concurrently=index.concurrently,
        )

    def usual_nulls(self, nulls: str) -> str | None:
        return None


def parameters(options: Mapping[str, object]) -> str:
    """Storage parameters as SQL: `fillfactor=70`. Raises SchemaError for what cannot be one."""
    texts = []
    for name, value in options.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not all(part.isidentifier() for part in name.split(".")) or not WORD.issuperset(text) or not text:
            raise SchemaError(f"{name} = {value!r} is no storage parameter")
        texts.append(f"{name}={text}")
    return ", ".join(texts)


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
