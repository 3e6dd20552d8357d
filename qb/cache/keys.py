"""When two queries have the same result."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta
from typing import Any

from qb import nodes
from qb.dialect import Dialect
from qb.queries import Instances, Query
from qb.rows import outer_joined, output_name

PLAIN: frozenset[type] = frozenset({str, int, bool, bytes, type(None), date, timedelta})
"""Classes of values of which two that are equal are the same to a database. 1.0 and -0.0, decimals and moments in
different zones may be equal, and are not."""
SHOWN = frozenset({"float", "Decimal", "datetime", "time", "UUID", "Range", "IPv4Address", "IPv6Address"})
"""Classes whose values are told apart by how they show themselves."""


class NotComparable(Exception):  # noqa: N818  # no error: the query goes to the database
    """Nobody can say whether two parameters are the same."""


def key_of(query: Query[Any], sql: str, parameters: Sequence[object], limit: int | None, dialect: Dialect) -> Hashable:
    """What the result of a query depends on, the content of the database apart; None when that cannot be told."""
    try:
        values = tuple([compared(value) for value in parameters])
    except NotComparable:
        return None
    plain = query.of if isinstance(query, Instances) else query
    cls = query.instances_of if isinstance(query, Instances) else None
    # A prepared query has one builder for all calls. For others, the text does not say how its rows are read.
    shape: Hashable = plain.prepared_rows(dialect)
    if shape is None:
        node, cls = plain.node, query.instances_of
        outer = outer_joined(node) if isinstance(node, nodes.Select) else frozenset()
        shape = shape_of(node.projection, outer) if isinstance(node, nodes.Statement) else None
    return sql, values, limit, cls, shape


def compared(value: object) -> Hashable:
    """A parameter so that those that are equal are the same."""
    cls = type(value)
    if cls in PLAIN:
        return cls, value
    if cls.__name__ in SHOWN:
        return cls, repr(value)
    if isinstance(value, (list, tuple)):
        return cls, tuple([compared(item) for item in value])
    raise NotComparable


def shape_of(projection: Sequence[nodes.Node], outer: frozenset[nodes.Source]) -> Hashable:
    """How rows are made of what is selected."""
    found: list[Hashable] = []
    for item in projection:
        if isinstance(item, nodes.WholeSource):
            columns = tuple([(column.attribute, column.type) for column in item.source.columns])
            found.append((item.name, columns, item.source in outer))
            continue
        assert isinstance(item, nodes.Expression)
        inner = item.operand if isinstance(item, nodes.Label) else item
        if isinstance(inner, nodes.Nested):
            query = inner.query
            found.append((inner.single, inner.required, shape_of(query.projection, outer_joined(query))))
        found.append((output_name(item), item.type))
    return tuple(found)


# Rows that everyone may be given

Copy = Callable[[Any], Any]
UNCHANGEABLE = frozenset({"str", "int", "float", "bool", "NoneType", "bytes", "Decimal", "UUID"}) | {
    *("date", "datetime", "time", "timedelta"),
}


def is_unchangeable(value: object) -> bool:
    """Whether nobody can change a value, so that all may have the same one."""
    if type(value).__name__ in UNCHANGEABLE:
        return True
    return isinstance(value, tuple) and all(map(is_unchangeable, value))


def copied(value: Any) -> Any:
    """A value of which what can be changed is a copy."""
    if is_unchangeable(value):
        return value
    cls = type(value)
    if cls is list:
        return [copied(item) for item in value]
    if cls is dict:
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple.__new__(cls, [copied(item) for item in value])
    from copy import deepcopy

    return deepcopy(value)
