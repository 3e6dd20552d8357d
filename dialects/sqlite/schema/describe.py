"""Tables as SQLite has them: STRICT, of its four types, with checks for what other engines know by type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialects.sqlite.codecs import DIGITS
from dialects.sqlite.compiler import SqliteCompiler
from dialects.sqlite.migrations.forms import FORMS
from qb.columns import Declaration
from qb.constraints import ForeignKey as DeclaredKey
from qb.constraints import Index as DeclaredIndex
from qb.constraints import Keyed
from qb.errors import UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Expression, Node, Parameter, Raw
from qb.schema.declared import View
from qb.schema.describe import DdlExpressions, Description
from qb.schema.objects import ForeignKey, Identity, Index, Key
from qb.schema.objects import View as SchemaView
from qb.tables import Definition
from qb.types import TEXT, Enum, Numeric, SqlType, Varchar

TYPE_NAMES = {
    "integer": "INTEGER",
    "bigint": "INTEGER",
    "smallint": "INTEGER",
    "text": "TEXT",
    "varchar": "TEXT",
    "boolean": "INTEGER",
    "real": "REAL",
    "numeric": "INTEGER",
    "date": "TEXT",
    "time": "TEXT",
    "timestamp": "TEXT",
    "interval": "INTEGER",
    "uuid": "TEXT",
    "blob": "BLOB",
    "json": "TEXT",
}


class SqliteExpressions(DdlExpressions, SqliteCompiler):
    """Expressions inside SQLite's DDL."""

    def searched_part(
        self, document: Expression | str, path: Sequence[Parameter], count: int, quoted: bool, depth: int
    ) -> str:
        raise UnsupportedError(
            f"SQLite finds the key {path[count].value!r} by a sub-query, which an index, a check or a generated column "
            f"cannot have"
        )


class SqliteDescription(Description):
    """Describes tables for SQLite."""

    dialect = "sqlite"
    expressions = SqliteExpressions
    type_names = TYPE_NAMES

    def type_name(self, type: SqlType) -> str:
        if isinstance(type, Numeric) and type.precision > DIGITS:
            raise UnsupportedError(
                f"SQLite keeps decimals in 64 bits, which hold {DIGITS} digits: {type!r} does not fit"
            )
        return super().type_name(type)

    def default(self, expression: Expression, type: SqlType) -> str:
        text = super().default(expression, type)
        is_negative = isinstance(expression, Parameter) and text[0] == "("
        return text[1:-1] if is_negative else text  # as SQLite tells it

    def form(self, type: SqlType) -> str | None:
        form = FORMS.get(type.kind)
        return None if form is None else form.format(*type.parameters())

    def enum_name(self, type: Enum) -> str:
        return "TEXT"

    def view(self, declared: View, text: str) -> SchemaView:
        if declared.materialized:
            raise UnsupportedError(f"SQLite has no materialized views, and {declared.name!r} is one")
        return super().view(declared, text)

    def table_options(self, definition: Definition) -> tuple[str, ...]:
        strict = ("STRICT",) if definition.strict else ()
        return (*strict, "WITHOUT ROWID") if definition.without_rowid else strict

    def identity(self, declared: Declaration) -> Identity | None:
        if declared.identity and not declared.primary_key:
            raise UnsupportedError(f"SQLite numbers the primary key alone, and {declared.attribute} is another column")
        return Identity("autoincrement") if declared.autoincrement else None

    def key(self, definition: Definition, rule: Keyed, suffix: str) -> Key:
        if rule.deferral is not None or not rule.nulls_distinct:
            what = "deferrable keys" if rule.deferral is not None else "keys of which NULLs are equal"
            raise UnsupportedError(f"{definition.model.__name__}: SQLite has no {what}")
        described = super().key(definition, rule, suffix)
        return replace(described, include=(), on_conflict=rule.on_conflict and rule.on_conflict.upper())

    def index(self, index: DeclaredIndex) -> Index:
        if not index.nulls_distinct:
            raise UnsupportedError(f'the index "{index.name}": SQLite has no keys of which NULLs are equal')
        return super().index(index)

    def indexed(self, operand: Node) -> str:
        return self.expression(operand) if isinstance(operand, Raw) else super().indexed(operand)

    def is_nullable(self, declared: Declaration) -> bool:
        # Only an INTEGER PRIMARY KEY may be NULL in an insert: it is then generated.
        return declared.nullable or (declared.primary_key and declared.identity and not declared.not_null)

    def foreign_key(self, definition: Definition, key: DeclaredKey) -> ForeignKey:
        described = super().foreign_key(definition, key)
        if described.table.schema != definition.source.schema:
            raise UnsupportedError(
                f'a foreign key of SQLite stays in its schema, and "{definition.source.name}" references '
                f'"{described.table.name}" of another'
            )
        return described

    def type_conditions(self, declared: Declaration) -> list[str]:
        conditions: list[str] = []
        kind, name = declared.type, QUOTED[declared.name]
        if isinstance(kind, Varchar):
            conditions.append(f"length({name}) <= {kind.length}")
        elif isinstance(kind, Enum):
            labels = ", ".join([self.expressions().literal(label, TEXT) for label in kind.labels])
            conditions.append(f"{name} IN ({labels})")
        elif kind.kind == "boolean":
            conditions.append(f"{name} IN (0, 1)")
        elif isinstance(kind, Numeric):
            conditions.append(f"abs({name}) < {10**kind.precision}")
        elif kind.kind == "json":
            valid = f"json_valid({name})"  # of NULL it is false, before SQLite 3.45
            conditions.append(f"{name} IS NULL OR {valid}" if declared.nullable else valid)
        return conditions
