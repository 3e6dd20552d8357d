"""PostgreSQL's names of types."""

from __future__ import annotations

from qb.identifiers import PATHS, QUOTED
from qb.types import Array, Enum, SqlType, Timestamp

TYPE_NAMES = {
    "integer": "integer",
    "bigint": "bigint",
    "smallint": "smallint",
    "text": "text",
    "varchar": "varchar({0})",
    "boolean": "boolean",
    "real": "double precision",
    "numeric": "numeric({0}, {1})",
    "date": "date",
    "time": "time",
    "interval": "interval",
    "uuid": "uuid",
    "blob": "bytea",
    "json": "jsonb",
}


def type_name(type: SqlType) -> str:
    """PostgreSQL's name of a type."""
    if isinstance(type, Timestamp):
        return "timestamptz" if type.zone else "timestamp"
    if isinstance(type, Array):
        return f"{type_name(type.item)}[]"
    if isinstance(type, Enum):
        return QUOTED[type.name] if type.schema is None else PATHS[type.schema, type.name]
    return TYPE_NAMES[type.kind].format(*type.parameters())


def cast_name(type: SqlType) -> str:
    """The type to which a parameter is cast: without limits, which would cut values off silently."""
    if isinstance(type, Array):
        return f"{cast_name(type.item)}[]"
    return {"varchar": "text", "numeric": "numeric"}.get(type.kind) or type_name(type)


SHORT_NAMES = {
    "bpchar": "char",
    "time": "time",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "timetz": "timetz",
    "varbit": "varbit",
    "varchar": "varchar",
}


def canonical_name(formatted: str, internal: str) -> str:
    """The name of a type of the catalogs as `type_name` writes it: `timestamp(3) with time zone` is `timestamptz(3)`.

    `formatted` is what format_type() gives, and `internal` the name in pg_type.
    """
    if internal == "numeric":
        return formatted.replace(",", ", ")
    short = SHORT_NAMES.get(internal)
    if short is None:
        return formatted
    _, parenthesis, rest = formatted.partition("(")
    if internal == "bpchar" and not parenthesis:
        return formatted  # char alone has one character
    return f"{short}({rest.partition(')')[0]})" if parenthesis else short
