"""JSON on PostgreSQL: jsonb."""

from __future__ import annotations

from dialects.postgres.names import type_name
from qb import nodes
from qb.compiler import ATOM, Compiler
from qb.types import TEXTS


class JsonCompiler(Compiler):
    """Parts of documents, key by key: a path of texts (`#>`) would take "0" for an index."""

    def visit_json_path(self, node: nodes.JsonPath) -> str:
        kind = node.type.kind
        *between, last = node.path
        text = "".join([self.operand(node.document, ATOM), *[f" -> {self.visit(key)}" for key in between]])
        text = f"{text} {'->' if kind == 'json' else '->>'} {self.visit(last)}"
        if kind == "json":
            return f"nullif({text}, 'null')" if node.nulls else f"({text})"
        return f"({text})" if kind in TEXTS else f"({text})::{type_name(node.type)}"
