"""RETURNING: a write whose rows are a result."""

from __future__ import annotations

from typing import Generic

from qb.nodes import Delete, Insert, Merge, Update
from qb.query import Query
from qb.typevars import Facts, Projection, R


class Returning(Query[R], Generic[R, Projection, Facts]):
    """An INSERT, UPDATE, DELETE or MERGE that returns rows."""

    __slots__ = ()
    node: Insert | Update | Delete | Merge

    def __init__(self, node: Insert | Update | Delete | Merge) -> None:
        self.node = node
