"""Sort keys: of statements, aggregates and windows."""

from __future__ import annotations

from qb.nodes.base import Expression, Node


class Order(Node):
    """A sort key. `nulls` is FIRST, LAST or None (the engine's own choice)."""

    __slots__ = ("descending", "nulls", "operand")

    def __init__(self, operand: Expression, descending: bool, nulls: str | None = None) -> None:
        self.operand = operand
        self.descending = descending
        self.nulls = nulls
