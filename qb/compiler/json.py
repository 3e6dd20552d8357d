"""Parts of JSON documents, as they are shown; each dialect has its own way to say them."""

from __future__ import annotations

from qb import nodes
from qb.compiler.expressions import ATOM, ExpressionCompiler


class JsonCompiler(ExpressionCompiler):
    """Renders paths into documents."""

    def visit_json_path(self, node: nodes.JsonPath) -> str:
        document = self.operand(node.document, ATOM)
        return f"({document} -> {' -> '.join([self.visit(key) for key in node.path])})"
