"""Cloudflare D1's SQL, where it differs from SQLite's."""

from __future__ import annotations

from dialects.sqlite.compiler import SqliteCompiler
from qb import nodes
from qb.errors import TooManyParameters, UnsupportedError
from qb.nodes import Node

MAX_PARAMETERS = 100


class D1Compiler(SqliteCompiler):
    """The compiler for Cloudflare D1."""

    def compile(self, node: Node) -> tuple[str, tuple[object, ...]]:
        text, parameters = super().compile(node)
        if len(parameters) > MAX_PARAMETERS:
            raise TooManyParameters(
                f"this statement has {len(parameters)} parameters, and D1 takes {MAX_PARAMETERS}: send it in parts, "
                f"as one batch"
            )
        return text, parameters

    def visit_table(self, node: nodes.Table) -> str:
        if node.schema not in (None, "main"):
            raise UnsupportedError(f'D1 has one schema, and "{node.name}" is in "{node.schema}": ask its own database')
        return super().visit_table(node)

    def visit_match(self, node: nodes.Match) -> str:
        raise UnsupportedError("D1 has no regular expressions: write .like(…), .startswith(…) or .contains(…)")
