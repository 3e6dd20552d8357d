"""Opening and closing databases."""

from __future__ import annotations

import asyncio
import datetime
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dialects.postgres import PostgresDriver
from dialects.sqlite import SqliteDriver
from qb import Database, fn, insert, literal, select, sql
from qb.errors import DatabaseClosed, QbError
from tests.music import Artist

ONE = select(literal(1).as_("one"))


async def test_a_block_opens_and_closes(postgres_url: str) -> None:
    for url in ("sqlite://", postgres_url):
        async with Database.connect(url) as db:
            assert await db.fetch_value(ONE) == 1
        with pytest.raises(DatabaseClosed, match="is not open"):
            await db.fetch_value(ONE)


async def test_await_opens(postgres_url: str) -> None:
    for url in ("sqlite://", postgres_url):
        db = await Database.connect(url)
        assert await db.fetch_value(ONE) == 1
        await db.close()
        await db.close()  # once more does no harm


async def test_nothing_runs_on_a_database_that_is_not_open(postgres_url: str) -> None:
    for url in ("sqlite://", postgres_url):
        db = Database.connect(url)
        for _ in range(2):
            for call in (
                db.fetch_all(ONE),
                db.fetch_one(ONE),
                db.fetch_value(ONE),
                db.execute(sql("SELECT 1")),
                db.create_tables(Artist),
                anext(db.stream(ONE)),
                db.transaction().__aenter__(),
            ):
                with pytest.raises(DatabaseClosed, match="is not open"):
                    await call
            await db.open()
            await db.close()


async def test_a_database_may_be_opened_again(tmp_path: Path) -> None:
    db = Database.connect(f"sqlite:///{tmp_path}/x.db")
    async with db:
        await db.create_tables(Artist)
    async with db:
        assert await db.fetch_all(select(Artist)) == []


async def test_a_block_around_an_open_database_closes_it() -> None:
    db = await Database.connect("sqlite://")
    await db.create_tables(Artist)
    async with db:
        assert await db.fetch_all(select(Artist)) == []
    with pytest.raises(DatabaseClosed):
        await db.fetch_all(select(Artist))


async def test_closing_waits_for_what_is_running(database: Database) -> None:
    await database.create_tables(Artist)
    began = asyncio.Event()

    async def work() -> None:
        async with database.transaction() as tx:
            await tx.execute(insert(Artist).values(name="a"))
            began.set()
            await asyncio.sleep(0.05)
            await tx.execute(insert(Artist).values(name="b"))

    task = asyncio.create_task(work())
    await began.wait()
    await database.close()
    assert task.done()
    await task


async def test_the_driver_is_the_dialects_own_object(database: Database) -> None:
    expected = {"sqlite": SqliteDriver, "postgres": PostgresDriver}
    assert type(database.driver) is expected[database.dialect.name]
    assert database.autonomous().driver is database.driver


# URLs


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
async def test_databases_in_memory_are_apart(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with Database.connect(url) as one, Database.connect(url) as two:
        await one.create_tables(Artist)
        await two.create_tables(Artist)
    assert os.listdir(tmp_path) == []


async def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with Database.connect("sqlite:///relative.db") as db:
        await db.create_tables(Artist)
    assert tmp_path.is_absolute()
    async with Database.connect(f"sqlite:///{tmp_path}/relative.db") as db:
        assert await db.fetch_all(select(Artist)) == []
    (tmp_path / "deeper").mkdir()
    async with Database.connect("sqlite:///deeper/x y.db") as db:
        await db.create_tables(Artist)
    assert (tmp_path / "deeper" / "x y.db").exists()


def test_wrong_urls() -> None:
    with pytest.raises(QbError, match='no dialect "sqlit", did you mean "sqlite"'):
        Database.connect("sqlit:///x.db")
    with pytest.raises(QbError, match="a database has a URL"):
        Database.connect("music.db")
    with pytest.raises(QbError, match=r"sqlite:///music\.db"):
        Database.connect("sqlite://music.db")


async def test_the_scheme_may_be_another_name(postgres_url: str) -> None:
    url = postgres_url.replace("postgresql://", "postgres://")
    async with Database.connect(url) as db:
        assert db.dialect.name == "postgres"
    async with Database.connect("mine:///:memory:", dialect="sqlite") as db:
        assert db.dialect.name == "sqlite"


def test_options_are_the_drivers() -> None:
    with pytest.raises(TypeError, match="max_size"):
        Database.connect("sqlite://", max_size=3)


def test_passwords_are_not_shown() -> None:
    assert repr(Database.connect("postgresql://me:secret@localhost/x")) == "<Database postgres>"


# SQLite


async def test_a_query_is_one_trip_to_the_thread(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from dialects.sqlite.thread import Call, Thread

    await sqlite_db.create_tables(Artist)
    trips = 0
    put = Thread.put

    def counted(self: Thread, call: Call) -> None:
        nonlocal trips
        trips += 1
        put(self, call)

    monkeypatch.setattr(Thread, "put", counted)
    await sqlite_db.execute(insert(Artist).values(name="a"))
    assert trips == 1
    await sqlite_db.fetch_all(select(Artist))
    assert trips == 2
    await sqlite_db.fetch_value(select(Artist.name))
    assert trips == 3


def test_a_database_that_nobody_closes_does_not_keep_the_interpreter() -> None:
    script = """
import asyncio
from qb import Database, select, literal
async def main():
    db = await Database.connect("sqlite://")
    print(await db.fetch_value(select(literal(1).as_("one"))))
    return db
db = asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "1\n"


# PostgreSQL


async def last_statement(watcher: Database, pid: int) -> Any:
    text = sql("(SELECT query FROM pg_stat_activity WHERE pid = {})", pid, returns=str)
    return await watcher.fetch_value(select(text.as_("text")))


async def test_a_statement_goes_alone(postgres_url: str, postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    async with Database.connect(postgres_url, max_size=1) as db:
        pid = await db.fetch_value(select(sql("pg_backend_pid()", returns=int).as_("pid")))
        for query in (select(Artist), select(Artist.name).where(Artist.id > 1)):
            await db.fetch_all(query)
            assert await last_statement(postgres_db, pid) == query.compile("postgres").sql
        statement = insert(Artist).values(name="a")
        await db.execute(statement)
        assert await last_statement(postgres_db, pid) == statement.compile("postgres").sql


async def test_settings_do_not_leak_to_the_next_user_of_a_connection(postgres_url: str) -> None:
    shown = select(sql("current_setting('work_mem')", returns=str).as_("value"))
    async with Database.connect(postgres_url, max_size=1) as db:
        before = await db.fetch_value(shown)
        await db.execute(sql("SET work_mem = '1234kB'"))
        assert await db.fetch_value(shown) == before
        async with db.transaction() as tx:
            await tx.execute(sql("SET work_mem = '1234kB'"))
            assert await tx.fetch_value(shown) == "1234kB"
        assert await db.fetch_value(shown) == before
        await db.create_tables(Artist)  # the schema of the URL is still the one


async def test_sessions_are_in_utc(postgres_url: str, postgres_db: Database) -> None:
    zone = select(sql("current_setting('TimeZone')", returns=str).as_("zone"))
    assert await postgres_db.fetch_value(zone) == "UTC"
    async with Database.connect(postgres_url, server_settings={"TimeZone": "Asia/Tokyo"}) as db:
        assert await db.fetch_value(zone) == "Asia/Tokyo"
        now = await db.fetch_value(select(fn.now().as_("now")))
        assert now.tzinfo is datetime.UTC


async def test_the_pool_grows_to_its_size(postgres_url: str) -> None:
    async with Database.connect(postgres_url, max_size=3) as db:
        both = asyncio.Barrier(3)

        async def meet() -> None:
            async with db.transaction() as tx:
                await tx.fetch_value(ONE)
                await both.wait()

        await asyncio.gather(meet(), meet(), meet())
