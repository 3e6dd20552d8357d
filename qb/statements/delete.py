"""DELETE."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from qb import nodes
from qb.statements.joining import Write
from qb.statements.returning import Returning
from qb.statements.sources import AnySource, Selectable, projection_of, source_of, table_of
from qb.tables import Table
from qb.typevars import Facts

TB = TypeVar("TB", bound=Table, covariant=True)


class Delete(Write, Generic[TB, Facts]):
    """A DELETE from a table. Without WHERE it is refused, unless it says `.all_rows()`."""

    __slots__ = ("node",)
    node: nodes.Delete

    def __init__(self, node: nodes.Delete) -> None:
        self.node = node

    def using(self, *sources: AnySource) -> Self:
        """Other sources whose columns the predicates read; more may be joined to them."""
        node = self.node.copy()
        node.sources = tuple([source_of(source) for source in sources])
        return self._with(node)

    def returning(self, *items: Selectable) -> Returning[Any]:
        """The deleted rows as a result."""
        node = self.node.copy()
        node.projection = projection_of(items)
        return Returning(node)

    def _with(self, node: nodes.Update | nodes.Delete) -> Self:
        assert isinstance(node, nodes.Delete)
        return type(self)(node)


def delete(table: type[TB]) -> Delete[TB]:
    """A DELETE: `delete(Album).where(Album.plays == 0)`."""
    source = table_of(table, "delete")
    return Delete(nodes.Delete(source))
