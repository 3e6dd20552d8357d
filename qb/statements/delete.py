"""DELETE."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from qb import nodes
from qb.expressions import Expr, conjunction
from qb.query import Compilable
from qb.statements.returning import Returning
from qb.statements.sources import AnySource, Selectable, projection_of, source_of, table_of
from qb.tables import Table
from qb.typevars import Facts

TB = TypeVar("TB", bound=Table, covariant=True)


class Delete(Compilable, Generic[TB, Facts]):
    """A DELETE from a table. Without WHERE it is refused, unless it says `.all_rows()`."""

    __slots__ = ("node",)
    node: nodes.Delete

    def __init__(self, node: nodes.Delete) -> None:
        self.node = node

    def using(self, *sources: AnySource) -> Self:
        """Other tables whose columns the predicates read."""
        node = self.node.copy()
        node.sources = tuple([source_of(source) for source in sources])
        return type(self)(node)

    def where(self, *predicates: Expr[bool | None]) -> Self:
        """Delete the rows for which all predicates are true; more calls add to them with AND."""
        node = self.node.copy()
        node.where = conjunction(node.where, predicates)
        return type(self)(node)

    def all_rows(self) -> Self:
        """Yes, every row of the table."""
        node = self.node.copy()
        node.all_rows = True
        return type(self)(node)

    def returning(self, *items: Selectable) -> Returning[Any]:
        """The deleted rows as a result."""
        node = self.node.copy()
        node.projection = projection_of(items)
        return Returning(node)


def delete(table: type[TB]) -> Delete[TB]:
    """A DELETE: `delete(Album).where(Album.plays == 0)`."""
    source = table_of(table, "delete")
    return Delete(nodes.Delete(source))
