"""CAST."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.types import SqlType


class Cast(Expression):
    """`CAST(operand AS type)`."""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression, type: SqlType) -> None:
        self.operand = operand
        self.type = type
