"""make: rows of which only what matters is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qb import Database, Table, col, delete, fn, foreign_key, insert, primary_key, select
from qb.errors import CheckViolated, QbError, SchemaError
from qb.testing import make, make_many, rolled_back
from tests.music import Album, Artist, Track
from tests.testing.every_kind import Money, Priced, Sample, Size


class City(Table, name="cities"):
    country = col.varchar(2)
    number = col.integer()
    key = primary_key(country, number)


class Street(Table, name="streets"):
    id = col.uuid().primary_key()
    name = col.text("streetName")
    country = col.varchar(2)
    city = col.integer()
    twin = col.integer().nullable()
    in_city = foreign_key(country, city, references=lambda: (City.country, City.number))
    twins = foreign_key(country, twin, references=lambda: (City.country, City.number))


class Person(Table, name="people"):
    id = col.integer().primary_key()
    boss_id = col.integer().nullable().references(lambda: Person.id)


class Chicken(Table, name="chickens"):
    id = col.integer().primary_key()
    egg_id = col.integer().references(lambda: Egg.id)


class Egg(Table, name="eggs"):
    id = col.integer().primary_key()
    chicken_id = col.integer().references(lambda: Chicken.id)


class Letter(Table, name="letters"):
    id = col.integer().primary_key()
    letter = col.varchar(1).unique()


class Switch(Table, name="switches"):
    id = col.integer().primary_key()
    on = col.boolean().check(lambda on: on == True)  # noqa: E712  # SQL


async def test_what_is_given_and_what_is_made_up(test_db: Database) -> None:
    album = await make(test_db, Album, title="Mingus", plays=3)
    assert album._asdict() == {"id": 5, "artist_id": 4, "title": "Mingus", "released": None, "plays": 3}
    assert await test_db.fetch_one(select(Album).where(Album.id == album.id)) == album
    artist = await test_db.fetch_one(select(Artist).where(Artist.id == album.artist_id))
    assert artist == (4, "name 4")


async def test_required_rows_are_made_as_far_as_needed(test_db: Database) -> None:
    track = await make(test_db, Track)
    assert track == (4, 5, "title 4")
    other = await make(test_db, Track, album_id=1)
    assert other == (5, 1, "title 5")
    counts = [await test_db.fetch_value(select(fn.count()).from_(table)) for table in (Artist, Album, Track)]
    assert counts == [4, 5, 5]


async def test_every_kind_of_column(database: Database) -> None:
    await database.create_tables(Sample)
    first, second = await make_many(database, Sample, 2)
    expected: dict[str, Any] = {
        "id": 1,
        "integer": 1,
        "bigint": 1,
        "smallint": 1,
        "text": "text 1",
        "email": "email1@example.com",
        "varchar": "varc1",
        "boolean": False,
        "real": 1.0,
        "numeric": Decimal("1.00"),
        "fraction": Decimal("0.01"),
        "date": date(2000, 1, 2),
        "time": time(0, 0, 1),
        "moment": datetime(2000, 1, 1, 1, tzinfo=UTC),
        "clock": datetime(2000, 1, 1, 1),
        "interval": timedelta(minutes=1),
        "uuid": UUID("00000000-0000-4000-8000-000000000001"),
        "blob": b"blob 1",
        "items": [],
        "settings": {"theme": "theme 1", "mode": "on", "maybe": 1, "inner": {}},
        "anything": {},
        "size": Size.small,
        "nothing": None,
        "default": 7,
        "computed": False,
    }
    assert first._asdict() == expected
    same = {"boolean", "items", "anything", "nothing", "default", "computed"}
    assert {name for name in expected if first._asdict()[name] == second._asdict()[name]} == same


async def test_keys_of_several_columns(database: Database) -> None:
    await database.create_tables(City, Street)
    street = await make(database, Street)
    assert street[1:] == ("name 1", "c1", 1, None)
    assert await database.fetch_all(select(City)) == [("c1", 1)]
    other = await make(database, Street, country="de")  # its city is in it
    assert (other.country, other.city) == ("de", 2)
    with pytest.raises(SchemaError, match="Street has no column 'streetName'"):
        await make(database, Street, streetName="x")


async def test_what_may_be_absent_is_absent(database: Database) -> None:
    await database.create_tables(Person)
    boss = await make(database, Person)
    assert boss._asdict() == {"id": 1, "boss_id": None}
    assert await make(database, Person, boss_id=boss.id) == (2, 1)


async def test_rows_that_need_each_other(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Chicken, Egg)
    said = (
        "a row of Chicken, which needs a row of Egg, which needs a row of Chicken: give Egg.chicken_id, "
        r"say make\(db, Egg, chicken_id=…\)"
    )
    with pytest.raises(QbError, match=said):
        await make(sqlite_db, Chicken)
    with pytest.raises(QbError, match="a row of Egg, which needs a row of Chicken, which needs a row of Egg"):
        await make(sqlite_db, Egg)


async def test_many_rows(test_db: Database) -> None:
    albums = await make_many(test_db, Album, 3, artist_id=2, title=lambda number: f"Volume {number}")
    assert [(album.artist_id, album.title) for album in albums] == [(2, f"Volume {number}") for number in (5, 6, 7)]
    assert await make_many(test_db, Album, 0) == []
    assert len({album.artist_id for album in await make_many(test_db, Album, 3)}) == 3


async def test_numbers_go_on_where_the_database_stands(db: Database) -> None:
    async with rolled_back(db) as test_db:
        made = [(await make(test_db, Artist)).name for _ in range(2)]
        await test_db.execute(delete(Artist).where(Artist.name == made[0]))
        made.append((await make(test_db, Artist)).name)
    assert made == ["name 4", "name 5", "name 6"]
    async with rolled_back(db) as test_db:
        assert (await make(test_db, Artist)).name == "name 4"


async def test_in_a_transaction(test_db: Database) -> None:
    async with test_db.transaction() as tx:
        artist = await make(tx, Artist)
        assert await tx.fetch_value(select(Artist.name).where(Artist.id == artist.id)) == artist.name
    assert (await make(test_db, Artist)).name == "name 5"


# What cannot be known


async def test_no_column_of_that_name(test_db: Database) -> None:
    with pytest.raises(SchemaError, match="Album has no column 'titel', did you mean"):
        await make(test_db, Album, titel="x")


async def test_a_type_of_the_application(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Priced)
    said = r"nothing is known of values of <class '.*\.Money'>: say make\(db, Priced, price=…\)"
    with pytest.raises(QbError, match=said):
        await make(sqlite_db, Priced)
    assert (await make(sqlite_db, Priced, price=Money(7))).price.cents == 7


async def test_no_more_different_values(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Letter)
    letters = await make_many(sqlite_db, Letter, 35)
    assert [row.letter for row in letters] == list("123456789abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(QbError, match=r"no more different values of varchar\(1\): say make\(db, Letter, letter=…\)"):
        await make(sqlite_db, Letter)


async def test_a_check_is_not_known(database: Database) -> None:
    await database.create_tables(Switch)
    with pytest.raises(CheckViolated):
        await make(database, Switch)
    assert (await make(database, Switch, on=True)).on is True


async def test_values_of_the_database_are_its_own(database: Database) -> None:
    await database.create_tables(Person)
    await database.execute(insert(Person).values())
    assert (await make(database, Person)).id == 2
