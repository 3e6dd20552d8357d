"""Functions of numbers."""

from __future__ import annotations

from typing import TypeVar

from qb import types
from qb.expressions import Expr, operand
from qb.fn.calls import call
from qb.types import INTEGER, Numeric

T = TypeVar("T")


def abs(number: Expr[T]) -> Expr[T]:
    """Without its sign."""
    return call("abs", number.node.type, number)


def round(number: Expr[T], digits: int = 0) -> Expr[T]:
    """Rounded to so many digits after the point, halves away from zero."""
    kind = number.node.type
    if isinstance(kind, Numeric):
        kind = Numeric(types.WIDEST, min(kind.scale, digits))
    return call("round", kind, number, operand(digits, INTEGER))
