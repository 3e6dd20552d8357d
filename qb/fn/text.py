"""Functions of texts."""

from __future__ import annotations

from typing import Any, TypeVar

from qb import type_rules
from qb.expressions import Expr, operand
from qb.fn.calls import call
from qb.nodes import Expression, Function
from qb.types import INTEGER, TEXT

T = TypeVar("T")


def lower(text: Expr[T]) -> Expr[T]:
    """In lower case (on SQLite: ASCII letters only)."""
    return call("lower", TEXT, text)


def upper(text: Expr[T]) -> Expr[T]:
    """In upper case (on SQLite: ASCII letters only)."""
    return call("upper", TEXT, text)


def length(text: Expr[Any]) -> Expr[int]:
    """The number of characters."""
    return call("length", INTEGER, text)


def trim(text: Expr[T], characters: str | Expr[str] | None = None) -> Expr[T]:
    """Without spaces at both ends, or without any of these characters there."""
    return call("trim", TEXT, text, *_characters(characters))


def ltrim(text: Expr[T], characters: str | Expr[str] | None = None) -> Expr[T]:
    """Without spaces at the start, or without any of these characters there."""
    return call("ltrim", TEXT, text, *_characters(characters))


def rtrim(text: Expr[T], characters: str | Expr[str] | None = None) -> Expr[T]:
    """Without spaces at the end, or without any of these characters there."""
    return call("rtrim", TEXT, text, *_characters(characters))


def replace(text: Expr[T], old: object, new: object) -> Expr[T]:
    """With every `old` replaced by `new`."""
    return call("replace", TEXT, text, operand(old, TEXT), operand(new, TEXT))


def substring(text: Expr[T], start: int | Expr[int], length: int | Expr[int] | None = None) -> Expr[T]:
    """`length` characters from `start` on, which counts from 1; without a length, all to the end."""
    if (type(start) is int and start < 1) or (type(length) is int and length < 0):
        raise ValueError(f"substring(…, {start}, {length}): start counts from 1, and a length is not negative")
    arguments = [operand(start, INTEGER)]
    if length is not None:
        arguments.append(operand(length, INTEGER))
    return call("substring", TEXT, text, *arguments)


def concat(*texts: object) -> Expr[str]:
    """All texts, one after the other; NULL counts as empty (with `+`, NULL makes all of it NULL)."""
    if not texts:
        raise TypeError("concat() needs a text")
    nodes = tuple([operand(text, TEXT) for text in texts])
    for node in nodes:
        type_rules.check_text(node.type)
    return Expr(Function("concat", nodes, TEXT))


def _characters(characters: str | Expr[str] | None) -> list[Expression]:
    return [] if characters is None else [operand(characters, TEXT)]
