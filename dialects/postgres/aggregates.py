"""Aggregates of PostgreSQL."""

from __future__ import annotations

from qb import nodes
from qb.compiler import Compiler

FLOATS = frozenset({"avg", "stddev_samp", "stddev_pop", "var_samp", "var_pop"})


class AggregateCompiler(Compiler):
    """Renders aggregates."""

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        name = node.name
        if name == "count":
            return text
        if name in FLOATS:
            return f"{text}::double precision"
        if name == "sum":  # PostgreSQL answers in numeric
            return f"{text}::bigint" if node.arguments[0].type.kind == "bigint" else text
        return super().cast_aggregate(node, text)

    def translated(self, node: nodes.Aggregate) -> nodes.Aggregate:
        if node.name in ("min", "max") and node.type.kind == "boolean":
            return node.changed(name="bool_and" if node.name == "min" else "bool_or")
        return super().translated(node)
