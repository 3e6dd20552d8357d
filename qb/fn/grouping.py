"""What belongs to several groupings."""

from __future__ import annotations

from typing import Any

from qb.expressions import Expr
from qb.fn.calls import call
from qb.types import INTEGER


def grouping(key: Expr[Any]) -> Expr[int]:
    """1 in the rows that are not grouped by this key of a rollup, a cube or grouping sets, and 0 in the others."""
    return call("grouping", INTEGER, key)
