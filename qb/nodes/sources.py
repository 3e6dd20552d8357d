"""What columns belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qb.nodes.base import Column, Expression, Node, Source, Statement
from qb.types import SqlType

ForeignKeys = Sequence[tuple[tuple[Column, ...], tuple[Column, ...]]]
"""Each as the columns that it consists of and the columns that they hold the values of."""


def no_foreign_keys() -> ForeignKeys:
    """Of a table that has none."""
    return ()


class Table(Source):
    """A table, or an alias of one. Its `foreign_keys` are found when they are first asked for: the other table may
    be defined later.
    """

    __slots__ = ("alias", "foreign_keys", "name", "schema")
    foreign_keys: Callable[[], ForeignKeys]

    def __init__(self, name: str, schema: str | None = None, alias: str | None = None) -> None:
        self.name = name
        self.schema = schema
        self.alias = alias
        self.label = alias or name
        self.columns = ()
        self.foreign_keys = no_foreign_keys


class Derived(Source):
    """A query in FROM. `lateral` says that it may read the sources before it."""

    __slots__ = ("lateral", "query")

    def __init__(self, query: Statement, label: str, columns: Columns, lateral: bool = False) -> None:
        self.query = query
        self.lateral = lateral
        self.label = label
        self.columns = tuple([Column(self, name, name, type) for name, type in columns])


class Cte(Node):
    """A common table expression, written once in front of the statement. `renamed` is its column list."""

    __slots__ = ("materialized", "name", "query", "recursive", "renamed")

    def __init__(
        self, name: str, query: Statement, materialized: bool | None = None, renamed: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.query = query
        self.materialized = materialized
        self.renamed = renamed
        self.recursive = False


class CteReference(Source):
    """A common table expression in FROM, perhaps under another name."""

    __slots__ = ("alias", "cte")

    def __init__(self, cte: Cte, columns: Columns, alias: str | None = None) -> None:
        self.cte = cte
        self.alias = alias
        self.label = alias or cte.name
        self.columns = tuple([Column(self, name, name, type) for name, type in columns])


class ValuesTable(Source):
    """Rows of values in FROM."""

    __slots__ = ("rows",)

    def __init__(self, rows: tuple[tuple[Expression, ...], ...], label: str, columns: Columns) -> None:
        self.rows = rows
        self.label = label
        self.columns = tuple([Column(self, name, name, type) for name, type in columns])


class Join(Node):
    """A joined source. `kind` is INNER, LEFT, RIGHT, FULL or CROSS."""

    __slots__ = ("kind", "on", "source")

    def __init__(self, kind: str, source: Source, on: Expression | None) -> None:
        self.kind = kind
        self.source = source
        self.on = on


Columns = list[tuple[str, SqlType]]
"""The names and types of a source's columns."""
