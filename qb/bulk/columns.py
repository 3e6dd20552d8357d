"""Rows as people give them, made columns for a load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from qb.bulk.loading import as_a_whole, one_by_one, sql_of
from qb.dialect import Dialect, Load
from qb.errors import EncodingError
from qb.expressions import Expr
from qb.nodes import Column, Expression, Insert
from qb.statements.writes import writable
from qb.tables import Table


def load_of_rows(
    node: Insert, table: type[Table], rows: Sequence[Mapping[str, Any]], dialect: Dialect, unchecked: frozenset[str]
) -> Load | None:
    """The load that inserts rows, made of them in as few passes as there can be; None when a statement has to look at
    them one by one: they do not have the same attributes, one has an expression, or one does not fit its column.

    Columns of the `unchecked` kinds are not looked at, because the driver does it.
    """
    names = list(rows[0])
    if not names or sum(map(len, rows)) != len(names) * len(rows):
        return None
    node = node.copy()
    node.columns = tuple([writable(table, name) for name in names])
    portion: list[Iterable[Any]] = []
    is_as_given = True
    for name, column in zip(names, node.columns, strict=True):
        values = map(itemgetter(name), rows)
        if column.type.kind in unchecked:
            portion.append(values)
            continue
        try:
            given = list(values)
        except KeyError:
            return None
        made = checked(given, column, dialect)
        if made is None:
            return None
        is_as_given &= made is given
        portion.append(made)
    records = map(itemgetter(*names), rows) if is_as_given and len(names) > 1 else zip(*portion, strict=True)
    return Load(node.table, node.columns, sql_of(node, dialect), len(rows), iter([records]))


def checked(values: list[Any], column: Column, dialect: Dialect) -> Sequence[Any] | None:
    """The values of a column as the driver takes them; None when one does not fit, or is an expression."""
    whole = as_a_whole(values, column, dialect)
    if whole is not None:
        return whole
    try:
        return None if has_expression(values) else one_by_one(values, column, dialect)
    except EncodingError:
        return None


def has_expression(values: Sequence[object]) -> bool:
    """Whether some value is an expression."""
    return any(issubclass(cls, (Expr, Expression)) for cls in set(map(type, values)))
