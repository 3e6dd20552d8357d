"""Rows as people give them, made columns for a load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from qb.bulk.loading import Columns, as_a_whole, one_by_one, sql_of
from qb.dialect import Dialect, Load
from qb.errors import EncodingError
from qb.expressions import Expr
from qb.nodes import Expression, Insert
from qb.statements.writes import writable
from qb.tables import Table


def load_of_rows(node: Insert, table: type[Table], rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> Load | None:
    """The load that inserts rows, made of them in as few passes as there can be; None when a statement has to look at
    them one by one: they do not have the same attributes, one has an expression, or one does not fit its column.
    """
    names = list(rows[0])
    try:
        columns: Columns = [list(map(itemgetter(name), rows)) for name in names]
    except KeyError:
        return None
    if not names or sum(map(len, rows)) != len(names) * len(rows):  # nor has any row more
        return None
    node = node.copy()
    node.columns = tuple([writable(table, name) for name in names])
    portion: Columns = []
    for values, column in zip(columns, node.columns, strict=True):
        whole = as_a_whole(values, column, dialect)
        if whole is None:
            if has_expression(values):
                return None
            try:
                whole = one_by_one(values, column, dialect)
            except EncodingError:
                return None
        portion.append(whole)
    return Load(node.table, node.columns, sql_of(node, dialect), len(rows), iter([portion]))


def has_expression(values: Sequence[object]) -> bool:
    """Whether some value is an expression."""
    return any(issubclass(cls, (Expr, Expression)) for cls in set(map(type, values)))
