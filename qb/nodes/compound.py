"""UNION, INTERSECT and EXCEPT."""

from __future__ import annotations

from qb.nodes.base import Expression, Statement
from qb.nodes.order import Order
from qb.types import SqlType


class Output(Expression):
    """A column of a result, by its name."""

    __slots__ = ("name",)

    def __init__(self, name: str | None, type: SqlType) -> None:
        self.name = name
        self.type = type


class Compound(Statement):
    """Two queries put together. `operator` is UNION, INTERSECT or EXCEPT, or one of them with ALL.

    The projection is one `Output` for each column, named as in the query on the left.
    """

    __slots__ = ("left", "limit", "offset", "operator", "order_by", "right")
    projection: tuple[Output, ...]

    def __init__(self, operator: str, left: Statement, right: Statement, projection: tuple[Output, ...]) -> None:
        self.projection = projection
        self.ctes = ()
        self.operator = operator
        self.left = left
        self.right = right
        self.order_by: tuple[Order, ...] = ()
        self.limit: Expression | None = None
        self.offset: Expression | None = None
