"""Aggregates, and where neither they nor functions over windows may stand."""

from __future__ import annotations

from qb import nodes
from qb.compiler.expressions import ExpressionCompiler
from qb.errors import CompileError

ELSEWHERE = "SELECT"
WHERE, INNER_WHERE, ON, GROUP_BY, HAVING, ORDER_BY = "WHERE", "the WHERE", "ON", "GROUP BY", "HAVING", "ORDER BY"
WRITE = "a write"
AGGREGATE, WINDOW = "an aggregate", "another window function"
"""The clause that is being rendered."""
NO_WINDOWS = frozenset({WHERE, INNER_WHERE, ON, GROUP_BY, HAVING, WRITE, AGGREGATE, WINDOW})
NO_AGGREGATES = frozenset({WHERE, WRITE, AGGREGATE})  # in a sub-query's WHERE, it may be the outer query's


class AggregateCompiler(ExpressionCompiler):
    """Renders aggregates."""

    clause: str | None = None
    """What is being rendered, if that is known: window functions and aggregates cannot stand everywhere."""

    def visit_aggregate(self, node: nodes.Aggregate) -> str:
        clause = self.clause
        if clause in NO_AGGREGATES:
            raise CompileError(self.misplaced(f"{node.name}() is an aggregate, and", clause))
        self.clause = AGGREGATE
        text = self.cast_aggregate(node, self.aggregate(node))
        self.clause = clause
        return text

    def aggregate(self, node: nodes.Aggregate) -> str:
        """The call itself, with DISTINCT, ORDER BY and FILTER."""
        arguments = self.visit_all(node.arguments) if node.arguments else "*"
        order = f" ORDER BY {self.visit_all(node.order_by)}" if node.order_by else ""
        text = f"{node.name}({'DISTINCT ' if node.distinct else ''}{arguments}{order})"
        if node.filter is not None:
            text += f" FILTER (WHERE {self.visit(node.filter)})"
        return text

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        """An aggregate, cast where the engine would answer in another type than qb promises."""
        return text

    def misplaced(self, what: str, clause: str | None) -> str:
        """The message for a function in a clause where it cannot stand."""
        if clause in (AGGREGATE, WINDOW):
            return f"{what} cannot stand in {clause}: compute it in a sub-query"
        if clause == WRITE:
            return f"{what} cannot stand in INSERT, UPDATE or DELETE: compute it in a sub-query"
        word = "WHERE" if clause == INNER_WHERE else clause
        remedy = ".having(…) is for conditions on groups" if "aggregate" in what else "select it in a sub-query"
        return f"{what} cannot stand in {word}: {remedy}"
