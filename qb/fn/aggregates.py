"""Aggregate functions: one value for each group."""

from __future__ import annotations

from typing import Any, TypeVar

from qb import types
from qb.expressions import Expr
from qb.expressions.aggregates import AggregateExpr
from qb.nodes import COUNT_ALL, Aggregate
from qb.types import BIGINT, BOOLEAN, REAL, Numeric

T = TypeVar("T")


def count(operand: Expr[Any] | None = None) -> AggregateExpr[int]:
    """`count(*)`, or the number of values that are not NULL. Never NULL."""
    if operand is None:
        return AggregateExpr(COUNT_ALL)
    return AggregateExpr(Aggregate("count", (operand.node,), BIGINT))


def sum(operand: Expr[T]) -> AggregateExpr[T | None]:
    """The sum; NULL when there is no value. Whole numbers and decimals add up exactly."""
    kind = operand.node.type
    if kind.kind in types.INTEGERS:
        kind = BIGINT
    elif isinstance(kind, Numeric):
        kind = Numeric(types.WIDEST, kind.scale)
    return AggregateExpr(Aggregate("sum", (operand.node,), kind))


def avg(operand: Expr[Any]) -> AggregateExpr[float | None]:
    """The mean, as a float; NULL when there is no value."""
    return AggregateExpr(Aggregate("avg", (operand.node,), REAL))


def min(operand: Expr[T]) -> AggregateExpr[T | None]:
    """The least value; NULL when there is none."""
    return AggregateExpr(Aggregate("min", (operand.node,), operand.node.type))


def max(operand: Expr[T]) -> AggregateExpr[T | None]:
    """The greatest value; NULL when there is none."""
    return AggregateExpr(Aggregate("max", (operand.node,), operand.node.type))


def bool_and(condition: Expr[Any]) -> AggregateExpr[bool | None]:
    """Whether the condition is true in all rows where it is not NULL; NULL when there is none."""
    return AggregateExpr(Aggregate("bool_and", (condition.node,), BOOLEAN))


def bool_or(condition: Expr[Any]) -> AggregateExpr[bool | None]:
    """Whether the condition is true in any row; NULL when it is NULL in all."""
    return AggregateExpr(Aggregate("bool_or", (condition.node,), BOOLEAN))
