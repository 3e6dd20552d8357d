"""The way to a database: what both of them can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qb.errors import InvalidValue

Statement = tuple[str, Sequence[object]]
"""SQL with its parameters: str, int, float, bytes and None."""


class Answer:
    """What D1 answers to a statement: rows, and what it tells of its work, where it was asked."""

    __slots__ = ("meta", "rows")

    def __init__(self, rows: Sequence[Sequence[Any]], meta: Mapping[str, Any] | None) -> None:
        self.rows = rows
        self.meta = meta


class RequestError(Exception):
    """What a transport could not do: the message of D1, or of the way there. `status` is that of the HTTP answer, and
    `never_ran` says that D1 has certainly not begun with it.
    """

    def __init__(self, message: str, *, status: int | None = None, never_ran: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.never_ran = never_ran


class Transport:
    """Sends statements. Raises `RequestError` when one fails."""

    async def open(self) -> None:
        """Make ready."""

    async def close(self) -> None:
        """Give back what is held."""

    def check_open(self) -> None:
        """Raise DatabaseClosed when it is not open."""

    async def query(self, sql: str, parameters: Sequence[object], wants_meta: bool) -> Answer:
        """Run one statement."""
        raise NotImplementedError

    async def batch(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run several: all of them, or none."""
        raise NotImplementedError


def as_json(value: object, ensure_ascii: bool = False) -> str:
    """What D1 is sent, blobs as lists of numbers. Raises InvalidValue for what JSON has no form for."""
    from json import dumps

    try:
        return dumps(value, ensure_ascii=ensure_ascii, allow_nan=False, separators=(",", ":"), default=numbers)
    except ValueError as error:
        raise InvalidValue(f"JSON, which D1 is sent, has no form for a value: {error}") from error


def numbers(value: object) -> list[int]:
    """Bytes as D1 takes them."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return list(bytes(value))
    raise ValueError(f"{value!r} is of the class {type(value).__name__}")
