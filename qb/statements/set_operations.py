"""UNION, INTERSECT and EXCEPT: what comes of putting two queries together."""

from __future__ import annotations

from typing import Any

from qb import nodes, type_rules, types
from qb.errors import CompileError
from qb.expressions import Expr, Ordering, expression
from qb.nodes import Compound, Order, Output, Statement
from qb.rows import flat, output_name
from qb.types import SqlType


def compound(operator: str, left: Statement, right: Statement, what: str) -> Compound:
    """Two queries put together. Raises CompileError when their columns differ in number or type."""
    ours, theirs = flat(left.projection, what), flat(right.projection, what)
    if len(ours) != len(theirs):
        raise CompileError(f"{what} puts {len(ours)} columns together with {len(theirs)}: both need as many")
    projection = []
    for position, (mine, other) in enumerate(zip(ours, theirs, strict=True), 1):
        name = output_name(mine)
        type = shared_type(mine.type, other.type)
        if type is None:
            words = f"column {position}" if name is None else f'column "{name}"'
            raise CompileError(f"{what} puts {mine.type!r} together with {other.type!r} in {words}")
        projection.append(Output(name, type))
    return Compound(operator, left, right, tuple(projection))


def shared_type(left: SqlType, right: SqlType) -> SqlType | None:
    """The type of a column that comes from both."""
    if left == right:
        return left
    kinds = {left.kind, right.kind}
    if kinds <= types.NUMBERS:
        try:
            return type_rules.common([left, right])
        except TypeError:
            return None
    if kinds <= types.TEXTS:
        return types.TEXT
    return types.ANY if "any" in kinds else None


def sort_key(node: Compound, key: Expr[Any, Any] | Ordering[Any]) -> Order:
    """A key as a column of the result."""
    order = key.node if isinstance(key, Ordering) else Order(expression(key, "sort key"), False)
    wanted = order.operand
    query: Statement = node
    while isinstance(query, Compound):
        query = query.left
    columns = flat(query.projection, "a set operation")
    for column, output in zip(columns, node.projection, strict=True):
        is_named = isinstance(wanted, nodes.Label) and wanted.name == output_name(column)
        if column is wanted or is_named or getattr(column, "operand", None) is wanted:
            if output.name is None:
                raise CompileError("a set operation is sorted by names: name the sort key's column with .as_(…)")
            return Order(output, order.descending, order.nulls)
    raise CompileError(f"a set operation is sorted by what its first query selects, and that is not {key!r}")
