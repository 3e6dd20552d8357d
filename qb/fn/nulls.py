"""Functions about NULL."""

from __future__ import annotations

from typing import TypeVar

from qb import type_rules
from qb.expressions import Expr, operand
from qb.nodes import Function
from qb.types import Numeric

T = TypeVar("T")


def coalesce(first: Expr[T | None], *others: object) -> Expr[T]:
    """The first value that is not NULL: `fn.coalesce(Album.released, Album.recorded, date(1970, 1, 1))`."""
    nodes = (first.node, *[operand(other, first.node.type) for other in others])
    return Expr(Function("coalesce", nodes, type_rules.common([node.type for node in nodes])))


def nullif(value: Expr[T], equal_to: object) -> Expr[T | None]:
    """The value, or NULL where it equals the other one: `total / fn.nullif(parts, 0)`."""
    node = value.node
    other = operand(equal_to, node.type)
    kind = node.type
    if isinstance(kind, Numeric):
        kind = type_rules.common([kind, other.type])
    return Expr(Function("nullif", (node, other), kind))
