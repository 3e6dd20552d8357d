"""D1's limits: qb says it in another way, or tells it before anything is sent."""

from __future__ import annotations

from datetime import date

import pytest

from qb import Database, NewRow, Table, all_of, any_of, col, excluded, fn, insert, literal, select, sql
from qb.errors import CompileError, EncodingError, TooManyParameters, UnsupportedError
from tests.features import feature
from tests.music import Album, Artist, create_music


@pytest.fixture
async def music(d1_db: Database) -> Database:
    await create_music(d1_db)
    return d1_db


async def test_long_lists_are_one_parameter(music: Database) -> None:
    titles = [f"title {number}" for number in range(300)]
    query = (
        select(Album.id)
        .where(Album.id.in_(range(200)), Album.title.not_in(titles), Album.released.in_([date(1971, 6, 22)] * 101))
        .order_by(Album.id)
    )
    assert query.compile("d1").sql == (
        'SELECT "albums"."id" FROM "albums" WHERE "albums"."id" IN (SELECT value FROM json_each(?)) AND '
        '"albums"."title" NOT IN (SELECT value FROM json_each(?)) AND "albums"."released" IN (SELECT value FROM '
        'json_each(?)) ORDER BY "albums"."id"'
    )
    assert await music.fetch_all(query) == [(1,)]


async def test_short_lists_are_as_they_are() -> None:
    assert select(Album.id).where(Album.id.in_([1, 2])).compile("d1") == (
        'SELECT "albums"."id" FROM "albums" WHERE "albums"."id" IN (?, ?)',
        (1, 2),
    )


async def test_many_conditions(music: Database) -> None:
    some = any_of(*[Album.title == title for title in ("Blue", "Demos", *map(str, range(70)))])
    every = all_of(*[Album.title != str(number) for number in range(20)])
    assert await music.fetch_all(select(Album.id).where(some, every).order_by(Album.id)) == [(1,), (4,)]


async def test_many_set_operations(music: Database) -> None:
    query = select(Album.id).where(Album.id == 1).union_all(select(Album.id).where(Album.id == 2))
    for number in range(12):
        query = query.union_all(select(Album.id).where(Album.id == number))
    assert sorted(row.id for row in await music.fetch_all(query)) == [1, 1, 2, 2, 3, 4]


async def test_long_patterns(music: Database) -> None:
    long = "x" * 60
    await music.execute(insert(Album).values(title=f"*{long}!", artist_id=1))
    for test in (Album.title.startswith(f"*{long}"), Album.title.endswith(f"{long}!"), Album.title.contains(long)):
        assert await music.fetch_all(select(Album.id).where(test)) == [(5,)]
    with pytest.raises(EncodingError, match=r"patterns of 50 bytes, and .* is longer: \.contains"):
        select(Album.id).where(Album.title.like(f"{long}%")).compile("d1")


@feature("Running", "more rows than one statement takes", d1="bridged")
async def test_very_many_rows_are_one_statement(music: Database) -> None:
    rows: list[NewRow[Album]] = [{"title": f"{number}", "artist_id": 1, "plays": number} for number in range(2500)]
    assert await music.execute(insert(Album).values_many(rows)) == 2500
    found = await music.fetch_one(select(fn.count(), fn.sum(Album.plays)).where(Album.id > 4))
    assert found == (2500, sum(range(2500)))


async def test_very_many_rows_that_return_or_conflict(music: Database) -> None:
    rows: list[NewRow[Album]] = [{"id": number, "title": f"{number}", "artist_id": 1} for number in range(3, 1503)]
    added = await music.fetch_all(
        insert(Album).values_many(rows).on_conflict(Album.id).do_nothing().returning(Album.id)
    )
    assert [row.id for row in added] == list(range(5, 1503))
    upsert = insert(Album).values_many(rows[:100]).on_conflict(Album.id).do_update(title=excluded(Album.title))
    assert upsert.compile("d1").sql == (
        'INSERT INTO "albums" ("id", "title", "artist_id") SELECT value ->> 0, value ->> 1, value ->> 2 FROM '
        'json_each(?) WHERE 1 = 1 ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title"'
    )
    assert await music.execute(upsert) == 100
    assert await music.fetch_value(select(Album.title).where(Album.id == 3)) == "3"


async def test_large_rows_are_several_statements(music: Database) -> None:
    rows: list[NewRow[Album]] = [{"title": f"{number}" * 400_000, "artist_id": 1} for number in range(10)]
    assert await music.execute(insert(Album).values_many(rows)) == 10
    with pytest.raises(EncodingError, match="too large: D1 takes 2,000,000"):
        await music.execute(insert(Album).values_many([*rows, {"title": "x" * 2_000_000, "artist_id": 1}]))
    assert await music.fetch_value(select(fn.count()).from_(Album)) == 14


def test_what_is_too_large_is_not_sent() -> None:
    with pytest.raises(TooManyParameters, match="has 101 parameters, and D1 takes 100"):
        select(Album.id).where(any_of(*[Album.title == str(number) for number in range(101)])).compile("d1")
    with pytest.raises(CompileError, match="bytes of SQL, and D1 takes 100,000"):
        select(sql("'" + "x" * 100_000 + "'", returns=str)).compile("d1")
    deep = literal(1) + 1
    for _ in range(120):
        deep = fn.abs(deep)
    with pytest.raises(CompileError, match="levels deep, and D1 takes 100"):
        select(deep).compile("d1")
    with pytest.raises(EncodingError, match="a value of 2,000,001 bytes is too large"):
        insert(Artist).values(name="x" * 2_000_001).compile("d1")
    with pytest.raises(UnsupportedError, match="coalesce has 33 arguments here, and D1 takes 32"):
        select(fn.coalesce(*[Album.released] * 32, date(2000, 1, 1))).compile("d1")


def test_a_result_has_100_columns() -> None:
    wide = type("Wide", (Table,), {f"c{number}": col.text() for number in range(101)}, name="wide")
    with pytest.raises(CompileError, match="selects 101 columns, and D1 returns 100"):
        select(wide).compile("d1")  # type: ignore[qb-type]  # made by hand
