"""JSON on SQLite: text, read by its JSON functions."""

from __future__ import annotations

from collections.abc import Sequence

from qb import nodes
from qb.compiler import Compiler
from qb.nodes import Parameter
from qb.types import TEXT, Json


class JsonCompiler(Compiler):
    """Parts of documents."""

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


def quoted_value(each: str) -> str:
    """A value of json_each() as JSON; null is NULL."""
    return (
        f"CASE {each}.type WHEN 'text' THEN json_quote({each}.value) WHEN 'true' THEN 'true' "
        f"WHEN 'false' THEN 'false' ELSE CAST({each}.value AS TEXT) END"
    )
