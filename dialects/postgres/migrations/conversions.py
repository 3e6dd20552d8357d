"""From one type of PostgreSQL to another: which values change, and which cast has to be said."""

from __future__ import annotations

from typing import NamedTuple

from qb.identifiers import QUOTED
from qb.schema.objects import Column, Name, Schema

INTEGERS = ("smallint", "integer", "bigint")
NUMBERS = (*INTEGERS, "numeric", "real", "double precision")
TEXTS = ("text", "character varying", "varchar", "character", "char", "citext")
MOMENTS = ("date", "timestamp", "timestamptz", "timestamp with time zone", "timestamp without time zone")
TIMES = ("time", "time without time zone", "timetz", "time with time zone", "interval")
JSON = ("json", "jsonb")
NETWORKS = ("cidr", "inet")
FAMILIES = (NUMBERS, MOMENTS, TIMES, JSON, NETWORKS)
"""Within these, PostgreSQL casts where a value is assigned."""


class Type(NamedTuple):
    """A type's name, the numbers after it, and whether it is an array."""

    name: str
    numbers: tuple[int, ...]
    is_array: bool


def parsed(text: str) -> Type:
    """`numeric(10,2)[]` in its parts."""
    is_array = text.endswith("[]")
    text = text.removesuffix("[]")
    head, _, rest = text.partition("(")
    inside, _, tail = rest.partition(")")
    numbers = [part.strip() for part in inside.split(",")] if inside else []
    if not all(part.isdecimal() for part in numbers):
        return Type(text, (), is_array)
    return Type((head.strip() + tail).strip(), tuple([int(part) for part in numbers]), is_array)


def is_lossless(schema: Schema, old: str, new: str) -> bool:
    """Whether no value can change on its way from one type to another. What fails is not lost."""
    one, other = parsed(old), parsed(new)
    if one.is_array != other.is_array:
        return False
    if other.name in TEXTS or is_enum(schema, other.name):
        return other.name not in ("character", "char")  # too long a text fails, and so does what is no label
    if one.name in INTEGERS and other.name in (*INTEGERS, "numeric"):
        return not other.numbers or other.name in INTEGERS  # too large a number fails
    if one.name == other.name == "numeric":
        scales = [numbers[1] if len(numbers) > 1 else 0 for numbers in (one.numbers, other.numbers)]
        return not other.numbers or (bool(one.numbers) and scales[1] >= scales[0])
    pairs = {("json", "jsonb"), ("cidr", "inet"), ("date", "timestamp"), ("real", "double precision")}
    return (one.name, other.name) in pairs or one == other


def is_near(old: str, new: str) -> bool:
    """Whether what is computed of values of one type can be computed of them in another."""
    one, other = parsed(old), parsed(new)
    families = (*FAMILIES, TEXTS, (one.name,))
    return one.is_array == other.is_array and any(one.name in each and other.name in each for each in families)


def is_enum(schema: Schema, name: str) -> bool:
    """Whether it is an enum type."""
    return any(is_of(name, enum.name) for enum in schema.enums)


def is_of(type: str, enum: Name) -> bool:
    """Whether a type is an enum type, or an array of it."""
    return parsed(type).name.replace('"', "") == str(enum)


def converted(schema: Schema | None, old: Column, new: Column) -> str | None:
    """The expression after USING; None where PostgreSQL finds the cast by itself. An explicit cast is said only where
    there is no other, because it cuts a text off that is too long.
    """
    one, other = parsed(old.type), parsed(new.type)
    if one.is_array == other.is_array and (other.name in TEXTS or one.name == other.name):
        return None
    if one.is_array == other.is_array and any(one.name in family and other.name in family for family in FAMILIES):
        return None
    array = "[]" if one.is_array else ""
    through = f"::text{array}" if schema is not None and is_enum(schema, one.name) else ""
    return f"{QUOTED[old.name]}{through}::{new.type}"
