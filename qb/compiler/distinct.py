"""DISTINCT and DISTINCT ON."""

from __future__ import annotations

from qb import nodes
from qb.compiler.expressions import ExpressionCompiler
from qb.errors import CompileError
from qb.transform import alike


class DistinctCompiler(ExpressionCompiler):
    """Renders what stands between SELECT and the columns."""

    def distinct(self, node: nodes.Select) -> str:
        """`SELECT` with its DISTINCT."""
        keys = node.distinct
        return "SELECT DISTINCT " if isinstance(keys, bool) else self.distinct_on(keys, node.order_by)

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
