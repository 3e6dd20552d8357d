"""Columns of values that asyncpg takes as they are."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from qb.compiler.base import EncoderOfMany
from qb.fitting import of, texts, whole

OF_COLUMNS: Mapping[str, EncoderOfMany] = MappingProxyType(
    {
        "integer": of(int, whole("i")),
        "smallint": of(int, whole("h")),
        "bigint": of(int, whole("q")),
        "boolean": of(bool),
        "text": texts("\0"),
        "real": of(float),
        "date": of(datetime.date),
        "uuid": of(UUID),
        "blob": of(bytes),
    }
)
"""By the kind of a column."""
