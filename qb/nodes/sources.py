"""What columns belong to."""

from __future__ import annotations

from qb.nodes.base import Expression, Node, Source


class Table(Source):
    """A table, or an alias of one."""

    __slots__ = ("alias", "name", "schema")

    def __init__(self, name: str, schema: str | None = None, alias: str | None = None) -> None:
        self.name = name
        self.schema = schema
        self.alias = alias
        self.label = alias or name
        self.columns = ()


class Join(Node):
    """A joined source. `kind` is INNER, LEFT, RIGHT, FULL or CROSS."""

    __slots__ = ("kind", "on", "source")

    def __init__(self, kind: str, source: Source, on: Expression | None) -> None:
        self.kind = kind
        self.source = source
        self.on = on
