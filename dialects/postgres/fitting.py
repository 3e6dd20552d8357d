"""Columns of values that asyncpg takes as they are, told for all values at once by what is written in C."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from qb.compiler.base import EncoderOfMany

Check = Callable[[Sequence[Any]], bool]


def whole(limit: int) -> Check:
    """Whether numbers fit."""
    return lambda values: -limit <= min(values) and max(values) < limit


def without_nul(values: Sequence[Any]) -> bool:
    """Whether texts have none of the character that PostgreSQL cannot keep."""
    return "\0" not in "".join(values)


def anything(values: Sequence[Any]) -> bool:
    """Whatever the class has."""
    return True


def of(cls: type, check: Check = anything) -> EncoderOfMany:
    """The values, if all of them are exactly of a class, or NULL, and pass a check."""
    both = {cls, type(None)}

    def encode(values: Sequence[Any]) -> Sequence[Any] | None:
        classes = set(map(type, values))
        if classes == {cls}:
            return values if check(values) else None
        if classes == both:
            return values if check([value for value in values if value is not None]) else None
        return None

    return encode


OF_COLUMNS: Mapping[str, EncoderOfMany] = MappingProxyType(
    {
        "integer": of(int, whole(2**31)),
        "smallint": of(int, whole(2**15)),
        "bigint": of(int, whole(2**63)),
        "boolean": of(bool),
        "text": of(str, without_nul),
        "real": of(float),
        "date": of(datetime.date),
        "uuid": of(UUID),
        "blob": of(bytes),
    }
)
"""By the kind of a column."""
