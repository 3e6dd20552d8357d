"""Snapshots: a schema as JSON that is stable, so that it can be compared, reviewed and kept beside a migration."""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, Field, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from qb.errors import SchemaError
from qb.schema.canonical import canonical
from qb.schema.objects import Schema

FORMAT = 1
"""Of the file; a newer one is refused."""


def dump(schema: Schema) -> str:
    """The JSON of a schema: its objects sorted by name, what has its usual value left out."""
    return json.dumps({"format": FORMAT, **encoded(canonical(schema))}, indent=2, ensure_ascii=False) + "\n"


def load(text: str) -> Schema:
    """The schema of a JSON text. Raises SchemaError when it is none, or of a newer format."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
            raise SchemaError(
                f"this is no snapshot of format {FORMAT}: it was made by a newer qb, or by something else"
            )
        schema = decoded(Schema, data)
    except (ValueError, KeyError, TypeError) as error:
        raise SchemaError(f"this is no snapshot of a schema: {error}") from error
    assert isinstance(schema, Schema)
    return schema


def digest(text: str) -> str:
    """The SHA-256 of a text, as a snapshot names its parent and a lock file what it holds."""
    return hashlib.sha256(text.encode()).hexdigest()


def encoded(value: object) -> Any:  # what JSON has
    """A part of a schema as what JSON has."""
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    if not is_dataclass(value):
        return value
    parts = {field.name: getattr(value, field.name) for field in fields(value) if is_unusual(value, field)}
    return {name: encoded(part) for name, part in parts.items()}


def is_unusual(value: object, field: Field[Any]) -> bool:
    """Whether a field has another value than the one it has by default."""
    return field.default is MISSING or getattr(value, field.name) != field.default


def decoded(kind: Any, value: Any) -> Any:  # classes and annotations of them, and what JSON has
    """The value of a class that `encoded` wrote."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        for name in value:
            if name not in hints:
                raise SchemaError(f"a {kind.__name__} of the snapshot has {name!r}, which this qb does not know")
        return kind(**{name: decoded(hints[name], part) for name, part in value.items()})
    if get_origin(kind) is tuple:
        return tuple([decoded(get_args(kind)[0], item) for item in value])
    if isinstance(kind, type) and issubclass(kind, tuple):
        return kind(*value)
    if get_origin(kind) is UnionType and value is not None:
        return decoded(get_args(kind)[0], value)  # the other is None
    return value
