"""Plausible values for columns, by number: the same in every run, and different ones where there are enough."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

from qb.errors import QbError
from qb.types import Enum, Json, Numeric, SqlType, Timestamp, Varchar

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
DAY_ONE = datetime(2000, 1, 1)


def sample(type: SqlType, name: str, number: int) -> Any:  # any type of column
    """The value of a column of this name in the row of this number, from 1 on. Raises QbError when nothing is known to
    fit.
    """
    make = SAMPLES.get(type.kind)
    if make is None:
        raise QbError(f"nothing is known of values of {type!r}")
    return make(type, name, number)


def text(type: SqlType, name: str, number: int) -> str:
    """title 1, email1@example.com"""
    return f"{name}{number}@example.com" if name.lower().endswith("email") else f"{name} {number}"


def limited_text(type: SqlType, name: str, number: int) -> str:
    """The same, or the end of it with the number in as few characters as possible."""
    assert isinstance(type, Varchar)
    long = text(type, name, number)
    if len(long) <= type.length:
        return long
    digits = ""
    while number:
        number, rest = divmod(number, len(DIGITS))
        digits = DIGITS[rest] + digits
    if len(digits) > type.length:
        raise QbError(f"there are no more different values of {type!r}")
    return name[: type.length - len(digits)] + digits


def exact(type: SqlType, name: str, number: int) -> Any:
    """1.00, or 0.01 where there are no digits before the point."""
    from decimal import Decimal

    assert isinstance(type, Numeric)
    whole = 10 ** (type.precision - type.scale)
    if whole > 1:
        return Decimal((number - 1) % (whole - 1) + 1).quantize(Decimal(1).scaleb(-type.scale))
    return Decimal((number - 1) % (10**type.scale - 1) + 1).scaleb(-type.scale)


def moment(type: SqlType, name: str, number: int) -> datetime:
    """An hour after the one before."""
    assert isinstance(type, Timestamp)
    value = DAY_ONE + timedelta(hours=number)
    return value.replace(tzinfo=UTC) if type.zone else value


def time_of_day(type: SqlType, name: str, number: int) -> time:
    """A second after the one before."""
    return (DAY_ONE + timedelta(seconds=number % 86400)).time()


def identifier(type: SqlType, name: str, number: int) -> Any:
    """A UUID of version 4, whose end is the number."""
    from uuid import UUID

    return UUID(int=number, version=4)


def member(type: SqlType, name: str, number: int) -> Any:
    """One after the other."""
    assert isinstance(type, Enum)
    members = list(type.python_type)
    return members[(number - 1) % len(members)]


def document(type: SqlType, name: str, number: int) -> Any:
    """The simplest value of a Python type that JSON has."""
    assert isinstance(type, Json)
    return plain(type.python_type, name, number)


def plain(python: Any, name: str, number: int) -> Any:
    """The simplest value of a Python type."""
    origin = get_origin(python) or python
    if origin is Literal:
        return get_args(python)[0]
    if origin in (Union, types.UnionType):
        return plain(get_args(python)[0], name, number)
    if is_typeddict(origin):
        return {key: plain(item, key, number) for key, (item, is_required) in keys_of(origin).items() if is_required}
    if origin in PLAIN:
        return PLAIN[origin](name, number)
    try:
        return origin()
    except Exception as error:
        raise QbError(f"nothing is known of values of {python!r}") from error


def keys_of(cls: Any) -> dict[str, tuple[Any, bool]]:
    """The keys of a TypedDict: the type of each, and whether it is required, which its class does not know where
    annotations are strings.
    """
    found: dict[str, tuple[Any, bool]] = {}
    for key, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) in (NotRequired, Required):
            found[key] = get_args(hint)[0], get_origin(hint) is Required
        else:
            found[key] = hint, key in cls.__required_keys__
    return found


PLAIN: dict[Any, Callable[[str, int], Any]] = {
    Any: lambda name, number: {},
    object: lambda name, number: {},
    Mapping: lambda name, number: {},
    str: lambda name, number: f"{name} {number}",
    int: lambda name, number: number,
    float: lambda name, number: float(number),
    types.NoneType: lambda name, number: None,
}

SAMPLES: dict[str, Callable[[SqlType, str, int], Any]] = {
    "integer": lambda type, name, number: number,
    "bigint": lambda type, name, number: number,
    "smallint": lambda type, name, number: number,
    "text": text,
    "varchar": limited_text,
    "boolean": lambda type, name, number: False,
    "real": lambda type, name, number: float(number),
    "numeric": exact,
    "date": lambda type, name, number: date(2000, 1, 1) + timedelta(days=number),
    "time": time_of_day,
    "timestamp": moment,
    "interval": lambda type, name, number: timedelta(minutes=number),
    "uuid": identifier,
    "blob": lambda type, name, number: f"{name} {number}".encode(),
    "json": document,
    "enum": member,
    "array": lambda type, name, number: [],
}
