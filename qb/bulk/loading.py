"""Inserts of plain rows, for which engines have faster ways than one large statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeGuard

from qb.compiler.base import name_column
from qb.dialect import Dialect, Driver, Load
from qb.errors import EncodingError
from qb.nodes import Column, Insert, Values
from qb.queries import Compilable
from qb.types import SqlType

AT_ONCE = 1000
"""Rows that are encoded together, a column at a time."""


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
    """The insert as a load."""
    assert node.values is not None
    one = node.copy()
    one.values = Values(node.values.rows[:1], True)
    sql, _ = dialect.compiler().compile(one)
    return Load(node.table, node.columns, sql, chain.from_iterable(encoded(node, dialect)))


def encoded(node: Insert, dialect: Dialect) -> Iterator[list[tuple[Any, ...]]]:
    """The rows as the driver takes them, in portions that are encoded when their turn comes. Raises EncodingError."""
    assert node.values is not None
    compiler = dialect.compiler
    encoders: list[tuple[int, Column, Callable[[Any, SqlType], Any]]] = []
    for position, column in enumerate(node.columns):
        encode = compiler.stored.get(column.type.kind) or compiler.encoders.get(column.type.kind)
        if encode is not None:
            encoders.append((position, column, encode))
    rows = iter(node.values.rows)
    while part := list(islice(rows, AT_ONCE)):
        is_changed = False
        if encoders:
            columns: list[Sequence[object]] = list(zip(*part, strict=True))
            for position, column, encode in encoders:
                kind = column.type
                of_all = compiler.of_columns.get(kind.kind)
                whole = None if of_all is None else of_all(columns[position])
                if whole is not None:
                    is_changed |= whole is not columns[position]
                    columns[position] = whole
                    continue
                is_changed = True
                try:
                    columns[position] = [None if value is None else encode(value, kind) for value in columns[position]]
                except EncodingError as error:
                    name_column(error, column)
                    raise
            if is_changed:
                part = list(zip(*columns, strict=True))
        yield part
