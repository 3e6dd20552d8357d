"""One connection writes, and others read at the same time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import pytest

from dialects.sqlite import SqliteDriver
from qb import Database, delete, fn, insert, literal, select, sql, update
from qb.errors import AccessDenied, DatabaseClosed, TimeoutExceeded, TransactionError
from tests.database.interruption import is_cancelled_at
from tests.music import Album, Artist

COUNT = select(fn.count()).from_(Artist)
NAMES = select(Artist.name).order_by(Artist.id)
SLOW = select(
    sql("(WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t)").as_("slow")
)


def add(name: str) -> Any:
    return insert(Artist).values(name=name)


def opened(db: Database) -> int:
    return SqliteDriver.of(db).pool_status().size


async def test_readers_are_opened_when_they_are_needed(url: str) -> None:
    async with Database.connect(url, readers=3) as db:
        await db.create_tables(Artist)
        assert opened(db) == 1
        await db.fetch_all(NAMES)
        await db.fetch_all(NAMES)
        assert opened(db) == 2
        await asyncio.gather(*[db.fetch_all(NAMES) for _ in range(20)])
        assert opened(db) == 4


async def test_reads_do_not_wait_for_a_transaction_that_writes(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(add("a"))
        assert await tx.fetch_value(COUNT) == 4
        assert await db.autonomous().fetch_value(COUNT) == 3
    assert await db.fetch_value(COUNT) == 4


async def test_a_long_read_does_not_keep_others(db: Database) -> None:
    slow = asyncio.create_task(db.fetch_all(SLOW))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        for number in range(10):
            await db.execute(add(str(number)))
            assert await db.fetch_value(COUNT) == 4 + number
    slow.cancel()
    await asyncio.wait([slow])


async def test_a_read_sees_what_its_task_has_written(db: Database) -> None:
    async def work(number: int) -> None:
        for step in range(20):
            await db.execute(add(f"{number}-{step}"))
            found = await db.fetch_value(select(fn.count()).from_(Artist).where(Artist.name.startswith(f"{number}-")))
            assert found == step + 1

    await asyncio.gather(*[work(number) for number in range(8)])


async def test_readers_see_new_tables_and_columns(db: Database) -> None:
    value = select(sql("(SELECT group_concat(name) FROM pragma_table_info('things'))", returns=str).as_("names"))
    await asyncio.gather(*[db.fetch_all(NAMES) for _ in range(20)])
    assert opened(db) == 5
    await db.execute(sql("CREATE TABLE things (a int)"))
    assert await asyncio.gather(*[db.fetch_value(value) for _ in range(20)]) == ["a"] * 20
    await db.execute(sql("ALTER TABLE things ADD COLUMN b int"))
    assert await asyncio.gather(*[db.fetch_value(value) for _ in range(20)]) == ["a,b"] * 20
    await db.execute(sql("DROP TABLE things"))
    assert await asyncio.gather(*[db.fetch_value(value) for _ in range(20)]) == [None] * 20


async def test_writes_inside_of_a_stream(db: Database) -> None:
    async for row in db.stream(select(Album.id, Album.title).order_by(Album.id), size=1):
        await db.execute(update(Album).set(title=row.title + "!").where(Album.id == row.id))
        async with db.transaction() as tx:
            await tx.execute(add(row.title))
    assert await db.fetch_value(COUNT) == 7
    assert [row.title[-1] async for row in db.stream(select(Album.title))] == ["!"] * 4


async def test_a_stream_shows_one_moment(db: Database) -> None:
    names = []
    async for row in db.stream(NAMES, size=1):
        names.append(row.name)
        await db.execute(delete(Album).all_rows())
        await db.execute(add(row.name + "!"))
    assert len(names) == 3
    assert await db.fetch_value(COUNT) == 6


async def test_a_transaction_that_only_reads_shows_one_moment(db: Database) -> None:
    async with db.transaction(read_only=True) as tx:
        assert await tx.fetch_value(COUNT) == 3
        await db.autonomous().execute(add("a"))
        assert await tx.fetch_value(COUNT) == 3
        async with db.autonomous().transaction() as other:
            await other.execute(add("b"))
        assert [row.name async for row in tx.stream(NAMES, size=1)] == ["Joni Mitchell", "AC/DC", "Nobody"]
    assert await db.fetch_value(COUNT) == 5


@pytest.mark.parametrize("where", ["file", "memory"])
async def test_a_transaction_that_only_reads_cannot_write(where: str, url: str) -> None:
    async with Database.connect(url if where == "file" else "sqlite://") as db:
        await db.create_tables(Artist)
        for _ in range(2):
            with pytest.raises(AccessDenied, match="readonly") as caught:
                async with db.transaction(read_only=True) as tx:
                    await tx.fetch_all(NAMES)
                    await tx.execute(add("a"))
            assert caught.value.category == "permission"
            async with db.transaction(read_only=True) as tx:
                assert await tx.fetch_value(COUNT) == 0
        await db.execute(add("a"))
        async with db.transaction() as tx:
            await tx.execute(add("b"))
        assert await db.fetch_value(COUNT) == 2


async def test_without_readers(url: str) -> None:
    async with Database.connect(url, readers=0) as db:
        await db.create_tables(Artist)
        await asyncio.gather(*[db.execute(add(str(number))) for number in range(10)])
        assert await db.fetch_value(COUNT) == 10
        assert opened(db) == 1
    with pytest.raises(ValueError, match="readers=-1"):
        Database.connect(url, readers=-1)


async def test_readers_need_wal(url: str) -> None:
    async with Database.connect(url, pragmas={"journal_mode": "delete"}) as db:
        await db.create_tables(Artist)
        await db.execute(add("a"))
        assert await db.fetch_value(COUNT) == 1
        assert SqliteDriver.of(db).pool_status().size == 1


@pytest.mark.parametrize("where", ["file", "memory"])
async def test_calls_that_wait_in_the_thread_are_no_part_of_a_transaction(where: str, url: str) -> None:
    async with Database.connect(url if where == "file" else "sqlite://") as db:
        await db.create_tables(Artist)

        async def undone() -> None:
            with pytest.raises(ZeroDivisionError):
                async with db.transaction() as tx:
                    await tx.execute(add("undone"))
                    raise ZeroDivisionError

        for number in range(20):
            calls = [db.execute(add(f"{number} {part}")) for part in range(5)]
            await asyncio.gather(*calls, undone(), db.batch(add(f"{number} a"), add(f"{number} b")))
        names = [row.name for row in await db.fetch_all(NAMES)]
        assert len(names) == 20 * 7
        assert "undone" not in names


# Which statements go to readers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", True),
        (" select 1", True),
        ("VALUES (1)", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True),
        ("EXPLAIN QUERY PLAN SELECT 1", True),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", False),
        ("with a as (select 1) delete from t", False),
        ("INSERT INTO t VALUES (1) RETURNING id", False),
        ("UPDATE t SET a = 1 RETURNING id", False),
        ("SELECT last_insert_rowid()", False),
        ("SELECT changes()", False),
        ("SELECT * FROM temp.t", False),
        ("SELECTED", False),
        ("PRAGMA user_version = 1", False),
        ("-- note\nSELECT 1", False),
        ("", False),
    ],
)
async def test_what_reads(db: Database, text: str, expected: bool) -> None:
    for _ in range(2):
        assert db.driver.reads_only(text) is expected


async def test_the_routes_that_are_remembered_are_few(db: Database) -> None:
    for number in range(5000):
        assert db.driver.reads_only(f"SELECT {number}")
    assert len(db.driver._reads) <= 2000  # type: ignore[attr-defined]  # of the driver for SQLite


async def test_writes_that_return_rows(db: Database) -> None:
    row = await db.fetch_one(add("a").returning(Artist.id))
    assert row.id == 4
    last = select(sql("last_insert_rowid()", returns=int).as_("id"))
    assert await db.fetch_value(last) == 4


# What holds for all connections


async def test_attached_databases(db: Database, tmp_path: Any) -> None:
    await asyncio.gather(*[db.fetch_all(NAMES) for _ in range(20)])
    await db.execute(sql("ATTACH DATABASE {} AS other", f"{tmp_path}/other.db"))
    await db.execute(sql("CREATE TABLE other.artists (id integer PRIMARY KEY, name text)"))
    await db.execute(add("there").with_schema("other"))
    there = NAMES.with_schema("other")
    assert await asyncio.gather(*[db.fetch_all(there) for _ in range(20)]) == [[("there",)]] * 20
    assert await db.fetch_value(COUNT) == 3
    await db.execute(sql("DETACH DATABASE other"))
    results = await asyncio.gather(*[db.fetch_all(there) for _ in range(20)], return_exceptions=True)
    assert {str(error).partition("\n")[0] for error in results} == {"no such table: other.artists"}


async def test_what_no_reader_can_have_is_read_where_it_is(url: str) -> None:
    for statement in ("CREATE TEMP TABLE things (a int)", "ATTACH ':memory:' AS things"):
        async with Database.connect(url) as db:
            assert db.driver.reads_only("SELECT 1")
            await db.execute(sql(statement))
            assert not db.driver.reads_only("SELECT 1")
            async with db.transaction(read_only=True) as tx:
                await tx.fetch_all(select(sql("(SELECT count(*) FROM pragma_database_list)").as_("n")))
            assert SqliteDriver.of(db).pool_status().size == 1


async def test_settings_reach_the_readers(db: Database) -> None:
    like = select(sql("'a' LIKE 'A'", returns=int).as_("like"))
    assert await asyncio.gather(*[db.fetch_value(like) for _ in range(20)]) == [1] * 20
    await db.execute(sql("PRAGMA case_sensitive_like = ON"))
    assert await asyncio.gather(*[db.fetch_value(like) for _ in range(20)]) == [0] * 20
    await db.execute(sql("PRAGMA user_version = 7"))
    version = select(sql("(SELECT user_version FROM pragma_user_version)", returns=int).as_("version"))
    assert await asyncio.gather(*[db.fetch_value(version) for _ in range(20)]) == [7] * 20


# Waiting


async def test_tasks_are_served_in_their_order(url: str) -> None:
    async with Database.connect(url, readers=1) as db:
        await db.create_tables(Artist)
        order: list[int] = []

        async def write(number: int) -> None:
            if number % 2:
                async with db.transaction() as tx:
                    await tx.execute(add(str(number)))
                    order.append(number)
            else:
                await db.execute(add(str(number)))
                order.append(number)

        gate = asyncio.Event()

        async def holding() -> None:
            async with db.transaction() as tx:
                await tx.fetch_all(NAMES)
                await gate.wait()

        holder = asyncio.create_task(holding())
        await asyncio.sleep(0.05)
        others = []
        for number in range(20):
            others.append(asyncio.create_task(write(number)))
            await asyncio.sleep(0)
        assert SqliteDriver.of(db).pool_status().waiting == 20
        gate.set()
        await asyncio.gather(holder, *others)
        assert [int(row.name) for row in await db.fetch_all(NAMES)] == list(range(20))
        assert sorted(order) == list(range(20))


async def test_waiting_for_the_writer_has_an_end(url: str) -> None:
    async with Database.connect(url, pool_timeout=0.1) as db:
        await db.create_tables(Artist)
        gate = asyncio.Event()

        async def holding() -> None:
            async with db.transaction() as tx:
                await tx.execute(add("a"))
                await gate.wait()

        holder = asyncio.create_task(holding())
        await asyncio.sleep(0.05)
        for _ in range(2):
            with pytest.raises(
                TimeoutExceeded, match=r"held SQLite's only connection that writes for 0\.1 s"
            ) as caught:
                await db.execute(add("b"))
            assert caught.value.is_retryable
            with pytest.raises(TimeoutExceeded, match="pool_timeout"):
                async with db.transaction() as tx:
                    await tx.execute(add("b"))
        assert SqliteDriver.of(db).pool_status().waiting == 0
        gate.set()
        await holder
        await db.execute(add("c"))
        assert [row.name for row in await db.fetch_all(NAMES)] == ["a", "c"]


async def test_waiting_for_a_reader_has_an_end(url: str) -> None:
    async with Database.connect(url, readers=2, pool_timeout=0.1) as db:
        await db.create_tables(Artist)
        await db.batch(add("a"), add("b"))

        async def reading() -> None:
            async for _ in db.stream(NAMES, size=1):
                await asyncio.sleep(60)

        tasks = [asyncio.create_task(reading()) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert SqliteDriver.of(db).pool_status().in_use == 2
        with pytest.raises(TimeoutExceeded, match=r"held all 2 connections that read from SQLite for 0\.1 s"):
            await db.fetch_all(NAMES)
        await db.execute(add("c"))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert await db.fetch_value(COUNT) == 3


async def test_a_task_that_has_all_readers_is_told_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialects.sqlite.pool.GRACE", 0.05)
    async with Database.connect(url, readers=2) as db:
        await db.create_tables(Artist)
        await db.batch(add("a"), add("b"))
        async with aclosing(db.stream(NAMES, size=1)) as one, aclosing(db.stream(NAMES, size=1)) as two:
            assert await anext(one) == await anext(two)
            with pytest.raises(TransactionError, match="which it holds itself"):
                await db.fetch_all(NAMES)
        assert await db.fetch_value(COUNT) == 2


# Closing, loops, processes


async def test_closing_waits_for_readers_and_the_writer(db: Database) -> None:
    done: list[str] = []

    async def reading() -> None:
        async for _ in db.stream(NAMES, size=1):
            await asyncio.sleep(0.02)
        done.append("stream")

    async def writing() -> None:
        async with db.transaction() as tx:
            await tx.execute(add("a"))
            await asyncio.sleep(0.05)
            await tx.execute(add("b"))
        done.append("transaction")

    tasks = [asyncio.create_task(work()) for work in (reading, writing)]
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0)
    with pytest.raises(DatabaseClosed):
        await db.fetch_all(NAMES)
    await closing
    await asyncio.gather(*tasks)
    assert sorted(done) == ["stream", "transaction"]
    await db.open()
    assert await db.fetch_value(COUNT) == 5


async def test_closing_that_is_cancelled_can_be_done_again(db: Database) -> None:
    gate = asyncio.Event()

    async def writing() -> None:
        async with db.transaction() as tx:
            await tx.execute(add("a"))
            await gate.wait()

    task = asyncio.create_task(writing())
    await asyncio.sleep(0.02)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await db.close()
    assert await db.fetch_value(COUNT) == 3
    gate.set()
    await task
    await db.close()
    await db.open()


def test_another_event_loop(url: str) -> None:
    db = Database.connect(url)

    async def start() -> None:
        await db.open()
        await db.create_tables(Artist)

    async def use() -> None:
        with pytest.raises(DatabaseClosed, match="opened in another event loop: open one in each"):
            await db.fetch_all(NAMES)

    async def again() -> None:
        async with db:
            assert await db.fetch_all(NAMES) == []

    with asyncio.Runner() as runner:
        runner.run(start())
        asyncio.run(use())
    asyncio.run(again())  # the first one is gone


def test_another_process(url: str) -> None:
    script = """
import asyncio, os, sys
from qb import Database, literal, select
from qb.errors import DatabaseClosed

one = select(literal(1).as_("one"))
db = Database.connect(sys.argv[1])

async def in_the_child():
    try:
        await db.fetch_all(one)
    except DatabaseClosed as error:
        print(error)
    async with db:
        print(await db.fetch_value(one), flush=True)

with asyncio.Runner() as runner:
    runner.run(db.open())
    child = os.fork()
    if not child:
        asyncio.run(in_the_child())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    print(runner.run(db.fetch_value(one)))
    runner.run(db.close())
"""
    done = subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines() == ["the database was opened in another process: open one in each", "1", "1"]


# Interruption


async def fetching(db: Database) -> None:
    await db.fetch_all(NAMES)


async def streaming(db: Database) -> None:
    async with aclosing(db.stream(NAMES, size=1)) as rows:  # not when the event loop comes to it
        async for row in rows:
            await db.execute(update(Artist).set(name=row.name).where(Artist.name == row.name))


async def reading(db: Database) -> None:
    async with db.transaction(read_only=True) as tx:
        await tx.fetch_all(NAMES)
        assert [row.name async for row in tx.stream(NAMES, size=1)]


async def writing(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(add("a"))
        async with tx.transaction() as nested:
            await nested.execute(add("b"))


async def batching(db: Database) -> None:
    await db.batch(add("a"), NAMES, add("b"))


@pytest.mark.parametrize("work", [fetching, streaming, reading, writing, batching])
async def test_cancellation_at_every_await(db: Database, work: Callable[[Database], Coroutine[Any, Any, None]]) -> None:
    number = 1
    while await is_cancelled_at(work(db), number):
        assert SqliteDriver.of(db).pool_status().in_use == 0
        assert await db.fetch_value(COUNT) in (3, 5)
        await db.execute(delete(Artist).where(Artist.id > 3))
        number += 1
    assert number > 1


@pytest.mark.parametrize("work", [fetching, streaming, reading, writing, batching])
async def test_cancellation_of_a_task_that_waits(
    url: str, work: Callable[[Database], Coroutine[Any, Any, None]]
) -> None:
    async with Database.connect(url, readers=1) as db:
        await db.create_tables(Artist)
        await db.batch(add("x"), add("y"))
        gate = asyncio.Event()

        async def holding() -> None:
            async with db.transaction() as tx:
                await tx.execute(update(Artist).set(name=Artist.name).all_rows())
                await gate.wait()

        async def streams() -> None:
            async for _ in db.stream(NAMES, size=1):
                await gate.wait()

        holders = [asyncio.create_task(holding()), asyncio.create_task(streams())]
        await asyncio.sleep(0.05)
        tasks = [asyncio.create_task(work(db)) for _ in range(6)]
        await asyncio.sleep(0.02)
        assert SqliteDriver.of(db).pool_status().waiting == 6
        for task in tasks[::2]:
            task.cancel()
        gate.set()
        tasks[1].cancel()  # in the moment in which it would be its turn
        await asyncio.gather(*tasks, *holders, return_exceptions=True)
        assert [task.cancelled() for task in tasks] == [True, True, True, False, True, False]
        use = SqliteDriver.of(db).pool_status()
        assert (use.in_use, use.waiting) == (0, 0)
        assert await db.fetch_value(COUNT) == (4 if work in (writing, batching) else 2)  # names are unique


async def test_a_cancelled_call_does_not_interrupt_its_neighbours(url: str) -> None:
    async with Database.connect(url, readers=1) as db:
        await db.create_tables(Artist)
        await db.execute(insert(Artist).values_many([{"name": str(number)} for number in range(3000)]))
        cancelled = 0
        for _ in range(20):
            tasks = [asyncio.create_task(db.fetch_all(NAMES)) for _ in range(12)]
            await asyncio.sleep(0.001)
            for task in tasks[::3]:
                task.cancel()
            await asyncio.wait(tasks)
            for number, task in enumerate(tasks):
                if number % 3 == 0 and task.cancelled():
                    cancelled += 1
                else:
                    assert len(task.result()) == 3000
        assert cancelled > 20


async def test_a_read_that_is_cancelled_stops_at_once(db: Database) -> None:
    async with asyncio.timeout(10):
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await db.fetch_all(SLOW)
            with pytest.raises(TimeoutError):
                async with db.transaction(read_only=True) as tx, asyncio.timeout(0.05):
                    await tx.fetch_all(SLOW)
    one = select(literal(1).as_("one"))
    assert await asyncio.gather(*[db.fetch_value(one) for _ in range(20)]) == [1] * 20


async def test_a_batch_that_is_cancelled_stops_between_its_statements(db: Database) -> None:
    statements: list[Any] = [add(str(number)) for number in range(20_000)]
    task = asyncio.create_task(db.batch(*statements))
    await asyncio.sleep(0)  # it is compiled
    loop = asyncio.get_running_loop()
    started = loop.time()
    while loop.time() < started + 0.01:  # noqa: ASYNC110  # nobody tells when it has begun
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await db.fetch_value(COUNT) == 3
