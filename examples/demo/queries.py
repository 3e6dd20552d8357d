"""The queries of the demo, as an application would have them: functions that return queries, and units of work
that run them.

A query is a value: `largest_cities(5)` touches no database. `@inferred` takes the row type from the body, so
callers know it and nobody writes it down.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TextIO

from examples.demo.schema import City, Continent, Country, Visit
from qb import Database, Executor, Query, Rows, alias, excluded, exists, fn, inferred, insert, select, update


@inferred
def largest_cities(count: int) -> Query:
    return (
        select(City.name, Country.name.as_("country"), City.population)
        .join(Country, on=City.country_code == Country.code)
        .order_by(City.population.desc())
        .limit(count)
    )


@inferred
def capitals(continent: str) -> Query:
    """A capital that is small, or spelled in two ways, has no match."""
    in_country = City.country_code == Country.code
    return (
        select(Country.name, Country.capital, City.population.as_("people"))
        .left_join(City, on=in_country & (City.name == Country.capital))
        .where(Country.continent_code == continent)
        .order_by(Country.name)
    )


@inferred
def continents_with_cities(at_least: int) -> Query:
    cities = fn.count(City.id)
    people = fn.sum(City.population)
    return (
        select(
            Continent.name,
            cities.as_("cities"),
            cities.filter(City.population >= 1_000_000).as_("with_a_million"),
            people.as_("people"),
        )
        .from_(Continent)
        .join(Country, on=Country.continent_code == Continent.code)
        .join(City, on=City.country_code == Country.code)
        .group_by(Continent.name)
        .having(cities >= at_least)
        .order_by(people.desc())
    )


@inferred
def countries_without_cities() -> Query:
    cities = select(City.id).where(City.country_code == Country.code)
    return select(Country.name, Country.area).where(~exists(cities)).order_by(Country.name)


@inferred
def country_and_cities(name: str) -> Query:
    """Whole rows side by side; a country without cities is there once."""
    return (
        select(Country, City)
        .left_join(City, on=City.country_code == Country.code)
        .where(Country.name == name)
        .order_by(City.population.desc().nulls_last())
    )


@inferred
def visit(city_id: int, on: date) -> Query:
    """The first visit to a city is a new row; every other one counts on."""
    return (
        insert(Visit)
        .values(city_id=city_id, last_on=on)
        .on_conflict(Visit.city_id)
        .do_update(times=Visit.times + 1, last_on=excluded(Visit.last_on))
        .returning(Visit.city_id, Visit.times, Visit.last_on)
    )


@inferred
def rate_unrated(rating: Decimal) -> Query:
    return (
        update(Visit)
        .set(rating=rating)
        .where(Visit.rating.is_null())
        .returning(Visit.city_id, Visit.times, Visit.rating)
    )


@inferred
def city_called(name: str) -> Query:
    """The largest city of a name."""
    return select(City.id).where(City.name == name).order_by(City.population.desc()).limit(1)


@inferred
def larger_than_usual(country_code: str, times: int) -> Query:
    """Cities so many times as large as the average one of their country."""
    other = alias(City, "other")
    usual = select(fn.avg(other.population)).where(
        other.country_code == City.country_code,
    )
    return (
        select(City.name, City.population)
        .where(
            City.country_code == country_code,
            City.population > usual.scalar_subquery() * times,
        )
        .order_by(City.population.desc())
    )


async def travel(db: Database, city_ids: Iterable[int], on: date) -> None:
    """Note a whole journey; when one of its stops is wrong, nothing of it."""
    async with db.transaction() as tx:
        for city_id in city_ids:
            await tx.execute(visit(city_id, on))


@inferred
async def diary(db: Executor) -> Rows:
    return await db.fetch_all(
        select(
            Visit.last_on,
            City.name,
            Country.name.as_("country"),
            Visit.times,
            Visit.rating,
        )
        .join(City, on=Visit.city_id == City.id)
        .join(Country, on=City.country_code == Country.code)
        .order_by(Visit.last_on, City.name)
    )


async def export(db: Executor, to: TextIO) -> int:
    """All cities as CSV, never more than a thousand of them in memory."""
    writer = csv.writer(to)
    count = 0
    positions = select(City.name, City.latitude, City.longitude)
    async for city in db.stream(positions):
        writer.writerow(city)
        count += 1
    return count
