"""Values on their way to and from asyncpg, which knows PostgreSQL's types itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from qb import codecs
from qb.compiler import Encoder
from qb.errors import EncodingError
from qb.types import Array, Numeric, SqlType

LIMITS = {"smallint": 2**15, "integer": 2**31}
"""One more than the largest number of the smaller kinds."""


def small_integer(value: Any, type: SqlType) -> int:
    """A whole number of 16 or 32 bits."""
    number = codecs.integer(value, type)
    limit = LIMITS[type.kind]
    if not -limit <= number < limit:
        raise EncodingError(f"{number} does not fit in {type!r}: declare col.bigint()")
    return number


def text_without_nul(value: Any, type: SqlType) -> str:
    """A text."""
    if value.__class__ is not str:
        value = codecs.text(value, type)
    if "\0" in value:
        raise EncodingError(f"{value!r} holds NUL, which PostgreSQL cannot keep: take col.blob()")
    return value  # type: ignore[no-any-return]  # a str


def limited_text_without_nul(value: Any, type: SqlType) -> str:
    """A text that is not too long."""
    return text_without_nul(codecs.limited_text(value, type), type)


def array(value: Any, type: SqlType) -> list[Any]:
    """A list, each item encoded."""
    assert isinstance(type, Array)
    encode = ENCODERS.get(type.item.kind)
    if encode is None:
        return list(value)
    return [None if item is None else encode(item, type.item) for item in value]


def array_decoder(type: SqlType) -> Callable[[Any], Any] | None:
    """A list, each item decoded."""
    return each_decoded(type, DECODERS)


def each_decoded(
    type: SqlType, decoders: Mapping[str, Callable[[SqlType], Callable[[Any], Any] | None]]
) -> Callable[[Any], Any] | None:
    """The decoder of an array by those of its items."""
    assert isinstance(type, Array)
    make = decoders.get(type.item.kind)
    decode = None if make is None else make(type.item)
    if decode is None:
        return None
    return lambda items: [None if item is None else decode(item) for item in items]


def infinite_decoder(type: SqlType) -> Callable[[Any], Any]:
    """Text to a date or a datetime, infinity as asyncpg has it: the first and the last there are."""
    ends: Any = date if type.kind == "date" else datetime
    special = {"-infinity": ends.min, "infinity": ends.max}
    parse = codecs.JSON_DECODERS[type.kind](type)
    assert parse is not None
    return lambda text: special[text] if text in special else parse(text)


def decimal_decoder(type: SqlType) -> Callable[[Any], Any]:
    """Text to a decimal."""
    from decimal import Decimal

    return Decimal


def moment(value: Any, type: SqlType) -> datetime:
    """A datetime; not the first and the last there are, which asyncpg takes for infinity where there is a zone."""
    when = codecs.moment(value, type)
    if when.tzinfo is not None and when.replace(tzinfo=None) in (datetime.min, datetime.max):
        raise EncodingError(f"{value!r} would be infinity on PostgreSQL")
    return when


ENCODERS: dict[str, Encoder] = {
    "integer": codecs.integer,
    "bigint": codecs.integer,
    "smallint": codecs.integer,
    "boolean": codecs.truth,
    "numeric": codecs.exact_decimal,
    "real": codecs.real,
    "date": codecs.calendar_date,
    "time": codecs.clock_time,
    "timestamp": moment,
    "interval": codecs.duration,
    "uuid": codecs.identifier,
    "json": codecs.json_text,
    "enum": codecs.enum_value,
    "array": array,
    "like prefix": lambda value, type: codecs.like_pattern(value, "prefix"),
    "like suffix": lambda value, type: codecs.like_pattern(value, "suffix"),
    "like substring": lambda value, type: codecs.like_pattern(value, "substring"),
}

STORED: dict[str, Encoder] = {
    "integer": small_integer,
    "smallint": small_integer,
    "text": text_without_nul,
    "varchar": limited_text_without_nul,
    "blob": codecs.data,
}


def whole_decimal(type: SqlType) -> Callable[[Any], Any] | None:
    """Whole decimals with all of their digits: asyncpg gives 10000 as 1E+4."""
    assert isinstance(type, Numeric)
    if type.scale:
        return None
    from decimal import Decimal

    return lambda number: Decimal(int(number)) if number.is_finite() else number


DECODERS: dict[str, Callable[[SqlType], Callable[[Any], Any] | None]] = {
    "json": codecs.json_decoder,
    "numeric": whole_decimal,
    "enum": codecs.enum_decoder,
    "array": array_decoder,
}

JSON_DECODERS: dict[str, Callable[[SqlType], Callable[[Any], Any] | None]] = {
    **codecs.JSON_DECODERS,
    "date": infinite_decoder,
    "timestamp": infinite_decoder,
    "numeric": decimal_decoder,
    "array": lambda type: each_decoded(type, JSON_DECODERS),
}
"""Inside of JSON."""


class LikePattern(SqlType):
    """A pattern for LIKE, made from a text in which no character is a wildcard."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind  # type: ignore[misc]  # kinds that differ in nothing else


PATTERNS = {position: LikePattern(f"like {position}") for position in ("prefix", "suffix", "substring")}
