"""How values travel to D1 and back: as JSON, whose numbers are floats.

Whole numbers beyond 2^53 are bound as text, which `CAST(? AS INTEGER)` and columns of integers make exact numbers of;
columns and expressions that may hold such numbers are selected as text. Everything else is kept as SQLite keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from dialects.d1.limits import EXACT, PATTERN_BYTES
from dialects.sqlite import codecs as sqlite
from qb import codecs
from qb.compiler import Encoder
from qb.errors import EncodingError, InvalidValue
from qb.fitting import of
from qb.types import INTEGERS, Numeric, SqlType

WHOLE = INTEGERS | {"boolean", "numeric", "interval"}
"""Kinds that are whole numbers to SQLite."""
LARGE = frozenset({"bigint", "numeric", "interval"})
"""Those that may be beyond what a number of JSON keeps."""


def as_number(encode: Encoder) -> Encoder:
    """What encodes a whole number, for JSON."""

    def encoded(value: Any, type: SqlType) -> int | str:
        number: int = encode(value, type)
        return number if -EXACT <= number <= EXACT else str(number)

    return encoded


def exact_integer(value: Any, type: SqlType) -> int:
    """A whole number that comes back as it was."""
    number = codecs.integer(value, type)
    if -EXACT <= number <= EXACT:
        return number
    raise EncodingError(
        f"{number} would come back rounded from {type!r}, which D1 returns as a number of JSON: declare col.bigint()"
    )


def finite_float(value: Any, type: SqlType) -> float:
    """A float; NaN and the infinities are refused, because D1 returns NULL for them."""
    number = sqlite.finite_float(value, type)
    if number in (float("inf"), float("-inf")):
        raise EncodingError("D1 cannot return an infinite number: it would come back as NULL")
    return number


def pattern(encode: Encoder) -> Encoder:
    """What encodes a pattern, which is short."""

    def encoded(value: Any, type: SqlType) -> str:
        text: str = encode(value, type)
        if len(text.encode()) > PATTERN_BYTES:
            raise EncodingError(
                f"D1 takes patterns of {PATTERN_BYTES} bytes, and {text!r} is longer: .contains(…) and .startswith(…) "
                f"take texts of any length"
            )
        return text

    return encoded


def fits_json(values: Any) -> bool:
    """Whether whole numbers come back as they were."""
    return not values or (min(values) >= -EXACT and max(values) <= EXACT)


ENCODERS: dict[str, Encoder] = {
    **sqlite.ENCODERS,
    **{kind: as_number(sqlite.ENCODERS[kind]) for kind in (*INTEGERS, "numeric", "interval")},
    "real": finite_float,
    **{kind: pattern(sqlite.ENCODERS[kind]) for kind in ("like pattern", "glob prefix", "glob suffix")},
}

STORED: dict[str, Encoder] = {**sqlite.STORED, "integer": exact_integer, "smallint": exact_integer}

OF_COLUMNS = {**sqlite.OF_COLUMNS, "integer": of(int, fits_json), "smallint": of(int, fits_json)}


def is_large(type: SqlType) -> bool:
    """Whether values of a type may be beyond what a number of JSON keeps."""
    return type.kind in LARGE and not (isinstance(type, Numeric) and type.precision <= 15)


def whole(text: Any) -> Any:
    """A whole number that was selected as text; where 64 bits were not enough, SQLite went on with a float."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def unscaled(type: SqlType) -> Callable[[Any], Any]:
    """1999 as numeric(10, 2) is 19.99."""
    decode = sqlite.unscaled(type)
    return lambda number: decode(whole(number))


def duration(number: Any) -> timedelta:
    """A timedelta of microseconds."""
    if not isinstance(microseconds := whole(number), int):
        raise InvalidValue(f"a result of type interval does not fit in the 64 bits that SQLite has: {number}")
    return timedelta(microseconds=microseconds)


def exact_float(text: Any) -> float:
    """A float out of JSON: digits, or a whole number and its power of 2, as `EXACT_FLOAT` writes it."""
    mantissa, _, exponent = text.partition("p")
    if not exponent:
        return float(text)
    from math import ldexp

    return ldexp(int(mantissa), int(exponent))


SHIFT = "(60 - CAST(log2(abs({0})) AS INTEGER))"
EXACT_FLOAT = (
    "CASE WHEN {0} = 0 OR abs({0}) BETWEEN 1e-50 AND 1e50 THEN printf('%!.20g', {0}) WHEN {0} IS NOT NULL THEN "
    f"CAST({{0}} * pow(2.0, {SHIFT} / 2) * pow(2.0, {SHIFT} - {SHIFT} / 2) AS INTEGER) || 'p' || -{SHIFT} END"
)
"""A float inside of JSON: the digits that D1 writes are wrong in the end where the exponent is large."""

JSON_DECODERS = {**sqlite.JSON_DECODERS, "real": lambda type: exact_float}
"""Inside of JSON."""

DECODERS: dict[str, Callable[[SqlType], Callable[[Any], Any] | None]] = {
    **sqlite.DECODERS,
    "bigint": lambda type: whole,
    "numeric": unscaled,
    "interval": lambda type: duration,
    "real": lambda type: float,
    "blob": lambda type: bytes,  # a list of numbers
}
