"""SELECT."""

from __future__ import annotations

from typing import Self

from qb.nodes.base import Expression, Node, Projection, Source, Statement
from qb.nodes.order import Order
from qb.nodes.sources import Join


class Lock(Node):
    """FOR UPDATE and its like: `strength` is the words after FOR, `sources` the tables of OF, `wait` what else
    than to wait is done about rows that are locked: NOWAIT, SKIP LOCKED or None.
    """

    __slots__ = ("sources", "strength", "wait")

    def __init__(self, strength: str, sources: tuple[Source, ...] = (), wait: str | None = None) -> None:
        self.strength = strength
        self.sources = sources
        self.wait = wait


class Select(Statement):
    """SELECT. `sources` are those given in FROM; when empty, it is the one selected source that is not joined.
    `distinct` may be the keys of DISTINCT ON; `with_ties` is about `limit`.
    """

    __slots__ = (
        "distinct",
        "group_by",
        "having",
        "joins",
        "limit",
        "lock",
        "offset",
        "order_by",
        "sources",
        "where",
        "with_ties",
    )

    def __init__(
        self,
        projection: Projection,
        sources: tuple[Source, ...] = (),
        joins: tuple[Join, ...] = (),
        where: Expression | None = None,
        group_by: tuple[Expression, ...] = (),
        having: Expression | None = None,
        order_by: tuple[Order, ...] = (),
        limit: Expression | None = None,
        offset: Expression | None = None,
        distinct: bool | tuple[Expression, ...] = False,
        lock: Lock | None = None,
        with_ties: bool = False,
        ctes: tuple[Node, ...] = (),
    ) -> None:
        self.projection = projection
        self.ctes = ctes
        self.sources = sources
        self.joins = joins
        self.where = where
        self.group_by = group_by
        self.having = having
        self.order_by = order_by
        self.limit = limit
        self.offset = offset
        self.distinct = distinct
        self.lock = lock
        self.with_ties = with_ties

    def copy(self) -> Self:
        """A new statement with the same clauses: written out, because every builder call makes one."""
        new = object.__new__(type(self))
        new.projection = self.projection
        new.ctes = self.ctes
        new.sources = self.sources
        new.joins = self.joins
        new.where = self.where
        new.group_by = self.group_by
        new.having = self.having
        new.order_by = self.order_by
        new.limit = self.limit
        new.offset = self.offset
        new.distinct = self.distinct
        new.lock = self.lock
        new.with_ties = self.with_ties
        return new
