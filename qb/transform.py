"""Rewriting a syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from qb.nodes import Column, Node, Source

N = TypeVar("N", bound=Node)


def transform(node: N, replace: Callable[[Node], Node]) -> N:
    """The tree with `replace` called on each node, children first; parts that do not change are shared.

    Columns and tables are leaves: `replace` sees them, but not what they belong to.
    """
    if not isinstance(node, (Column, Source)):
        changes = {}
        for field in _fields(node):
            value = getattr(node, field)
            new = _transform_value(value, replace)
            if new is not value:
                changes[field] = new
        if changes:
            node = _changed(node, changes)
    return replace(node)  # type: ignore[return-value]  # the caller replaces like by like


def alike(one: Any, other: Any) -> bool:  # any field of any node
    """Whether two trees say the same: of the same columns, and with equal values."""
    if isinstance(one, Node):
        if one is other or type(one) is not type(other) or isinstance(one, (Column, Source)):
            return one is other
        return all(alike(getattr(one, field), getattr(other, field)) for field in _fields(one))
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and bool(one == other)


def _transform_value(value: Any, replace: Callable[[Node], Node]) -> Any:  # any field of any node
    if isinstance(value, Node):
        return transform(value, replace)
    if isinstance(value, (tuple, list)):
        items = tuple([_transform_value(item, replace) for item in value])
        if any(new is not old for new, old in zip(items, value, strict=True)):
            return items
    return value


def _fields(node: Node) -> Iterable[str]:
    return [slot for cls in type(node).__mro__ for slot in getattr(cls, "__slots__", ())]


def _changed(node: N, changes: dict[str, Any]) -> N:
    new = object.__new__(type(node))
    for field in _fields(node):
        setattr(new, field, changes.get(field, getattr(node, field)))
    return new
