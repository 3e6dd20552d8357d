"""The tables of the property tests, and what is in them.

What is in a column never depends on what an engine does with extremes: numbers are small, floats are multiples of 0.25,
which all engines add up exactly, and texts are ASCII, which all of them sort alike in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

from qb import Table, col
from tests.properties.evaluate import Data, Record
from tests.properties.language import BOOL, DATE, ENUM, INT, REAL, TEXT, Kind


class Grade(Enum):
    LOW = "z"
    MIDDLE = "it's"
    HIGH = "a"


class Red(Table, name="red"):
    id = col.integer().primary_key(generated=False)
    n = col.integer().nullable()
    m = col.integer()
    t = col.text().nullable()
    u = col.text()
    d = col.numeric(6, 2).nullable()
    r = col.real().nullable()
    b = col.boolean().nullable()
    day = col.date().nullable()
    g = col.enum(Grade).nullable()


class Blue(Table, name="blue"):
    id = col.integer().primary_key(generated=False)
    red_id = col.integer().nullable()
    t = col.text("itsText").nullable()
    d = col.numeric(8, 3)
    e = col.numeric(6, 0).nullable()
    r = col.real()
    b = col.boolean()
    day = col.date()
    g = col.enum(Grade)


class Green(Table, name="green"):
    id = col.integer().primary_key(generated=False)
    n = col.bigint().nullable()
    t = col.varchar(4).nullable()


TABLES: dict[str, type[Table]] = {"red": Red, "blue": Blue, "green": Green}
COLUMNS: dict[str, tuple[tuple[str, Kind], ...]] = {
    "red": (
        ("id", INT),
        *(("n", INT), ("m", INT), ("t", TEXT), ("u", TEXT), ("d", Kind("numeric", 100, 2)), ("r", REAL)),
        *(("b", BOOL), ("day", DATE), ("g", ENUM)),
    ),
    "blue": (
        *(("id", INT), ("red_id", INT), ("t", TEXT), ("d", Kind("numeric", 100, 3)), ("e", Kind("numeric", 100, 0))),
        *(("r", REAL), ("b", BOOL), ("day", DATE), ("g", ENUM)),
    ),
    "green": (("id", INT), ("n", INT), ("t", TEXT)),
}
NULLABLE = {"red": {"n", "t", "d", "r", "b", "day", "g"}, "blue": {"red_id", "t", "e"}, "green": {"n", "t"}}
WORDS = ("", "a", "b", "A", "ab", "B", " a", "a ", "ba", "%", "_", "a%", "Ab", "*", "[a]", "\\", "'", "10")
DAYS = (date(2024, 2, 29), date(2023, 12, 31), date(2024, 1, 1), date(1999, 2, 28))
PICK: dict[str, Callable[[Callable[[int], int], int], Any]] = {
    # Each makes a value out of a function that gives a number below another one, and the digits after the point.
    "int": lambda below, scale: below(9) - 3,
    "text": lambda below, scale: WORDS[below(len(WORDS))],
    "numeric": lambda below, scale: Decimal((below(9) - 4) * (1, 5, 25, 100)[below(4)]).scaleb(-scale),
    "real": lambda below, scale: (below(17) - 8) / 4,
    "bool": lambda below, scale: below(2) == 1,
    "date": lambda below, scale: DAYS[below(len(DAYS))],
    "enum": lambda below, scale: list(Grade)[below(3)],
}


def rows(table: str, count: int, below: Callable[[int], int]) -> list[Record]:
    """Random rows of a table; `below` gives the choices."""
    found = []
    for number in range(1, count + 1):
        record: Record = {"id": number}
        for name, kind in COLUMNS[table][1:]:
            is_null = name in NULLABLE[table] and below(4) == 3
            record[name] = None if is_null else PICK[kind.name](below, kind.scale)
        found.append(record)
    return found


def made(seed: int, *counts: int) -> Data:
    """Data with so many rows in each table."""
    random = Random(seed)
    return {table: rows(table, count, random.randrange) for table, count in zip(TABLES, counts, strict=True)}


DATA_SETS = (made(1, 3, 3, 2), made(2, 6, 5, 4), made(3, 0, 4, 3), made(4, 5, 0, 0), made(5, 8, 7, 5))
"""Those that are filled in once. Empty tables are among them."""


def day_after(days: int) -> date:
    """A date near those of the data."""
    return date(2024, 1, 1) + timedelta(days=days)
