"""Which expressions of integers may be beyond what a number of JSON keeps, though no column of theirs is."""

from __future__ import annotations

from collections.abc import Sequence

from qb import nodes
from qb.nodes import Expression, Node, Statement
from qb.types import INTEGERS

GROWING = frozenset({"+", "-", "*", "<<"})
"""Operators that make larger numbers of large ones."""
SHRINKING = frozenset({"/", "//", "%", ">>"})
"""Operators that give no larger number than what is on their left."""
PASSING = frozenset(
    {
        *("abs", "any_value", "coalesce", "first_value", "greatest", "lag", "last_value", "lead", "least"),
        *("max", "min", "mode", "nth_value", "nullif"),
    }
)
"""Functions that give one of the numbers that they are given."""


def is_unbounded(node: Expression, seen: frozenset[Node] = frozenset()) -> bool:
    """Whether an expression of integers may be that large. What a column of integers takes never is; `seen` are the
    recursive queries that ask themselves.
    """
    if node.type.kind not in INTEGERS:
        return False
    match node:
        case nodes.Column():
            return of_source(node, seen)
        case nodes.Parameter() | nodes.Raw() | nodes.JsonPath():
            return True
        case nodes.Binary():
            parts = (node.left,) if node.operator in SHRINKING else (node.left, node.right)
            return node.operator in GROWING or any_of(parts, seen)
        case nodes.Over():
            return is_unbounded(node.function, seen)
        case nodes.Function():
            return node.name in PASSING and any_of(node.arguments, seen)
        case nodes.Case():
            last = () if node.otherwise is None else (node.otherwise,)
            return any_of((*[when.value for when in node.whens], *last), seen)
        case nodes.Cast():
            kind = node.operand.type.kind
            return is_unbounded(node.operand, seen) if kind in INTEGERS else kind != "boolean"
        case nodes.Subquery():
            return of_statement(node.query, 0, seen)
        case nodes.Label() | nodes.Unary():
            return is_unbounded(node.operand, seen)
    return False


def any_of(parts: Sequence[Expression], seen: frozenset[Node]) -> bool:
    """Whether one of some expressions may be that large."""
    return any(is_unbounded(part, seen) for part in parts)


def of_source(column: nodes.Column, seen: frozenset[Node]) -> bool:
    """Whether a column of a query or of rows of values in FROM may be that large."""
    source = column.source
    place = next((place for place, each in enumerate(source.columns) if each.name == column.name), None)
    if place is None:
        return False
    if isinstance(source, nodes.ValuesTable):
        return any_of([row[place] for row in source.rows], seen)
    query = source.query if isinstance(source, nodes.Derived) else None
    if isinstance(source, nodes.CteReference):
        query = source.cte.query
    return query is not None and of_statement(query, place, seen)


def of_statement(query: Statement, place: int, seen: frozenset[Node]) -> bool:
    """Whether a column of what a query returns may be that large."""
    if query in seen:
        return False
    seen = seen | {query}
    if isinstance(query, nodes.Compound):
        return of_statement(query.left, place, seen) or of_statement(query.right, place, seen)
    columns = flat(query.projection)
    return place < len(columns) and is_unbounded(columns[place], seen)


def flat(projection: Sequence[Node]) -> list[Expression]:
    """The columns, those of whole sources one by one."""
    found: list[Expression] = []
    for item in projection:
        if isinstance(item, nodes.WholeSource):
            found += item.source.columns
        else:
            assert isinstance(item, Expression)
            found.append(item)
    return found
