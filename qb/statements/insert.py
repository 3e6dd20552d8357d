"""INSERT, with upsert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from qb.columns import Column
from qb.dialect import Affected
from qb.errors import CompileError
from qb.expressions import Expr, conjunction, select_of
from qb.nodes import Assignment, ConflictTarget, Default, Excluded, Expression, OnConflict, Values
from qb.nodes import Column as ColumnNode
from qb.nodes import Insert as InsertNode
from qb.queries import Query
from qb.rows import NewRow, flat, output_name
from qb.statements.returning import Returning
from qb.statements.sources import Selectable, column_node, projection_of, table_of
from qb.statements.with_clause import WithClause
from qb.statements.writes import assignments, given, writable
from qb.tables import Table, definition_of
from qb.typevars import Facts

if TYPE_CHECKING:
    from qb.statements.conflicts import UniqueKey

TB = TypeVar("TB", bound=Table, covariant=True)
T = TypeVar("T")


class Insert(WithClause[Affected], Generic[TB, Facts]):
    """An INSERT into a table."""

    __slots__ = ("node", "table")
    node: InsertNode

    def __init__(self, table: type[Table], node: InsertNode) -> None:
        self.table = table
        self.node = node

    def values(self, /, **values: Any) -> Self:
        """One row: `insert(Album).values(title="Blue", artist_id=1)`. Columns left out get their default."""
        columns, cells = given(self.table, values)
        node = self.node.copy()
        node.columns, node.values = columns, Values([cells])
        return self._with(node)

    def values_many(self, rows: Iterable[NewRow[TB] | Mapping[str, Any]]) -> Self:
        """Many rows in one statement. A row may leave out columns that others give: it gets their default.

        Raises CompileError when there are no rows.
        """
        rows = list(rows)
        if not rows:
            raise CompileError(f"insert({self.table.__name__}).values_many([]): there are no rows")
        first = rows[0].keys()
        node = self.node.copy()
        attributes = list(first)
        cells = regular(rows, attributes)
        if cells is not None:
            if not attributes:
                raise CompileError(
                    f"insert({self.table.__name__}).values_many([{{}}]): for a row of defaults say .values()"
                )
        else:
            attributes = list(dict.fromkeys(name for row in rows for name in row))
            absent = {name: self._default(name) for name in attributes}
            cells = [tuple([row.get(name, absent[name]) for name in attributes]) for row in rows]
        node.columns = tuple([writable(self.table, name) for name in attributes])
        plain = not any(issubclass(cls, (Expr, Expression)) for cls in set(map(type, chain.from_iterable(cells))))
        if not plain:
            cells = [tuple([c.node if isinstance(c, Expr) else c for c in row]) for row in cells]
        node.values = Values(cells, plain)
        return self._with(node)

    def _default(self, attribute: str) -> Default:
        declared = definition_of(self.table).column(attribute).declaration
        return Default(declared.default, declared.type)

    def from_select(self, query: Query[Any], *columns: Column[Any, Any, Any]) -> Self:
        """The rows of a select, into these columns in this order; by default into the columns that have the
        names of what it selects.
        """
        select = select_of(query).copy()
        select.projection = tuple(flat(select.projection, f"from_select() into {self.table.__name__}"))
        node = self.node.copy()
        if columns:
            node.columns = tuple([column_node(column) for column in columns])
        else:
            names = [output_name(item) for item in select.projection]
            if None in names:
                raise CompileError(
                    f"from_select() into {self.table.__name__}: name each selected expression with .as_(…), "
                    f"or give the columns"
                )
            node.columns = tuple([writable(self.table, name or "") for name in names])
        if len(node.columns) != len(select.projection):
            raise CompileError(
                f"from_select() into {self.table.__name__}: the select gives {len(select.projection)} columns "
                f"for {len(node.columns)}"
            )
        if len(set(node.columns)) < len(node.columns):
            raise CompileError(f"from_select() into {self.table.__name__} names a column twice")
        node.select = select
        return self._with(node)

    def on_conflict(
        self,
        *target: Column[Any, Any, Any],
        where: Expr[bool | None] | None = None,
        constraint: UniqueKey | None = None,
    ) -> Conflict[Self]:
        """What to do when a row with the same key is there: `.on_conflict(Album.id).do_nothing()`.

        The columns are the primary key, or all those of a unique column, constraint or index; `where` is the
        condition of a partial index. A key of the class body can be named instead: `constraint=Album.one_title`.
        No key at all means any conflict, which `do_nothing` takes. SQLite takes several clauses, of which the
        first that fits is done. Raises CompileError when the table does not declare such a key.
        """
        from qb.statements.conflicts import target_of  # many programs have no upsert

        return Conflict(self, target_of(self.table, target, where, constraint))

    def returning(self, *items: Selectable) -> Returning[Any]:
        """The inserted rows as a result."""
        node = self.node.copy()
        node.projection = projection_of(items)
        return Returning(node)

    def _with(self, node: InsertNode) -> Self:
        return type(self)(self.table, node)


I = TypeVar("I", bound=Insert[Any], covariant=True)  # noqa: E741  # the type of an insert


class Conflict(Generic[I]):
    """An INSERT whose conflict clause is still open."""

    __slots__ = ("insert", "target")

    def __init__(self, insert: I, target: ConflictTarget | None) -> None:
        self.insert = insert
        self.target = target

    def do_nothing(self) -> I:
        """Leave the row that is there."""
        return self._close(OnConflict(self.target, None))

    def do_update(self, /, *predicates: Expr[bool | None], **values: Any) -> I:
        """Update the row that is there: `do_update(plays=excluded(Album.plays))`; predicates are its WHERE."""
        if not values:
            raise CompileError("do_update() sets nothing: do_update(column=…), do_update_all() or do_nothing()")
        return self._update(assignments(self.insert.table, values), predicates)

    def do_update_all(self, *predicates: Expr[bool | None], except_: Iterable[Column[Any, Any, Any]] = ()) -> I:
        """Give the row that is there all that the insert would have given a new one: each of its columns but the
        key, and but those in `except_`.

            insert(Album).values_many(rows).on_conflict(Album.id).do_update_all(except_=[Album.plays])

        Raises CompileError when that is nothing, or when the insert does not have its columns yet.
        """
        kept = {column_node(column) for column in except_}
        if self.target is not None:
            kept.update([key for key in self.target.keys if isinstance(key, ColumnNode)])
        columns = self.insert.node.columns
        changes = tuple([Assignment(column, Excluded(column)) for column in columns if column not in kept])
        if not columns:
            raise CompileError("do_update_all() sets the columns of the insert: say .values(…) before .on_conflict(…)")
        if not changes:
            raise CompileError("do_update_all() sets nothing, because the insert has only the key: do_nothing()")
        return self._update(changes, predicates)

    def _update(self, changes: tuple[Assignment, ...], predicates: Iterable[Expr[bool | None]]) -> I:
        if self.target is None:
            raise CompileError("an update needs to know the conflict: on_conflict(Table.column, …)")
        return self._close(OnConflict(self.target, changes, conjunction(None, predicates)))

    def _close(self, clause: OnConflict) -> I:
        node = self.insert.node.copy()
        if any(before.target is None for before in node.on_conflict):
            raise CompileError("on_conflict() after an on_conflict() of any key is never reached")
        node.on_conflict += (clause,)
        return self.insert._with(node)


def regular(rows: list[Any], names: list[str]) -> list[tuple[Any, ...]] | None:
    """The values of rows that have exactly these names; None when one has others."""
    if set(map(len, rows)) != {len(names)}:
        return None
    try:
        if len(names) > 1:
            return list(map(itemgetter(*names), rows))
        return [tuple([row[name] for name in names]) for row in rows]
    except KeyError:
        return None


def insert(table: type[TB]) -> Insert[TB]:
    """An INSERT: `insert(Album).values(title="Blue", artist_id=1)`."""
    source = table_of(table, "insert")
    return Insert(definition_of(table).model, InsertNode(source))


def excluded(column: Column[T, Any, Any]) -> Expr[T]:
    """In `do_update`: the value that the insert tried to give the column. Elsewhere it is a CompileError."""
    return Expr(Excluded(column_node(column)))
