"""Conditions without which a batch fails."""

from __future__ import annotations

from qb.nodes.base import Expression, Statement


class Requirement(Statement):
    """A statement that fails with a message unless its condition is true."""

    __slots__ = ("condition", "message")

    def __init__(self, condition: Expression, message: Expression) -> None:
        self.ctes = ()
        self.projection = ()
        self.condition = condition
        self.message = message
