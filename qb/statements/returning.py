"""RETURNING: a write whose rows are a result."""

from __future__ import annotations

from typing import Any, Generic

from qb import derived
from qb.derived import Derived
from qb.nodes import Delete, Insert, Merge, Update
from qb.queries import Query
from qb.statements.with_clause import WithClause
from qb.typevars import Facts, Projection, R


class Returning(WithClause[list[R]], Query[R], Generic[R, Projection, Facts]):
    """An INSERT, UPDATE, DELETE or MERGE that returns rows."""

    __slots__ = ()
    node: Insert | Update | Delete | Merge

    def __init__(self, node: Insert | Update | Delete | Merge) -> None:
        self.node = node

    def cte(self, name: str) -> Derived[Any, Any]:
        """What it returns as a source: `WITH "name" AS (DELETE … RETURNING …)` (PostgreSQL)."""
        return derived.cte(self.node, name)
