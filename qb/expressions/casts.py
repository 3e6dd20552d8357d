"""CAST: a value as one of another type."""

from __future__ import annotations

from typing import Any, TypeVar

from qb.columns import Column
from qb.errors import CompileError
from qb.expressions import Expr, expression
from qb.nodes import Cast
from qb.types import INTEGERS, NUMBERS, TEXTS, SqlType

T = TypeVar("T")

CASTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(TEXTS, INTEGERS | TEXTS | {"boolean", "numeric", "date", "time", "timestamp", "uuid", "enum"}),
    **dict.fromkeys(INTEGERS, NUMBERS | TEXTS | {"boolean"}),
    **dict.fromkeys(("numeric", "real"), NUMBERS | TEXTS),
    "boolean": INTEGERS,
    **dict.fromkeys(("date", "time"), TEXTS | {"timestamp"}),
    "timestamp": frozenset({"date", "timestamp"}),
    **dict.fromkeys(("enum", "uuid"), TEXTS),
}
"""By the kind of the new type: the kinds whose values can be made into it, with one meaning."""


def cast(value: Expr[Any], kind: Column[T, Any, Any]) -> Expr[T]:
    """`CAST(value AS kind)`, the kind as a column would be declared.

        cast(Album.plays, col.text())      -- CAST("albums"."plays" AS text)

    What becomes a whole number or a decimal is rounded, halves away from zero; dates and timestamps are in UTC, and
    their text is ISO. A text that is no number is an error on PostgreSQL, while SQLite takes what it starts with.
    Raises CompileError for types between which engines do not agree.
    """
    operand = expression(value, "value of cast()")
    if not isinstance(kind, Column):
        raise TypeError(f"cast() takes a kind of column, as in cast(x, col.integer()), not {kind!r}")
    target = kind.node.type
    check_cast(operand.type, target)
    return Expr(Cast(operand, target))


def check_cast(own: SqlType, target: SqlType) -> None:
    """Raise CompileError when engines do not agree on a cast."""
    if own == target or own.kind == "any" or own.kind in CASTS.get(target.kind, ()):
        return
    raise CompileError(f"no engine-independent cast of {own!r} to {target!r}: say it with sql(…)")
