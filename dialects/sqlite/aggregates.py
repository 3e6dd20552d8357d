"""Aggregates on SQLite, which has few."""

from __future__ import annotations

from qb import nodes
from qb.compiler import Compiler
from qb.errors import UnsupportedError
from qb.nodes import Parameter
from qb.types import BOOLEAN, Enum, Numeric

STATISTICS = frozenset({"stddev_samp", "stddev_pop", "var_samp", "var_pop"})


class AggregateCompiler(Compiler):
    """Renders aggregates, and says what to do in place of those that there are not."""

    def translated(self, node: nodes.Aggregate) -> nodes.Aggregate:
        name = node.name
        if '"."' in name:
            raise UnsupportedError(f"SQLite keeps no functions in schemas: {name}")
        if isinstance(node, nodes.OrderedSet):
            raise UnsupportedError(f"SQLite has no {name}(): number the rows with fn.row_number() in a sub-query")
        if name in STATISTICS:
            raise UnsupportedError(f"SQLite has no {name}(): select the numbers, and compute it in Python")
        if name == "array_agg":
            raise UnsupportedError("SQLite has no arrays: select the values as rows, or nest them with many(…)")
        if node.order_by:
            raise UnsupportedError(
                f"SQLite has ORDER BY in {name}() from version 3.44 on: select sorted rows, and put them together in "
                f"Python, or nest them with many(…)"
            )
        if name == "string_agg" and node.distinct:
            separator = node.arguments[1]
            if not isinstance(separator, Parameter) or separator.value != ",":
                raise UnsupportedError('SQLite joins distinct texts with "," alone: make them distinct in a sub-query')
            node = node.changed(arguments=node.arguments[:1])
        return super().translated(node)

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        if node.name not in ("avg", "min", "max"):
            return text
        kind = node.arguments[0].type if node.arguments else BOOLEAN
        if node.name == "avg":
            return f"({text} / {10**kind.scale}.0)" if isinstance(kind, Numeric) and kind.scale else text
        if isinstance(kind, Enum):
            raise UnsupportedError(
                f"SQLite has no {node.name}() of an enum in its members' order: sort by it and take the first row"
            )
        return text

    def visit_grouping_sets(self, node: nodes.GroupingSets) -> str:
        raise UnsupportedError(
            f"SQLite has no {node.kind}: write a select for each grouping, and put them together with .union_all(…)"
        )

    def function_grouping(self, node: nodes.Function) -> str:
        raise UnsupportedError("SQLite has no GROUPING(): it groups by one list of keys alone")
