"""Aggregate functions as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qb.errors import CompileError
from qb.expressions import Expr, conjunction
from qb.nodes import Aggregate
from qb.typevars import Refs, Value

if TYPE_CHECKING:
    from qb.expressions.windows import Exclusion, Keys, Range, Rows, SortKeys, Window, WindowExpr


class AggregateExpr(Expr[Value, Refs]):
    """An aggregate function: one value for each group, or with `.over(…)` for each row."""

    __slots__ = ()
    node: Aggregate

    def distinct(self) -> AggregateExpr[Value, Refs]:
        """Of the distinct values only: `fn.count(Album.artist_id).distinct()`."""
        return AggregateExpr(self.node.changed(distinct=True))

    def filter(self, *predicates: Expr[bool | None]) -> AggregateExpr[Value, Refs]:
        """Of the rows that match: `count(*) FILTER (WHERE …)`."""
        return AggregateExpr(self.node.changed(filter=conjunction(self.node.filter, predicates)))

    def over(
        self,
        window: Window[Any, Any] | None = None,
        /,
        *,
        partition_by: Keys = None,
        order_by: SortKeys = None,
        rows: Rows = None,
        range_: Range = None,
        groups: Rows = None,
        exclude: Exclusion | None = None,
    ) -> WindowExpr[Value, Refs]:
        """For each row, of the rows of a window: all of them, or those with equal `partition_by`; with `order_by`
        those up to the row itself, or the frame.

            fn.sum(Album.plays).over()                        -- sum("albums"."plays") OVER ()
            fn.count().over(partition_by=Album.artist_id)     -- count(*) OVER (PARTITION BY "albums"."artist_id")

        A frame is a start and an end, in `rows`, in `groups` of equal rows, or in a `range_` of the sort key's
        values: None is unbounded, 0 the current row, a negative offset is before it and a positive one after it.

            fn.avg(Album.plays).over(order_by=Album.released, rows=(-2, 0))
            fn.count().over(order_by=Album.released, range_=(timedelta(days=-7), None), exclude="current row")

        `partition_by` and `order_by` take one key or several. A `window(…)` may stand in place of all that.
        Raises CompileError for a frame that cannot be, and for aggregates that no engine has over a window.
        """
        from qb.expressions.windows import over

        node = self.node
        problem = "DISTINCT" if node.distinct else node.ordered_by
        if problem:
            raise CompileError(f"no engine has {node.name}() with {problem} over a window")
        return over(node, window, partition_by, order_by, rows, range_, groups, exclude)
