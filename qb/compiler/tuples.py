"""Row values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from qb import nodes
from qb.compiler.base import name_column
from qb.compiler.expressions import ExpressionCompiler
from qb.errors import EncodingError
from qb.nodes import Expression

Renderer = Callable[[Expression], str]


class TupleCompiler(ExpressionCompiler):
    """Renders comparisons of row values."""

    def visit_tuple_comparison(self, node: nodes.TupleComparison) -> str:
        forms = self.tuple_forms(node.left, [node.right], node.operator not in ("=", "<>"))
        left, right = (self.tuple_row(side, forms, node.left) for side in (node.left, node.right))
        return f"{left} {node.operator} {right}"

    def visit_tuple_in(self, node: nodes.TupleIn) -> str:
        options = node.options
        if not options:
            return "1 = 1" if node.negated else "1 = 0"
        word = "NOT IN" if node.negated else "IN"
        if isinstance(options, nodes.Subquery):
            return self.tuple_in_query(node, options, word)
        forms = self.tuple_forms(node.operands, options)
        left, *rows = [self.tuple_row(side, forms, node.operands) for side in (node.operands, *options)]
        return f"{left} {word} ({self.tuple_list(rows)})"

    def tuple_in_query(self, node: nodes.TupleIn, query: nodes.Subquery, word: str) -> str:
        """`(a, b) IN (SELECT …)`."""
        left = self.tuple_row(node.operands, self.tuple_forms(node.operands, []), node.operands)
        return f"{left} {word} {self.visit(query)}"

    def tuple_list(self, texts: Iterable[str]) -> str:
        """Several row values in the parentheses of IN."""
        return ", ".join(texts)

    def tuple_forms(
        self, left: Sequence[Expression], others: Sequence[Sequence[Expression]], ordered: bool = False
    ) -> list[Renderer]:
        """What renders each position."""
        return [self.comparable(sides, ordered) for sides in zip(left, *others, strict=True)]

    def tuple_row(self, items: Sequence[Expression], forms: Sequence[Renderer], left: Sequence[Expression]) -> str:
        """One row value, compared with `left`."""
        texts = []
        for item, form, other in zip(items, forms, left, strict=True):
            try:
                texts.append(form(item))
            except EncodingError as error:
                name_column(error, item, other)
                raise
        return f"({', '.join(texts)})"
