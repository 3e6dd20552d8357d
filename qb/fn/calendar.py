"""Functions that calculate with dates and timestamps. Timestamps are in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeVar, overload

from qb.errors import CompileError
from qb.expressions import Expr, operand
from qb.fn.calls import call
from qb.nodes import Cast, Expression, Function
from qb.types import DATE, INTEGER, REAL, TIME

T = TypeVar("T")

DateUnit = Literal["year", "quarter", "month", "week", "day"]
ClockUnit = Literal["hour", "minute", "second"]
Part = Literal["year", "quarter", "month", "week", "day", "hour", "minute", "second", "dow", "isodow", "isoyear", "doy"]
DATE_UNITS = ("year", "quarter", "month", "week", "day")
CLOCK_UNITS = ("hour", "minute", "second")
DATE_PARTS = (*DATE_UNITS, "dow", "isodow", "isoyear", "doy")


def date(moment: Expr[Any]) -> Expr[dt.date]:
    """The date of a timestamp."""
    _check("fn.date()", moment.node, ("date", "timestamp"))
    return Expr(Cast(moment.node, DATE))


def current_time() -> Expr[dt.time]:
    """The time of day, in UTC; on SQLite in milliseconds."""
    return Expr(Function("current_time", (), TIME))


def date_trunc(unit: DateUnit | ClockUnit, moment: Expr[T]) -> Expr[T]:
    """The start of the year, quarter, month, week (Monday), day, hour, minute or second; a date stays a date."""
    if unit not in DATE_UNITS + CLOCK_UNITS:
        raise CompileError(f"{unit!r} is no unit: one of {', '.join(DATE_UNITS + CLOCK_UNITS)}")
    _check(f"date_trunc({unit!r})", moment.node, ("timestamp",) if unit in CLOCK_UNITS else ("date", "timestamp"))
    return call(f"trunc_{unit}", moment.node.type, moment)


@overload
def extract(part: Part, moment: Expr[Any]) -> Expr[int]: ...
@overload
def extract(part: Literal["epoch"], moment: Expr[Any]) -> Expr[float]: ...
def extract(part: str, moment: Expr[Any]) -> Expr[Any]:
    """A part of a date or timestamp: "quarter", "week" (ISO, of its "isoyear"), "dow" (0 is Sunday), "isodow"
    (1 is Monday, 7 Sunday), "doy", "epoch" (seconds since 1970, also of an interval), and those with a function
    of their own.
    """
    node = moment.node
    if part == "epoch":
        _check("extract('epoch')", node, ("date", "timestamp", "interval"))
        return call("epoch", REAL, moment)
    if part in CLOCK_UNITS:
        _check(f"extract({part!r})", node, ("time", "timestamp"))
    elif part in DATE_PARTS:
        _check(f"extract({part!r})", node, ("date", "timestamp"))
    else:
        raise CompileError(f"{part!r} is no part: one of {', '.join(DATE_PARTS + CLOCK_UNITS)}, epoch")
    return call(part, INTEGER, moment)


def add_months(moment: Expr[T], months: int | Expr[int]) -> Expr[T]:
    """So many months later, or earlier: the last day of the month where the day does not exist there."""
    _check("add_months()", moment.node, ("date", "timestamp"))
    return call("add_months", moment.node.type, moment, operand(months, INTEGER))


def days_between(start: Expr[Any], end: object) -> Expr[int]:
    """How many days after `start` the date `end` is."""
    last = operand(end, DATE)
    for node in (start.node, last):
        _check("days_between()", node, ("date",))
    return call("days_between", INTEGER, start, last)


def make_date(year: Expr[int], month: int | Expr[int], day: int | Expr[int]) -> Expr[dt.date]:
    """A date of its parts; where there is none, an error on PostgreSQL and NULL on SQLite."""
    return call("make_date", DATE, year, operand(month, INTEGER), operand(day, INTEGER))


def _check(what: str, node: Expression, kinds: tuple[str, ...]) -> None:
    if node.type.kind not in (*kinds, "any"):
        raise CompileError(f"{what} is of a {' or '.join(kinds)}, not of {node.type!r}")
