"""The queries give what the standard's SQL gives, on every engine.

The judge is PostgreSQL with that SQL by a plain driver: `reference/` has it in the standard's own form, with the
arguments of our functions as its parameters.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from examples.tpch.queries import QUERIES
from qb import Database, query
from qb.dialect import find_dialect

REFERENCE = Path(__file__).parent / "reference"

OTHERS: list[tuple[int, dict[str, Any]]] = [
    (1, {"days": 1500}),
    (2, {"size": 23, "material": "COPPER", "region": "ASIA"}),
    (3, {"segment": "MACHINERY", "day": date(1995, 3, 31)}),
    (4, {"start": date(1997, 11, 1)}),
    (5, {"region": "AFRICA", "start": date(1997, 1, 1)}),
    (6, {"start": date(1997, 1, 1), "discount": Decimal("0.02"), "quantity": 25}),
    (7, {"nation": "CHINA", "other": "VIETNAM"}),
    (8, {"nation": "CHINA", "region": "ASIA", "type": "PROMO ANODIZED TIN"}),
    (9, {"color": "lemon"}),
    (10, {"start": date(1994, 12, 1)}),
    (11, {"nation": "CHINA", "fraction": Decimal("0.0125")}),
    (12, {"modes": ["AIR", "REG AIR", "TRUCK"], "start": date(1997, 1, 1)}),
    (13, {"word1": "pending", "word2": "packages"}),
    (14, {"start": date(1993, 12, 1)}),
    (15, {"start": date(1997, 10, 1)}),
    (16, {"brand": "Brand#11", "type": "PROMO", "sizes": range(1, 20)}),
    (17, {"brand": "Brand#32", "container": "LG PKG"}),
    (18, {"quantity": 250}),
    (19, {"brand1": "Brand#31", "brand2": "Brand#11", "brand3": "Brand#13"}),
    (20, {"color": "almond", "nation": "CHINA"}),
    (21, {"nation": "CHINA"}),
    (22, {"codes": ["10", "11", "22", "27", "28", "33"]}),
]
"""Other arguments than the defaults: some of those find nothing in so little data."""

SORTED_BY = {3: (1, 2), 5: (1,), 10: (2,), 11: (1,), 18: (4, 3)}
"""The positions of the sort keys, where rows may share them; everywhere else the order is total."""

Rows = Sequence[tuple[Any, ...]]


@pytest.mark.parametrize("number", QUERIES)
async def test_the_standards_arguments(number: int, tpch: Database, raw_postgres: asyncpg.Connection) -> None:
    await compare(number, {}, tpch, raw_postgres)


@pytest.mark.parametrize(("number", "arguments"), OTHERS)
async def test_other_arguments(
    number: int, arguments: dict[str, Any], tpch: Database, raw_postgres: asyncpg.Connection
) -> None:
    rows = await compare(number, arguments, tpch, raw_postgres)
    assert rows, "nothing was compared"
    assert None not in rows[0], "nothing was compared"


async def compare(number: int, arguments: dict[str, Any], tpch: Database, judge: asyncpg.Connection) -> Rows:
    """Run a query both ways and compare what comes back."""
    function = QUERIES[number]
    rows = await tpch.fetch_all(function(**arguments))
    bound = inspect.signature(function).bind(**arguments)
    bound.apply_defaults()
    reference = await judge.fetch((REFERENCE / f"q{number:02}.sql").read_text(), *bound.args)
    same(number, rows, [tuple(row) for row in reference])
    return rows


def same(number: int, rows: Rows, expected: Rows) -> None:
    keys = SORTED_BY.get(number)
    if keys is not None:
        in_order = itemgetter(*keys)
        assert [in_order(row) for row in rows] == [in_order(row) for row in expected]
        rows, expected = sorted(rows), sorted(expected)
    assert len(rows) == len(expected)
    for row, other in zip(rows, expected, strict=True):
        assert [known(value) for value in row] == [known(value, like) for value, like in zip(other, row, strict=True)]


def known(value: Any, like: object = None) -> Any:
    """A value as it is compared: decimals to the last digit, averages and quotients (like a float) nearly."""
    if isinstance(like, float):
        return pytest.approx(float(value), rel=1e-9)
    if isinstance(like, int):  # PostgreSQL has years as decimals
        return int(value)
    return str(value) if isinstance(value, Decimal) else value


PREPARABLE = (2, 3, 7, 8, 9, 11, 16, 17, 18, 21, 22)
"""Those that hand their arguments to SQL as they are; the others calculate with them first."""


@pytest.mark.parametrize("number", PREPARABLE)
async def test_a_prepared_query_gives_the_same(number: int, tpch: Database) -> None:
    prepared = query(QUERIES[number])
    for arguments in ({}, dict(OTHERS)[number], {}):
        rows = await tpch.fetch_all(prepared(**arguments))
        assert rows == await tpch.fetch_all(QUERIES[number](**arguments))


@pytest.mark.parametrize("number", QUERIES)
def test_d1_takes_what_sqlite_takes(number: int) -> None:
    """But for casts, because D1 gives and takes numbers as JSON does, and the names that columns keep under them."""
    compiled, sqlite = QUERIES[number]().compile("d1"), QUERIES[number]().compile("sqlite")
    assert without_casts(compiled.sql) == without_casts(sqlite.sql)
    assert compiled.parameters == sqlite.parameters
    assert len(compiled.parameters) <= find_dialect("d1").max_parameters


def without_casts(text: str) -> str:
    """SQL without the casts to integers and texts, and the labels that only repeat a name."""
    for part in ("CAST(", " AS INTEGER)", " AS TEXT)"):
        text = text.replace(part, "")
    return re.sub(r'"(\w+)" AS "\1"', r'"\1"', text)
