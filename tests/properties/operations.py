"""Operators and functions: what each means for Python's values, and how it is said with qb.

NULL is None. A meaning that is not `lax` is never asked about None: where an argument is NULL, the value is NULL.
"""

from __future__ import annotations

import math
import operator
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, NamedTuple

from qb import case, cast, col, fn

Meaning = Callable[..., Any]


class Operation(NamedTuple):
    """One operator or function."""

    mean: Meaning
    build: Callable[..., Any]
    """Of qb's expressions; of plain values, too, where a literal stands beside an expression."""
    lax: bool = False


def sides(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values that can be compared: enums by their members' order, decimals beside floats as floats."""
    if isinstance(left, Enum):
        members = list(type(left))
        return members.index(left), members.index(right)
    if isinstance(left, float) or isinstance(right, float):
        return float(left), float(right)
    return left, right


def comparison(compare: Callable[[Any, Any], bool]) -> Meaning:
    return lambda left, right: compare(*sides(left, right))


def arithmetic(compute: Callable[[Any, Any], Any]) -> Meaning:
    return lambda left, right: compute(*sides(left, right))


def truncated(left: Any, right: Any) -> int:
    """SQL's integer division: toward zero."""
    return math.trunc(Fraction(left) / Fraction(right))


def quotient(left: Any, right: Any) -> Any:
    whole = truncated(left, right)
    return whole if isinstance(left, int) and isinstance(right, int) else Decimal(whole)


def remainder(left: Any, right: Any) -> Any:
    """With the sign of the dividend."""
    return left - right * truncated(left, right)


def logical_not(value: bool | None) -> bool | None:
    return None if value is None else not value


def logical_and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def logical_or(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def less_or_equal(left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    return bool(comparison(operator.le)(left, right))


def between(value: Any, low: Any, high: Any) -> bool | None:
    return logical_and(less_or_equal(low, value), less_or_equal(value, high))


def distinct(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is not right
    return bool(comparison(operator.ne)(left, right))


def coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def nullif(value: Any, other: Any) -> Any:
    if value is None or other is None or not comparison(operator.eq)(value, other):
        return value
    return None


def text_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value) if isinstance(value, Enum) else str(value)


def concat(*values: Any) -> str:
    return "".join([text_of(value) for value in values if value is not None])


def replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new) if old else text


def substring(text: str, start: int, length: int | None = None) -> str:
    return text[start - 1 :] if length is None else text[start - 1 : start - 1 + length]


def ilike(text: str, pattern: str) -> bool:
    parts = [{"%": ".*", "_": "."}.get(character, re.escape(character)) for character in pattern]
    return re.fullmatch("".join(parts), text, re.IGNORECASE | re.DOTALL) is not None


def rounded(value: Any) -> Any:
    """To a whole number of the same type, halves away from zero."""
    whole = Decimal(value).quantize(Decimal(1), ROUND_HALF_UP)
    return whole if isinstance(value, Decimal) else type(value)(whole)


def to_scale(value: Any) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def whole(round_: Callable[[Any], int]) -> Meaning:
    """A number without its digits after the point, of the same type."""
    return lambda value: type(value)(round_(value))


def extreme(choose: Callable[..., Any]) -> Meaning:
    """The greatest or least of those that are not NULL."""

    def find(*values: Any) -> Any:
        known = [value for value in values if value is not None]
        return choose(known, key=lambda value: sides(value, value)[0], default=None)

    return find


def pad(text: str, length: int, fill: str) -> str:
    """What stands before a text that is too short."""
    missing = max(0, length - len(text))
    return (fill * missing)[:missing]


def lpad(text: str, length: int, fill: str) -> str:
    return (pad(text, length, fill) + text)[:length] if len(text) < length else text[:length]


def rpad(text: str, length: int, fill: str) -> str:
    return text[:length] + pad(text, length, fill)


def add_months(day: date, months: int) -> date:
    """The last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


OPERATIONS: dict[str, Operation] = {
    "=": Operation(comparison(operator.eq), lambda a, b: a == b),
    "<>": Operation(comparison(operator.ne), lambda a, b: a != b),
    "<": Operation(comparison(operator.lt), lambda a, b: a < b),
    "<=": Operation(comparison(operator.le), lambda a, b: a <= b),
    ">": Operation(comparison(operator.gt), lambda a, b: a > b),
    ">=": Operation(comparison(operator.ge), lambda a, b: a >= b),
    "distinct": Operation(distinct, lambda a, b: a.is_distinct_from(b), lax=True),
    "not distinct": Operation(lambda a, b: not distinct(a, b), lambda a, b: a.is_not_distinct_from(b), lax=True),
    "between": Operation(between, lambda a, b, c: a.between(b, c), lax=True),
    "not between": Operation(
        lambda a, b, c: logical_not(between(a, b, c)), lambda a, b, c: a.not_between(b, c), lax=True
    ),
    "is null": Operation(lambda a: a is None, lambda a: a.is_null(), lax=True),
    "is not null": Operation(lambda a: a is not None, lambda a: a.is_not_null(), lax=True),
    "and": Operation(logical_and, lambda a, b: a & b, lax=True),
    "or": Operation(logical_or, lambda a, b: a | b, lax=True),
    "not": Operation(logical_not, lambda a: ~a, lax=True),
    "+": Operation(arithmetic(operator.add), lambda a, b: a + b),
    "-": Operation(arithmetic(operator.sub), lambda a, b: a - b),
    "*": Operation(arithmetic(operator.mul), lambda a, b: a * b),
    "/": Operation(lambda a, b: float(a) / float(b), lambda a, b: a / b),
    "//": Operation(quotient, lambda a, b: a // b),
    "%": Operation(remainder, lambda a, b: a % b),
    "negative": Operation(operator.neg, lambda a: -a),
    "abs": Operation(abs, fn.abs),
    "round": Operation(rounded, fn.round),
    "floor": Operation(whole(math.floor), fn.floor),
    "ceil": Operation(whole(math.ceil), fn.ceil),
    "trunc": Operation(whole(math.trunc), fn.trunc),
    "sign": Operation(lambda a: (a > 0) - (a < 0), fn.sign),
    "greatest": Operation(extreme(max), fn.greatest, lax=True),
    "least": Operation(extreme(min), fn.least, lax=True),
    "coalesce": Operation(coalesce, fn.coalesce, lax=True),
    "nullif": Operation(nullif, fn.nullif, lax=True),
    "||": Operation(lambda a, b: text_of(a) + text_of(b), lambda a, b: a + b),
    "concat": Operation(concat, fn.concat, lax=True),
    "lower": Operation(lambda text: text.lower(), fn.lower),
    "upper": Operation(lambda text: text.upper(), fn.upper),
    "trim": Operation(lambda text, characters=" ": text.strip(characters), fn.trim),
    "ltrim": Operation(lambda text: text.lstrip(" "), fn.ltrim),
    "rtrim": Operation(lambda text: text.rstrip(" "), fn.rtrim),
    "replace": Operation(replace, fn.replace),
    "substring": Operation(substring, fn.substring),
    "left": Operation(lambda text, count: text[:count], fn.left),
    "right": Operation(lambda text, count: text[max(0, len(text) - count) :], fn.right),
    "lpad": Operation(lpad, fn.lpad),
    "rpad": Operation(rpad, fn.rpad),
    "repeat": Operation(operator.mul, fn.repeat),
    "position": Operation(lambda text, part: text.find(part) + 1, fn.position),
    "length": Operation(len, fn.length),
    "startswith": Operation(lambda a, b: a.startswith(b), lambda a, b: a.startswith(b)),
    "endswith": Operation(lambda a, b: a.endswith(b), lambda a, b: a.endswith(b)),
    "contains": Operation(lambda a, b: b in a, lambda a, b: a.contains(b)),
    "ilike": Operation(ilike, lambda a, b: a.ilike(b)),
    "not ilike": Operation(lambda a, b: not ilike(a, b), lambda a, b: a.not_ilike(b)),
    "year": Operation(lambda day: day.year, fn.year),
    "month": Operation(lambda day: day.month, fn.month),
    "day": Operation(lambda day: day.day, fn.day),
    "add_months": Operation(add_months, fn.add_months),
    "month_start": Operation(lambda day: day.replace(day=1), lambda a: fn.date_trunc("month", a)),
    "week_start": Operation(lambda day: day - timedelta(day.weekday()), lambda a: fn.date_trunc("week", a)),
    "days_between": Operation(lambda start, end: (end - start).days, fn.days_between),
    "to int": Operation(lambda a: int(rounded(a)), lambda a: cast(a, col.integer())),
    "to numeric": Operation(to_scale, lambda a: cast(a, col.numeric(14, 2))),
    "to real": Operation(float, lambda a: cast(a, col.real())),
    "to text": Operation(text_of, lambda a: cast(a, col.text())),
    "to bool": Operation(bool, lambda a: cast(a, col.boolean())),
    "truth": Operation(int, lambda a: case((a, 1), (a.is_null(), None), else_=0)),
}
