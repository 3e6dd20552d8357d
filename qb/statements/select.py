"""SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from qb import nodes
from qb.errors import CompileError, closest
from qb.expressions import Expr, Ordering, conjunction, expression
from qb.nodes import Join, Lock, Order
from qb.statements.selection import Selection, whole
from qb.statements.sources import AnySource, Selectable, projection_of, source_of
from qb.typevars import Facts, Projection, R

if TYPE_CHECKING:
    from qb.rows import Record, Row
    from qb.tables import Table

TB = TypeVar("TB", bound="Table")
TB2 = TypeVar("TB2", bound="Table")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")
T6 = TypeVar("T6")
T7 = TypeVar("T7")
T8 = TypeVar("T8")
T9 = TypeVar("T9")
T10 = TypeVar("T10")


Clause = Literal["where", "group_by", "having", "distinct", "order_by", "limit", "offset", "with_for_update"]
CLAUSES: dict[str, dict[str, Any]] = {
    "where": {"where": None},
    "group_by": {"group_by": ()},
    "having": {"having": None},
    "distinct": {"distinct": False},
    "order_by": {"order_by": ()},
    "limit": {"limit": None, "with_ties": False},
    "offset": {"offset": None},
    "with_for_update": {"lock": None},
}
"""What `clear` takes, and the fields of the node without it."""
LOCKS = {
    (False, False): "UPDATE",
    (False, True): "NO KEY UPDATE",
    (True, False): "SHARE",
    (True, True): "KEY SHARE",
}
"""By `read` and `key_share`."""


class Select(Selection[R, Projection, Facts]):
    """A SELECT. Every method returns a new one; none touches a database."""

    __slots__ = ()
    node: nodes.Select

    def __init__(self, node: nodes.Select) -> None:
        self.node = node

    def from_(self, *sources: AnySource) -> Self:
        """The sources to select from: needed only where they do not follow from the selected columns."""
        node = self.node.copy()
        node.sources = tuple([source_of(source) for source in sources])
        return self._with(node)

    def join(self, source: AnySource, on: Expr[bool | None]) -> Self:
        """`INNER JOIN source ON on`."""
        return self._join("INNER", source, on)

    def left_join(self, source: AnySource, on: Expr[bool | None]) -> Select[R, Projection, Facts]:
        """`LEFT JOIN source ON on`: the source's columns may be NULL from here on."""
        return self._join("LEFT", source, on)

    def right_join(self, source: AnySource, on: Expr[bool | None]) -> Select[R, Projection, Facts]:
        """`RIGHT JOIN source ON on`: the columns of all sources before it may be NULL from here on."""
        return self._join("RIGHT", source, on)

    def full_join(self, source: AnySource, on: Expr[bool | None]) -> Select[R, Projection, Facts]:
        """`FULL JOIN source ON on`: the columns of both sides may be NULL from here on."""
        return self._join("FULL", source, on)

    def cross_join(self, source: AnySource) -> Self:
        """`CROSS JOIN source`: every row with every row."""
        return self._join("CROSS", source, None)

    def where(self, *predicates: Expr[bool | None]) -> Self:
        """Keep the rows for which all predicates are true; more calls add to them with AND."""
        node = self.node.copy()
        node.where = conjunction(node.where, predicates)
        return self._with(node)

    def group_by(self, *keys: Expr[Any, Any]) -> Self:
        """One row for each combination of the keys."""
        node = self.node.copy()
        node.group_by += tuple([expression(key, "group key") for key in keys])
        return self._with(node)

    def having(self, *predicates: Expr[bool | None]) -> Self:
        """Keep the groups for which all predicates are true."""
        node = self.node.copy()
        node.having = conjunction(node.having, predicates)
        return self._with(node)

    def order_by(self, *keys: Expr[Any, Any] | Ordering[Any]) -> Self:
        """Sort by the keys, upwards unless `.desc()`; more calls add keys."""
        node = self.node.copy()
        node.order_by += tuple([
            key.node if isinstance(key, Ordering) else Order(expression(key, "sort key"), False) for key in keys
        ])  # fmt: skip
        return self._with(node)

    def limit(self, count: int | Expr[int]) -> Self:
        """At most this many rows."""
        node = self.node.copy()
        node.limit = whole(count)
        node.with_ties = False
        return self._with(node)

    def distinct(self) -> Self:
        """Each row once."""
        node = self.node.copy()
        node.distinct = True
        return self._with(node)

    def distinct_on(self, *keys: Expr[Any, Any]) -> Self:
        """The first row for each combination of the keys, first by ORDER BY, which starts with the same keys
        (PostgreSQL):

            select(Album).distinct_on(Album.artist_id).order_by(Album.artist_id, Album.plays.desc())
        """
        if not keys:
            raise TypeError("distinct_on() needs a key; .distinct() is about whole rows")
        node = self.node.copy()
        node.distinct = tuple([expression(key, "key") for key in keys])
        return self._with(node)

    def fetch(self, count: int | Expr[int], *, with_ties: bool = False) -> Self:
        """`.limit(count)`; with `with_ties` also all rows that sort like the last of them (PostgreSQL)."""
        new = self.limit(count)
        new.node.with_ties = with_ties
        return new

    def with_for_update(
        self,
        *,
        read: bool = False,
        key_share: bool = False,
        of: AnySource | tuple[AnySource, ...] = (),
        nowait: bool = False,
        skip_locked: bool = False,
    ) -> Self:
        """Lock the rows until the transaction ends (PostgreSQL): `FOR UPDATE`, with `read` `FOR SHARE`, with
        `key_share` `FOR NO KEY UPDATE`, with both `FOR KEY SHARE`.

        `of` are the tables whose rows are meant; rows that are locked already are waited for, unless `nowait`
        (raises TimeoutExceeded) or `skip_locked`.
        """
        if nowait and skip_locked:
            raise CompileError("with_for_update() takes nowait or skip_locked, not both")
        sources = tuple([source_of(source) for source in (of if isinstance(of, tuple) else (of,))])
        wait = "NOWAIT" if nowait else "SKIP LOCKED" if skip_locked else None
        node = self.node.copy()
        node.lock = Lock(LOCKS[read, key_share], sources, wait)
        return self._with(node)

    def clear(self, *clauses: Clause) -> Self:
        """The select without these clauses: `page.clear("order_by", "limit", "offset")`.

        Raises CompileError, with the nearest name, when there is no such clause.
        """
        node = self.node.copy()
        for clause in clauses:
            if clause not in CLAUSES:
                raise CompileError(f"no clause {clause!r} to clear{closest(clause, CLAUSES)} ({', '.join(CLAUSES)})")
            for slot, empty in CLAUSES[clause].items():
                setattr(node, slot, empty)
        return self._with(node)

    def _join(self, kind: str, source: AnySource, on: Expr[bool | None] | None) -> Self:
        node = self.node.copy()
        node.joins += (Join(kind, source_of(source), None if on is None else on.node),)
        return self._with(node)


@overload
def select(table: type[TB], /) -> Select[Row[TB]]: ...  # type: ignore[overload-overlap]  # a row of one table is a row of anything, too
@overload
def select(t1: type[TB], t2: type[TB2], /) -> Select[Record[Row[TB], Row[TB2]]]: ...
@overload
def select(c1: Expr[T1], /) -> Select[Record[T1]]: ...
@overload
def select(c1: Expr[T1], c2: Expr[T2], /) -> Select[Record[T1, T2]]: ...
@overload
def select(c1: Expr[T1], c2: Expr[T2], c3: Expr[T3], /) -> Select[Record[T1, T2, T3]]: ...
@overload
def select(c1: Expr[T1], c2: Expr[T2], c3: Expr[T3], c4: Expr[T4], /) -> Select[Record[T1, T2, T3, T4]]: ...
@overload
def select(
    c1: Expr[T1], c2: Expr[T2], c3: Expr[T3], c4: Expr[T4], c5: Expr[T5], /
) -> Select[Record[T1, T2, T3, T4, T5]]: ...
@overload
def select(
    c1: Expr[T1], c2: Expr[T2], c3: Expr[T3], c4: Expr[T4], c5: Expr[T5], c6: Expr[T6], /
) -> Select[Record[T1, T2, T3, T4, T5, T6]]: ...
@overload
def select(
    c1: Expr[T1], c2: Expr[T2], c3: Expr[T3], c4: Expr[T4], c5: Expr[T5], c6: Expr[T6], c7: Expr[T7], /
) -> Select[Record[T1, T2, T3, T4, T5, T6, T7]]: ...
@overload
def select(
    c1: Expr[T1],
    c2: Expr[T2],
    c3: Expr[T3],
    c4: Expr[T4],
    c5: Expr[T5],
    c6: Expr[T6],
    c7: Expr[T7],
    c8: Expr[T8],
    /,
) -> Select[Record[T1, T2, T3, T4, T5, T6, T7, T8]]: ...
@overload
def select(
    c1: Expr[T1],
    c2: Expr[T2],
    c3: Expr[T3],
    c4: Expr[T4],
    c5: Expr[T5],
    c6: Expr[T6],
    c7: Expr[T7],
    c8: Expr[T8],
    c9: Expr[T9],
    /,
) -> Select[Record[T1, T2, T3, T4, T5, T6, T7, T8, T9]]: ...
@overload
def select(
    c1: Expr[T1],
    c2: Expr[T2],
    c3: Expr[T3],
    c4: Expr[T4],
    c5: Expr[T5],
    c6: Expr[T6],
    c7: Expr[T7],
    c8: Expr[T8],
    c9: Expr[T9],
    c10: Expr[T10],
    /,
) -> Select[Record[T1, T2, T3, T4, T5, T6, T7, T8, T9, T10]]: ...
@overload
def select(*items: Selectable) -> Select[Record[*tuple[Any, ...]]]: ...
def select(*items: Selectable) -> Select[Any, Any, Any]:
    """A SELECT of columns, expressions and whole tables.

        select(Album.title, fn.count(Track.id).as_("tracks")).join(Track, on=Track.album_id == Album.id)

    Rows are tuples whose items have the columns' names. `select(Album)` gives all columns of one table;
    `select(Album, Artist)` gives a row for each table, `row.album` and `row.artist`.
    """
    if not items:
        raise TypeError("select() needs a column, an expression or a table")
    return Select(nodes.Select(projection_of(items)))
