"""Aggregates of sorted values, which need `.within_group(…)`."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar, overload

from qb import types
from qb.errors import CompileError
from qb.expressions import Expr, Ordering, expression
from qb.expressions.aggregates import AggregateExpr
from qb.nodes import Expression, Order, OrderedSet
from qb.types import REAL, SqlType

T = TypeVar("T")


class OrderedSetFunction:
    """An aggregate of sorted values: an expression only with `.within_group(…)`."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, *arguments: Expression) -> None:
        self.name = name
        self.arguments = arguments

    @overload
    def within_group(self, key: Expr[T]) -> AggregateExpr[T | None]: ...
    @overload
    def within_group(self, key: Ordering[Any]) -> AggregateExpr[Any]: ...
    def within_group(self, key: Expr[Any] | Ordering[Any]) -> AggregateExpr[Any]:
        """`WITHIN GROUP (ORDER BY key)`: the values, and their order."""
        return self._of(key, None)

    def _of(self, key: Expr[Any] | Ordering[Any], type: SqlType | None) -> AggregateExpr[Any]:
        order = key.node if isinstance(key, Ordering) else Order(expression(key, "sort key"), False)
        return AggregateExpr(OrderedSet(self.name, self.arguments, type or order.operand.type, False, None, (order,)))

    def __repr__(self) -> str:
        return f"<{self.name}() without .within_group(…)>"

    @property
    def __qb_source__(self) -> NoReturn:  # what select() and its like look for in what is no expression
        raise CompileError(f"{self.name}() needs .within_group(…) after it")


class Continuous(OrderedSetFunction):
    """The same of numbers, where the value may lie between two of them."""

    __slots__ = ()

    def within_group(self, key: Expr[Any] | Ordering[Any]) -> AggregateExpr[float | None]:  # type: ignore[override]  # narrower
        """`WITHIN GROUP (ORDER BY key)`: the numbers, and their order."""
        found = self._of(key, REAL)
        kind = found.node.order_by[0].operand.type
        if kind.kind not in types.NUMBERS:
            raise CompileError(
                f"{self.name}() is of numbers, not of {kind!r}: percentile_disc() gives one of the values"
            )
        return found
