"""What SQLite's four types stand for, and the way from one form of a value to another.

Decimals are whole numbers of their smallest unit, so that numeric(10, 2) and numeric(10, 3) are both INTEGER, but the
same number means something else in each: the schema keeps the form beside the type.
"""

from __future__ import annotations

from typing import NamedTuple

from dialects.sqlite.migrations.affinities import cast_back
from qb.identifiers import QUOTED
from qb.migrations.errors import MigrationError
from qb.schema.objects import Column, Name

PLACES = "decimals of {} places"
WHOLE, FLOATS, TEXTS = "whole numbers", "floats", "texts"
MIDNIGHT = "' 00:00:00.000000'"
FORMS = {
    "integer": WHOLE,
    "bigint": WHOLE,
    "smallint": WHOLE,
    "boolean": WHOLE,
    "numeric": PLACES.replace("{}", "{1}"),
    "real": FLOATS,
    "text": TEXTS,
    "varchar": TEXTS,
    "enum": TEXTS,
    "date": "dates",
    "time": "times",
    "timestamp": "timestamps",
    "interval": "microseconds",
    "uuid": "UUIDs",
    "blob": "bytes",
    "json": "JSON",
}
"""By the kind of a SQL type, with its parameters as in the names of types: what a column holds."""


class Conversion(NamedTuple):
    """How values become those of another column."""

    expression: str | None
    """None when the engine does it by storing them."""
    lost: str | None
    """The condition of a value that would change; None where there can be none."""


UNCHANGED = Conversion(None, None)


def conversion(table: Name, old: Column, new: Column) -> Conversion:
    """The way from one column to another. Raises MigrationError where there is none that everybody would take."""
    name = QUOTED[old.name]
    if old.form is None or new.form is None or old.form == new.form:
        cast = cast_back(old, new)
        return UNCHANGED if cast is None else Conversion(None, f"{cast} IS NOT {name}")
    here, there = places(old.form), places(new.form)
    if here is not None and there is not None:
        return rescaled(name, there - here)
    if here is not None and new.form == FLOATS:
        return Conversion(f"{name} / 1{'0' * here}.0", None) if here else UNCHANGED
    if old.form == FLOATS and there is not None:
        whole = f"CAST(round({name} * 1{'0' * there}) AS INTEGER)"
        return Conversion(whole, f"{whole} / 1{'0' * there}.0 IS NOT {name}")
    if (old.form, new.form) == ("dates", "timestamps"):
        return Conversion(f"{name} || {MIDNIGHT}", None)
    if (old.form, new.form) == ("timestamps", "dates"):
        return Conversion(f"substr({name}, 1, 10)", f"substr({name}, 11) <> {MIDNIGHT}")
    if TEXTS in (old.form, new.form) and not (here or there):
        cast = cast_back(old, new)
        return UNCHANGED if cast is None else Conversion(None, f"{cast} IS NOT {name}")
    raise MigrationError(
        f'"{table}.{old.name}" holds {old.form} and is to hold {new.form}: hint what its values become, as SQL over '
        f'"{old.name}"'
    )


def places(form: str) -> int | None:
    """How many decimal places a form has; None when it is no number of them."""
    if form == WHOLE:
        return 0
    number = form.removeprefix(PLACES.partition("{")[0]).removesuffix(PLACES.partition("}")[2])
    return int(number) if number.isdecimal() else None


def rescaled(name: str, more: int) -> Conversion:
    """With more decimal places, or with less where no digit is lost."""
    if not more:
        return UNCHANGED
    factor = f"1{'0' * abs(more)}"
    if more > 0:
        return Conversion(f"{name} * {factor}", None)
    return Conversion(f"{name} / {factor}", f"{name} % {factor} <> 0")
