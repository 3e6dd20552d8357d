"""Statistics, for PostgreSQL. Each is a float; NULL when there are too few values."""

from __future__ import annotations

from typing import Any

from qb.expressions import Expr
from qb.expressions.aggregates import AggregateExpr
from qb.nodes import Aggregate
from qb.types import REAL


def stddev_samp(number: Expr[Any]) -> AggregateExpr[float | None]:
    """The standard deviation of a sample."""
    return _statistic("stddev_samp", number)


def stddev_pop(number: Expr[Any]) -> AggregateExpr[float | None]:
    """The standard deviation of all there is."""
    return _statistic("stddev_pop", number)


def var_samp(number: Expr[Any]) -> AggregateExpr[float | None]:
    """The variance of a sample."""
    return _statistic("var_samp", number)


def var_pop(number: Expr[Any]) -> AggregateExpr[float | None]:
    """The variance of all there is."""
    return _statistic("var_pop", number)


def stddev(number: Expr[Any]) -> AggregateExpr[float | None]:
    """The standard deviation of a sample, as `stddev_samp`."""
    return _statistic("stddev_samp", number)


def variance(number: Expr[Any]) -> AggregateExpr[float | None]:
    """The variance of a sample, as `var_samp`."""
    return _statistic("var_samp", number)


def _statistic(name: str, number: Expr[Any]) -> AggregateExpr[Any]:
    return AggregateExpr(Aggregate(name, (number.node,), REAL))
