"""fetch_all, fetch_one, fetch_one_or_none and fetch_value."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from qb import Database, alias, col, delete, fn, insert, select, update
from qb.errors import CompileError, MultipleRowsFound, NoRowFound
from qb.tables import Table
from tests.features import feature
from tests.music import ALBUMS, Album, Artist, Track

ENGINES = ("sqlite", "postgres", "d1")


@feature("Running", "fetch_all, fetch_one, fetch_one_or_none, fetch_value")
async def test_rows_are_tuples_with_names(db: Database) -> None:
    rows = await db.fetch_all(
        select(Album.title, Artist.name.as_("artist"), fn.count(Track.id).as_("tracks"))
        .from_(Album)
        .join(Artist, on=Album.artist_id == Artist.id)
        .left_join(Track, on=Track.album_id == Album.id)
        .where(Album.plays > 0)
        .group_by(Album.id, Album.title, Artist.name)
        .order_by(Album.title)
    )
    assert rows == [("Blue", "Joni Mitchell", 2), ("Hejira", "Joni Mitchell", 0), ("Powerage", "AC/DC", 1)]
    assert [(row.title, row.artist, row.tracks) for row in rows] == rows


async def test_whole_tables(db: Database) -> None:
    rows = await db.fetch_all(select(Album).order_by(Album.id))
    assert [row._asdict() for row in rows] == [
        {
            "id": number,
            "artist_id": album["artist_id"],
            "title": album["title"],
            "released": album["released"],
            "plays": album["plays"],
        }
        for number, album in enumerate(ALBUMS, 1)
    ]


async def test_a_row_for_each_table_and_none_where_a_left_join_found_nothing(db: Database) -> None:
    other = alias(Album, "other")
    rows = await db.fetch_all(
        select(Artist, other)
        .from_(Artist)
        .left_join(other, on=(other.artist_id == Artist.id) & (other.plays > 200))
        .order_by(Artist.id)
    )
    assert [row.artist.name for row in rows] == ["Joni Mitchell", "AC/DC", "Nobody"]
    assert rows[0].other is not None
    assert rows[0].other.released == datetime.date(1971, 6, 22)
    assert [row.other for row in rows[1:]] == [None, None]


async def test_no_rows(db: Database) -> None:
    nothing = select(Album.title).where(Album.id == 99)
    assert await db.fetch_all(nothing) == []
    assert await db.fetch_one_or_none(nothing) is None
    with pytest.raises(NoRowFound, match="no row was found"):
        await db.fetch_one(nothing)
    with pytest.raises(NoRowFound):
        await db.fetch_value(nothing)


@feature("Running", "fetch_all, fetch_one, fetch_one_or_none, fetch_value")
async def test_one_row(db: Database) -> None:
    blue = select(Album.title, Album.plays).where(Album.id == 1)
    assert (await db.fetch_one(blue)).plays == 300
    row = await db.fetch_one_or_none(blue)
    assert row is not None
    assert row.title == "Blue"


async def test_many_rows(db: Database) -> None:
    many = select(Album.title)
    with pytest.raises(MultipleRowsFound, match="more than one row"):
        await db.fetch_one(many)
    with pytest.raises(MultipleRowsFound):
        await db.fetch_one_or_none(many)
    with pytest.raises(MultipleRowsFound):
        await db.fetch_value(many)


async def test_the_message_shows_the_query_without_its_parameters(db: Database) -> None:
    with pytest.raises(NoRowFound) as caught:
        await db.fetch_one(select(Album.id).where(Album.title.startswith("a secret")))
    assert 'FROM "albums"' in str(caught.value)
    assert "a secret" not in str(caught.value)


@feature("Running", "fetch_all, fetch_one, fetch_one_or_none, fetch_value")
async def test_values(db: Database) -> None:
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4
    assert await db.fetch_value(select(Album.released).where(Album.id == 4)) is None
    assert await db.fetch_value(select(fn.max(Album.released))) == datetime.date(1978, 5, 5)


async def test_a_table_of_one_column_has_a_value(database: Database) -> None:
    class Word(Table, name="words"):
        text = col.text()

    await database.create_tables(Word)
    await database.execute(insert(Word).values(text="hello"))
    assert await database.fetch_value(select(Word)) == "hello"


async def test_a_value_has_one_column(db: Database) -> None:
    for query in (select(Album.id, Album.title), select(Album), select(Artist, Album)):
        with pytest.raises(CompileError, match="one column"):
            await db.fetch_value(query)


async def test_writes_that_return_rows(db: Database) -> None:
    row = await db.fetch_one(insert(Artist).values(name="Bach").returning(Artist))
    assert row == (4, "Bach")
    plays = await db.fetch_value(update(Album).set(plays=Album.plays + 1).where(Album.id == 1).returning(Album.plays))
    assert plays == 301
    gone = await db.fetch_all(delete(Album).where(Album.artist_id == 1).returning(Album.title))
    assert sorted(gone) == [("Blue",), ("Hejira",)]
    assert await db.fetch_value(select(fn.count()).from_(Track)) == 1


async def test_a_write_that_returns_more_than_was_asked_for_is_done_all_the_same(db: Database) -> None:
    with pytest.raises(MultipleRowsFound):
        await db.fetch_one(update(Album).set(plays=5).all_rows().returning(Album.id))
    assert await db.fetch_all(select(Album.plays)) == [(5,)] * 4


async def test_a_statement_without_rows_is_refused_and_not_run(db: Database) -> None:
    statement: Any = insert(Artist).values(name="Bach")  # no type checker lets it through
    for fetch in (db.fetch_all, db.fetch_one, db.fetch_one_or_none, db.fetch_value):
        with pytest.raises(CompileError, match=r"this Insert returns no rows: add \.returning"):
            await fetch(statement)
    assert await db.fetch_all(select(Artist.id).where(Artist.name == "Bach")) == []
