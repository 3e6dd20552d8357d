"""Comparisons with ANY and ALL."""

from __future__ import annotations

from qb import nodes
from qb.compiler.expressions import CLOSER, ExpressionCompiler
from qb.errors import CompileError
from qb.nodes import Comparison, Quantified

OPERATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})


class QuantifiedCompiler(ExpressionCompiler):
    """Renders them, where the engine has them."""

    bridged = frozenset({"quantified"})

    def visit_quantified(self, node: Quantified) -> str:
        raise CompileError(f"{node.word.lower()}_() is one side of =, <>, <, <=, > or >=, and stands nowhere else")

    def bridged_comparison(self, node: Comparison) -> str:
        left, right = node.left, node.right
        if isinstance(right, Quantified) and not isinstance(left, Quantified) and node.operator in OPERATORS:
            return self.quantified(node, right)
        return self.visit(left if isinstance(left, Quantified) else right)  # which is refused

    def quantified(self, node: Comparison, right: Quantified) -> str:
        """A comparison whose right side this is."""
        text = self.visit(right.operand)
        values = text if isinstance(right.operand, nodes.Subquery) else f"({text})"
        return f"{self.operand(node.left, CLOSER)} {node.operator} {right.word} {values}"
