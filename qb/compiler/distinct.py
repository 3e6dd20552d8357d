"""DISTINCT and DISTINCT ON."""

from __future__ import annotations

from typing import ClassVar

from qb import nodes
from qb.compiler.expressions import ExpressionCompiler
from qb.errors import CompileError
from qb.rewriting import alike


class DistinctCompiler(ExpressionCompiler):
    """Renders what stands between SELECT and the columns."""

    distinct_is_sorted_by_columns: ClassVar[bool] = False
    """Whether the engine refuses a DISTINCT that is sorted by what it does not select."""

    def distinct(self, node: nodes.Select) -> str:
        """`SELECT` with its DISTINCT."""
        keys = node.distinct
        if not isinstance(keys, bool):
            return self.distinct_on(keys, node.order_by)
        if node.order_by and self.distinct_is_sorted_by_columns:
            check_order(node)
        return "SELECT DISTINCT "

    def distinct_on(self, keys: tuple[nodes.Expression, ...], order_by: tuple[nodes.Order, ...]) -> str:
        """`SELECT DISTINCT ON (…)`, which keeps the first row for each combination of the keys."""
        missing = list(keys)
        for order in order_by:
            if not missing:
                break
            if not any(alike(order.operand, key) for key in keys):
                raise CompileError(
                    "distinct_on() needs its own keys first in ORDER BY: .order_by(the same keys, …), and then the "
                    "one that says which row of each group comes first"
                )
            missing = [key for key in missing if not alike(order.operand, key)]
        return f"SELECT DISTINCT ON ({self.visit_all(keys)}) "


def check_order(node: nodes.Select) -> None:
    """Raise CompileError for a DISTINCT that is sorted by what it does not select."""
    selected: list[nodes.Node] = []
    for item in node.projection:
        if isinstance(item, nodes.WholeSource):
            selected += item.source.columns
        else:
            selected.append(item.operand if isinstance(item, nodes.Label) else item)
    for order in node.order_by:
        key = order.operand
        if not any(alike(key.operand if isinstance(key, nodes.Label) else key, item) for item in selected):
            raise CompileError(
                "a row of .distinct() may stand for several, so it is sorted by what is selected: select the sort key, "
                "too, or group by what is to be once, and sort by an aggregate"
            )
