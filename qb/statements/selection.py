"""What selects and set operations share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from qb import nodes
from qb.errors import CompileError
from qb.expressions import Expr, Ordering, expression, one_column, select_of
from qb.nodes import Compound as CompoundNode
from qb.nodes import CteReference
from qb.queries import Query
from qb.statements.with_clause import WithClause
from qb.symbols import sample_of
from qb.types import ROW_COUNT, Numeric
from qb.typevars import Facts, Projection, R

if TYPE_CHECKING:
    from qb.derived import Derived

T = TypeVar("T")


class Selection(WithClause[list[R]], Query[R], Generic[R, Projection, Facts]):
    """A query that can be a part of others: a `Select`, or several put together."""

    __slots__ = ()
    node: nodes.Select | CompoundNode

    def limit(self, count: int | Expr[int]) -> Self:
        """At most this many rows."""
        node = self.node.copy()
        node.limit = whole(count)
        return self._with(node)

    def offset(self, count: int | Expr[int]) -> Self:
        """Leave out this many rows first."""
        node = self.node.copy()
        node.offset = whole(count)
        return self._with(node)

    # Set operations

    def union(self, other: Query[Any]) -> Compound[R, Projection, Facts]:
        """The rows of both queries, each once: `UNION`."""
        return self._put_together("UNION", other)

    def union_all(self, other: Query[Any]) -> Compound[R, Projection, Facts]:
        """The rows of both queries, equal ones as often as they come: `UNION ALL`."""
        return self._put_together("UNION ALL", other)

    def intersect(self, other: Query[Any]) -> Compound[R, Projection, Facts]:
        """The rows that both queries have, each once: `INTERSECT`."""
        return self._put_together("INTERSECT", other)

    def intersect_all(self, other: Query[Any]) -> Compound[R, Projection, Facts]:
        """The rows that both queries have, as often as both have them: `INTERSECT ALL`."""
        return self._put_together("INTERSECT ALL", other)

    def except_(self, other: Query[Any]) -> Compound[R, Projection, Facts]:
        """The rows that the other query does not have, each once: `EXCEPT`."""
        return self._put_together("EXCEPT", other)

    def except_all(self, other: Query[Any]) -> Compound[R, Projection, Facts]:
        """The rows, less each as often as the other query has it: `EXCEPT ALL`."""
        return self._put_together("EXCEPT ALL", other)

    # As a part of another query

    @overload
    def scalar_subquery(self: Selection[tuple[T], Any, Any]) -> Expr[T | None]: ...
    @overload
    def scalar_subquery(self) -> Expr[Any]: ...
    def scalar_subquery(self) -> Expr[Any]:
        """This one-column query as a value: NULL when it finds no row."""
        return Expr(one_column(self))

    def subquery(self, name: str) -> Derived[Any, Any]:
        """This query as a source: `FROM (SELECT …) AS "name"`, with its columns as attributes.

        Raises CompileError when a selected expression has no name.
        """
        from qb import derived

        return derived.subquery(self.node, name)

    def lateral(self, name: str) -> Derived[Any, Any]:
        """A sub-query in FROM that reads the sources before it: `LATERAL (SELECT …) AS "name"` (PostgreSQL)."""
        from qb import derived

        return derived.subquery(self.node, name, lateral=True)

    def cte(self, name: str, *, materialized: bool | None = None, columns: Sequence[str] = ()) -> Derived[Any, Any]:
        """This query as a common table expression: `WITH "name" AS (SELECT …)`, written once in front of the
        statement, however often it is read. `columns` gives it other names (a column list).
        """
        from qb import derived

        return derived.cte(self.node, name, materialized, columns)

    def recursive_cte(
        self, name: str, step: Callable[[Derived[Any, Any]], Query[Any]], *, distinct: bool = False
    ) -> Derived[Any, Any]:
        """A common table expression that starts with this query and goes on with what `step` makes of itself,
        until that gives no more rows:

            tree = (
                select(Category.id, literal(0).as_("depth"))
                .where(Category.parent_id.is_null())
                .recursive_cte(
                    "tree",
                    lambda tree: select(Category.id, tree.depth + 1).join(tree, on=Category.parent_id == tree.id),
                )
            )

        `WITH RECURSIVE "tree" AS (SELECT … UNION ALL SELECT …)`; with `distinct=True` it is `UNION`, which ends
        where rows come back. Raises CompileError when the two queries have different columns.
        """
        from qb import derived
        from qb.derived import outputs
        from qb.statements.set_operations import compound

        made = derived.cte(self.node, name)
        reference = made.__qb_source__
        assert isinstance(reference, CteReference)
        reference.cte.recursive = True
        operator = "UNION" if distinct else "UNION ALL"
        whole_query = compound(operator, self.node, select_of(step(made)), f'the recursive "{name}"')
        for output, (column, type) in zip(whole_query.projection, outputs(self.node, name), strict=True):
            if isinstance(type, Numeric) and output.type != type:
                raise CompileError(
                    f'"{column}" of the recursive "{name}" starts as {type!r} and goes on as {output.type!r}: '
                    f"cast(…) both to the same"
                )
        reference.cte.query = whole_query
        return made

    def _put_together(self, operator: str, other: Query[Any]) -> Compound[Any, Any, Any]:
        from qb.statements.set_operations import compound

        return Compound(compound(operator, self.node, select_of(other), f"this {operator}"))


class Compound(Selection[R, Projection, Facts]):
    """Two queries put together by UNION, INTERSECT or EXCEPT. Rows have the names of the first query's."""

    __slots__ = ()
    node: CompoundNode

    def __init__(self, node: CompoundNode) -> None:
        self.node = node

    def order_by(self, *keys: Expr[Any, Any] | Ordering[Any]) -> Self:
        """Sort by columns of the result, given as they are selected in the first query; more calls add keys."""
        from qb.statements.set_operations import sort_key

        node = self.node.copy()
        node.order_by += tuple([sort_key(node, key) for key in keys])
        return self._with(node)


def whole(count: int | Expr[int]) -> nodes.Expression:
    """The node of a number of rows."""
    if count.__class__ is int:  # a symbol says so, too
        if sample_of(count) < 0:
            raise ValueError(f"a number of rows is not negative: {count}")  # on SQLite, that is no limit at all
        return nodes.Parameter(count, ROW_COUNT)
    return expression(count, "number of rows")
