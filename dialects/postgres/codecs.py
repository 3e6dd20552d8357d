"""Values on their way to and from asyncpg, which knows PostgreSQL's types itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from qb import codecs
from qb.compiler import Encoder
from qb.types import Array, SqlType, Timestamp


def array(value: Any, type: SqlType) -> list[Any]:
    """A list, each item encoded."""
    assert isinstance(type, Array)
    encode = ENCODERS.get(type.item.kind)
    if encode is None:
        return list(value)
    return [None if item is None else encode(item, type.item) for item in value]


def array_decoder(type: SqlType) -> Callable[[Any], Any] | None:
    """A list, each item decoded."""
    assert isinstance(type, Array)
    make = DECODERS.get(type.item.kind)
    decode = None if make is None else make(type.item)
    if decode is None:
        return None
    return lambda items: [None if item is None else decode(item) for item in items]


def moment_decoder(type: SqlType) -> Callable[[Any], Any] | None:
    """Moments in UTC, whatever zone the driver gives them."""
    assert isinstance(type, Timestamp)
    return (lambda moment: moment.astimezone(UTC)) if type.zone else None


ENCODERS: dict[str, Encoder] = {
    "integer": codecs.integer,
    "bigint": codecs.integer,
    "smallint": codecs.integer,
    "numeric": codecs.exact_decimal,
    "real": lambda value, type: float(value),
    "date": codecs.calendar_date,
    "time": codecs.clock_time,
    "timestamp": codecs.moment,
    "interval": codecs.duration,
    "uuid": codecs.identifier,
    "json": codecs.json_text,
    "enum": codecs.enum_value,
    "array": array,
    "like prefix": lambda value, type: codecs.like_pattern(value, "prefix"),
    "like suffix": lambda value, type: codecs.like_pattern(value, "suffix"),
    "like substring": lambda value, type: codecs.like_pattern(value, "substring"),
}

DECODERS: dict[str, Callable[[SqlType], Callable[[Any], Any] | None]] = {
    "json": codecs.json_decoder,
    "enum": codecs.enum_decoder,
    "array": array_decoder,
}


class LikePattern(SqlType):
    """A pattern for LIKE, made from a text in which no character is a wildcard."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind  # type: ignore[misc]  # kinds that differ in nothing else


PATTERNS = {position: LikePattern(f"like {position}") for position in ("prefix", "suffix", "substring")}
