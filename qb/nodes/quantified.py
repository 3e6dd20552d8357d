"""ANY and ALL."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.types import Quantified as QuantifiedType


class Quantified(Expression):
    """The right side of a comparison with each row of a sub-query, or each item of an array; `word` is ANY or ALL."""

    __slots__ = ("operand", "word")

    def __init__(self, word: str, operand: Expression, type: QuantifiedType) -> None:
        self.word = word
        self.operand = operand
        self.type = type
