"""Mistakes that mypy finds before anything runs. The demo shows what it says about them."""

from datetime import date

from examples.demo.queries import capitals
from examples.demo.schema import City, Country, Visit
from qb import Database, insert, select


async def forgets_that_a_join_may_miss(db: Database) -> None:
    for country in await db.fetch_all(capitals("EU")):
        print(country.name, country.people + 1)


def compares_a_number_with_a_text() -> None:
    select(City.name).where(City.population > "a million")


def forgets_to_join() -> None:
    select(City.name).where(Country.name == "Peru").compile("postgres")


def misspells_a_column() -> None:
    insert(Visit).values(city_id=1, lst_on=date(2024, 5, 1))
