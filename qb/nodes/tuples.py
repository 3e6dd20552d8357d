"""Row values: several values that are compared as one."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.nodes.subqueries import Subquery
from qb.types import BOOLEAN


class TupleComparison(Expression):
    """`(a, b) operator (c, d)`."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: tuple[Expression, ...], right: tuple[Expression, ...]) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.type = BOOLEAN


class TupleIn(Expression):
    """`(a, b) [NOT] IN (…)`: of row values, or of one sub-query with as many columns."""

    __slots__ = ("negated", "operands", "options")

    def __init__(
        self,
        operands: tuple[Expression, ...],
        options: tuple[tuple[Expression, ...], ...] | Subquery,
        negated: bool,
    ) -> None:
        self.operands = operands
        self.options = options
        self.negated = negated
        self.type = BOOLEAN
