"""Whether a value is of a type, as mypy understands it."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Any

from mypy.types import (
    AnyType,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    TypedDictType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from qb_mypy.names import ROW
from qb_mypy.tables import columns

CLASSES: dict[str, type] = {
    "builtins.int": int,
    "builtins.str": str,
    "builtins.bool": bool,
    "builtins.float": float,
    "builtins.bytes": bytes,
    "datetime.date": datetime.date,
    "datetime.datetime": datetime.datetime,
    "datetime.time": datetime.time,
    "datetime.timedelta": datetime.timedelta,
    "decimal.Decimal": decimal.Decimal,
    "uuid.UUID": uuid.UUID,
}
SEQUENCES = frozenset({"builtins.list", "typing.Sequence"})


def misfit(type: Type, value: Any) -> str | None:
    """What of a value is not of a type; None when all is."""
    proper = get_proper_type(type)
    if isinstance(proper, (AnyType, TypeVarType)):
        return None
    if isinstance(proper, UnionType):
        return None if any(misfit(item, value) is None for item in proper.items) else _said(proper, value)
    if isinstance(proper, TupleType):
        return _tuple(proper, value)
    if isinstance(proper, TypedDictType):
        if not isinstance(value, dict) or not proper.required_keys <= set(value) <= set(proper.items):
            return _said(proper, value)
        return _first(misfit(proper.items[key], item) for key, item in value.items())
    if isinstance(proper, NoneType):
        fits = value is None
    elif isinstance(proper, LiteralType):
        fits = value == proper.value or (isinstance(value, enum.Enum) and value.name == proper.value)
    elif isinstance(proper, Instance):
        return _instance(proper, value)
    else:
        raise NotImplementedError(f"no value is of {proper}")
    return None if fits else _said(proper, value)


def _tuple(type: TupleType, value: Any) -> str | None:
    if not isinstance(value, tuple) or len(value) != len(type.items):
        return _said(type, value)
    row = type.partial_fallback
    fields = get_proper_type(row.args[0]) if row.type.fullname == ROW else None
    if isinstance(fields, TypedDictType):
        names = value._fields  # type: ignore[attr-defined]  # a row
        if set(fields.items) - set(names):
            return _said(fields, names)
        by_name = _first(misfit(held, value[names.index(name)]) for name, held in fields.items.items())
        if by_name is not None:
            return by_name
    return _first(misfit(item, part) for item, part in zip(type.items, value, strict=True))


def _instance(type: Instance, value: Any) -> str | None:
    name = type.type.fullname
    if name == "builtins.object":
        return None
    if name == ROW:
        table = get_proper_type(type.args[0])
        if not isinstance(table, Instance):
            return None
        held = columns(table.type)
        if not isinstance(value, tuple) or value._fields != tuple(held):  # type: ignore[attr-defined]  # a row
            return _said(type, value)
        return _first(misfit(column.args[0], part) for column, part in zip(held.values(), value, strict=True))
    if name in SEQUENCES:
        return _first(misfit(type.args[0], item) for item in value) if isinstance(value, list) else _said(type, value)
    if name == "builtins.dict":
        if not isinstance(value, dict):
            return _said(type, value)
        return _first(misfit(type.args[1], item) for item in value.values())
    if type.type.is_enum:
        return None if value.__class__.__name__ == type.type.name else _said(type, value)
    # To Python a bool is an int, and a datetime a date.
    strict = CLASSES.get(name) in (int, datetime.date)
    fits = value.__class__ is CLASSES[name] if strict else name in CLASSES and isinstance(value, CLASSES[name])
    return None if fits or (name not in CLASSES and value.__class__.__name__ == type.type.name) else _said(type, value)


def _first(found: Any) -> str | None:
    return next((text for text in found if text is not None), None)


def _said(type: Type, value: Any) -> str:
    return f"{value!r} ({value.__class__.__name__}) is not of {type}"
