"""Functions that cut, fill and search texts."""

from __future__ import annotations

from typing import Any, TypeVar

from qb.expressions import Expr, operand
from qb.fn.calls import call
from qb.types import INTEGER, TEXT

T = TypeVar("T")


def left(text: Expr[T], count: int | Expr[int | None]) -> Expr[T]:
    """The first `count` characters; a count is not negative."""
    return call("left", TEXT, text, operand(_count(count), INTEGER))


def right(text: Expr[T], count: int | Expr[int | None]) -> Expr[T]:
    """The last `count` characters; a count is not negative."""
    return call("right", TEXT, text, operand(_count(count), INTEGER))


def lpad(text: Expr[T], length: int | Expr[int | None], fill: str | Expr[str] = " ") -> Expr[T]:
    """Filled up on the left to `length` characters; what is longer is cut off at the end."""
    return call("lpad", TEXT, text, operand(length, INTEGER), operand(fill, TEXT))


def rpad(text: Expr[T], length: int | Expr[int | None], fill: str | Expr[str] = " ") -> Expr[T]:
    """Filled up on the right to `length` characters; what is longer is cut off at the end."""
    return call("rpad", TEXT, text, operand(length, INTEGER), operand(fill, TEXT))


def repeat(text: Expr[T], count: int | Expr[int | None]) -> Expr[T]:
    """The text so many times; none for zero and below."""
    return call("repeat", TEXT, text, operand(count, INTEGER))


def position(text: Expr[Any], part: object) -> Expr[int]:
    """Where `part` is first found in the text: counted from 1, and 0 when it is not there. Case counts."""
    return call("position", INTEGER, text, operand(part, TEXT))


def octet_length(text: Expr[Any]) -> Expr[int]:
    """The number of bytes, of a text in UTF-8."""
    return call("octet_length", INTEGER, text)


def reverse(text: Expr[T]) -> Expr[T]:
    """The characters backwards. Not on SQLite."""
    return call("reverse", TEXT, text)


def initcap(text: Expr[T]) -> Expr[T]:
    """Each word with a capital letter and small ones after it. Not on SQLite."""
    return call("initcap", TEXT, text)


def split_part(text: Expr[T], separator: object, number: int | Expr[int | None]) -> Expr[T]:
    """The part with this number, from 1, between separators; empty when there are fewer. Not on SQLite."""
    if isinstance(number, int) and number < 1:
        raise ValueError(f"split_part(…, {number}): parts count from 1")
    return call("split_part", TEXT, text, operand(separator, TEXT), operand(number, INTEGER))


def _count(count: int | Expr[int | None]) -> int | Expr[int | None]:
    if isinstance(count, int) and count < 0:
        raise ValueError(f"a number of characters is not negative: {count}")  # PostgreSQL counts from the other end
    return count
