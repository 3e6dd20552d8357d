"""Inserts of more values than an engine takes parameters, and other statements with too many."""

from __future__ import annotations

import tracemalloc

import pytest

from qb import Database, NewRow, Table, col, excluded, fn, insert, literal, select, sql
from qb.errors import CheckViolated, TooManyParameters
from tests.features import feature
from tests.music import Album, Artist

COUNT = select(fn.count()).from_(Artist)


class Sample(Table, name="samples"):
    id = col.integer().primary_key(generated=False)
    a = col.integer().default(1)
    b = col.text().nullable()
    c = col.numeric(8, 2).nullable()
    d = col.integer().nullable().check(lambda d: d > 0)


ALL = select(Sample).order_by(Sample.id)


@pytest.fixture
async def db(database: Database) -> Database:
    await database.create_tables(Sample)
    return database


@pytest.fixture
def small(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An engine that takes ten parameters."""
    monkeypatch.setattr(type(db.dialect), "max_parameters", 10)
    return db


@feature("Running", "more rows than one statement takes", d1="bridged")
async def test_more_rows_than_one_statement_takes(db: Database) -> None:
    rows: list[NewRow[Sample]] = [{"id": n, "b": f"row {n}", "d": n + 1} for n in range(30_000)]
    statement = insert(Sample).values_many(rows)
    affected = await db.execute(statement)
    assert affected == 30_000
    found = await db.fetch_all(ALL)
    assert [(row.id, row.b, row.d) for row in found] == [(n, f"row {n}", n + 1) for n in range(30_000)]
    assert len(statement.compile(db.dialect).parameters) == 90_000, "the text is there for those who want it"


async def test_what_an_engine_takes_at_most(db: Database) -> None:
    limit = db.dialect.max_parameters
    await db.execute(insert(Sample).values_many({"id": n} for n in range(limit)))
    assert await db.fetch_value(select(fn.count()).from_(Sample)) == limit
    assert len(await db.fetch_all(ALL.where(Sample.id.in_(range(limit - 1, -1, -1))))) == limit


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 9, 10, 31])
async def test_every_row_comes_once_and_in_order(small: Database, count: int) -> None:
    statement = (
        insert(Sample).values_many({"id": n, "b": str(n), "d": n + 1} for n in range(count)).returning(Sample.id)
    )
    rows = await small.fetch_all(statement)
    assert [row.id for row in rows] == list(range(count))
    assert await small.fetch_value(select(fn.count()).from_(Sample)) == count


async def test_a_stream_of_what_was_inserted(small: Database) -> None:
    statement = insert(Sample).values_many({"id": n, "d": n + 1} for n in range(23)).returning(Sample.id, Sample.a)
    assert [tuple(row) async for row in small.stream(statement, size=2)] == [(n, 1) for n in range(23)]
    assert len(await small.fetch_all(ALL)) == 23


async def test_the_key_of_the_last_row(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await sqlite_db.create_tables(Artist)
    monkeypatch.setattr(type(sqlite_db.dialect), "max_parameters", 10)
    done = await sqlite_db.execute(insert(Artist).values_many({"name": str(n)} for n in range(25)))
    assert (done, done.last_row_id) == (25, 25)


async def test_a_part_that_fails_leaves_nothing(small: Database) -> None:
    statement = insert(Sample).values_many({"id": n, "d": 20 - n} for n in range(25))
    with pytest.raises(CheckViolated):
        await small.execute(statement)
    assert await small.fetch_all(ALL) == []
    with pytest.raises(CheckViolated):
        await small.fetch_all(statement.returning(Sample.id))
    assert await small.fetch_all(ALL) == []


async def test_inside_a_transaction(small: Database) -> None:
    failing = insert(Sample).values_many({"id": n, "d": 20 - n} for n in range(100, 125))
    async with small.transaction() as tx:
        await tx.execute(insert(Sample).values_many({"id": n, "d": n + 1} for n in range(25)))
        with pytest.raises(CheckViolated):
            await tx.execute(failing)
        async with tx.transaction() as nested:
            assert await nested.execute(insert(Sample).values_many({"id": n, "d": 1} for n in range(50, 75))) == 25
            assert await tx.execute(insert(Sample).values_many({"id": n, "d": 1} for n in range(80, 100))) == 20
    assert await small.fetch_value(select(fn.count()).from_(Sample)) == 70


async def test_a_transaction_that_fails_takes_it_along(small: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with small.transaction() as tx:
            await tx.execute(insert(Sample).values_many({"id": n, "d": n + 1} for n in range(25)))
            raise ZeroDivisionError
    assert await small.fetch_all(ALL) == []


async def test_the_parameters_of_an_upsert_count(small: Database) -> None:
    statement = insert(Sample).values_many({"id": n % 13, "a": n, "d": n + 1} for n in range(26))
    upsert = statement.on_conflict(Sample.id).do_update(
        Sample.a < excluded(Sample.a) + 1 + 2, a=excluded(Sample.a) + 100
    )
    assert await small.execute(upsert) == 26
    assert [row.a for row in await small.fetch_all(ALL)] == [n + 113 for n in range(13)]


async def test_expressions_have_parameters_of_their_own(small: Database) -> None:
    rows: list[NewRow[Sample]] = [
        {"id": n, "d": literal(n) + 1 + 2 + 3 + 4} if n % 3 == 0 else {"id": n}  # type: ignore[typeddict-item]  # an expression in a row, which only values() takes for mypy
        for n in range(12)
    ]
    assert await small.execute(insert(Sample).values_many(rows)) == 12
    assert [row.d for row in await small.fetch_all(ALL)] == [n + 10 if n % 3 == 0 else None for n in range(12)]


async def test_rows_that_leave_out_columns(small: Database) -> None:
    rows: list[NewRow[Sample]] = [{"id": n, "a": n} if n % 2 else {"id": n} for n in range(30)]
    assert await small.execute(insert(Sample).values_many(rows)) == 30
    assert [row.a for row in await small.fetch_all(ALL)] == [n if n % 2 else 1 for n in range(30)]


async def test_one_row_that_is_too_large(small: Database) -> None:
    value = literal(1)
    for n in range(11):
        value = value + n
    row: NewRow[Sample] = {"id": 1, "d": value}  # type: ignore[typeddict-item]  # an expression in a row, which only values() takes for mypy
    with pytest.raises(TooManyParameters):
        await small.execute(insert(Sample).values_many([row] * 6))
    assert await small.fetch_all(ALL) == []


async def test_other_statements_with_too_many(small: Database) -> None:
    query = ALL.where(Sample.id.in_(range(11)))
    name = small.dialect.name
    with pytest.raises(TooManyParameters, match=f"has 11 parameters, and {name} takes 10: compare with a sub-query"):
        await small.fetch_all(query)
    with pytest.raises(TooManyParameters):
        _ = [row async for row in small.stream(query)]
    with pytest.raises(TooManyParameters):
        await small.execute(sql(", ".join(["{}"] * 11), *range(11)))


async def test_the_list_of_real_size(db: Database) -> None:
    with pytest.raises(TooManyParameters, match="has 40000 parameters"):
        await db.fetch_all(ALL.where(Sample.id.in_(range(40_000))))


def test_d1_takes_a_hundred() -> None:
    rows: list[NewRow[Album]] = [{"artist_id": 1, "title": str(n)} for n in range(51)]
    assert len(insert(Album).values_many(rows[:50]).compile("d1").parameters) == 100
    assert insert(Album).values_many(rows).compile("d1").sql == (
        'INSERT INTO "albums" ("artist_id", "title") SELECT value ->> 0, value ->> 1 FROM json_each(?)'
    )
    assert insert(Album).values_many(rows).compile("sqlite")


async def test_memory_is_that_of_one_part(sqlite_db: Database) -> None:
    """Besides the rows themselves, which a query value keeps."""
    await sqlite_db.create_tables(Sample)
    rows: list[NewRow[Sample]] = [{"id": n, "b": "x"} for n in range(200_000)]
    statement = insert(Sample).values_many(rows)
    tracemalloc.start()
    try:
        await sqlite_db.execute(statement)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000
