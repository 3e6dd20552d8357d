"""UPDATE."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from qb import nodes
from qb.statements.joining import Write
from qb.statements.returning import Returning
from qb.statements.sources import AnySource, Selectable, projection_of, source_of, table_of
from qb.statements.writes import assignments
from qb.tables import Table, definition_of
from qb.typevars import Facts

TB = TypeVar("TB", bound=Table, covariant=True)


class Update(Write, Generic[TB, Facts]):
    """An UPDATE of a table. Without WHERE it is refused, unless it says `.all_rows()`."""

    __slots__ = ("node", "table")
    node: nodes.Update

    def __init__(self, table: type[Table], node: nodes.Update) -> None:
        self.table = table
        self.node = node

    def set(self, /, **values: Any) -> Self:
        """New values, or expressions of the row's old ones: `.set(plays=Album.plays + 1)`."""
        node = self.node.copy()
        changes = assignments(self.table, values)
        replaced = {change.column for change in changes}
        node.assignments = (
            *[change for change in node.assignments if change.column not in replaced],
            *changes,
        )
        return self._with(node)

    def from_(self, *sources: AnySource) -> Self:
        """Other sources whose columns the new values or the predicates read; more may be joined to them."""
        node = self.node.copy()
        node.sources = tuple([source_of(source) for source in sources])
        return self._with(node)

    def returning(self, *items: Selectable) -> Returning[Any]:
        """The updated rows, with their new values, as a result."""
        node = self.node.copy()
        node.projection = projection_of(items)
        return Returning(node)

    def _with(self, node: nodes.Update | nodes.Delete) -> Self:
        assert isinstance(node, nodes.Update)
        return type(self)(self.table, node)


def update(table: type[TB]) -> Update[TB]:
    """An UPDATE: `update(Album).set(plays=Album.plays + 1).where(Album.id == 7)`."""
    source = table_of(table, "update")
    return Update(definition_of(table).model, nodes.Update(source))
