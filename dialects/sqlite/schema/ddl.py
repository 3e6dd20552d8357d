"""SQLite's DDL."""

from __future__ import annotations

from dialects.sqlite.schema.describe import SqliteDescription
from qb.identifiers import PATHS, QUOTED
from qb.schema.ddl import Ddl
from qb.schema.objects import Identity, Index, Key, Name, Table


class SqliteDdl(Ddl):
    """Writes SQLite's DDL."""

    description = SqliteDescription()
    adds_keys = False

    def stands_beside(self, table: Table, key: Key) -> bool:
        # AUTOINCREMENT is said there only.
        return super().stands_beside(table, key) or table.column(key.columns[0]).identity is not None

    def identity(self, identity: Identity) -> str:
        return " AUTOINCREMENT"

    def referenced(self, table: Name) -> str:
        return QUOTED[table.name]  # which is in the same schema

    def index_on(self, table: Name, index: Index) -> str:
        # The index has the name of the schema, and its table has none.
        name = QUOTED[index.name] if table.schema is None else PATHS[table.schema, index.name]
        return f"{name} ON {QUOTED[table.name]}"
