"""JSON on PostgreSQL: jsonb."""

from __future__ import annotations

from dialects.postgres.names import type_name
from qb import nodes
from qb.compiler import ATOM, Compiler
from qb.nodes import Expression, Null, Parameter
from qb.types import TEXT, TEXTS, Array

TEXT_ARRAY = Array(TEXT)


class JsonCompiler(Compiler):
    """Parts of documents, documents with other parts, and documents made of values."""

    def visit_json_path(self, node: nodes.JsonPath) -> str:
        """Key by key: a path of texts (`#>`) would take "0" for an index."""
        kind = node.type.kind
        *between, last = node.path
        text = "".join([self.operand(node.document, ATOM), *[f" -> {self.visit(key)}" for key in between]])
        text = f"{text} {'->' if kind == 'json' else '->>'} {self.visit(last)}"
        if kind == "json":
            return f"nullif({text}, 'null')" if node.nulls else f"({text})"
        return f"({text})" if kind in TEXTS else f"({text})::{type_name(node.type)}"

    def document_path(self, node: nodes.JsonPath) -> str:
        """A path as an array of texts."""
        return self.bind([str(key.value) for key in node.path], TEXT_ARRAY)

    def function_json_set(self, node: nodes.Function) -> str:
        path, value = node.arguments
        assert isinstance(path, nodes.JsonPath)
        document, where = self.visit(path.document), self.document_path(path)
        item = self.document_item(value)
        if not isinstance(value, (Parameter, Null)):
            item = f"coalesce({item}, 'null')"  # NULL would make all of the document NULL
        only_there = "" if isinstance(path.path[-1].value, str) else ", false"
        return f"jsonb_set({document}, {where}, {item}{only_there})"

    def function_json_remove(self, node: nodes.Function) -> str:
        path = node.arguments[0]
        assert isinstance(path, nodes.JsonPath)
        return f"({self.operand(path.document, ATOM)} #- {self.document_path(path)})"

    def function_json_merge(self, node: nodes.Function) -> str:
        document, patch = node.arguments
        return f"({self.operand(document, ATOM)} || {self.operand(patch, ATOM)})"

    def function_json_array_length(self, node: nodes.Function) -> str:
        return f"jsonb_array_length({self.visit_all(node.arguments)})"

    def function_json_has_key(self, node: nodes.Function) -> str:
        document, key = node.arguments
        return f"({self.operand(document, ATOM)} ? {self.visit(key)})"

    def function_json_contains(self, node: nodes.Function) -> str:
        document, part = node.arguments
        return f"({self.operand(document, ATOM)} @> {self.document_item(part)})"

    def function_json_object(self, node: nodes.Function) -> str:
        return f"jsonb_build_object({self.document_members(node)})"

    def function_json_array(self, node: nodes.Function) -> str:
        return f"jsonb_build_array({self.document_items(node.arguments)})"

    def document_item(self, node: Expression) -> str:
        if isinstance(node, Null):
            return "'null'::jsonb"
        return self.visit(node) if node.type.kind == "json" else f"to_jsonb({self.visit(node)})"

    def translated(self, node: nodes.Aggregate) -> nodes.Aggregate:
        return node.changed(name="jsonb_agg") if node.name == "json_agg" else super().translated(node)

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        text = super().cast_aggregate(node, text)
        return f"coalesce({text}, '[]')" if node.name == "json_agg" else text
