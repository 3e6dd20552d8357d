"""Copies of syntax trees that share no node with the original, apart from tables and their columns."""

from __future__ import annotations

from qb.nodes import Column, Cte, Node, Source
from qb.rewriting import transform


def fields(node: Node) -> list[str]:
    """The names of a node's fields, those of its base classes first."""
    return [slot for cls in reversed(type(node).__mro__) for slot in getattr(cls, "__slots__", ())]


def rebuilt(node: Node) -> Node:
    """A new node with the same fields."""
    if isinstance(node, (Column, Cte, Source)):  # compared by identity
        return node
    new = object.__new__(type(node))
    for field in fields(node):
        setattr(new, field, getattr(node, field))
    return new


def copied(node: Node) -> Node:
    """A tree of new nodes."""
    return transform(node, rebuilt)
