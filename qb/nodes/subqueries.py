"""Statements inside of expressions."""

from __future__ import annotations

from qb.nodes.base import Expression, Statement
from qb.types import BOOLEAN, SqlType


class Subquery(Expression):
    """A query as a value, or as the right side of IN."""

    __slots__ = ("query",)

    def __init__(self, query: Statement, type: SqlType) -> None:
        self.query = query
        self.type = type


class Exists(Expression):
    """`EXISTS (query)`."""

    __slots__ = ("query",)

    def __init__(self, query: Statement) -> None:
        self.query = query
        self.type = BOOLEAN
