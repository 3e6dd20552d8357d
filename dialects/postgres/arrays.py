"""PostgreSQL's arrays."""

from __future__ import annotations

from dialects.postgres.names import cast_name
from qb import nodes
from qb.compiler import ATOM, Compiler
from qb.compiler.expressions import CLOSER
from qb.nodes import Parameter
from qb.types import Array

TESTS = {"array_contains": "@>", "array_contained": "<@", "array_overlaps": "&&"}


class ArrayCompiler(Compiler):
    """Tests, operators and functions of arrays."""

    def function_array_has(self, node: nodes.Function) -> str:
        array, value = node.arguments
        assert isinstance(array.type, Array)
        return f"({self.operand(value, CLOSER, array.type.item)} = ANY ({self.visit(array)}))"

    def array_test(self, node: nodes.Function) -> str:
        """`left @> right` and its like."""
        left, right = node.arguments
        first, second = self.operand(left, ATOM), self.operand(right, ATOM, left.type)
        if isinstance(right, Parameter) or left.type == right.type:
            return f"({first} {TESTS[node.name]} {second})"
        return f"({first}::{cast_name(left.type)} {TESTS[node.name]} {second}::{cast_name(right.type)})"

    function_array_contains = function_array_contained = function_array_overlaps = array_test

    def function_array_concat(self, node: nodes.Function) -> str:
        return f"array_cat({self.visit_all(node.arguments)})"

    def function_array_get(self, node: nodes.Function) -> str:
        array, index = node.arguments
        return f"({self.visit(array)})[{self.visit(index)}]"

    def function_array_length(self, node: nodes.Function) -> str:
        return f"cardinality({self.visit_all(node.arguments)})"
