"""Tables filled with what their columns hold: NULL here and there, and rows that nothing refers to."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from qb import Database, Table, insert
from qb.constraints import ForeignKey
from qb.nodes import Column
from qb.tables import Definition, definition_of
from qb.types import Array, Enum, Json, Numeric, SqlType, Timestamp

ROWS = 5
INTEGERS = [1, 2, 5, 50, 200]
TEXTS = ["x", "A", "FR", "b", "Z"]
DAY = timedelta(days=400)
VALUES: dict[str, Callable[[int], Any]] = {  # by kind of column
    **dict.fromkeys(("integer", "bigint", "smallint"), lambda i: INTEGERS[i]),
    **dict.fromkeys(("text", "varchar"), lambda i: TEXTS[i]),
    "boolean": lambda i: i % 2 == 0,
    "real": lambda i: [0.5, 1.0, 3.5, 4.0, 9.25][i],
    "date": lambda i: date(2000, 1, 1) + i * DAY,
    "time": lambda i: time(i, 30),
    "interval": lambda i: timedelta(minutes=i),
    "uuid": lambda i: UUID(int=i),
    "blob": lambda i: bytes([i]),
}


async def fill(database: Database, tables: Sequence[type[Table]]) -> None:
    """Put a few rows into each of the tables."""
    waiting = [definition_of(table) for table in tables]
    filled: dict[Any, list[dict[str, Any]]] = {}
    while waiting:
        definition = next(d for d in waiting if _targets(d) <= {*filled, d.source})
        waiting.remove(definition)
        rows = rows_of(definition, filled)
        await database.execute(insert(definition.model).values_many(rows))
        filled[definition.source] = rows


def rows_of(definition: Definition, filled: dict[Any, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows for a table; `filled` are those of the tables that it references."""
    rows: list[dict[str, Any]] = []
    for number in range(ROWS):
        row = {
            name: None
            if column.declaration.nullable and (number + place) % 3 == 0
            else value_of(column.declaration.type, number)
            for place, (name, column) in enumerate(definition.columns.items())
            if column.declaration.computed is None
        }
        for key in definition.foreign_keys:
            for column, target in zip(key.columns, _columns(key), strict=True):
                assert isinstance(column, Column)
                above = rows if target.source is definition.source else filled[target.source][:-1]
                if not above or row[column.attribute] is None:
                    row[column.attribute] = None
                else:
                    row[column.attribute] = above[number % len(above)][target.attribute]
        rows.append(row)
    return rows


def _targets(definition: Definition) -> set[Any]:
    return {target.source for key in definition.foreign_keys for target in _columns(key)}


def _columns(key: ForeignKey) -> list[Column]:
    found: Any = key.reference.find()
    return [column.node for column in (found if isinstance(found, tuple) else (found,))]


def value_of(type: SqlType, number: int) -> Any:
    """A value of a type; other ones for other numbers."""
    if isinstance(type, Timestamp):
        return datetime(2000, 1, 1, 12, tzinfo=UTC if type.zone else None) + number * DAY
    if isinstance(type, Enum):
        members = list(type.python_type)
        return members[number % len(members)]
    if isinstance(type, Array):
        return [value_of(type.item, item) for item in range(number % 3)]
    if isinstance(type, Json):
        return document(type.python_type, number)
    if isinstance(type, Numeric):
        return Decimal(2 * number + 1).scaleb(-min(type.scale, 1))
    return VALUES[type.kind](number)


def document(type: Any, number: int) -> Any:
    """A JSON document of a Python type."""
    origin, arguments = typing.get_origin(type), typing.get_args(type)
    if typing.is_typeddict(type):
        return {key: document(held, number) for key, held in typing.get_type_hints(type).items()}
    if origin in (list, typing.Sequence):
        return [document(arguments[0], item) for item in range(number % 3)]
    if origin is tuple:
        return [document(argument, number) for argument in arguments]
    if origin is dict:
        return {"a": document(arguments[1], number)}
    if origin in (typing.Union, types.UnionType):
        return document(arguments[number % len(arguments)], number)
    if origin is typing.Literal:
        return arguments[number % len(arguments)]
    known = {int: INTEGERS[number], bool: number % 2 == 0, float: number + 0.5, types.NoneType: None}
    if type in known:
        return known[type]
    return TEXTS[number] if type in (str, object, typing.Any) else type()
