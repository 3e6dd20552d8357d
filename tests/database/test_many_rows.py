"""insert_many, upsert_many, fetch_by_keys: very many rows."""

from __future__ import annotations

import datetime
import decimal
import enum
import tracemalloc
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest

from qb import Database, NewRow, Table, col, delete, fn, insert, literal, primary_key, select
from qb.errors import (
    CheckViolated,
    CompileError,
    EncodingError,
    ForeignKeyViolated,
    NotNullViolated,
    SchemaError,
    TransactionError,
    UniqueViolated,
)
from qb.observers import Event, StatementRun, TransactionStep
from tests.database.interruption import is_cancelled_at
from tests.features import feature
from tests.music import Album, Artist


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Thing(Table, name="things"):
    id = col.integer().primary_key()
    code = col.uuid("the code").unique()
    price = col.numeric(10, 2)
    day = col.date().nullable()
    at = col.timestamp()
    for_ = col.interval()
    data = col.json(dict[str, Any]).nullable()
    raw = col.blob()
    colour = col.enum(Colour)
    live = col.boolean().default(True)
    weight = col.real()
    text = col.text().nullable()


class Seat(Table, name="seats"):
    row = col.integer()
    number = col.integer("the number")
    holder = col.text().nullable()

    key = primary_key(row, number)


ENGINES = ("sqlite", "postgres", "d1")
NAMES = select(Artist.name).where(Artist.id > 3).order_by(Artist.id)


def artists(count: int, first: int = 0) -> Iterator[NewRow[Artist]]:
    for number in range(first, first + count):
        yield {"name": f"artist {number:05}"}


async def later(rows: Iterator[NewRow[Artist]]) -> AsyncIterator[NewRow[Artist]]:
    for row in rows:
        yield row


# insert_many


@feature("Running", "insert_many", d1="bridged")
@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 100])
async def test_rows_from_any_source(db: Database, count: int) -> None:
    done: list[int] = []
    assert await db.insert_many(Artist, artists(count), size=6, progress=done.append) == count
    assert done == [*range(6, count + 1, 6), *([count] if count % 6 else [])]
    assert await db.insert_many(Artist, later(artists(count, count)), size=6) == count
    assert await db.insert_many(Artist, list(artists(count, 2 * count))) == count
    names = [row.name for row in await db.fetch_all(NAMES)]
    assert names == [row["name"] for row in artists(3 * count)]


async def test_values_of_every_kind(database: Database) -> None:
    """The fast way of an engine keeps what an ordinary INSERT keeps."""
    await database.create_tables(Thing)
    moment = datetime.datetime(2024, 2, 29, 12, 30, 1, 2, tzinfo=datetime.UTC)
    rows: list[NewRow[Thing]] = [
        {
            "code": uuid.UUID(int=number),
            "price": decimal.Decimal(number) / 4,
            "day": None if number % 3 else datetime.date(2024, 1, 1) + datetime.timedelta(number),
            "at": moment + datetime.timedelta(seconds=number),
            "for_": datetime.timedelta(days=number, microseconds=7),
            "data": {"n": number, "list": [None, True, "x"]} if number % 2 else None,
            "raw": bytes([number, 0, 255]),
            "colour": Colour.RED if number % 2 else Colour.BLUE,
            "weight": number / 3,
            "text": None if number % 5 == 0 else f"tab\t, line\n, quote \" ' \\ {number}",
        }
        for number in range(100)
    ]
    await database.insert_many(Thing, rows[:50])
    for row in rows[50:]:
        await database.execute(insert(Thing).values(**row))
    found = await database.fetch_all(select(Thing).order_by(Thing.id))
    assert [{name: getattr(row, name) for name in rows[0]} for row in found] == rows
    assert {row.live for row in found} == {True}


async def test_rows_that_leave_out_columns(db: Database) -> None:
    rows: list[NewRow[Album]] = [
        {"artist_id": 1, "title": str(n), **({"plays": n} if n % 2 else {})}  # type: ignore[typeddict-item]  # mypy reads no ** of a conditional
        for n in range(60)
    ]
    await db.insert_many(Album, rows, size=25)
    found = await db.fetch_all(select(Album.plays).where(Album.id > 4).order_by(Album.id))
    assert [row.plays for row in found] == [n if n % 2 else 0 for n in range(60)]


@pytest.mark.parametrize("count", [300, 1])
@pytest.mark.not_on_d1("transactions")
async def test_one_portion_needs_no_savepoints(db: Database, count: int) -> None:
    """They are there to find the row that fails."""
    seen: list[Event] = []
    db.observe(seen.append)
    assert await db.insert_many(Artist, list(artists(count))) == count
    [sql] = [event.sql for event in seen if isinstance(event, StatementRun)]
    assert sql.startswith('INSERT INTO "artists" ("name") VALUES')
    assert [event for event in seen if isinstance(event, TransactionStep) and event.name is not None] == []


async def test_rows_that_are_not_plain(db: Database) -> None:
    """What is not for the fast way is inserted all the same."""
    rows: list[Any] = [{"artist_id": 1, "title": str(n), "plays": n} for n in range(300)]
    rows[299]["plays"] = literal(7) + 8
    await db.insert_many(Album, rows)
    rows = [{"artist_id": 2, "title": str(n), "plays": True} for n in range(299)]
    rows.append(MappingProxyType({"artist_id": 2, "title": "a mapping", "plays": 5}))
    await db.insert_many(Album, rows)
    found = await db.fetch_all(select(Album.plays).where(Album.id > 4).order_by(Album.id))
    assert [row.plays for row in found] == [*range(299), 15, *[1] * 299, 5]


@pytest.mark.parametrize("wrong", [2**63, "7", 7.0])
async def test_a_number_that_does_not_fit(db: Database, wrong: Any) -> None:
    rows: list[Any] = [{"artist_id": 1, "title": str(n), "plays": n} for n in range(300)]
    rows[298]["plays"] = wrong
    with pytest.raises(EncodingError, match=r"albums\.plays") as caught:
        await db.insert_many(Album, rows)
    assert caught.value.row == 298
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4


@pytest.mark.parametrize("wrong", [7, b"x", ["x"], datetime.date(2024, 1, 1)])
@pytest.mark.not_on_d1("transactions")
async def test_a_text_that_is_none(db: Database, wrong: Any) -> None:
    """PostgreSQL's driver looks at texts itself, and the error is the same."""
    await a_title_that_does_not_fit(db, wrong)


async def test_a_text_that_postgres_cannot_keep(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist, Album)
    await postgres_db.execute(insert(Artist).values(name="Joni Mitchell"))
    await a_title_that_does_not_fit(postgres_db, "\0")


async def a_title_that_does_not_fit(db: Database, wrong: Any) -> None:
    rows: list[Any] = [{"artist_id": 1, "title": str(n)} for n in range(900)]
    rows[657]["title"] = wrong
    before = await db.fetch_value(select(fn.count()).from_(Album))
    for _ in range(2):
        with pytest.raises(EncodingError, match=r"albums\.title") as caught:
            await db.insert_many(Album, rows)
        assert caught.value.row == 657
    async with db.transaction() as tx:
        await tx.execute(insert(Artist).values(name="kept"))
        with pytest.raises(EncodingError):
            await tx.insert_many(Album, rows, size=400)
        done = await tx.insert_many(Album, rows, keep_going=True)
    assert [(failed.number, type(failed.error)) for failed in done.failed] == [(657, EncodingError)]
    assert await db.fetch_value(select(fn.count()).from_(Album)) == before + 899
    assert await db.fetch_value(select(fn.count()).from_(Artist).where(Artist.name == "kept")) == 1


async def test_rows_of_as_many_attributes_that_are_others(db: Database) -> None:
    rows: list[Any] = [{"artist_id": 1, "title": str(n)} for n in range(600)]
    rows[-1] = {"artist_id": 1, "plays": 3}
    rows[-2] = {"id": 5000, "title": "no artist"}
    with pytest.raises(NotNullViolated) as caught:
        await db.insert_many(Album, rows)
    assert caught.value.row == 598
    rows[-1]["title"] = rows[-1].pop("plays") * "x"
    rows[-2] = {"title": literal("an ") + "expression", "artist_id": 2}
    assert await db.insert_many(Album, rows) == 600
    found = await db.fetch_all(select(Album.artist_id, Album.title).order_by(Album.id.desc()).limit(2))
    assert found == [(1, "xxx"), (2, "an expression")]


async def test_the_last_row_id(db: Database) -> None:
    done = await db.execute(insert(Artist).values_many(artists(30)))
    assert done == 30
    assert done.last_row_id == (None if db.dialect.name == "postgres" else 33)


def spoilt(count: int, bad: dict[int, Any]) -> Iterator[NewRow[Artist]]:
    for number, row in enumerate(artists(count)):
        yield bad.get(number, row)


async def test_the_number_of_the_row_that_fails(db: Database) -> None:
    for number in (0, 1, 49, 50, 77):
        with pytest.raises(UniqueViolated) as caught:
            await db.insert_many(Artist, spoilt(100, {number: {"name": "AC/DC"}}), size=40)
        assert caught.value.row == number
        assert caught.value.concerns(Artist.name)
        with pytest.raises(EncodingError) as unfit:
            await db.insert_many(Artist, spoilt(100, {number: {"name": 7}}), size=40)
        assert unfit.value.row == number
        assert await db.fetch_all(NAMES) == []


async def test_rows_that_fail_are_left_out_when_asked_for(db: Database) -> None:
    rows: list[NewRow[Album]] = [{"artist_id": 1, "title": str(number)} for number in range(100)]
    rows[7]["artist_id"] = 99
    rows[40]["plays"] = -1
    wrong: Any = {"artist_id": 1, "title": b"bytes"}
    rows[99] = wrong
    done = await db.insert_many(Album, rows, size=30, keep_going=True)
    assert done == 97
    assert [(failed.number, failed.row, type(failed.error)) for failed in done.failed] == [
        (7, rows[7], ForeignKeyViolated),
        (40, rows[40], CheckViolated),
        (99, wrong, EncodingError),
    ]
    assert repr(done.failed[0]) == "<FailedRow 7: ForeignKeyViolated>"
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 101


async def test_a_source_that_fails_leaves_nothing(db: Database) -> None:
    def broken() -> Iterator[NewRow[Artist]]:
        yield from artists(50)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await db.insert_many(Artist, broken(), size=20)
    with pytest.raises(ZeroDivisionError):
        await db.insert_many(Artist, later(broken()), size=20)
    assert await db.fetch_all(NAMES) == []


@pytest.mark.not_on_d1("transactions")
async def test_inside_of_a_transaction(db: Database) -> None:
    with suppress(ZeroDivisionError):
        async with db.transaction():
            await db.insert_many(Artist, artists(50), size=20)
            assert len(await db.fetch_all(NAMES)) == 50
            raise ZeroDivisionError
    assert await db.fetch_all(NAMES) == []
    async with db.transaction() as tx:
        with suppress(UniqueViolated):
            await tx.insert_many(Artist, spoilt(50, {45: {"name": "AC/DC"}}), size=20)
        await tx.insert_many(Artist, artists(30))
    assert len(await db.fetch_all(NAMES)) == 30


@pytest.mark.not_on_d1("transactions")
async def test_cancellation_at_every_await(db: Database) -> None:
    cleared = delete(Artist).where(Artist.id > 3)
    outcomes: list[int] = []

    async def work() -> None:
        await db.insert_many(Artist, artists(50), size=20)

    while await is_cancelled_at(work(), len(outcomes) + 1):
        outcomes.append(len(await db.fetch_all(NAMES)))
        async with db.transaction() as tx:  # the database is as good as before
            await tx.execute(insert(Artist).values(name="x"))
        await db.execute(cleared)
    assert len(await db.fetch_all(NAMES)) == 50
    # Nothing, until a cancellation comes too late: while COMMIT is under way or the connection is given back.
    undone = outcomes.count(0)
    assert outcomes == [0] * undone + [50] * (len(outcomes) - undone)
    assert undone > 3
    assert len(outcomes) - undone <= 2


async def test_memory_is_that_of_one_portion(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist)
    tracemalloc.start()
    try:
        assert await sqlite_db.insert_many(Artist, artists(100_000), size=1000) == 100_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


async def test_wrong_rows(db: Database) -> None:
    wrong: list[Any] = [{"name": "x", "nam": "y"}]
    with pytest.raises(SchemaError, match="has no column 'nam', did you mean \"name\""):
        await db.insert_many(Artist, wrong)
    with pytest.raises(ValueError, match="at least one row"):
        await db.insert_many(Artist, artists(3), size=0)


# upsert_many


@feature("Running", "upsert_many", d1="bridged")
async def test_upserts(database: Database) -> None:
    await database.create_tables(Seat)
    rows: list[NewRow[Seat]] = [{"row": n // 10, "number": n % 10, "holder": "a"} for n in range(50)]
    assert await database.upsert_many(Seat, rows[:30], size=7) == 30
    for row in rows:
        row["holder"] = "b"
    await database.upsert_many(Seat, rows, size=8)
    found = await database.fetch_all(select(Seat).order_by(Seat.row, Seat.number))
    assert found == [(n // 10, n % 10, "b") for n in range(50)]
    await database.upsert_many(Seat, [{"row": 0, "number": 0}])
    assert await database.fetch_value(select(Seat.holder).where(Seat.row == 0, Seat.number == 0)) == "b"


async def test_an_upsert_of_some_columns_by_another_key(db: Database) -> None:
    await db.upsert_many(Artist, [{"id": 77, "name": "AC/DC"}, {"name": "x"}], on=[Artist.name], update=[])
    rows = await db.fetch_all(select(Artist).order_by(Artist.id))
    assert [row.name for row in rows] == ["Joni Mitchell", "AC/DC", "Nobody", "x"]
    assert [row.id for row in rows][:3] == [1, 2, 3]


async def test_later_rows_of_a_key_change_the_earlier_ones(database: Database) -> None:
    await database.create_tables(Seat)
    rows: list[NewRow[Seat]] = [{"row": 1, "number": n % 3, "holder": str(n)} for n in range(10)]
    await database.upsert_many(Seat, rows)
    found = await database.fetch_all(select(Seat.number, Seat.holder).order_by(Seat.number))
    assert found == [(0, "9"), (1, "7"), (2, "8")]


async def test_upserts_that_fail(db: Database) -> None:
    done = await db.upsert_many(
        Artist, [{"id": 9, "name": "AC/DC"}, {"id": 2, "name": "ac/dc"}, {"id": 8, "name": "y"}], keep_going=True
    )
    assert done == 2
    assert [failed.number for failed in done.failed] == [0]
    with pytest.raises(CompileError, match=r"Artist has no unique key \(id, name\)"):
        await db.upsert_many(Artist, artists(3), on=[Artist.id, Artist.name])


async def test_a_table_without_a_key(db: Database) -> None:
    class Line(Table, name="lines"):
        text = col.text()

    with pytest.raises(CompileError, match="Line has no primary key"):
        await db.upsert_many(Line, [{"text": "x"}])
    with pytest.raises(CompileError, match="Line has no primary key"):
        await db.fetch_by_keys(Line, ["x"])


# fetch_by_keys


@feature("Running", "fetch_by_keys")
async def test_by_keys(db: Database) -> None:
    found = await db.fetch_by_keys(Album, [3, 1, 99, 3])
    assert list(found) == [3, 1]
    assert found[1].title == "Blue"
    assert await db.fetch_by_keys(Album, []) == {}


@pytest.mark.parametrize("parallel", [1, 4])
async def test_very_many_keys(db: Database, parallel: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qb.bulk.by_keys.LARGEST", 30)
    await db.insert_many(Artist, artists(500))
    found = await db.fetch_by_keys(Artist, range(1000, 3, -1), parallel=parallel)
    assert list(found) == list(range(503, 3, -1))
    assert all(row.id == key for key, row in found.items())


async def test_keys_of_several_columns(database: Database) -> None:
    await database.create_tables(Seat)
    await database.insert_many(Seat, [{"row": n // 10, "number": n % 10} for n in range(50)])
    found = await database.fetch_by_keys(Seat, [(4, 9), (0, 0), (5, 0)])
    assert found == {(4, 9): (4, 9, None), (0, 0): (0, 0, None)}


@pytest.mark.not_on_d1("transactions")
async def test_keys_inside_of_a_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(insert(Artist).values(id=7, name="new"))
        assert (await db.fetch_by_keys(Artist, [7]))[7].name == "new"
        for executor in (db, tx):
            with pytest.raises(TransactionError, match="parallel=1"):
                await executor.fetch_by_keys(Artist, [7], parallel=2)
    with pytest.raises(ValueError, match="at least one"):
        await db.fetch_by_keys(Artist, [7], parallel=0)
