"""JSON as it is shown; each dialect has its own way to say it."""

from __future__ import annotations

from qb import nodes
from qb.compiler.expressions import ATOM, ExpressionCompiler
from qb.nodes import Expression


class JsonCompiler(ExpressionCompiler):
    """Renders paths into documents, and what every engine has."""

    def visit_json_path(self, node: nodes.JsonPath) -> str:
        document = self.operand(node.document, ATOM)
        return f"({document} -> {' -> '.join([self.visit(key) for key in node.path])})"

    def document_item(self, node: Expression) -> str:
        """A value inside of a document."""
        return self.visit(node)

    def document_items(self, items: tuple[Expression, ...]) -> str:
        """Several of them."""
        return ", ".join([self.document_item(item) for item in items])

    def document_members(self, node: nodes.Function) -> str:
        """The keys and values of an object."""
        return ", ".join(
            [self.document_item(item) if number % 2 else self.visit(item) for number, item in enumerate(node.arguments)]
        )
