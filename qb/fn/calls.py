"""What the functions of all kinds are made with."""

from __future__ import annotations

from typing import Any

from qb.expressions import Expr
from qb.nodes import Expression, Function
from qb.types import SqlType


def call(name: str, type: SqlType, first: Expr[Any], *others: Expression) -> Expr[Any]:
    """A function of an expression; each caller states the exact type."""
    return Expr(Function(name, (first.node, *others), type))
