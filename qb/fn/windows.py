"""Window functions: of the rows around a row. Each needs `.over(…)`."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from qb import type_rules, types
from qb.errors import CompileError
from qb.expressions import Expr, operand
from qb.expressions.windows import FrameFunction, WindowFunction
from qb.nodes import Expression
from qb.nodes import WindowFunction as Node
from qb.types import BIGINT, INTEGER, REAL, SqlType

T = TypeVar("T")


def row_number() -> WindowFunction[int]:
    """1, 2, 3 … in the order of the window."""
    return _window_function("row_number", BIGINT)


def rank() -> WindowFunction[int]:
    """The place in the order; equal rows share one, and the next has a gap before it: 1, 1, 3."""
    return _window_function("rank", BIGINT)


def dense_rank() -> WindowFunction[int]:
    """The place in the order without gaps: 1, 1, 2."""
    return _window_function("dense_rank", BIGINT)


def percent_rank() -> WindowFunction[float]:
    """The rank from 0 to 1."""
    return _window_function("percent_rank", REAL)


def cume_dist() -> WindowFunction[float]:
    """The part of the rows that come before or are equal, up to 1."""
    return _window_function("cume_dist", REAL)


def ntile(buckets: int | Expr[int]) -> WindowFunction[int]:
    """The number of the bucket, when the rows are dealt into so many of them."""
    return _window_function("ntile", INTEGER, _count(buckets, 1, "ntile"))


@overload
def lag(value: Expr[T], offset: int | Expr[int] = 1) -> WindowFunction[T | None]: ...
@overload
def lag(value: Expr[T], offset: int | Expr[int], default: object) -> WindowFunction[T]: ...
@overload
def lag(value: Expr[T], offset: int | Expr[int] = 1, *, default: object) -> WindowFunction[T]: ...
def lag(value: Expr[Any], offset: int | Expr[int] = 1, default: object = None) -> WindowFunction[Any]:
    """The value `offset` rows before; `default`, or else NULL, where there is no such row."""
    return _neighbour("lag", value, offset, default)


@overload
def lead(value: Expr[T], offset: int | Expr[int] = 1) -> WindowFunction[T | None]: ...
@overload
def lead(value: Expr[T], offset: int | Expr[int], default: object) -> WindowFunction[T]: ...
@overload
def lead(value: Expr[T], offset: int | Expr[int] = 1, *, default: object) -> WindowFunction[T]: ...
def lead(value: Expr[Any], offset: int | Expr[int] = 1, default: object = None) -> WindowFunction[Any]:
    """The value `offset` rows after; `default`, or else NULL, where there is no such row."""
    return _neighbour("lead", value, offset, default)


def first_value(value: Expr[T]) -> FrameFunction[T]:
    """The value in the first row of the frame."""
    return FrameFunction(Node("first_value", (value.node,), value.node.type))


def last_value(value: Expr[T]) -> FrameFunction[T]:
    """The value in the last row of the frame, which is the current one (and its equals) unless you say otherwise."""
    return FrameFunction(Node("last_value", (value.node,), value.node.type))


def nth_value(value: Expr[T], n: int | Expr[int]) -> WindowFunction[T | None]:
    """The value in row `n` of the frame, from 1; NULL where there is none."""
    return _window_function("nth_value", value.node.type, value.node, _count(n, 1, "nth_value"))


def _window_function(name: str, type: SqlType, *arguments: Expression) -> WindowFunction[Any]:
    return WindowFunction(Node(name, arguments, type))  # each caller states the exact type


def _neighbour(name: str, value: Expr[Any], offset: int | Expr[int], default: object) -> WindowFunction[Any]:
    node, distance = value.node, _count(offset, 0, name)
    if default is None:
        return _window_function(name, node.type, node, distance)
    other = operand(default, node.type)
    if other.type is not node.type and not types.comparable(node.type, other.type):
        raise CompileError(f"{name}() is of {node.type!r}, and its default {other.type!r}")
    return _window_function(name, type_rules.common([node.type, other.type]), node, distance, other)


def _count(number: int | Expr[int], least: int, function: str) -> Expression:
    if type(number) is int and number < least:
        raise CompileError(f"{function}() counts from {least}: {number}")
    return operand(number, INTEGER)
