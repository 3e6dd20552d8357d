"""Functions of numbers beyond the four operations."""

from __future__ import annotations

from typing import Any, TypeVar

from qb import types
from qb.expressions import Expr, operand
from qb.expressions.branches import fitting
from qb.fn.calls import call
from qb.nodes import Function
from qb.types import INTEGER, INTEGERS, REAL, WIDEST, Numeric

T = TypeVar("T")


def ceil(number: Expr[T]) -> Expr[T]:
    """The least whole number that is not smaller."""
    return _whole("ceil", number)


def floor(number: Expr[T]) -> Expr[T]:
    """The greatest whole number that is not larger."""
    return _whole("floor", number)


def trunc(number: Expr[T]) -> Expr[T]:
    """The number without its digits after the point."""
    return _whole("trunc", number)


def sign(number: Expr[Any]) -> Expr[int]:
    """-1, 0 or 1."""
    return call("sign", INTEGER, number)


def power(base: Expr[Any], exponent: object) -> Expr[float]:
    """`base` to the power of `exponent`, as a float."""
    return call("power", REAL, base, operand(exponent, REAL))


def sqrt(number: Expr[Any]) -> Expr[float]:
    """The square root, as a float; of a negative number an error on PostgreSQL and NULL on SQLite."""
    return call("sqrt", REAL, number)


def exp(number: Expr[Any]) -> Expr[float]:
    """The exponential, as a float."""
    return call("exp", REAL, number)


def ln(number: Expr[Any]) -> Expr[float]:
    """The natural logarithm, as a float; of 0 and below an error on PostgreSQL and NULL on SQLite."""
    return call("ln", REAL, number)


def log10(number: Expr[Any]) -> Expr[float]:
    """The logarithm to base 10, as a float; of 0 and below an error on PostgreSQL and NULL on SQLite."""
    return call("log10", REAL, number)


def greatest(first: Expr[T | None], *others: object) -> Expr[T]:
    """The greatest of these values in one row; NULLs are left out, so it is NULL only where all are."""
    return _extreme("greatest", first, others)


def least(first: Expr[T | None], *others: object) -> Expr[T]:
    """The least of these values in one row; NULLs are left out, so it is NULL only where all are."""
    return _extreme("least", first, others)


def random() -> Expr[float]:
    """A random float, from 0 up to but not 1; another one for every row."""
    return Expr(Function("random", (), REAL))


def _whole(name: str, number: Expr[Any]) -> Expr[Any]:
    kind = number.node.type
    if kind.kind in INTEGERS:
        return Expr(number.node)
    return call(name, Numeric(WIDEST, 0) if isinstance(kind, Numeric) else kind, number)


def _extreme(name: str, first: Expr[Any], others: tuple[object, ...]) -> Expr[Any]:
    if not others:
        raise TypeError(f"{name}() compares two values or more; of all rows, it is fn.max() or fn.min()")
    nodes = (first.node, *[operand(other, first.node.type) for other in others])
    kind = fitting(nodes, f"{name}()")
    if kind.kind not in types.NUMBERS | types.TEXTS | {"date", "time", "timestamp", "interval", "enum", "any"}:
        raise TypeError(f"{name}() is for numbers, texts and times, not for {kind!r}")
    return Expr(Function(name, nodes, kind))
