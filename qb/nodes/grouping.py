"""Several groupings in one GROUP BY."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.types import ANY


class GroupingSets(Expression):
    """A group key that stands for several: `kind` is ROLLUP, CUBE or GROUPING SETS."""

    __slots__ = ("kind", "sets")

    def __init__(self, kind: str, sets: tuple[tuple[Expression, ...], ...]) -> None:
        self.kind = kind
        self.sets = sets
        self.type = ANY
