"""Conditions that are not there."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.types import BOOLEAN


class Absent(Expression):
    """A condition that is left out: AND, OR and WHERE drop it before it gets into a tree."""

    __slots__ = ()

    def __init__(self) -> None:
        self.type = BOOLEAN


ABSENT = Absent()
