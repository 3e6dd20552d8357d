"""Copies of a whole database."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from dialects.sqlite import SqliteDriver
from qb import Database, Table, col, delete, fn, insert, select
from qb.errors import CannotOpen, DatabaseError, QbError
from tests.music import Artist

COUNT = select(fn.count()).from_(Artist)


class Note(Table, name="notes"):
    id = col.integer().primary_key()
    text = col.text()


async def fill(db: Database, count: int = 3000) -> None:
    await db.create_tables(Note)
    await db.execute(insert(Note).values_many([{"text": "x" * 1000}] * count))


async def names(url: str) -> list[str]:
    async with Database.connect(url) as db:
        return [row.name for row in await db.fetch_all(select(Artist.name).order_by(Artist.id))]


async def test_to_a_file(db: Database, tmp_path: Path) -> None:
    driver = SqliteDriver.of(db)
    for target in (tmp_path / "one.db", str(tmp_path / "two.db")):
        await driver.backup(target)
        assert await names(f"sqlite:///{target}") == ["Joni Mitchell", "AC/DC", "Nobody"]
    await db.execute(insert(Artist).values(name="a"))
    await driver.backup(tmp_path / "one.db")
    assert len(await names(f"sqlite:///{tmp_path}/one.db")) == 4


async def test_progress(db: Database, tmp_path: Path) -> None:
    await fill(db)
    seen: list[tuple[int, int]] = []
    await SqliteDriver.of(db).backup(tmp_path / "copy.db", pages=50, progress=lambda *pages: seen.append(pages))
    assert len(seen) > 10
    assert [left for left, _ in seen] == sorted([left for left, _ in seen], reverse=True)
    assert seen[-1][0] == 0
    with pytest.raises(ValueError, match="at least one page"):
        await SqliteDriver.of(db).backup(tmp_path / "copy.db", pages=0)


async def test_others_go_on_and_the_copy_is_of_one_moment(db: Database, tmp_path: Path) -> None:
    await fill(db)
    task = asyncio.create_task(SqliteDriver.of(db).backup(tmp_path / "copy.db", pages=10))
    written = 0
    while not task.done():
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name=f"{written} a"))
            await tx.execute(insert(Artist).values(name=f"{written} b"))
        written += 1
    await task
    assert written > 1
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT count(*) FROM notes").fetchone() == (3000,)
    assert copy.execute("SELECT count(*) % 2 FROM artists").fetchone() == (1,)  # three, and pairs
    copy.close()
    assert await db.fetch_value(COUNT) == 3 + 2 * written


async def test_between_databases(db: Database, url: str) -> None:
    async with Database.connect("sqlite://") as memory:
        await SqliteDriver.of(db).backup(memory)
        assert await memory.fetch_value(COUNT) == 3
        await memory.execute(delete(Artist).where(Artist.id > 2))
        async with Database.connect(url.replace("music", "other")) as other:
            await SqliteDriver.of(memory).backup(other)
            assert await asyncio.gather(*[other.fetch_value(COUNT) for _ in range(10)]) == [2] * 10
    assert await db.fetch_value(COUNT) == 3
    with pytest.raises(QbError, match="over itself"):
        await SqliteDriver.of(db).backup(db)


async def test_to_a_database_of_another_dialect(db: Database, postgres_db: Database) -> None:
    with pytest.raises(QbError, match="a database of postgres"):
        await SqliteDriver.of(db).backup(postgres_db)


async def test_a_copy_that_is_cancelled_leaves_nothing(db: Database, tmp_path: Path) -> None:
    await fill(db)
    await SqliteDriver.of(db).backup(tmp_path / "kept.db")
    await db.execute(delete(Artist).all_rows())

    async def cancelled(target: Path) -> None:
        started = asyncio.Event()
        driver = SqliteDriver.of(db)
        task = asyncio.create_task(driver.backup(target, pages=1, progress=lambda *_: started.set()))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await cancelled(tmp_path / "new.db")
    await cancelled(tmp_path / "kept.db")
    assert not (tmp_path / "new.db").exists()
    assert len(await names(f"sqlite:///{tmp_path}/kept.db")) == 3
    assert SqliteDriver.of(db).pool_status().in_use == 0


async def test_to_a_folder_that_is_missing(db: Database, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="there is no folder"):
        await SqliteDriver.of(db).backup(tmp_path / "no" / "copy.db")


async def test_bytes(db: Database, tmp_path: Path) -> None:
    data = await SqliteDriver.of(db).serialize()
    async with Database.connect("sqlite://") as memory:
        await SqliteDriver.of(memory).deserialize(data)
        assert await memory.fetch_value(COUNT) == 3
        await memory.execute(insert(Artist).values(name="a"))
        (tmp_path / "other.db").write_bytes(await SqliteDriver.of(memory).serialize())
        with pytest.raises(DatabaseError, match="not a database"):
            await SqliteDriver.of(memory).deserialize(b"nothing of the kind" * 100)
    assert len(await names(f"sqlite:///{tmp_path}/other.db")) == 4
    with pytest.raises(QbError, match="for databases in memory"):
        await SqliteDriver.of(db).deserialize(data)
