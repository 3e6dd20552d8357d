"""What SQLite makes of a value that is stored in a column of another type."""

from __future__ import annotations

from qb.identifiers import QUOTED
from qb.schema.objects import Column


def affinity(type: str) -> str:
    """The affinity of a declared type (section 3.1 of SQLite's "Datatypes")."""
    name = type.upper()
    if "INT" in name:
        return "INTEGER"
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if "BLOB" in name or name in ("", "ANY"):
        return "BLOB"
    if any(part in name for part in ("REAL", "FLOA", "DOUB")):
        return "REAL"
    return "NUMERIC"


def cast_back(old: Column, new: Column) -> str | None:
    """A value converted to a new type and back again; None where it cannot change."""
    before, after = affinity(old.type), affinity(new.type)
    if before == after or after == "BLOB":
        return None
    there = f"CAST({QUOTED[old.name]} AS {after})"
    return there if before == "BLOB" else f"CAST({there} AS {before})"
