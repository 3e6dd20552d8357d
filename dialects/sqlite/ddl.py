"""SQLite's DDL: STRICT tables of the four types that SQLite has."""

from __future__ import annotations

from collections.abc import Sequence

from dialects.sqlite.codecs import DIGITS
from dialects.sqlite.compiler import SqliteCompiler
from qb.columns import Declaration
from qb.constraints import ForeignKey, Index
from qb.ddl import Ddl, DdlExpressions
from qb.errors import UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Expression, Parameter
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


class SqliteDdl(Ddl):
    """Writes SQLite's DDL. The checks keep out what other engines refuse by type."""

    expressions = SqliteExpressions
    adds_keys = False
    type_names = TYPE_NAMES

    def type_name(self, type: SqlType) -> str:
        if isinstance(type, Numeric) and type.precision > DIGITS:
            raise UnsupportedError(
                f"SQLite keeps decimals in 64 bits, which hold {DIGITS} digits: {type!r} does not fit"
            )
        return super().type_name(type)

    def enum_name(self, type: Enum) -> str:
        return "TEXT"

    def table_options(self) -> str:
        return " STRICT"

    def primary_key(self, declared: Declaration) -> str:
        # Only an INTEGER PRIMARY KEY may be NULL in an insert: it is then generated.
        return " PRIMARY KEY" if declared.identity else " NOT NULL PRIMARY KEY"

    def create_index(self, definition: Definition, index: Index) -> str:
        schema = definition.source.schema
        text = super().create_index(definition, index)
        if schema is None:
            return text
        # The index has the name of the schema, and its table has none.
        name, table = QUOTED[index.name or ""], QUOTED[definition.source.name]
        long = f"INDEX {name} ON {self.table_name(definition.source)} "
        return text.replace(long, f"INDEX {QUOTED[schema]}.{name} ON {table} ", 1)

    def foreign_key(self, definition: Definition, key: ForeignKey) -> str:
        target = self.target(definition, key)
        if target.schema != definition.source.schema:
            raise UnsupportedError(
                f'a foreign key of SQLite stays in its schema, and "{definition.source.name}" references '
                f'"{target.name}" of another'
            )
        text = super().foreign_key(definition, key)
        return text.replace(f"REFERENCES {self.table_name(target)} ", f"REFERENCES {QUOTED[target.name]} ", 1)

    def column_checks(self, declared: Declaration) -> list[str]:
        checks = super().column_checks(declared)
        kind, name = declared.type, QUOTED[declared.name]
        if isinstance(kind, Varchar):
            checks.append(f"length({name}) <= {kind.length}")
        elif isinstance(kind, Enum):
            labels = ", ".join([self.expressions().literal(label, TEXT) for label in kind.labels])
            checks.append(f"{name} IN ({labels})")
        elif kind.kind == "boolean":
            checks.append(f"{name} IN (0, 1)")
        elif isinstance(kind, Numeric):
            checks.append(f"abs({name}) < {10**kind.precision}")
        elif kind.kind == "json":
            valid = f"json_valid({name})"  # of NULL it is false, before SQLite 3.45
            checks.append(f"{name} IS NULL OR {valid}" if declared.nullable else valid)
        return checks
