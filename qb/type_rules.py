"""The types of what is computed of values of others, where the engines agree on them."""

from __future__ import annotations

from collections.abc import Iterable

from qb.types import BIGINT, INTEGERS, INTERVAL, NUMBERS, REAL, TEXT, TEXTS, WIDEST, Numeric, SqlType

AS_TEXT = INTEGERS | TEXTS | {"enum", "uuid", "date", "any"}


def arithmetic(operator: str, left: SqlType, right: SqlType) -> SqlType:
    """The type of `left operator right`, by the rules that SQLite and PostgreSQL share.

    Raises TypeError where there are none.
    """
    kinds = {left.kind, right.kind}
    if not kinds <= NUMBERS:
        if "any" in kinds or (kinds == {"interval"} and operator in ("+", "-")):
            return left
        moment = _moments(operator, left, right)
        if moment is not None:
            return moment
        raise TypeError(f"no engine-independent meaning of {left!r} {operator} {right!r}: say it with sql(…)")
    if operator == "/":
        return REAL
    if "real" in kinds:
        if operator in ("//", "%"):
            raise TypeError(f"{operator} is for whole numbers and decimals, not for floats")
        return REAL
    if isinstance(left, Numeric) or isinstance(right, Numeric):
        if operator == "//":
            return Numeric(WIDEST, 0)
        scales = [side.scale if isinstance(side, Numeric) else 0 for side in (left, right)]
        return Numeric(WIDEST, sum(scales) if operator == "*" else max(scales))
    if "bigint" in kinds:
        return BIGINT
    return left


def _moments(operator: str, left: SqlType, right: SqlType) -> SqlType | None:
    """The type of a sum or difference of dates, timestamps and intervals; None where there is none."""
    moments = ("date", "timestamp")
    if operator == "-" and left == right and left.kind in moments:
        return INTERVAL
    if operator in ("+", "-") and left.kind in moments and right.kind == "interval":
        return left
    return right if operator == "+" and left.kind == "interval" and right.kind in moments else None


def check_text(kind: SqlType) -> None:
    """Raise TypeError for a type whose values engines write in different ways, where a text is made of them."""
    if kind.kind not in AS_TEXT:
        raise TypeError(f"{kind!r} is no text, and every engine writes it in its own way: select it by itself")


def common(kinds: Iterable[SqlType]) -> SqlType:
    """The type of a value that comes from one of several expressions."""
    first, *others = kinds
    if first.kind not in NUMBERS:
        return first if all(kind == first for kind in others) or first.kind not in TEXTS else TEXT
    by_kind = {kind.kind: kind for kind in (first, *others)}
    scales = [kind.scale for kind in (first, *others) if isinstance(kind, Numeric)]
    if scales and "real" in by_kind:
        raise TypeError("a float beside a decimal: which of them is meant? Write Decimal(…)")
    if scales:
        return Numeric(WIDEST, max(scales))
    return by_kind.get("real") or by_kind.get("bigint") or first
