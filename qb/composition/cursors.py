"""The values of sort keys as one word that can stand in a URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from qb.codecs import MICROSECOND
from qb.errors import CompileError, InvalidCursor
from qb.expressions import Expr
from qb.nodes import Order
from qb.types import INTEGERS, TEXTS, Enum, SqlType


def encode(values: Sequence[object], keys: Sequence[Order]) -> str:
    """The text of a place among rows sorted by these keys."""
    import json
    from base64 import urlsafe_b64encode

    items = [None if v is None else packed(v, key.operand.type) for v, key in zip(values, keys, strict=True)]
    text = json.dumps([fingerprint(keys), *items], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(text: str, keys: Sequence[Order]) -> list[object]:
    """The values in a text. Raises InvalidCursor when `encode` did not make it for these keys."""
    import json
    from base64 import urlsafe_b64decode

    try:
        mark, *items = json.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        if mark != fingerprint(keys) or len(items) != len(keys):
            raise InvalidCursor("the cursor belongs to a query with other sort keys: begin at the first page")
        pairs = zip(items, keys, strict=True)
        return [None if item is None else unpacked(item, key.operand.type) for item, key in pairs]
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        if isinstance(error, InvalidCursor):
            raise
        raise InvalidCursor(f"{text[:100]!r} is no cursor: it was changed on its way") from error


def fingerprint(keys: Sequence[Order]) -> int:
    """A number that tells the keys from others."""
    from zlib import crc32

    words = [f"{Expr(key.operand)} {key.descending} {key.nulls}" for key in keys]
    return crc32("\n".join(words).encode())


def packed(value: Any, type: SqlType) -> Any:  # any value of the type, to what JSON has
    """A value of a key, as JSON has it."""
    if type.kind not in READERS:
        raise CompileError(f"a cursor cannot keep the value of a sort key that is {type!r}")
    if isinstance(type, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value // MICROSECOND
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, (int, float, str)) else str(value)


def unpacked(item: Any, type: SqlType) -> object:  # whatever JSON had
    """The value again. Raises ValueError, TypeError or ArithmeticError when it is none of the type."""
    if isinstance(type, Enum):
        return type.python_type(item)
    expected, read = READERS[type.kind]
    if not isinstance(item, expected) or (isinstance(item, bool) and expected is not bool):
        raise TypeError(f"{item!r} is no {type!r}")
    return read(item)


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


READERS: dict[str, tuple[type | tuple[type, ...], Callable[[Any], object]]] = {
    **dict.fromkeys(INTEGERS, (int, int)),
    **dict.fromkeys(TEXTS, (str, str)),
    "boolean": (bool, bool),
    "real": ((int, float), float),
    "numeric": (str, _decimal),
    "date": (str, date.fromisoformat),
    "time": (str, time.fromisoformat),
    "timestamp": (str, datetime.fromisoformat),
    "interval": (int, lambda number: number * MICROSECOND),
    "uuid": (str, _uuid),
    "blob": (str, bytes.fromhex),
    "enum": (str, str),
}
"""By the kind of a type: what JSON has for its values, and what makes a value of that."""
