"""LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from dialects.postgres import Gap, Listener, Notification, PostgresDriver
from qb import Database, sql
from qb.errors import ConnectionFailed, InvalidValue, QbError, UnsupportedError
from tests.postgres.wire import wire_to


def listening(url: str, heartbeat: float = 30) -> Listener:
    """To the news."""
    return PostgresDriver.of(Database.connect(url)).listen("news", heartbeat=heartbeat)


async def heard(listener: Listener, count: int) -> list[str | int | None]:
    """The next payloads; of gaps, how many were dropped."""
    found: list[str | int | None] = []
    async with asyncio.timeout(10):
        for _ in range(count):
            what = await anext(listener)
            found.append(what.payload if isinstance(what, Notification) else what.dropped)
    return found


async def test_what_is_said_is_heard(postgres_db: Database) -> None:
    driver = PostgresDriver.of(postgres_db)
    async with driver.listen("news", 'odd "name"') as listener:
        assert listener.hears()
        await driver.notify("news", "one")
        await driver.notify("other", "two")
        await driver.notify('odd "name"', "three 'quoted'")
        await driver.notify("news")
        first = await anext(listener)
        assert isinstance(first, Notification)
        assert (first.channel, first.payload) == ("news", "one")
        assert first.pid > 0
        assert await heard(listener, 2) == ["three 'quoted'", ""]
    assert not listener.hears()
    with pytest.raises(StopAsyncIteration):
        await anext(listener)


async def test_a_loop_over_what_is_heard(postgres_db: Database) -> None:
    driver = PostgresDriver.of(postgres_db)
    found = []
    async with driver.listen("news") as listener:
        for number in range(5):
            await driver.notify("news", str(number))
        async for what in listener:
            assert isinstance(what, Notification)
            found.append(what.payload)
            if what.payload == "4":
                break
    assert found == ["0", "1", "2", "3", "4"]


async def test_what_is_said_in_a_transaction_belongs_to_it(postgres_db: Database) -> None:
    driver = PostgresDriver.of(postgres_db)
    async with driver.listen("news") as listener:
        with suppress(ZeroDivisionError):
            async with postgres_db.transaction():
                await driver.notify("news", "undone")
                raise ZeroDivisionError
        async with postgres_db.transaction():
            await driver.notify("news", "first")
            with suppress(ZeroDivisionError):
                async with postgres_db.transaction():
                    await driver.notify("news", "undone")
                    raise ZeroDivisionError
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await anext(listener)
        await driver.notify("news", "second")
        assert await heard(listener, 2) == ["first", "second"]


async def test_a_connection_that_is_lost_is_made_again(postgres_url: str, postgres_db: Database) -> None:
    driver = PostgresDriver.of(postgres_db)
    async with wire_to(postgres_url) as (wire, near), listening(near) as listener:
        await driver.notify("news", "one")
        assert await heard(listener, 1) == ["one"]
        for _ in range(2):
            await wire.cut()
            await driver.notify("news", "nobody hears it")
            assert await heard(listener, 1) == [None]
            await driver.notify("news", "two")
            assert await heard(listener, 1) == ["two"]
        killed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
        await postgres_db.execute(sql(killed))
        assert await heard(listener, 1) == [None]


async def test_a_server_that_says_nothing_is_asked(postgres_url: str, postgres_db: Database) -> None:
    async with wire_to(postgres_url) as (wire, near), listening(near, 0.05) as listener:
        before = wire.trips
        await asyncio.sleep(0.2)
        assert wire.trips > before
        wire.is_silent = True
        await asyncio.sleep(0.15)
        wire.is_silent = False
        assert await heard(listener, 1) == [None]
        await PostgresDriver.of(postgres_db).notify("news", "again")
        assert await heard(listener, 1) == ["again"]


async def test_a_slow_reader_is_told_what_it_missed(postgres_db: Database) -> None:
    driver = PostgresDriver.of(postgres_db)
    async with driver.listen("news", size=3) as listener:
        for number in range(8):
            await driver.notify("news", str(number))
        await asyncio.sleep(0.1)
        assert await heard(listener, 4) == ["0", "1", "2", 5]
        await driver.notify("news", "8")
        assert await heard(listener, 1) == ["8"]


async def test_leaving_while_the_server_is_away(postgres_url: str) -> None:
    async with wire_to(postgres_url) as (wire, near), listening(near) as listener:
        await wire.close()
        await asyncio.sleep(0.1)
        assert not listener.hears()


async def test_mistakes(postgres_url: str, postgres_db: Database) -> None:
    driver = PostgresDriver.of(postgres_db)
    with pytest.raises(QbError, match="one channel or more"):
        driver.listen()
    with pytest.raises(InvalidValue, match="payload"):
        await driver.notify("news", "x" * 9000)
    behind = Database.connect(postgres_url, pgbouncer=True)
    with pytest.raises(UnsupportedError, match="PgBouncer"):
        PostgresDriver.of(behind).listen("news")
    nowhere = PostgresDriver.of(Database.connect("postgresql://x@127.0.0.1:1/x?sslmode=disable"))
    with pytest.raises(ConnectionFailed):
        async with nowhere.listen("news"):
            pass
    assert Gap(None).dropped is None
