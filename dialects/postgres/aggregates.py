"""Aggregates of PostgreSQL."""

from __future__ import annotations

from qb import nodes
from qb.compiler import Compiler

FLOATS = frozenset({"avg", "stddev_samp", "stddev_pop", "var_samp", "var_pop"})


class AggregateCompiler(Compiler):
    """Renders aggregates."""

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        if node.name in FLOATS:
            return f"{text}::double precision"
        if node.name == "sum" and node.arguments[0].type.kind == "bigint":
            return f"{text}::bigint"  # PostgreSQL answers in numeric
        return super().cast_aggregate(node, text)

    def aggregate(self, node: nodes.Aggregate) -> str:
        if node.name in ("min", "max") and node.type.kind == "boolean":
            node = node.changed(name="bool_and" if node.name == "min" else "bool_or")
        return super().aggregate(node)
