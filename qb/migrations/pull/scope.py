"""The names of the module, and what is written with them everywhere in it."""

from __future__ import annotations

from qb.dialect import find_dialect
from qb.identifiers import LONGEST_NAME, QUOTED, is_unicode, twin
from qb.migrations.pull.arguments import storage
from qb.schema.objects import Index, IndexKey, Name, Schema, Table
from qb.schema.source import Names, call, text_of_sql

IMPORTED = (
    *("Table", "check", "col", "enum_type", "exclude", "foreign_key", "index", "materialized_view", "primary_key"),
    *("schema_named", "sequence", "sql", "trigger", "unique", "view"),
)
BUILTINS = ("bool", "bytes", "float", "int", "list", "object", "str")


class Scope:
    """What things of a schema are called in its module."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.names = Names((*IMPORTED, *BUILTINS, "Decimal", "Enum", "datetime"))
        """Of the module."""
        self.enums = {enum.name: self.names.of(enum.name.name, camel=True) for enum in schema.enums}
        self.types = find_dialect(schema.dialect).introspection().python_types(self.enums)
        self.refused = {table.name: reason for table in schema.tables if (reason := undeclarable(table)) is not None}
        declarable = [table for table in schema.tables if table.name not in self.refused]
        self.classes = {table.name: self.names.of(table.name.name, camel=True) for table in declarable}
        self.tables = {table.name: Names((*IMPORTED, *BUILTINS, "Decimal", "datetime")) for table in declarable}
        self.attributes = {
            table.name: {column.name: self.tables[table.name].of(column.name) for column in table.columns}
            for table in declarable
        }
        self.used: set[str] = {"Table", "col"}

    def use(self, name: str, text: str) -> str:
        """A text that needs something of qb."""
        self.used.add(name)
        return text

    def sql(self, text: str, type: str = "") -> str:
        """An expression."""
        self.used.add("sql")
        return text_of_sql(text, type)

    def column_of(self, table: Name, column: str) -> str:
        """A column of a table class."""
        return f"{self.classes[table]}.{self.attributes[table][column]}"

    def index_call(self, index: Index, attributes: dict[str, str]) -> str:
        """`index(…)`."""
        bare = {} if index.where is None else {"where": self.sql(index.where, "bool")}
        if index.include:
            bare["include"] = f"({', '.join([attributes[name] for name in index.include])},)"
        classes = [key.operator_class for key in index.keys]
        keywords = {
            "unique": index.unique or None,
            "method": index.method,
            "operator_class": classes if any(classes) else None,
            "options": storage(index.options),
            "nulls_distinct": None if index.nulls_distinct else False,
            "name": index.name,
        }
        keys = [self.index_key(key, attributes) for key in index.keys]
        return call("index", bare=keys, bare_keywords=bare, keywords=keywords)

    def index_key(self, key: IndexKey, attributes: dict[str, str]) -> str:
        """A column or an expression."""
        if key.column is not None:
            text = attributes.get(key.column) or self.sql(QUOTED[key.column], "str")
        else:
            text = self.sql(key.expression or "", "str")
        if key.collation is not None:
            text += f".collate({key.collation!r})"
        if key.descending:
            text += ".desc()"
        if key.nulls is not None:
            text += "" if key.descending else ".asc()"
            text += f".nulls_{key.nulls.lower()}()"
        return text


def undeclarable(table: Table) -> str | None:
    """Why a table cannot be declared; None when it can."""
    names = [table.name.name, *[column.name for column in table.columns]]
    if not table.columns:
        return "it has no columns"
    if twin([column.name for column in table.columns]) is not None:
        return "two of its columns differ in case alone"
    return next(
        (
            f"the name {name!r} is too long"
            for name in names
            if not is_unicode(name) or len(name.encode()) > LONGEST_NAME
        ),
        None,
    )
