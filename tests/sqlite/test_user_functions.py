"""Functions, aggregates and collations that are written in Python."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dialects.sqlite import SqliteDriver
from qb import Database, col, function, insert, literal, select, sql
from qb.errors import InvalidValue, QbError, UndefinedTable
from tests.music import Album, Artist

reverse = function("reverse", col.text(), returns=col.text())
longest = function("longest", col.text(), returns=col.text(), aggregate=True)


class Longest:
    def __init__(self) -> None:
        self.text = ""

    def step(self, text: str) -> None:
        self.text = max(self.text, text, key=len)

    def finalize(self) -> str:
        return self.text


class Total:
    """For windows, too."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, number: int) -> None:
        self.total += number

    def inverse(self, number: int) -> None:
        self.total -= number

    def value(self) -> int:
        return self.total

    def finalize(self) -> int:
        return self.total


def backwards(one: str, other: str) -> int:
    return (one < other) - (one > other)


async def everywhere(db: Database, query: Any) -> Any:
    """What a query gives on all connections."""
    results = await asyncio.gather(*[db.fetch_all(query) for _ in range(12)])
    async with db.transaction() as tx:
        results.append(await tx.fetch_all(query))
    assert all(result == results[0] for result in results)
    return results[0]


async def test_functions_of_the_options(url: str) -> None:
    async with Database.connect(
        url,
        functions={reverse: lambda text: text[::-1], "plus": lambda a, b: a + b, "count_all": lambda *all: len(all)},
        aggregates={longest: Longest},
        collations={"backwards": backwards},
    ) as db:
        await db.create_tables(Artist)
        await db.batch(*[insert(Artist).values(name=name) for name in ("Bach", "Ravel", "Abba")])
        query = select(reverse(Artist.name).as_("name")).order_by(Artist.id)
        assert await everywhere(db, query) == [("hcaB",), ("levaR",), ("abbA",)]
        assert await everywhere(db, select(longest(Artist.name).as_("name"))) == [("Ravel",)]
        assert await everywhere(db, select(sql("plus(1, 2)", returns=int).as_("n"))) == [(3,)]
        assert await everywhere(db, select(sql("count_all(1, 2, 3)", returns=int).as_("n"))) == [(3,)]
        order = sql("(SELECT group_concat(name) FROM (SELECT name FROM artists ORDER BY name COLLATE backwards))")
        assert await everywhere(db, select(order.as_("names"))) == [("Ravel,Bach,Abba",)]
        await db.close()
        await db.open()
        assert await everywhere(db, query) == [("hcaB",), ("levaR",), ("abbA",)]


async def test_functions_that_come_later(db: Database) -> None:
    await everywhere(db, select(Artist))
    driver = SqliteDriver.of(db)
    driver.create_function(reverse, lambda text: text[::-1], deterministic=True)
    query = select(reverse(Artist.name).as_("name")).where(Artist.id == 3)
    assert await everywhere(db, query) == [("ydoboN",)]
    await db.execute(sql("CREATE INDEX by_reverse ON artists (reverse(name))"))  # only with one that is deterministic
    driver.create_function("reverse", lambda text: "another")
    await db.execute(sql("DROP INDEX by_reverse"))
    assert await everywhere(db, query) == [("another",)]


async def test_in_memory(sqlite_db: Database) -> None:
    SqliteDriver.of(sqlite_db).create_function("twice", lambda n: 2 * n)
    assert await sqlite_db.fetch_value(select(sql("twice(21)", returns=int).as_("n"))) == 42


async def test_aggregates_over_windows(db: Database) -> None:
    SqliteDriver.of(db).create_aggregate("total_of", Total)
    over = sql("total_of({}) OVER (ORDER BY {} ROWS 1 PRECEDING)", Album.id, Album.id, returns=int)
    assert await everywhere(db, select(over.as_("n")).from_(Album).order_by(Album.id)) == [(1,), (3,), (5,), (7,)]


async def test_a_registration_inside_of_a_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(insert(Artist).values(name="a"))
        SqliteDriver.of(db).create_function("later", lambda: 1)
        await tx.execute(insert(Artist).values(name="b"))
    assert await db.fetch_value(select(sql("later()", returns=int).as_("n"))) == 1


async def test_what_a_function_raises_is_the_cause(db: Database) -> None:
    def fails(text: str) -> str:
        raise LookupError(f"no {text}")

    driver = SqliteDriver.of(db)
    driver.create_function(reverse, fails)
    for query in (select(reverse(Artist.name).as_("name")), select(reverse(literal("x")).as_("name"))):
        with pytest.raises(InvalidValue, match=r"user-defined function raised exception: LookupError\('no ") as caught:
            await db.fetch_all(query)
        assert caught.value.category == "data"
        assert caught.value.__cause__ is not None
        assert isinstance(caught.value.__cause__.__cause__, LookupError)
    with pytest.raises(UndefinedTable) as other:
        await db.fetch_all(select(sql("(SELECT 1 FROM nowhere)").as_("x")))
    assert other.value.__cause__ is not None
    assert other.value.__cause__.__cause__ is None


async def test_what_an_aggregate_raises_is_the_cause(db: Database) -> None:
    class Failing(Longest):
        def step(self, text: str) -> None:
            raise LookupError(text)

    SqliteDriver.of(db).create_aggregate(longest, Failing)
    with pytest.raises(InvalidValue, match="LookupError"):
        await db.fetch_all(select(longest(Artist.name).as_("name")))


def test_mistakes() -> None:
    db = Database.connect("sqlite://")
    driver = SqliteDriver.of(db)
    with pytest.raises(QbError, match="belong to no schema"):
        driver.create_function(function("my.reverse", col.text(), returns=col.text()), str)
    with pytest.raises(QbError, match=r"a class with step\(…\) and finalize\(\)"):
        driver.create_aggregate("longest", str)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(QbError, match="does not say what it takes"):
        driver.create_function("longest", max)
