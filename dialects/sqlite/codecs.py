"""How SQLite keeps what it has no type for.

Each form compares, sorts and adds up in SQL as its values do in Python: decimals and intervals are whole
numbers of their smallest unit; dates and times are ISO text of one fixed width, moments in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from qb import codecs
from qb.compiler import Encoder
from qb.errors import EncodingError, InvalidValue
from qb.fitting import of, texts, whole
from qb.types import INTEGERS, TEXTS, Array, Numeric, SqlType

LARGEST = 2**63 - 1
DIGITS = 18
"""Decimal digits that every 64-bit integer holds."""


def scaled(value: Any, type: SqlType) -> int:
    """19.99 as numeric(10, 2) is 1999."""
    assert isinstance(type, Numeric)
    number = codecs.exact_decimal(value, type)
    whole = int(number.scaleb(type.scale, codecs.decimals()[1]))
    if abs(whole) > LARGEST:
        raise EncodingError(f"{value} as {type!r} does not fit in the 64 bits that SQLite has")
    return whole


def unscaled(type: SqlType) -> Callable[[Any], Any]:
    """1999 as numeric(10, 2) is 19.99."""
    from decimal import Context, Decimal

    assert isinstance(type, Numeric)
    scale, context = -type.scale, Context(prec=100)

    def decode(whole: Any) -> Any:
        if whole.__class__ is not int:  # SQLite goes on with a float where 64 bits are not enough
            raise InvalidValue(f"a result of {type!r} does not fit in the 64 bits that SQLite has: {whole!r}")
        return Decimal(whole).scaleb(scale, context)

    return decode


def finite_float(value: Any, type: SqlType) -> float:
    """A float; NaN is refused, because SQLite makes it NULL."""
    number = codecs.real(value, type)
    if number != number:
        raise EncodingError("SQLite cannot keep NaN: it would become NULL")
    return number


def date_text(value: Any, type: SqlType) -> str:
    """2024-05-01."""
    return codecs.calendar_date(value, type).isoformat()


def time_text(value: Any, type: SqlType) -> str:
    """09:30:00.000000."""
    return codecs.clock_time(value, type).isoformat("microseconds")


def moment_text(value: Any, type: SqlType) -> str:
    """2024-05-01 09:30:00.000000, in UTC when the type has a zone."""
    return codecs.moment(value, type).replace(tzinfo=None).isoformat(" ", "microseconds")


def microseconds(value: Any, type: SqlType) -> int:
    """A timedelta in microseconds."""
    number = codecs.duration(value, type) // codecs.MICROSECOND
    if abs(number) > LARGEST:
        raise EncodingError(f"{value} in microseconds does not fit in the 64 bits that SQLite has")
    return number


class GlobPattern(SqlType):
    """A pattern for GLOB, made from a text in which no character is a wildcard."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind  # type: ignore[misc]  # two kinds that differ in nothing else


FTS_WORDS, LIKE_PATTERN = GlobPattern("fts words"), GlobPattern("like pattern")
GLOB_PREFIX, GLOB_SUFFIX = GlobPattern("glob prefix"), GlobPattern("glob suffix")


def pattern_text(text: str) -> str:
    """A pattern; not with NUL, where SQLite takes it to end: `%\\0x` would match everything."""
    if "\0" in text:
        raise EncodingError(f"{text!r} holds NUL, where a pattern of SQLite ends")
    return text


def glob_literal(text: str) -> str:
    """The text with GLOB's wildcards made plain."""
    text = pattern_text(text)
    return "".join([f"[{letter}]" if letter in "*?[" else letter for letter in text])


def fts_words(text: str) -> str:
    """Words as a query of FTS5: each in quotes, in which no character has a meaning."""
    words = text.replace("\0", " ").replace('"', " ").split()
    return " ".join([f'"{word}"' for word in words]) or '""'  # which nothing matches


def json_list(value: Any, type: SqlType) -> str:
    """A list of values as JSON, for json_each(). Raises EncodingError where JSON would not keep them."""
    from json import dumps

    assert isinstance(type, Array)
    item = type.item
    if item.kind not in LISTED:
        raise EncodingError(f"SQLite has no list of {item!r}")
    encode = ENCODERS.get(item.kind)
    return dumps(list(value) if encode is None else [encode(each, item) for each in value], ensure_ascii=False)


LISTED = INTEGERS | TEXTS | {"boolean", "numeric", "date", "time", "timestamp", "interval", "uuid", "enum"}

ENCODERS: dict[str, Encoder] = {
    "integer": codecs.integer,
    "bigint": codecs.integer,
    "smallint": codecs.integer,
    "boolean": lambda value, type: int(codecs.truth(value, type)),
    "real": finite_float,
    "numeric": scaled,
    "date": date_text,
    "time": time_text,
    "timestamp": moment_text,
    "interval": microseconds,
    "uuid": lambda value, type: str(codecs.identifier(value, type)),
    "json": codecs.json_text,
    "enum": codecs.enum_value,
    "array": json_list,
    "fts words": lambda value, type: fts_words(value),
    "like pattern": lambda value, type: pattern_text(value),
    "glob prefix": lambda value, type: glob_literal(value) + "*",
    "glob suffix": lambda value, type: "*" + glob_literal(value),
}

STORED: dict[str, Encoder] = {"text": codecs.text, "varchar": codecs.limited_text, "blob": codecs.data}


OF_COLUMNS = {
    **dict.fromkeys(INTEGERS, of(int, whole("q"))),
    "text": texts(),
    "blob": of(bytes),
    "date": of(date, encode=date.isoformat),
}
"""What encodes many values of a kind at once, when they are all of its class."""

DECODERS: dict[str, Callable[[SqlType], Callable[[Any], Any] | None]] = {
    "boolean": lambda type: bool,
    "numeric": unscaled,
    "date": lambda type: date.fromisoformat,
    "time": lambda type: time.fromisoformat,
    "timestamp": codecs.moment_decoder,
    "interval": lambda type: lambda number: timedelta(microseconds=number),
    "uuid": codecs.uuid_decoder,
    "json": codecs.json_decoder,
    "enum": codecs.enum_decoder,
}

JSON_DECODERS = {**codecs.JSON_DECODERS, "boolean": DECODERS["boolean"], "numeric": unscaled}
"""Inside of JSON."""
