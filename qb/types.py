"""SQL types: what a column holds, apart from how a dialect spells or stores it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from qb.errors import EncodingError
from qb.symbols import sample_of

if TYPE_CHECKING:
    from decimal import Decimal
    from enum import Enum as PyEnum


class SqlType:
    """One SQL type. `kind` is the key under which dialects keep its spelling and its codec."""

    __slots__ = ()
    kind: ClassVar[str]

    @property
    def python(self) -> type | tuple[type, ...]:
        """The Python classes whose values this type takes as they are."""
        raise NotImplementedError

    def parameters(self) -> tuple[Any, ...]:
        """What makes this type different from others of its kind (any values, by position)."""
        return ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.parameters() == other.parameters()

    def __hash__(self) -> int:
        return hash((self.kind, self.parameters()))

    def __repr__(self) -> str:
        inner = ", ".join(map(str, self.parameters()))
        return f"{self.kind}({inner})" if inner else self.kind


class Integer(SqlType):
    """A 32-bit integer on PostgreSQL, 64-bit on SQLite."""

    __slots__ = ()
    kind = "integer"
    python = int


class BigInt(SqlType):
    """A 64-bit integer."""

    __slots__ = ()
    kind = "bigint"
    python = int


class RowCount(BigInt):
    """How many rows: a whole number that is not negative."""

    __slots__ = ()


class SmallInt(SqlType):
    """A 16-bit integer on PostgreSQL, 64-bit on SQLite."""

    __slots__ = ()
    kind = "smallint"
    python = int


class Text(SqlType):
    """A string of any length."""

    __slots__ = ()
    kind = "text"
    python = str


class Varchar(SqlType):
    """A string of at most `length` characters."""

    __slots__ = ("length",)
    kind = "varchar"
    python = str

    def __init__(self, length: int) -> None:
        self.length = length

    def parameters(self) -> tuple[Any, ...]:
        return (self.length,)


class Boolean(SqlType):
    """True or false."""

    __slots__ = ()
    kind = "boolean"
    python = bool


class Real(SqlType):
    """A double-precision float on every engine."""

    __slots__ = ()
    kind = "real"
    python = (float, int)


class Numeric(SqlType):
    """An exact decimal of `precision` digits, `scale` of them after the point."""

    __slots__ = ("precision", "scale")
    kind = "numeric"

    def __init__(self, precision: int, scale: int) -> None:
        self.precision = precision
        self.scale = scale

    @property
    def python(self) -> tuple[type, ...]:
        from decimal import Decimal

        return (Decimal, int)

    def parameters(self) -> tuple[Any, ...]:
        return (self.precision, self.scale)


class Date(SqlType):
    """A calendar date."""

    __slots__ = ()
    kind = "date"
    python = date


class Time(SqlType):
    """A time of day, without a zone, in microseconds."""

    __slots__ = ()
    kind = "time"
    python = time


class Timestamp(SqlType):
    """A date and time in microseconds; `zone` says whether it is a moment in time (aware, UTC)."""

    __slots__ = ("zone",)
    kind = "timestamp"
    python = datetime

    def __init__(self, zone: bool) -> None:
        self.zone = zone

    def parameters(self) -> tuple[Any, ...]:
        return (self.zone,)


class Interval(SqlType):
    """A length of time in microseconds."""

    __slots__ = ()
    kind = "interval"
    python = timedelta


class Uuid(SqlType):
    """A UUID."""

    __slots__ = ()
    kind = "uuid"

    @property
    def python(self) -> type:
        from uuid import UUID

        return UUID


class Blob(SqlType):
    """Bytes."""

    __slots__ = ()
    kind = "blob"
    python = bytes


class Json(SqlType):
    """A JSON document, typed by a Python type; `dump` and `load` convert to and from plain JSON values."""

    __slots__ = ("dump", "load", "python_type")
    kind = "json"
    python = object

    def __init__(
        self,
        python_type: Any,  # a class, a TypedDict or a generic alias such as list[str]
        dump: Callable[[Any], Any] | None = None,
        load: Callable[[Any], Any] | None = None,
    ) -> None:
        self.python_type = python_type
        self.dump = dump
        self.load = load

    def parameters(self) -> tuple[Any, ...]:
        return (self.python_type, self.dump, self.load)


class Enum(SqlType):
    """One of the string values of a Python Enum. `name` and `schema` are those of PostgreSQL's type."""

    __slots__ = ("name", "python_type", "schema")
    kind = "enum"

    def __init__(self, python_type: type[PyEnum], name: str, schema: str | None = None) -> None:
        self.python_type = python_type
        self.name = name
        self.schema = schema

    @property
    def python(self) -> type[PyEnum]:
        return self.python_type

    @property
    def labels(self) -> list[str]:
        """The values that the database stores, in the order in which they sort."""
        return [member.value for member in self.python_type]

    def parameters(self) -> tuple[Any, ...]:
        return (self.name, self.schema, self.python_type)


class Array(SqlType):
    """A PostgreSQL array of `item`."""

    __slots__ = ("item",)
    kind = "array"
    python = list

    def __init__(self, item: SqlType) -> None:
        self.item = item

    def parameters(self) -> tuple[Any, ...]:
        return (self.item,)


class Quantified(SqlType):
    """Many values of `item`, with ANY or ALL before them."""

    __slots__ = ("item",)
    kind = "quantified"
    python = ()

    def __init__(self, item: SqlType) -> None:
        self.item = item

    def parameters(self) -> tuple[Any, ...]:
        return (self.item,)


class Anything(SqlType):
    """A type that qb does not know: values come and go as the driver has them."""

    __slots__ = ()
    kind = "any"
    python = object


class NestedRows(SqlType):
    """Rows inside of a row: no value of SQL, but what comes back of many()."""

    __slots__ = ()
    kind = "rows"
    python = list


ANY = Anything()
NESTED_ROWS = NestedRows()
INTEGER, BIGINT, SMALLINT = Integer(), BigInt(), SmallInt()
TEXT, BOOLEAN, REAL, BLOB = Text(), Boolean(), Real(), Blob()
ROW_COUNT = RowCount()
DATE, TIME, INTERVAL, UUID = Date(), Time(), Interval(), Uuid()
TIMESTAMP, TIMESTAMP_TZ = Timestamp(zone=False), Timestamp(zone=True)

INTEGERS = frozenset({"integer", "bigint", "smallint"})
NUMBERS = INTEGERS | {"numeric", "real"}
TEXTS = frozenset({"text", "varchar"})
MOST_DIGITS = 1000
"""After the point: what a column of PostgreSQL may have."""
WIDEST = 38
"""The precision given to a computed numeric: no digit of a sum is cut off."""


def of_value(value: object) -> SqlType:
    """The SQL type of a Python value that stands alone (`literal(5)`, `fn.coalesce(5, …)`)."""
    value = sample_of(value)
    kind = type(value)
    known = _BY_CLASS.get(kind)
    if known is not None:
        return known
    if isinstance(value, datetime):
        return TIMESTAMP if value.tzinfo is None else TIMESTAMP_TZ
    if kind.__name__ == "Decimal":
        return exact(value)  # type: ignore[arg-type]  # Decimal is imported only when someone uses it
    if kind.__name__ == "UUID":
        return UUID
    for base, known in _BY_CLASS.items():
        if isinstance(value, base):
            return known
    raise TypeError(f"qb has no SQL type for a value of {kind.__qualname__}")


_BY_CLASS: dict[type, SqlType] = {
    bool: BOOLEAN,
    int: INTEGER,
    str: TEXT,
    float: REAL,
    bytes: BLOB,
    date: DATE,
    time: TIME,
    timedelta: INTERVAL,
}


def exact(value: Decimal) -> Numeric:
    """The numeric type that holds a decimal with all of its digits."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DIGITS:
        raise EncodingError(f"{value} has more than {MOST_DIGITS} digits after the point")
    return Numeric(WIDEST, max(0, -exponent) if isinstance(exponent, int) else 0)


def of_parameter(value: object, beside: SqlType) -> SqlType:
    """The SQL type of a value that stands beside an expression: that expression's own, where it fits."""
    value = sample_of(value)
    if isinstance(value, beside.python):
        if isinstance(beside, Numeric):  # the value may have more digits
            own = 0 if isinstance(value, int) else exact(value).scale  # type: ignore[arg-type]  # or else a Decimal
            return Numeric(WIDEST, max(own, beside.scale))
        return beside
    if beside.kind == "enum" and isinstance(value, str):
        return beside
    return of_value(value)


def comparable(left: SqlType, right: SqlType) -> bool:
    """Whether the engines compare the two types, and alike."""
    if left.kind == right.kind:
        return not isinstance(left, Timestamp) or left == right
    if isinstance(right, Quantified):
        return comparable(left, right.item)
    kinds = {left.kind, right.kind}
    return kinds <= NUMBERS or kinds <= TEXTS or "any" in kinds


def of_class(python: type) -> SqlType:
    """The SQL type for a Python class given as the type of a value (`sql(…, returns=int)`)."""
    if python is int:
        return BIGINT
    if python is datetime:
        return TIMESTAMP_TZ
    known = _BY_CLASS.get(python)
    if known is not None:
        return known
    if python.__name__ == "UUID":
        return UUID
    if python is object:
        return ANY
    raise TypeError(f"qb has no SQL type for {python.__qualname__}")
