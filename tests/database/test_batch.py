"""batch: several statements, all of them or none."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from qb import Database, delete, insert, query, select, update
from qb.errors import CompileError, TransactionError, UniqueViolated
from qb.queries import Query
from tests.database.interruption import is_cancelled_at
from tests.features import feature
from tests.music import Album, Artist

ENGINES = ("sqlite", "postgres", "d1")

NAMES = select(Artist.name).order_by(Artist.id)


def add(name: str) -> Any:
    return insert(Artist).values(name=name)


@feature("Running", "batch")
async def test_results(db: Database) -> None:
    changed, names, added, gone = await db.batch(
        update(Album).set(plays=7).where(Album.artist_id == 1),
        NAMES,
        add("Bach").returning(Artist),
        delete(Album).where(Album.id == -1),
    )
    assert changed == 2
    assert names == [("Joni Mitchell",), ("AC/DC",), ("Nobody",)]
    assert names[0].name == "Joni Mitchell"
    assert added == [(4, "Bach")]
    assert gone == 0


async def test_one_that_fails_undoes_all(db: Database) -> None:
    before = await db.fetch_all(NAMES)
    with pytest.raises(UniqueViolated) as caught:
        await db.batch(add("a"), add("AC/DC"), add("b"))
    assert caught.value.sql is not None
    assert caught.value.sql.startswith("INSERT")
    assert await db.fetch_all(NAMES) == before


@pytest.mark.not_on_d1("transactions")
async def test_inside_of_a_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(add("a"))
        with suppress(UniqueViolated):
            await tx.batch(add("b"), add("AC/DC"))
        await db.batch(add("c"), add("d"))
    assert [row.name for row in await db.fetch_all(NAMES)][3:] == ["a", "c", "d"]


async def test_prepared_queries(db: Database) -> None:
    @query
    def of(artist: str) -> Query:
        return select(Artist.id).where(Artist.name == artist)

    for _ in range(2):
        assert await db.batch(of("AC/DC"), of("Nobody"), of("x")) == ([(2,)], [(3,)], [])


@pytest.mark.not_on_d1("a limit of parameters for rows")
async def test_bulk_inserts(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(db.dialect), "max_parameters", 4)
    many = insert(Artist).values_many([{"name": str(number)} for number in range(10)])
    count, rows, names = await db.batch(many, many.on_conflict().do_nothing().returning(Artist.name), NAMES)
    assert count == 10
    assert rows == []
    assert len(names) == 13
    rows = await db.fetch_all(insert(Artist).values_many([{"name": f"{n}!"} for n in range(6)]).returning(Artist.name))
    assert [row.name for row in rows] == [f"{n}!" for n in range(6)]


@pytest.mark.not_on_d1("a request that was sent is not called back")
async def test_cancellation_at_every_await(db: Database) -> None:
    before = await db.fetch_all(NAMES)

    async def work() -> None:
        await db.batch(add("a"), add("b"))

    number = 1
    while await is_cancelled_at(work(), number):
        assert len(await db.fetch_all(NAMES)) in (len(before), len(before) + 2)
        await db.execute(delete(Artist).where(Artist.id > 3))
        number += 1
    assert number > 1
    assert len(await db.fetch_all(NAMES)) == len(before) + 2


async def test_sqlite_takes_one_trip(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from dialects.sqlite.thread import Call, Thread

    await sqlite_db.create_tables(Artist)
    trips = 0
    put = Thread.put

    def counted(self: Thread, call: Call) -> None:
        nonlocal trips
        trips += 1
        put(self, call)

    monkeypatch.setattr(Thread, "put", counted)
    await sqlite_db.batch(add("a"), add("b"), NAMES)
    assert trips == 1


async def test_an_empty_batch(db: Database) -> None:
    with pytest.raises(CompileError, match="no statements"):
        await db.batch()


@pytest.mark.not_on_d1("transactions")
async def test_misuse(db: Database) -> None:
    async with db.transaction() as tx:
        pass
    with pytest.raises(TransactionError, match="has ended"):
        await tx.batch(NAMES)
