"""Functions that PostgreSQL spells or types in another way."""

from __future__ import annotations

from qb import nodes
from qb.compiler import Compiler


class FunctionCompiler(Compiler):
    """Renders functions of texts and numbers."""

    def function_trim(self, node: nodes.Function) -> str:
        return f"{'trim' if len(node.arguments) == 1 else 'btrim'}({self.visit_all(node.arguments)})"

    def function_position(self, node: nodes.Function) -> str:
        return f"strpos({self.visit_all(node.arguments)})"

    def function_sign(self, node: nodes.Function) -> str:
        return f"sign({self.visit_all(node.arguments)})::integer"

    def of_floats(self, node: nodes.Function) -> str:
        """A function of floats; of a decimal, PostgreSQL would answer with a decimal."""
        items = [self.visit(side) if side.type.kind == "real" else self.as_float(side) for side in node.arguments]
        return f"{node.name}({', '.join(items)})"

    function_power = function_sqrt = function_exp = function_ln = function_log10 = of_floats

    def function_random(self, node: nodes.Function) -> str:
        return "random()"
