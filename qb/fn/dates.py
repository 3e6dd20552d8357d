"""Functions of dates and times."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from qb.expressions import Expr
from qb.fn.calls import call
from qb.nodes import Function
from qb.types import DATE, INTEGER, TIMESTAMP_TZ


def now() -> Expr[datetime]:
    """The current moment: on PostgreSQL that of the transaction's start, on SQLite that of the statement's."""
    return Expr(Function("now", (), TIMESTAMP_TZ))


def current_date() -> Expr[date]:
    """Today's date, in UTC."""
    return Expr(Function("current_date", (), DATE))


def year(moment: Expr[Any]) -> Expr[int]:
    """The year of a date or timestamp (in UTC)."""
    return call("year", INTEGER, moment)


def month(moment: Expr[Any]) -> Expr[int]:
    """The month of a date or timestamp (in UTC), 1 to 12."""
    return call("month", INTEGER, moment)


def day(moment: Expr[Any]) -> Expr[int]:
    """The day of the month of a date or timestamp (in UTC), 1 to 31."""
    return call("day", INTEGER, moment)


def hour(moment: Expr[Any]) -> Expr[int]:
    """The hour of a time or timestamp (in UTC), 0 to 23."""
    return call("hour", INTEGER, moment)


def minute(moment: Expr[Any]) -> Expr[int]:
    """The minute of a time or timestamp, 0 to 59."""
    return call("minute", INTEGER, moment)


def second(moment: Expr[Any]) -> Expr[int]:
    """The whole second of a time or timestamp, 0 to 59."""
    return call("second", INTEGER, moment)
