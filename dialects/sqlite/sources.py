"""Sub-queries in FROM, WITH and set operations, where SQLite lacks a thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from qb import nodes
from qb.compiler import Compiler
from qb.errors import UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Compound, Cte, Expression, Label, Statement
from qb.rows import flat, output_name
from qb.types import INTEGERS, Enum, Numeric, SqlType

S = TypeVar("S", bound=Statement)


class Stored(Expression):
    """A number in the form in which a column of another type keeps it."""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression, type: SqlType) -> None:
        self.operand = operand
        self.type = type


class SourceCompiler(Compiler):
    """Renders what SQLite says in another way."""

    def visit_derived(self, node: nodes.Derived) -> str:
        if node.lateral:
            raise UnsupportedError(
                f'SQLite has no LATERAL ("{node.label}"): join a grouped sub-query, number its rows with '
                f"fn.row_number(), or nest the rows with many()"
            )
        return super().visit_derived(node)

    def visit_cte(self, node: Cte) -> str:
        if not isinstance(node.query, (nodes.Select, Compound)):
            raise UnsupportedError(f'SQLite cannot write inside of WITH ("{node.name}"): run it by itself before')
        return super().visit_cte(node)

    def visit_values_table(self, node: nodes.ValuesTable) -> str:
        names = ", ".join([f"column{number} AS {QUOTED[column.name]}" for number, column in enumerate(node.columns, 1)])
        return f"(SELECT {names} FROM (VALUES {self.values_rows(node)})) AS {QUOTED[node.label]}"

    # Set operations: no parentheses, no ALL but UNION's, and sort keys are plain columns

    def visit_compound(self, node: Compound) -> str:
        if not any(isinstance(key.operand.type, Enum) for key in node.order_by):
            return super().visit_compound(node)
        self.need_all(node)
        return self.enclosed(self.set_operation(node)) + self.trailing(node)

    def set_operation(self, node: Compound) -> str:
        if node.operator in ("UNION", "UNION ALL", "INTERSECT", "EXCEPT"):
            return super().set_operation(node)
        # Each copy of a row gets a number, which tells it from the others.
        texts = [self.numbered(query, node) for query in (node.left, node.right)]
        columns = ", ".join([QUOTED[name] for name in names(node)])
        operator = node.operator.removesuffix(" ALL")
        return f"SELECT {columns} FROM ({texts[0]} {operator} {texts[1]})"

    def numbered(self, query: Statement, node: Compound) -> str:
        """The rows of a query, equal ones numbered."""
        keys = ", ".join([QUOTED[name] for name in names(query)])
        query = selected_as(query, [output.type for output in node.projection], True)
        return f"SELECT *, row_number() OVER (PARTITION BY {keys}) FROM ({self.visit(query)})"

    def set_operand(self, query: Statement, node: Compound, is_left: bool) -> str:
        types = [output.type for output in node.projection]
        return super().set_operand(selected_as(query, types, True), node, is_left)

    def enclosed(self, text: str) -> str:
        return f"SELECT * FROM ({text})"


def selected_as(query: S, types: Sequence[SqlType], named: bool = False) -> S:
    """The query with its columns in the form of these types; `named` where their names matter, in a set operation."""
    items = flat(query.projection, "this query")
    if not any(differ(item.type, type, named) for item, type in zip(items, types, strict=True)):
        return query
    query = query.copy()
    if isinstance(query, Compound):
        query.left, query.right = selected_as(query.left, types, True), selected_as(query.right, types, True)
        query.projection = tuple(
            [nodes.Output(output_name(item), type) for item, type in zip(items, types, strict=True)]
        )
    else:
        query.projection = tuple([stored_as(item, type, named) for item, type in zip(items, types, strict=True)])
    return query


def differ(own: SqlType, type: SqlType, in_set: bool) -> bool:
    """Whether SQLite keeps values of a type in another form than those of the other; a column of REAL makes floats of
    whole numbers by itself, a set operation does not.
    """
    if isinstance(own, Numeric) and isinstance(type, Numeric):
        return own.scale != type.scale
    return "numeric" in (own.kind, type.kind) or (in_set and type.kind == "real" and own.kind in INTEGERS)


def stored_as(item: Expression, type: SqlType, named: bool) -> Expression:
    """A selected expression in the form of a type, under its name where that matters."""
    if not differ(item.type, type, named):
        return item
    name = output_name(item) if named else None
    stored = Stored(item.operand if isinstance(item, Label) else item, type)
    return stored if name is None else Label(stored, name)


def names(query: Statement) -> list[str]:
    """The names of a query's columns, which all need one here."""
    found = [output_name(item) for item in flat(query.projection, "this query")]
    if None in found or len(set(found)) < len(found):
        raise UnsupportedError("INTERSECT ALL and EXCEPT ALL need a name of its own for each column on SQLite: .as_(…)")
    return [name for name in found if name is not None]
