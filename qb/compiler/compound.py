"""UNION, INTERSECT and EXCEPT."""

from __future__ import annotations

from qb import nodes
from qb.compiler.select import SelectCompiler
from qb.identifiers import QUOTED
from qb.nodes import Compound, Statement


class CompoundCompiler(SelectCompiler):
    """Renders set operations."""

    def visit_compound(self, node: Compound) -> str:
        self.need_all(node)
        return self.set_operation(node) + self.trailing(node)

    def set_operation(self, node: Compound) -> str:
        """The two queries with the operator between them."""
        left, right = self.set_operand(node.left, node, True), self.set_operand(node.right, node, False)
        return f"{left} {node.operator} {right}"

    def set_operand(self, query: Statement, node: Compound, is_left: bool) -> str:
        """A query of a set operation. The engines disagree on which operator binds tighter, so nothing is left to
        that; and a query's own ORDER BY and LIMIT must not become the whole's.
        """
        text = self.visit(query)
        if isinstance(query, Compound):
            same = is_left and query.operator == node.operator
            is_simple = same and not (query.order_by or query.limit or query.offset)
        else:
            is_simple = not any(getattr(query, clause, None) for clause in ("order_by", "limit", "offset", "lock"))
        return text if is_simple else self.enclosed(text)

    def enclosed(self, text: str) -> str:
        """A query as one operand of a set operation."""
        return f"({text})"

    def trailing(self, node: Compound) -> str:
        """ORDER BY and LIMIT of the whole."""
        text = f" ORDER BY {self.visit_all(node.order_by)}" if node.order_by else ""
        if node.limit is not None or node.offset is not None:
            text += self.limit(node)
        return text

    def visit_output(self, node: nodes.Output) -> str:
        return QUOTED[node.name or ""]
