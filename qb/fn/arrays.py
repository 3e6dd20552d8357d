"""Functions of PostgreSQL's arrays."""

from __future__ import annotations

from typing import Any, TypeVar

from qb.expressions import Expr, operand
from qb.expressions.arrays import array_type, check_item
from qb.nodes import Expression, Function
from qb.types import INTEGER

T = TypeVar("T")


def array_get(array: Expr[list[T] | None], index: int | Expr[int]) -> Expr[T | None]:
    """The item at an index, which counts from 1; NULL where there is none."""
    return Expr(Function("array_get", (array.node, operand(index, INTEGER)), array_type(array.node).item))


def array_length(array: Expr[Any]) -> Expr[int]:
    """The number of items: 0 for an empty array."""
    array_type(array.node)
    return Expr(Function("array_length", (array.node,), INTEGER))


def array_append(array: Expr[list[T] | None], item: object) -> Expr[list[T]]:
    """The array with one item more at its end."""
    return Expr(Function("array_append", (array.node, _item(array, item)), array_type(array.node)))


def array_remove(array: Expr[list[T] | None], item: object) -> Expr[list[T]]:
    """The array without the items that are equal to one."""
    return Expr(Function("array_remove", (array.node, _item(array, item)), array_type(array.node)))


def array_position(array: Expr[list[Any] | None], item: object) -> Expr[int | None]:
    """The index of the first item that is equal to one, counted from 1; NULL where there is none."""
    array_type(array.node)
    return Expr(Function("array_position", (array.node, _item(array, item)), INTEGER))


def _item(array: Expr[Any], item: object) -> Expression:
    kind = array_type(array.node)
    node = operand(item, kind.item)
    check_item(kind, node)
    return node
