"""stream: rows one by one, in bounded memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from contextlib import aclosing, suppress
from typing import Any

import pytest

from qb import Database, Executor, Table, col, delete, fn, insert, select, sql, update
from qb.errors import CompileError, TransactionError, UndefinedTable
from tests.features import feature
from tests.music import ALBUMS, Album, Artist

TITLES = [album["title"] for album in ALBUMS]
BY_ID = select(Album).order_by(Album.id)


class Note(Table, name="notes"):
    id = col.integer().primary_key()
    text = col.text()


async def fill_notes(db: Database, count: int, length: int) -> None:
    await db.create_tables(Note)
    text = "x" * length
    await db.execute(insert(Note).values_many([{"text": text} for _ in range(count)]))


@feature("Running", "streams", d1="refused")
@pytest.mark.parametrize("size", [1, 3, 4, 5, 1000])
async def test_all_rows_in_portions_of_any_size(db: Database, size: int) -> None:
    rows = [row async for row in db.stream(BY_ID, size=size)]
    assert [row.title for row in rows] == TITLES
    assert rows == await db.fetch_all(BY_ID)


async def test_no_rows(db: Database) -> None:
    assert [row async for row in db.stream(BY_ID.where(Album.id == 99))] == []


@feature("Running", "streams", d1="refused")
async def test_memory_is_bounded(database: Database) -> None:
    await fill_notes(database, 4000, 4000)
    query = select(Note)
    tracemalloc.start()
    try:
        count = 0
        async for row in database.stream(query, size=50):
            count += len(row.text) == 4000
        _, streamed = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        rows = await database.fetch_all(query)
        _, fetched = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == len(rows) == 4000
    assert fetched > 16_000_000
    assert streamed < 2_000_000


async def test_a_loop_that_is_left_gives_the_connection_back(db: Database) -> None:
    seen = []
    for _ in range(25):  # more often than the pool has connections
        async for row in db.stream(BY_ID, size=1):
            seen.append(row.title)
            break
        assert await db.fetch_value(select(fn.count()).from_(Album)) == 4
    assert seen == ["Blue"] * 25
    with suppress(ZeroDivisionError):
        async for _row in db.stream(BY_ID, size=1):
            raise ZeroDivisionError
    assert await db.execute(delete(Album).all_rows()) == 4


async def test_a_stream_that_is_closed_gives_the_connection_back_at_once(db: Database) -> None:
    async with aclosing(db.stream(BY_ID, size=1)) as rows:
        assert (await anext(rows)).title == "Blue"
    assert await db.execute(delete(Album).all_rows()) == 4


async def test_a_cancelled_stream_gives_the_connection_back(db: Database) -> None:
    async def read() -> None:
        async for _ in db.stream(BY_ID, size=1):
            started.set()
            await asyncio.sleep(60)

    started = asyncio.Event()
    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await db.execute(delete(Album).all_rows()) == 4


async def test_writes_inside_the_loop_in_a_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        async for row in tx.stream(select(Album.id).order_by(Album.id), size=2):
            await tx.execute(update(Artist).set(name=fn.concat(Artist.name, "!")).where(Artist.id == row.id))
            assert await tx.fetch_value(select(Album.id).where(Album.id == row.id)) == row.id
    names = await db.fetch_all(select(Artist.name).order_by(Artist.id))
    assert names == [("Joni Mitchell!",), ("AC/DC!",), ("Nobody!",)]


async def test_a_statement_that_is_cancelled_inside_the_loop(sqlite_db: Database) -> None:
    await fill_notes(sqlite_db, 3, 1)
    slow = sql("(WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t)")
    async with sqlite_db.transaction() as tx:
        rows = tx.stream(select(Note), size=1)
        assert (await anext(rows)).id == 1
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), tx.transaction() as nested:
                await nested.execute(delete(Note).all_rows())
                await nested.fetch_all(select(slow.as_("slow")))
        with pytest.raises(TransactionError, match="its transaction was interrupted"):
            await anext(rows)
        assert await tx.execute(delete(Note).where(Note.id > 1)) == 2
    assert len(await sqlite_db.fetch_all(select(Note))) == 1


async def test_two_streams_in_a_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        pairs = [
            (left.id, right.id) async for left in tx.stream(BY_ID, size=1) async for right in tx.stream(BY_ID, size=1)
        ]
    assert len(pairs) == 16


async def test_a_stream_ends_with_its_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        rows = tx.stream(BY_ID, size=1)
        assert (await anext(rows)).title == "Blue"
    with pytest.raises(TransactionError, match="has ended"):
        await anext(rows)
    await db.execute(sql("DROP TABLE tracks"))


async def test_a_write_that_returns_rows(db: Database) -> None:
    change = update(Album).set(plays=1).all_rows().returning(Album.id)
    assert sorted([row.id async for row in db.stream(change, size=2)]) == [1, 2, 3, 4]
    assert await db.fetch_all(select(Album.plays)) == [(1,)] * 4


async def refuses(db: Executor) -> None:
    write: Any = delete(Album).all_rows()  # no type checker lets it through
    with pytest.raises(CompileError, match="returns no rows"):
        async for _ in db.stream(write):
            pass
    with pytest.raises(ValueError, match="at least one row"):
        async for _ in db.stream(BY_ID, size=0):
            pass


async def test_what_cannot_be_streamed_is_refused(db: Database) -> None:
    await refuses(db)
    async with db.transaction() as tx:
        await refuses(tx)
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4


async def test_errors_are_qbs(database: Database) -> None:
    with pytest.raises(UndefinedTable):
        async for _ in database.stream(BY_ID):
            pass


async def test_sqlite_tells_who_holds_its_connection(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialects.sqlite.pool.GRACE", 0.05)
    await fill_notes(sqlite_db, 3, 1)
    async for _ in sqlite_db.stream(select(Note)):
        with pytest.raises(TransactionError, match="which it holds itself"):
            await sqlite_db.execute(delete(Note).all_rows())
        break
    assert await sqlite_db.execute(delete(Note).all_rows()) == 3
