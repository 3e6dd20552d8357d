"""CASE."""

from __future__ import annotations

from qb.nodes.base import Expression, Node
from qb.types import SqlType


class When(Node):
    """`WHEN condition THEN value`; of a simple CASE, `condition` is what its operand is compared with."""

    __slots__ = ("condition", "value")

    def __init__(self, condition: Expression, value: Expression) -> None:
        self.condition = condition
        self.value = value


class Case(Expression):
    """CASE. With an `operand` it is a simple one; no `otherwise` means NULL."""

    __slots__ = ("operand", "otherwise", "whens")

    def __init__(
        self,
        operand: Expression | None,
        whens: tuple[When, ...],
        otherwise: Expression | None,
        type: SqlType,
    ) -> None:
        self.operand = operand
        self.whens = whens
        self.otherwise = otherwise
        self.type = type
