"""Aggregates whose values have an order."""

from __future__ import annotations

from typing import Any, TypeVar

from qb import types
from qb.expressions import Expr, operand
from qb.expressions.aggregates import AggregateExpr
from qb.expressions.ordered_sets import Continuous, OrderedSetFunction
from qb.expressions.windows import SortKeys, sort_keys
from qb.nodes import Aggregate
from qb.types import REAL, TEXT, Array

T = TypeVar("T")


def string_agg(
    text: Expr[str | None], separator: str | Expr[str], *, order_by: SortKeys = None
) -> AggregateExpr[str | None]:
    """All texts that are not NULL in one, with the separator between them; NULL when there is none.

    SQLite's is `group_concat`; it has no `order_by` before version 3.44, so that is refused there.
    """
    if text.node.type.kind not in types.TEXTS:
        raise TypeError(f"string_agg() is of texts, not of {text.node.type!r}: cast(…, col.text()) makes one")
    arguments = (text.node, operand(separator, TEXT))
    return AggregateExpr(Aggregate("string_agg", arguments, TEXT, order_by=sort_keys(order_by)))


def array_agg(value: Expr[T], *, order_by: SortKeys = None) -> AggregateExpr[list[T] | None]:
    """All values in an array, NULLs too; NULL when there is no row. For PostgreSQL."""
    kind = Array(value.node.type)
    return AggregateExpr(Aggregate("array_agg", (value.node,), kind, order_by=sort_keys(order_by)))


def percentile_cont(fraction: float | Expr[Any]) -> Continuous:
    """The number below which so large a part of all lies, between two of them where need be. For PostgreSQL.

    fn.percentile_cont(0.5).within_group(Album.plays)
    """
    return Continuous("percentile_cont", operand(_part(fraction), REAL))


def percentile_disc(fraction: float | Expr[Any]) -> OrderedSetFunction:
    """The first value with so large a part of all up to it. For PostgreSQL."""
    return OrderedSetFunction("percentile_disc", operand(_part(fraction), REAL))


def mode() -> OrderedSetFunction:
    """The commonest value: `fn.mode().within_group(Album.genre)`. For PostgreSQL."""
    return OrderedSetFunction("mode")


def _part(fraction: float | Expr[Any]) -> float | Expr[Any]:
    if isinstance(fraction, (int, float)) and not 0 <= fraction <= 1:
        raise ValueError(f"a fraction is from 0 to 1: {fraction}")
    return fraction
