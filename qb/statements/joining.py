"""What UPDATE and DELETE share: WHERE, its absence said, and joins to the tables that they read besides their own."""

from __future__ import annotations

from typing import Self

from qb import nodes
from qb.dialect import Affected
from qb.expressions import Expr, conjunction, expression
from qb.statements.sources import AnySource, source_of
from qb.statements.with_clause import WithClause


class Write(WithClause[Affected]):
    """A write of the rows that a condition finds."""

    __slots__ = ()
    node: nodes.Update | nodes.Delete

    def join(self, source: AnySource, on: Expr[bool | None]) -> Self:
        """`INNER JOIN source ON on`, to the tables that are read; what ties them to the table that is written
        belongs into `.where()`.
        """
        return self._join("INNER", source, on)

    def left_join(self, source: AnySource, on: Expr[bool | None]) -> Self:
        """`LEFT JOIN source ON on`: the source's columns may be NULL."""
        return self._join("LEFT", source, on)

    def where(self, *predicates: Expr[bool | None]) -> Self:
        """Write the rows for which all predicates are true; more calls add to them with AND."""
        node = self.node.copy()
        node.where = conjunction(node.where, predicates)
        return self._with(node)

    def all_rows(self) -> Self:
        """Yes, every row of the table."""
        node = self.node.copy()
        node.all_rows = True
        return self._with(node)

    def _join(self, kind: str, source: AnySource, on: Expr[bool | None]) -> Self:
        node = self.node.copy()
        node.joins += (nodes.Join(kind, source_of(source), expression(on, "join condition")),)
        return self._with(node)
