"""The pool: its size, its turns, its losses."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest

from dialects.postgres import PostgresDriver
from dialects.postgres.pool import Pool
from qb import Database, Table, col, fn, insert, literal, select, sql
from qb.errors import ConnectionFailed, DatabaseClosed, MultipleRowsFound, QbError, TimeoutExceeded
from tests.database.interruption import is_cancelled_at
from tests.music import Artist, create_music
from tests.postgres.wire import wire_to

ONE = select(literal(1).as_("one"))
PID = select(sql("pg_backend_pid()", returns=int).as_("pid"))
SLEEP = select(sql("pg_sleep(60)").as_("slept"))


class Number(Table, name="numbers"):
    n = col.integer().primary_key()


def pool(db: Database) -> Pool:
    """The pool of a database."""
    return PostgresDriver.of(db).pool


async def held(db: Database, count: int) -> AsyncExitStack:
    """So many connections, in use until the stack is closed."""
    stack = AsyncExitStack()
    for _ in range(count):
        await stack.enter_async_context(db.driver.acquire())
    return stack


async def test_who_finds_none_free_waits_and_is_told_in_the_end(postgres_url: str) -> None:
    async with Database.connect(postgres_url, max_size=2, pool_timeout=0.05) as db:
        assert pool(db).size == 1
        async with await held(db, 2):
            with pytest.raises(
                TimeoutExceeded, match=r"all 2 of the pool are in use \(max_size=2, pool_timeout=0.05\)"
            ):
                await db.fetch_value(ONE)
            assert (pool(db).size, pool(db).free, pool(db).waiting) == (2, 0, 0)
        assert await db.fetch_value(ONE) == 1
        assert (pool(db).size, pool(db).free) == (2, 2)


async def test_who_waits_is_served_in_turn(postgres_url: str) -> None:
    order: list[int] = []

    async def work(number: int) -> None:
        await db.fetch_value(ONE)
        order.append(number)

    async with Database.connect(postgres_url, max_size=1) as db:
        async with await held(db, 1):
            tasks = [asyncio.create_task(work(number)) for number in range(10)]
            await asyncio.sleep(0)
            assert pool(db).waiting == 10
            for number in (0, 4, 9):
                tasks[number].cancel()
        await asyncio.wait(tasks)
    assert order == [1, 2, 3, 5, 6, 7, 8]


async def test_cancellation_at_every_await_loses_no_connection(postgres_url: str) -> None:
    async def work() -> None:
        await db.fetch_value(ONE)
        await db.execute(sql("SET work_mem = '2MB'"))
        async with db.transaction() as tx:
            await tx.fetch_value(ONE)

    async with Database.connect(postgres_url, max_size=1, min_size=0) as db:
        for is_full in (False, True):
            number = 1
            while True:
                async with await held(db, is_full):
                    task = asyncio.create_task(is_cancelled_at(work(), number))
                    await asyncio.sleep(0)
                if not await task:
                    break
                assert await asyncio.wait_for(db.fetch_value(ONE), 5) == 1
                assert (pool(db).size, pool(db).free) == (1, 1)
                number += 1
            assert number > 4


async def test_a_cancelled_statement_is_over_before_the_connection_is_used_again(postgres_url: str) -> None:
    async with Database.connect(postgres_url, max_size=1) as db:
        pid = await db.fetch_value(PID)
        for _ in range(5):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await db.fetch_all(SLEEP)
            assert await db.fetch_value(PID) == pid  # neither cancelled nor replaced


async def test_connections_that_were_killed_are_replaced(postgres_url: str, postgres_db: Database) -> None:
    async with Database.connect(postgres_url, min_size=3, max_size=3) as db:
        assert pool(db).free == 3
        async with db.driver.acquire() as one, db.driver.acquire() as two:
            pids = [(await each.fetch("SELECT pg_backend_pid()", (), list))[0][0] for each in (one, two)]
        await kill(postgres_db, pids[0])
        await asyncio.sleep(0.05)
        for _ in range(3):
            assert await db.fetch_value(PID) != pids[0]
        with pytest.raises(ConnectionFailed):
            async with db.transaction() as tx:
                await kill(postgres_db, await tx.fetch_value(PID))
                await tx.fetch_value(ONE)
        assert await db.fetch_value(ONE) == 1
        assert pool(db).size <= 3


async def test_a_connection_that_is_lost_before_commit(postgres_url: str) -> None:
    async with wire_to(postgres_url) as (wire, near), Database.connect(near) as db:
        for is_nested in (False, True):
            with pytest.raises(ConnectionFailed, match="nothing of the transaction is done") as caught:
                async with db.transaction() as tx:
                    await tx.fetch_value(ONE)
                    if is_nested:
                        with suppress(ConnectionFailed):
                            async with tx.transaction() as nested:
                                await nested.fetch_value(ONE)
                                await wire.cut()
                    await wire.cut()
                    await asyncio.sleep(0.01)
            assert caught.value.is_retryable
            assert await db.fetch_value(ONE) == 1


async def kill(db: Database, pid: int) -> None:
    """End a session of the server."""
    assert await db.fetch_value(select(sql("pg_terminate_backend({})", pid, returns=bool).as_("killed")))


async def test_a_server_that_is_away_and_back(postgres_url: str) -> None:
    async with wire_to(postgres_url) as (wire, near), Database.connect(near, max_size=3) as db:
        async with await held(db, 3):
            pass
        await wire.cut()
        await asyncio.sleep(0.01)
        assert await asyncio.gather(*[db.fetch_value(ONE) for _ in range(20)]) == [1] * 20
        assert pool(db).size <= 3
        tasks = [asyncio.create_task(db.fetch_all(SLEEP)) for _ in range(5)]
        await asyncio.sleep(0.05)
        await wire.cut()
        for task in tasks[:3]:
            with pytest.raises(ConnectionFailed):
                await task
        for task in tasks[3:]:  # they waited, and got new ones
            task.cancel()
        await asyncio.wait(tasks)
        assert await db.fetch_value(ONE) == 1


async def test_who_cannot_connect_lets_the_next_one_try(postgres_url: str) -> None:
    from tests.postgres_server import free_port

    port = free_port()
    async with Database.connect(f"postgresql://x@127.0.0.1:{port}/x?sslmode=disable", min_size=0, max_size=1) as db:
        results = await asyncio.gather(*[db.fetch_value(ONE) for _ in range(5)], return_exceptions=True)
        assert [type(result) for result in results] == [ConnectionFailed] * 5
        assert pool(db).size == 0


async def test_connections_that_nobody_uses_are_closed(postgres_url: str) -> None:
    async with Database.connect(postgres_url, min_size=1, max_size=5, max_idle=0.1) as db:
        async with await held(db, 5):
            assert pool(db).size == 5
        pid = await db.fetch_value(PID)
        for _ in range(40):
            await asyncio.sleep(0.05)
            assert await db.fetch_value(PID) == pid  # this one is used
            if pool(db).size == 1:
                break
        assert pool(db).size == 1


async def test_old_connections_are_closed(postgres_url: str) -> None:
    async with Database.connect(postgres_url, max_lifetime=0.1) as db:
        pid = await db.fetch_value(PID)
        await asyncio.sleep(0.25)
        assert pool(db).free == 0
        assert await db.fetch_value(PID) != pid


async def test_closing_waits_and_serves_who_came_before(postgres_url: str) -> None:
    db = await Database.connect(postgres_url, max_size=1)
    stack = await held(db, 1)
    waiting = asyncio.create_task(db.fetch_value(ONE))
    await asyncio.sleep(0)
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    with pytest.raises(DatabaseClosed):
        await db.fetch_value(ONE)
    await stack.aclose()
    await closing
    assert await waiting == 1


@pytest.mark.parametrize(
    "options",
    [{"max_size": 0}, {"min_size": 3, "max_size": 2}, {"min_size": -1}, {"pool_timeout": -1}, {"max_idle": -1}],
)
async def test_wrong_sizes(options: dict[str, Any]) -> None:
    with pytest.raises(QbError, match=r"min_size|pool_timeout"):
        await Database.connect("postgresql://x@127.0.0.1:1/x", **options)


async def test_another_driver(sqlite_db: Database) -> None:
    with pytest.raises(QbError, match="a database of sqlite"):
        PostgresDriver.of(sqlite_db)


async def test_unknown_options(postgres_url: str) -> None:
    with pytest.raises(QbError, match="max_sise"):
        await Database.connect(postgres_url, max_sise=3)


# Statements that are prepared


async def test_a_table_that_was_changed_under_a_prepared_statement(postgres_url: str, postgres_db: Database) -> None:
    await create_music(postgres_db)
    async with Database.connect(postgres_url, min_size=2, max_size=2) as db:
        async with db.driver.acquire() as one, db.driver.acquire() as two:
            for connection in (one, two):
                assert len((await connection.fetch("SELECT * FROM artists WHERE id = $1", (1,), list))[0]) == 2
        await postgres_db.execute(sql("ALTER TABLE artists ADD COLUMN born integer"))
        async with db.driver.acquire() as one, db.driver.acquire() as two:
            for connection in (one, two):
                assert len((await connection.fetch("SELECT * FROM artists WHERE id = $1", (1,), list))[0]) == 3


# One row


async def test_one_row_of_many_is_not_all_of_them(postgres_db: Database) -> None:
    await postgres_db.create_tables(Number)
    await postgres_db.execute(sql("INSERT INTO numbers SELECT generate_series(1, 100000)"))
    taken: list[int] = []

    async with postgres_db.driver.acquire() as connection:

        def count(rows: Any) -> list[Any]:
            taken.append(len(rows))
            return []

        text = select(Number.n).compile("postgres").sql
        await connection.fetch(text, (), count, 2)
        await connection.fetch(text, (), count)
        await connection.fetch('SELECT count(*) FROM "numbers"', (), count, 2)
    assert taken == [2, 100_000, 1]
    with pytest.raises(MultipleRowsFound):
        await postgres_db.fetch_one(select(Number))
    async with postgres_db.transaction() as tx:
        with pytest.raises(MultipleRowsFound):
            await tx.fetch_one(select(Number))
        assert await tx.fetch_value(select(fn.count()).from_(Number)) == 100_000


async def test_a_write_that_returns_too_many_rows_is_done_as_a_whole(postgres_db: Database) -> None:
    await create_music(postgres_db)
    with pytest.raises(MultipleRowsFound):
        await postgres_db.fetch_one(insert(Artist).values_many([{"name": n} for n in "abcd"]).returning(Artist.id))
    assert await postgres_db.fetch_value(select(fn.count()).from_(Artist)) == 7
