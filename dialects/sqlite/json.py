"""JSON on SQLite: text, read by its JSON functions."""

from __future__ import annotations

from collections.abc import Sequence

from qb import nodes
from qb.compiler import Compiler
from qb.compiler.expressions import CLOSER
from qb.errors import UnsupportedError
from qb.nodes import Expression, Null, Parameter
from qb.types import TEXT, Json


class JsonCompiler(Compiler):
    """Parts of documents, documents with other parts, and documents made of values."""

    def visit_json_path(self, node: nodes.JsonPath) -> str:
        kind = node.type
        text = self.json_part(node.document, node.path, isinstance(kind, Json) and is_open(kind))
        # 5 is a whole number to SQLite, also where 5.0 is meant.
        return f"CAST({text} AS REAL)" if kind.kind == "real" else text

    def json_part(
        self, document: nodes.Expression | str, path: Sequence[Parameter], quoted: bool, depth: int = 1
    ) -> str:
        """The value at a path; `quoted` says that a scalar is wanted as JSON, too."""
        count = next((position for position, key in enumerate(path) if not can_be_said(key.value)), None)
        if count is None:
            text = document if isinstance(document, str) else self.visit(document)
            mark = self.bind(path_text(path), TEXT)
            return f"nullif({text} -> {mark}, 'null')" if quoted else f"json_extract({text}, {mark})"
        return self.searched_part(document, path, count, quoted, depth)

    def searched_part(
        self, document: nodes.Expression | str, path: Sequence[Parameter], count: int, quoted: bool, depth: int
    ) -> str:
        """The same, where `path[count]` is a key that a path cannot say: it is looked for among those of its object."""
        each, rest = f"qb_each_{depth}", path[count + 1 :]
        if rest:
            value = self.json_part(f"{each}.value", rest, quoted, depth + 1)
        else:
            value = quoted_value(each) if quoted else f"{each}.value"
        text = document if isinstance(document, str) else self.visit(document)
        if count:
            text += f", {self.bind(path_text(path[:count]), TEXT)}"
        where = f"{each}.key = {self.visit(path[count])}"
        if rest:
            where += f" AND {each}.type IN ('object', 'array')"
        return f"(SELECT {value} FROM json_each({text}) AS {each} WHERE {where})"

    def document_path(self, path: Sequence[Parameter]) -> str:
        """A path as a text, where that is the only way."""
        for key in path:
            if not can_be_said(key.value):
                raise UnsupportedError(
                    f"SQLite has no path to the key {key.value!r}, to change what is there: write the whole document"
                )
        return self.bind(path_text(path), TEXT)

    def function_json_set(self, node: nodes.Function) -> str:
        place, value = node.arguments
        assert isinstance(place, nodes.JsonPath)
        *parent, last = place.path
        name = "json_set" if isinstance(last.value, str) else "json_replace"
        guarded = bool(parent) and name == "json_set"  # which would make the objects that are missing on the way
        kind = f"json_type({self.visit(place.document)}, {self.document_path(parent)})" if guarded else ""
        text = f"{name}({self.visit(place.document)}, {self.document_path(place.path)}, {self.document_item(value)})"
        return f"CASE {kind} WHEN 'object' THEN {text} ELSE {self.visit(place.document)} END" if guarded else text

    def function_json_remove(self, node: nodes.Function) -> str:
        place = node.arguments[0]
        assert isinstance(place, nodes.JsonPath)
        return f"json_remove({self.visit(place.document)}, {self.document_path(place.path)})"

    def function_json_merge(self, node: nodes.Function) -> str:
        """json_patch() would go into the objects inside, and take null for a removal."""
        document, patch = node.arguments
        there = " AND ".join([f"{self.operand(side, CLOSER)} IS NOT NULL" for side in (document, patch)])
        old = f"SELECT * FROM json_each({self.visit(document)})"
        kept = f"{old} WHERE key NOT IN (SELECT key FROM json_each({self.visit(patch)}))"
        every = f"({kept} UNION ALL SELECT * FROM json_each({self.visit(patch)})) AS qb_each"
        made = f"SELECT json_group_object(qb_each.key, {typed_value('qb_each')}) FROM {every}"
        return f"CASE WHEN {there} THEN ({made}) END"

    def function_json_has_key(self, node: nodes.Function) -> str:
        document, key = node.arguments
        there = f"CASE WHEN {self.operand(document, CLOSER)} IS NOT NULL THEN EXISTS "
        each = f"json_each({self.visit(document)}) AS qb_each WHERE qb_each.key = {self.visit(key)}"
        return f"({there}(SELECT 1 FROM {each}) END)"

    def function_json_contains(self, node: nodes.Function) -> str:
        raise UnsupportedError("SQLite has no @> for JSON: compare parts of the document, document[key] == …")

    def function_json_object(self, node: nodes.Function) -> str:
        return f"json_object({self.document_members(node)})"

    def function_json_array(self, node: nodes.Function) -> str:
        return f"json_array({self.document_items(node.arguments)})"

    def document_item(self, node: Expression) -> str:
        text = self.visit(node)
        if node.type.kind == "json" and not isinstance(node, Null):
            return f"json({text})"
        if node.type.kind == "boolean":
            return f"json(CASE {text} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
        return text

    def function_document_item(self, node: nodes.Function) -> str:
        return self.document_item(node.arguments[0])

    def translated(self, node: nodes.Aggregate) -> nodes.Aggregate:
        if node.name != "json_agg":
            return super().translated(node)
        item = nodes.Function("document_item", node.arguments, node.type)
        return node.changed(name="json_group_array", arguments=(item,))


def is_open(kind: Json) -> bool:
    """Whether the document may be a scalar."""
    return kind.python_type is object


def can_be_said(key: object) -> bool:
    """Whether a path can say the key: SQLite before 3.45 compares it with the document's text, escapes and all."""
    return not isinstance(key, str) or not any(letter in '"\\' or letter < " " for letter in key)


def path_text(path: Sequence[Parameter]) -> str:
    """`$."colors"[0]`; `[#-1]` counts from the end."""
    steps = []
    for key in path:
        if isinstance(key.value, int):
            steps.append(f"[{key.value}]" if key.value >= 0 else f"[#{key.value}]")
        else:
            steps.append(f'."{key.value}"')
    return "$" + "".join(steps)


def typed_value(each: str) -> str:
    """A value of json_each() for a function that makes JSON."""
    return (
        f"CASE {each}.type WHEN 'true' THEN json('true') WHEN 'false' THEN json('false') "
        f"WHEN 'object' THEN json({each}.value) WHEN 'array' THEN json({each}.value) ELSE {each}.value END"
    )


def quoted_value(each: str) -> str:
    """A value of json_each() as JSON; null is NULL."""
    return (
        f"CASE {each}.type WHEN 'text' THEN json_quote({each}.value) WHEN 'true' THEN 'true' "
        f"WHEN 'false' THEN 'false' ELSE CAST({each}.value AS TEXT) END"
    )
