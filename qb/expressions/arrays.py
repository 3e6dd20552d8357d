"""Tests and operators of PostgreSQL's arrays. Imported when the first is built."""

from __future__ import annotations

from qb import types
from qb.errors import CompileError
from qb.nodes import Expression, Function, Null
from qb.types import BOOLEAN, Array


def array_type(node: Expression) -> Array:
    """The type of an array. Raises CompileError for anything else."""
    if isinstance(node.type, Array):
        return node.type
    lists = node.type.kind == "json"
    remedy = ": a list in JSON has json_contains, document[0] and fn.json_array_length" if lists else ""
    raise CompileError(f"{node.type!r} is no array{remedy}")


def item_test(array: Expression, value: Expression) -> Function:
    """Whether an array has an item."""
    check_item(array_type(array), value)
    return Function("array_has", (array, value), BOOLEAN)


def array_test(name: str, left: Expression, right: Expression) -> Function:
    """What is asked of two arrays."""
    check_not_null(right)
    both = array_type(left), array_type(right)
    check_pair(*both)
    return Function(name, (left, right), BOOLEAN)


def concatenation(left: Expression, right: Expression) -> Function:
    """Two arrays, one after the other."""
    kind = array_type(left)
    check_pair(kind, array_type(right))
    return Function("array_concat", (left, right), kind)


def check_not_null(node: Expression) -> None:
    """Raise CompileError for a plain NULL."""
    if isinstance(node, Null):
        raise CompileError("nothing is true of NULL: leave the condition out, or compare with == None")


def check_pair(left: Array, right: Array) -> None:
    """Raise CompileError for arrays of different kinds."""
    if left.item.kind != right.item.kind and not {left.item.kind, right.item.kind} <= types.TEXTS:
        raise CompileError(f"{left!r} and {right!r} are different kinds of arrays")


def check_item(kind: Array, value: Expression) -> None:
    """Raise CompileError for an item of another kind, and for NULL, which is equal to nothing."""
    check_not_null(value)
    if not types.comparable(kind.item, value.type):
        raise CompileError(f"an item of {kind!r} cannot be compared with {value.type!r}")
