"""MERGE: rows of a source into a table."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from qb import nodes
from qb.dialect import Affected
from qb.errors import CompileError
from qb.expressions import Expr, conjunction, expression
from qb.statements.returning import Returning
from qb.statements.sources import AnySource, Selectable, projection_of, source_of, table_of
from qb.statements.with_clause import WithClause
from qb.statements.writes import assignments
from qb.tables import Table, definition_of
from qb.typevars import Facts

TB = TypeVar("TB", bound=Table, covariant=True)


class Merge(WithClause[Affected], Generic[TB, Facts]):
    """A MERGE into a table. For each row of the source, or of the table, the first clause that fits is done."""

    __slots__ = ("node", "table")
    node: nodes.Merge

    def __init__(self, table: type[Table], node: nodes.Merge) -> None:
        self.table = table
        self.node = node

    def using(self, source: AnySource, on: Expr[bool | None]) -> Self:
        """The source, and which of its rows belong to a row of the table."""
        node = self.node.copy()
        node.source = source_of(source)
        node.on = expression(on, "join condition")
        return self._with(node)

    def when_matched(self, *conditions: Expr[bool | None]) -> Matched[Self]:
        """What to do with a row of the table that has one of the source."""
        return Matched(self, "MATCHED", conditions)

    def when_not_matched(self, *conditions: Expr[bool | None]) -> NotMatched[Self]:
        """What to do with a row of the source that has none in the table."""
        return NotMatched(self, "NOT MATCHED", conditions)

    def when_not_matched_by_source(self, *conditions: Expr[bool | None]) -> NotMatchedBySource[Self]:
        """What to do with a row of the table that has none in the source (PostgreSQL 17)."""
        return NotMatchedBySource(self, "NOT MATCHED BY SOURCE", conditions)

    def returning(self, *items: Selectable) -> Returning[Any]:
        """The rows that were written as a result (PostgreSQL 17)."""
        node = self.node.copy()
        node.projection = projection_of(items)
        return Returning(node)

    def _with(self, node: nodes.Merge) -> Self:
        return type(self)(self.table, node)


M = TypeVar("M", bound=Merge[Any], covariant=True)


class When(Generic[M]):
    """A clause of a MERGE that still has to say what it does."""

    __slots__ = ("condition", "event", "merge")

    def __init__(self, merge: M, event: str, conditions: tuple[Expr[bool | None], ...]) -> None:
        self.merge = merge
        self.event = event
        self.condition = conjunction(None, conditions)
        if conditions and self.condition is None:
            raise CompileError(f"the conditions of {_method(event)}() are all left out: it would take every row")

    def do_nothing(self) -> M:
        """Leave it, and look at no further clause."""
        return self._then("DO NOTHING", {})

    def _then(self, action: str, values: dict[str, Any]) -> M:
        node = self.merge.node.copy()
        changes = assignments(self.merge.table, values)
        node.clauses += (nodes.MergeClause(self.event, self.condition, action, changes),)
        return self.merge._with(node)


class Matched(When[M]):
    """`WHEN MATCHED`."""

    __slots__ = ()

    def update(self, /, **values: Any) -> M:
        """Update the row of the table: values, or expressions of both rows."""
        if not values:
            raise CompileError(f"{_method(self.event)}().update() sets nothing: name a column, or say do_nothing()")
        return self._then("UPDATE", values)

    def delete(self) -> M:
        """Delete the row of the table."""
        return self._then("DELETE", {})


class NotMatchedBySource(Matched[M]):
    """`WHEN NOT MATCHED BY SOURCE`."""

    __slots__ = ()


class NotMatched(When[M]):
    """`WHEN NOT MATCHED`."""

    __slots__ = ()

    def insert(self, /, **values: Any) -> M:
        """Insert a row: values, or expressions of the source's row. Columns left out get their default."""
        return self._then("INSERT", values)


def merge(table: type[TB]) -> Merge[TB]:
    """A MERGE, which PostgreSQL has (15 or later); an upsert does much of it on every engine.

    (
        merge(Album)
        .using(news, on=news.title == Album.title)
        .when_matched(news.plays > 0).update(plays=Album.plays + news.plays)
        .when_not_matched().insert(title=news.title, artist_id=news.artist_id)
    )
    """
    return Merge(definition_of(table).model, nodes.Merge(table_of(table, "merge")))


def _method(event: str) -> str:
    return f"when_{event.lower().replace(' ', '_')}"
