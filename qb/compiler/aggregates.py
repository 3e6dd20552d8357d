"""Aggregates, and where neither they nor functions over windows may stand."""

from __future__ import annotations

from qb import nodes
from qb.compiler.expressions import ExpressionCompiler
from qb.errors import CompileError
from qb.rewriting import alike

ELSEWHERE = "SELECT"
WHERE, INNER_WHERE, ON, GROUP_BY, HAVING, ORDER_BY = "WHERE", "the WHERE", "ON", "GROUP BY", "HAVING", "ORDER BY"
WRITE, MERGE, LIMIT, VALUES = "a write", "MERGE", "LIMIT", "VALUES"
AGGREGATE, WINDOW = "an aggregate", "another window function"
"""The clause that is being rendered."""
NO_WINDOWS = frozenset({WHERE, INNER_WHERE, ON, GROUP_BY, HAVING, WRITE, MERGE, LIMIT, VALUES, AGGREGATE, WINDOW})
NO_AGGREGATES = frozenset(
    {WHERE, WRITE, MERGE, LIMIT, VALUES, AGGREGATE}
)  # in a sub-query's WHERE, it may be the outer query's

COMMON = frozenset({"count", "sum", "avg"})
"""What every engine calls so."""


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

    def visit_ordered_set(self, node: nodes.OrderedSet) -> str:
        return self.visit_aggregate(node)

    def aggregate(self, node: nodes.Aggregate) -> str:
        """The call itself, with DISTINCT, ORDER BY and FILTER."""
        if node.name not in COMMON or node.order_by:
            node = self.translated(node)
        text = self.visit_all(node.arguments) if node.arguments else "" if node.order_by else "*"
        if node.distinct:
            check_distinct(node)
            text = f"DISTINCT {text}"
        if node.order_by:
            inside = ") WITHIN GROUP (" if isinstance(node, nodes.OrderedSet) else " "
            text += f"{inside}ORDER BY {self.visit_all(node.order_by)}"
        text = f"{self.functions.get(node.name, node.name)}({text})"
        if node.filter is not None:
            text += f" FILTER (WHERE {self.visit(node.filter)})"
        return text

    def translated(self, node: nodes.Aggregate) -> nodes.Aggregate:
        """An aggregate by the dialect's name for it. Raises UnsupportedError where there is none."""
        return node

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        """An aggregate, cast where the engine would answer in another type than qb promises."""
        return text

    def misplaced(self, what: str, clause: str | None) -> str:
        """The message for a function in a clause where it cannot stand."""
        if clause in (AGGREGATE, WINDOW, MERGE, LIMIT, VALUES):
            return f"{what} cannot stand in {clause}: compute it in a sub-query"
        if clause == WRITE:
            return f"{what} cannot stand in INSERT, UPDATE or DELETE: compute it in a sub-query"
        word = "WHERE" if clause == INNER_WHERE else clause
        remedy = ".having(…) is for conditions on groups" if "aggregate" in what else "select it in a sub-query"
        return f"{what} cannot stand in {word}: {remedy}"

    def visit_grouping_sets(self, node: nodes.GroupingSets) -> str:
        clause = self.clause
        if clause not in (GROUP_BY, None):
            raise CompileError(f"{node.kind} is for .group_by() alone")
        sets = []
        for keys in node.sets:
            text = self.visit_all(keys)
            is_plain = len(keys) == 1 and (node.kind != "GROUPING SETS" or isinstance(keys[0], nodes.GroupingSets))
            sets.append(text if is_plain else f"({text})")
        return f"{node.kind} ({', '.join(sets)})"


def check_distinct(node: nodes.Aggregate) -> None:
    """Raise CompileError where a sort key is lost with the values that are equal."""
    if isinstance(node, nodes.OrderedSet):
        raise CompileError(f"{node.name}() has no DISTINCT")
    for key in node.order_by:
        if not any(alike(key.operand, argument) for argument in node.arguments):
            raise CompileError(f"{node.name}() of distinct values is ordered by these values alone")
