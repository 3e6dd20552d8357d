"""Inserts of plain rows, for which engines have faster ways than one large statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeGuard

from qb.compiler.base import name_column
from qb.dialect import Dialect, Driver, Load, Rows
from qb.errors import EncodingError
from qb.nodes import Column, Insert, Values
from qb.queries import Compilable

AT_ONCE = 1000
"""Rows that are encoded together, a column at a time."""

Columns = list[Sequence[Any]]
"""The values of several rows, column by column."""


class PlainInsert(Compilable[Any]):
    """An insert of enough plain rows."""

    __slots__ = ()
    node: Insert


def is_load(statement: Compilable[Any], driver: Driver) -> TypeGuard[PlainInsert]:
    """Whether the driver has a faster way for a statement."""
    if driver.loads_from is None or statement.is_prepared:
        return False
    node = statement.node
    if not isinstance(node, Insert) or node.values is None or not node.values.plain:
        return False
    return len(node.values.rows) >= driver.loads_from and not (node.on_conflict or node.projection or node.ctes)


def load_of(node: Insert, dialect: Dialect) -> Load:
    """The insert as a load, whose portions are encoded when their turn comes: EncodingError is raised then."""
    assert node.values is not None
    return Load(node.table, node.columns, sql_of(node, dialect), len(node.values.rows), _portions(node, dialect))


def sql_of(node: Insert, dialect: Dialect) -> str:
    """The insert of one row."""
    one = node.copy()
    one.values = Values([(None,) * len(node.columns)], True)
    return dialect.compiler().compile(one)[0]


def _portions(node: Insert, dialect: Dialect) -> Iterator[Rows]:
    assert node.values is not None
    rows = iter(node.values.rows)
    while part := list(islice(rows, AT_ONCE)):
        yield zip(*encoded(list(zip(*part, strict=True)), node.columns, dialect), strict=True)


def encoded(columns: Columns, kinds: Sequence[Column], dialect: Dialect) -> Columns:
    """The columns as the driver takes them. Raises EncodingError for a value that does not fit its column."""
    done: Columns = []
    for values, column in zip(columns, kinds, strict=True):
        whole = as_a_whole(values, column, dialect)
        done.append(one_by_one(values, column, dialect) if whole is None else whole)
    return done


def as_a_whole(values: Sequence[Any], column: Column, dialect: Dialect) -> Sequence[Any] | None:
    """The values of a column as the driver takes them, when all are of its class; None when some may not be."""
    encode = dialect.compiler.of_columns.get(column.type.kind)
    return None if encode is None else encode(values)


def one_by_one(values: Sequence[Any], column: Column, dialect: Dialect) -> Sequence[Any]:
    """The values of a column as the driver takes them. Raises EncodingError for one that does not fit."""
    kind, compiler = column.type, dialect.compiler
    encode = compiler.stored.get(kind.kind) or compiler.encoders.get(kind.kind)
    if encode is None:
        return values
    try:
        return [None if value is None else encode(value, kind) for value in values]
    except EncodingError as error:
        name_column(error, column)
        raise
