"""execute and create_tables."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from qb import Database, NewRow, Table, col, delete, excluded, fn, index, insert, select, sql, update
from qb.errors import CompileError, InvalidSql, TransactionError
from tests.features import feature
from tests.music import Album, Artist, Track

ENGINES = ("sqlite", "postgres", "d1")


def with_cascade(db: Database, rows: int) -> int:
    """Rows that ON DELETE CASCADE deletes, where they count."""
    return rows if db.dialect.name == "d1" else 0


@feature("Running", "execute: how many rows changed")
async def test_counts(db: Database) -> None:
    assert await db.execute(insert(Artist).values(name="Bach")) == 1
    rows: list[NewRow[Artist]] = [{"name": f"artist {number}"} for number in range(10)]
    assert await db.execute(insert(Artist).values_many(rows)) == 10
    assert await db.execute(update(Album).set(plays=1).where(Album.plays > 100)) == 2
    assert await db.execute(update(Album).set(plays=1).where(Album.id == 99)) == 0
    assert await db.execute(delete(Track).where(Track.album_id == 1)) == 2
    assert await db.execute(delete(Album).all_rows()) == 4 + with_cascade(db, 1)


async def test_counts_of_upserts(db: Database) -> None:
    again = insert(Artist).values(name="AC/DC").on_conflict(Artist.name)
    assert await db.execute(again.do_nothing()) == 0
    assert await db.execute(again.do_update(name=excluded(Artist.name))) == 1


async def test_counts_of_statements_with_returning(db: Database) -> None:
    gone = delete(Album).where(Album.artist_id == 1).returning(Album)
    assert await db.execute(gone) == 2 + with_cascade(db, 2)


async def test_what_changes_no_rows_counts_none(db: Database) -> None:
    assert await db.execute(select(Album)) == 0
    assert await db.execute(sql("CREATE TABLE extra (x integer)")) == 0


async def test_sql_text_with_parameters(db: Database) -> None:
    assert await db.execute(sql("UPDATE albums SET plays = {} WHERE title = {}", 7, "Blue")) == 1
    assert await db.fetch_value(select(Album.plays).where(Album.id == 1)) == 7


async def test_the_count_is_an_int_with_the_last_row_id(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist, Album)
    done = await sqlite_db.execute(insert(Artist).values(name="Bach"))
    assert isinstance(done, int)
    assert done.last_row_id == 1
    assert (await sqlite_db.execute(insert(Artist).values(id=9, name="Reger"))).last_row_id == 9
    assert (await sqlite_db.execute(update(Artist).set(name="Max").where(Artist.id == 9))).last_row_id is None
    again = insert(Artist).values(name="Bach").on_conflict(Artist.name)
    assert (await sqlite_db.execute(again.do_nothing())).last_row_id is None
    assert (await sqlite_db.execute(again.do_update(name="Bach"))).last_row_id is None


async def test_postgres_has_no_last_row_id(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    done = await postgres_db.execute(insert(Artist).values(name="Bach"))
    assert (done, done.last_row_id) == (1, None)


async def test_what_cannot_be_compiled_is_not_run(db: Database) -> None:
    everything: Any = delete(Album)  # the plugin does not let it through
    with pytest.raises(CompileError, match="no WHERE"):
        await db.execute(everything)
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4


@pytest.mark.parametrize("text", ["BEGIN", " commit;", "Rollback", "SAVEPOINT a", "start transaction", "end"])
async def test_transactions_are_not_made_of_text(db: Database, text: str) -> None:
    with pytest.raises(TransactionError, match=r"use `async with db\.transaction\(\)`"):
        await db.execute(sql(text))


async def test_create_tables_makes_all_or_none(database: Database) -> None:
    class Broken(Table, name="broken"):
        number = col.integer()
        by_number = index(number, name="artists")

    with pytest.raises(InvalidSql, match="artists"):
        await database.create_tables(Artist, Broken)
    await database.create_tables(Artist)
    assert await database.fetch_all(select(Artist)) == []


@pytest.mark.not_on_d1("transactions")
async def test_create_tables_belongs_to_the_transaction_around_it(database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with database.transaction() as tx:
            await tx.create_tables(Artist)
            await tx.execute(insert(Artist).values(name="Bach"))
            raise ZeroDivisionError
    await database.create_tables(Artist)
    assert await database.fetch_all(select(Artist)) == []
