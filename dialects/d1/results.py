"""The columns of what D1 returns: large numbers as text, and names that tell the columns from each other.

A number of JSON keeps whole numbers up to 2^53, and a row may be an object, which has one value for each name, those
that look like numbers first.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialects.d1.bounds import flat, is_unbounded, of_statement
from dialects.d1.codecs import is_large
from dialects.d1.limits import COLUMNS
from dialects.sqlite.compiler import SqliteCompiler
from qb import nodes
from qb.errors import CompileError, UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Column, Expression, Label, Nested, Node
from qb.rows import output_name

COUNTS = frozenset({"count", "dense_rank", "ntile", "rank", "row_number"})
"""Functions of bigints that are never large."""


class ResultCompiler(SqliteCompiler):
    """Renders what the whole statement returns."""

    statement: Node | None = None
    """What is compiled."""
    is_result: bool = False
    """Whether the projection that comes next is that of the statement."""

    def compile(self, node: Node) -> tuple[str, tuple[object, ...]]:
        self.statement = node
        return super().compile(node)

    def visit_select(self, node: nodes.Select) -> str:
        before, self.is_result = self.is_result, node is self.statement
        text = super().visit_select(node)
        self.is_result = before
        return text

    def returning(self, node: nodes.Insert | nodes.Update | nodes.Delete | nodes.Merge) -> str:
        self.is_result = node is self.statement
        text = super().returning(node)
        self.is_result = False
        return text

    def projection(self, items: Sequence[Node], select: nodes.Select | None = None) -> str:
        is_result, self.is_result = self.is_result, False
        if not is_result:
            return super().projection(items, select)
        columns = flat(items)
        if len(columns) > COLUMNS:
            raise CompileError(f"this statement selects {len(columns)} columns, and D1 returns {COLUMNS}")
        names: list[str] = []
        texts = []
        for item in columns:
            value = item.operand if isinstance(item, Label) else item
            name, own = output_name(item), None
            if may_be_large(value):
                text = f"CAST({self.visit(value)} AS TEXT)"
            elif isinstance(value, Column):
                text, own = self.visit(value), value.name
            else:
                text = super().projection((value,), select)
            shown = name or text  # is what D1 calls it
            if shown in names or shown.isdigit():
                shown = name = unused(name or "column", names)
            names.append(shown)
            texts.append(text if name is None or name == own else f"{text} AS {QUOTED[name]}")
        return ", ".join(texts)

    def visit_compound(self, node: nodes.Compound) -> str:
        text = super().visit_compound(node)
        if node is not self.statement:
            return text
        columns = node.projection
        large = [is_large(item.type) or of_statement(node, place, frozenset()) for place, item in enumerate(columns)]
        if not any(large):
            return text
        names = [output_name(item) for item in columns]
        if None in names or len(set(names)) < len(names):
            if not any(is_large(item.type) for item in columns):
                return text  # most numbers are not that large
            raise UnsupportedError(
                "a set operation with large numbers needs a name of its own for each column on D1: .as_(…)"
            )
        quoted = [QUOTED[name or ""] for name in names]
        texts = [
            f"CAST({name} AS TEXT) AS {name}" if is_cast else name for name, is_cast in zip(quoted, large, strict=True)
        ]
        return f"SELECT {', '.join(texts)} FROM ({text})"


def may_be_large(node: Expression) -> bool:
    """Whether a value may be beyond what a number of JSON keeps."""
    value = node.operand if isinstance(node, Label) else node
    if isinstance(value, Nested) or not is_large(value.type):
        return is_unbounded(value)
    function = value.function if isinstance(value, nodes.Over) else value
    return not (isinstance(function, nodes.Function) and function.name in COUNTS)


def unused(name: str, names: Sequence[str]) -> str:
    """A name like this one that no column before has."""
    number = 2
    while f"{name}_{number}" in names:
        number += 1
    return f"{name}_{number}"
