"""Kinds of columns: `col.integer()`, `col.text()`, … inside a table class.

The first positional argument is the column's name in the database, when that differs from the attribute.
`renamed_from` is its former name in the database: a migration then renames instead of dropping and adding.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date
from datetime import datetime, timedelta
from datetime import time as Time
from typing import TYPE_CHECKING, Any, TypeVar, overload

from qb import nodes, types
from qb.columns import Column, Declaration, Required
from qb.errors import SchemaError
from qb.identifiers import check_identifier, snake_case

if TYPE_CHECKING:
    from decimal import Decimal
    from enum import Enum
    from uuid import UUID

    E = TypeVar("E", bound=Enum)
else:
    E = TypeVar("E")
T = TypeVar("T")

__all__ = [
    "array",
    "bigint",
    "blob",
    "boolean",
    "custom",
    "date",
    "enum",
    "integer",
    "interval",
    "json",
    "numeric",
    "real",
    "smallint",
    "text",
    "time",
    "timestamp",
    "uuid",
    "varchar",
]


def integer(name: str | None = None, *, renamed_from: str | None = None) -> Column[int, Required]:
    """A whole number: 32 bits on PostgreSQL, 64 on SQLite."""
    return _column(types.INTEGER, name, renamed_from)


def bigint(name: str | None = None, *, renamed_from: str | None = None) -> Column[int, Required]:
    """A whole number of 64 bits."""
    return _column(types.BIGINT, name, renamed_from)


def smallint(name: str | None = None, *, renamed_from: str | None = None) -> Column[int, Required]:
    """A whole number: 16 bits on PostgreSQL, 64 on SQLite."""
    return _column(types.SMALLINT, name, renamed_from)


def text(
    name: str | None = None, *, collation: str | None = None, renamed_from: str | None = None
) -> Column[str, Required]:
    """A string of any length. `collation` is how the engine compares and sorts it: `NOCASE` is one of SQLite's, `C` one
    of PostgreSQL's.
    """
    return _column(types.TEXT, name, renamed_from, collation)


def varchar(
    length: int, name: str | None = None, *, collation: str | None = None, renamed_from: str | None = None
) -> Column[str, Required]:
    """A string of at most `length` characters, on every engine."""
    length = int(length)  # it becomes SQL
    if length < 1:
        raise SchemaError(f"varchar({length}) holds nothing: the length is at least 1")
    return _column(types.Varchar(length), name, renamed_from, collation)


def boolean(name: str | None = None, *, renamed_from: str | None = None) -> Column[bool, Required]:
    """True or false."""
    return _column(types.BOOLEAN, name, renamed_from)


def real(name: str | None = None, *, renamed_from: str | None = None) -> Column[float, Required]:
    """A double-precision float."""
    return _column(types.REAL, name, renamed_from)


def numeric(
    precision: int, scale: int, name: str | None = None, *, renamed_from: str | None = None
) -> Column[Decimal, Required]:
    """An exact decimal: `numeric(10, 2)` has ten digits, two of them after the point.

    SQLite keeps it as a whole number of the smallest unit (19.99 is 1999), the one form in which comparing,
    sorting and adding up are exact there; `precision` is at most 18 on SQLite and D1.
    """
    precision, scale = int(precision), int(scale)  # they become SQL
    if not 0 <= scale <= precision or precision < 1:
        raise SchemaError(f"numeric({precision}, {scale}): 0 <= scale <= precision, and 1 <= precision")
    return _column(types.Numeric(precision, scale), name, renamed_from)


def date(name: str | None = None, *, renamed_from: str | None = None) -> Column[Date, Required]:
    """A calendar date."""
    return _column(types.DATE, name, renamed_from)


def time(name: str | None = None, *, renamed_from: str | None = None) -> Column[Time, Required]:
    """A time of day without a zone, in microseconds."""
    return _column(types.TIME, name, renamed_from)


def timestamp(
    name: str | None = None, *, zone: bool = True, renamed_from: str | None = None
) -> Column[datetime, Required]:
    """A moment in time, in microseconds: aware datetimes, which come back in UTC.

    With `zone=False` a date and time of day as on a wall clock: naive datetimes.
    """
    return _column(types.TIMESTAMP_TZ if zone else types.TIMESTAMP, name, renamed_from)


def interval(name: str | None = None, *, renamed_from: str | None = None) -> Column[timedelta, Required]:
    """A length of time, in microseconds."""
    return _column(types.INTERVAL, name, renamed_from)


def uuid(name: str | None = None, *, renamed_from: str | None = None) -> Column[UUID, Required]:
    """A UUID."""
    return _column(types.UUID, name, renamed_from)


def blob(name: str | None = None, *, renamed_from: str | None = None) -> Column[bytes, Required]:
    """Bytes."""
    return _column(types.BLOB, name, renamed_from)


def json(
    python_type: type[T],
    name: str | None = None,
    *,
    dump: Callable[[T], Any] | None = None,
    load: Callable[[Any], T] | None = None,
    renamed_from: str | None = None,
) -> Column[T, Required]:
    """A JSON document of a Python type: `col.json(list[str])`, `col.json(Settings)` for a TypedDict.

    A type that JSON has no form for needs `dump` (to plain lists, dicts, strings and numbers) and `load`.
    """
    return _column(types.Json(python_type, dump, load), name, renamed_from)


def enum(
    python_type: type[E],
    name: str | None = None,
    *,
    type_name: str | None = None,
    schema: str | None = None,
    renamed_from: str | None = None,
) -> Column[E, Required]:
    """A member of a Python Enum with string values; sorts in the order of the members, on every engine.

    PostgreSQL's type is named as the class, in snake case, unless `type_name` names it, and is in `schema`.
    """
    return _column(enum_of(python_type, type_name, schema), name, renamed_from)


def enum_of(python_type: type[Enum], type_name: str | None = None, schema: str | None = None) -> types.Enum:
    """The SQL type of a Python Enum. Raises SchemaError when its values are no strings."""
    members = list(python_type)
    if not members or any(not isinstance(member.value, str) for member in members):
        raise SchemaError(
            f"col.enum({python_type.__name__}): the members need string values, which the database stores"
        )
    kind = types.Enum(python_type, type_name or snake_case(python_type.__name__), schema)
    for part in (kind.name, schema):
        if part is not None:
            check_identifier(part, f"col.enum({python_type.__name__})")
    return kind


@overload
def custom(
    sql_type: str,
    like: Column[T, Any, Any],
    name: str | None = None,
    *,
    collation: str | None = None,
    renamed_from: str | None = None,
) -> Column[T, Required]: ...
@overload
def custom(
    sql_type: str,
    like: type[T],
    name: str | None = None,
    *,
    collation: str | None = None,
    renamed_from: str | None = None,
) -> Column[T, Required]: ...
def custom(
    sql_type: str,
    like: type[Any] | Column[Any, Any, Any],
    name: str | None = None,
    *,
    collation: str | None = None,
    renamed_from: str | None = None,
) -> Column[Any, Required]:
    """A column of a type that the engine has and qb has no word for: `col.custom("citext", str)`.

    Its values are those of a class, or those of a column: `col.custom("timestamp(0)", col.timestamp(zone=False))`. Of
    a class that qb does not know they come and go as the driver has them: `col.custom("inet", IPv4Address)`. The type
    is written as it stands, and no check is added to it.
    """
    if not sql_type.strip() and sql_type:
        raise SchemaError("col.custom() needs the name of a type; an empty one is SQLite's column without a type")
    if isinstance(like, Column):
        kind = like.node.type
    else:
        try:
            kind = types.of_class(like)
        except TypeError:
            kind = types.ANY
    made = _column(kind, name, renamed_from, collation)
    made.declaration.sql_type = sql_type
    return made


def array(
    item: Column[T, Any, Any], name: str | None = None, *, renamed_from: str | None = None
) -> Column[list[T], Required]:
    """A PostgreSQL array: `col.array(col.text())`."""
    return _column(types.Array(item.node.type), name, renamed_from)


def _column(
    kind: types.SqlType, name: str | None, renamed_from: str | None, collation: str | None = None
) -> Column[Any, Required]:
    declaration = Declaration(kind, name, renamed_from)
    declaration.collation = collation
    return Column(nodes.Unbound(kind), declaration)
