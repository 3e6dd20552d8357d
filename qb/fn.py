"""SQL functions: `fn.count()`, `fn.lower(Artist.name)`, …

Each means the same on every dialect; where a dialect spells it differently, its compiler knows.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from qb import types
from qb.expressions import AggregateExpr, Expr, operand
from qb.nodes import COUNT_ALL, Aggregate, Expression, Function
from qb.types import BIGINT, DATE, INTEGER, REAL, TEXT, TIMESTAMP_TZ, Numeric, SqlType

T = TypeVar("T")

__all__ = [
    "abs",
    "avg",
    "coalesce",
    "concat",
    "count",
    "current_date",
    "day",
    "hour",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "minute",
    "month",
    "now",
    "nullif",
    "replace",
    "round",
    "rtrim",
    "second",
    "substring",
    "sum",
    "trim",
    "upper",
    "year",
]

# Aggregates


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


# NULL


def coalesce(first: Expr[T | None], *others: object) -> Expr[T]:
    """The first value that is not NULL: `fn.coalesce(Album.released, Album.recorded, date(1970, 1, 1))`."""
    nodes = (first.node, *[operand(other, first.node.type) for other in others])
    return Expr(Function("coalesce", nodes, types.common([node.type for node in nodes])))


def nullif(value: Expr[T], equal_to: object) -> Expr[T | None]:
    """The value, or NULL where it equals the other one: `total / fn.nullif(parts, 0)`."""
    node = value.node
    other = operand(equal_to, node.type)
    kind = node.type
    if isinstance(kind, Numeric):
        kind = types.common([kind, other.type])
    return Expr(Function("nullif", (node, other), kind))


# Text


def lower(text: Expr[T]) -> Expr[T]:
    """In lower case (on SQLite: ASCII letters only)."""
    return _function("lower", TEXT, text)


def upper(text: Expr[T]) -> Expr[T]:
    """In upper case (on SQLite: ASCII letters only)."""
    return _function("upper", TEXT, text)


def length(text: Expr[Any]) -> Expr[int]:
    """The number of characters."""
    return _function("length", INTEGER, text)


def trim(text: Expr[T]) -> Expr[T]:
    """Without spaces at both ends."""
    return _function("trim", TEXT, text)


def ltrim(text: Expr[T]) -> Expr[T]:
    """Without spaces at the start."""
    return _function("ltrim", TEXT, text)


def rtrim(text: Expr[T]) -> Expr[T]:
    """Without spaces at the end."""
    return _function("rtrim", TEXT, text)


def replace(text: Expr[T], old: object, new: object) -> Expr[T]:
    """With every `old` replaced by `new`."""
    return _function("replace", TEXT, text, operand(old, TEXT), operand(new, TEXT))


def substring(text: Expr[T], start: int | Expr[int], length: int | Expr[int] | None = None) -> Expr[T]:
    """`length` characters from `start` on, which counts from 1; without a length, all to the end."""
    if (isinstance(start, int) and start < 1) or (isinstance(length, int) and length < 0):
        raise ValueError(f"substring(…, {start}, {length}): start counts from 1, and a length is not negative")
    arguments = [operand(start, INTEGER)]
    if length is not None:
        arguments.append(operand(length, INTEGER))
    return _function("substring", TEXT, text, *arguments)


def concat(*texts: object) -> Expr[str]:
    """All texts, one after the other; NULL counts as empty (with `+`, NULL makes all of it NULL)."""
    if not texts:
        raise TypeError("concat() needs a text")
    nodes = tuple([operand(text, TEXT) for text in texts])
    for node in nodes:
        types.check_text(node.type)
    return Expr(Function("concat", nodes, TEXT))


# Numbers


def abs(number: Expr[T]) -> Expr[T]:
    """Without its sign."""
    return _function("abs", number.node.type, number)


def round(number: Expr[T], digits: int = 0) -> Expr[T]:
    """Rounded to so many digits after the point, halves away from zero."""
    kind = number.node.type
    if isinstance(kind, Numeric):
        kind = Numeric(types.WIDEST, _least([kind.scale, digits]))
    return _function("round", kind, number, operand(digits, INTEGER))


# Dates and times


def now() -> Expr[datetime]:
    """The current moment: on PostgreSQL that of the transaction's start, on SQLite that of the statement's."""
    return Expr(Function("now", (), TIMESTAMP_TZ))


def current_date() -> Expr[date]:
    """Today's date, in UTC."""
    return Expr(Function("current_date", (), DATE))


def year(moment: Expr[Any]) -> Expr[int]:
    """The year of a date or timestamp (in UTC)."""
    return _function("year", INTEGER, moment)


def month(moment: Expr[Any]) -> Expr[int]:
    """The month of a date or timestamp (in UTC), 1 to 12."""
    return _function("month", INTEGER, moment)


def day(moment: Expr[Any]) -> Expr[int]:
    """The day of the month of a date or timestamp (in UTC), 1 to 31."""
    return _function("day", INTEGER, moment)


def hour(moment: Expr[Any]) -> Expr[int]:
    """The hour of a time or timestamp (in UTC), 0 to 23."""
    return _function("hour", INTEGER, moment)


def minute(moment: Expr[Any]) -> Expr[int]:
    """The minute of a time or timestamp, 0 to 59."""
    return _function("minute", INTEGER, moment)


def second(moment: Expr[Any]) -> Expr[int]:
    """The whole second of a time or timestamp, 0 to 59."""
    return _function("second", INTEGER, moment)


def _function(name: str, type: SqlType, first: Expr[Any], *others: Expression) -> Expr[Any]:
    return Expr(Function(name, (first.node, *others), type))


def _least(numbers: list[int]) -> int:
    return sorted(numbers)[0]
