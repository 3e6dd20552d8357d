"""SELECT, and what stands in its clauses."""

from __future__ import annotations

from typing import Self

from qb.nodes.base import Expression, Node, Projection, Source, Statement
from qb.nodes.sources import Join


class Order(Node):
    """A sort key. `nulls` is FIRST, LAST or None (the engine's own choice)."""

    __slots__ = ("descending", "nulls", "operand")

    def __init__(self, operand: Expression, descending: bool, nulls: str | None = None) -> None:
        self.operand = operand
        self.descending = descending
        self.nulls = nulls


class Select(Statement):
    """SELECT. `sources` are those given in FROM; when empty, it is the one selected source that is not joined."""

    __slots__ = (
        "distinct",
        "group_by",
        "having",
        "joins",
        "limit",
        "offset",
        "order_by",
        "sources",
        "where",
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
        distinct: bool = False,
    ) -> None:
        self.projection = projection
        self.sources = sources
        self.joins = joins
        self.where = where
        self.group_by = group_by
        self.having = having
        self.order_by = order_by
        self.limit = limit
        self.offset = offset
        self.distinct = distinct

    def copy(self) -> Self:
        """A new statement with the same clauses: written out, because every builder call makes one."""
        return type(self)(
            self.projection,
            self.sources,
            self.joins,
            self.where,
            self.group_by,
            self.having,
            self.order_by,
            self.limit,
            self.offset,
            self.distinct,
        )
