"""Behind a real PgBouncer that pools transactions: whoever comes next gets any of its two sessions."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import asyncpg
import pytest

from qb import Database, delete, fn, insert, literal, query, select, sql, update
from qb.errors import ConnectionFailed, QbError, TimeoutExceeded, UniqueViolated, UnsupportedError
from tests.codecs.test_round_trips import Sample, Size
from tests.music import ALBUMS, Album, Artist, create_music
from tests.postgres.bouncer import running_bouncer
from tests.postgres_server import PostgresServer

NUMBERS = count(1)
ONE = select(literal(1).as_("one"))


@pytest.fixture(scope="module")
def bouncer(postgres_server: PostgresServer) -> Iterator[str]:
    """Its URL, without a database."""
    with running_bouncer(postgres_server.url) as url:
        yield url


@pytest.fixture
async def url(bouncer: str, postgres_server: PostgresServer) -> str:
    """Of an empty database behind it."""
    name = f"bounced_{next(NUMBERS)}"
    connection = await asyncpg.connect(postgres_server.url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{bouncer}/{name}?sslmode=disable"


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    """The music behind it."""
    async with Database.connect(url, pgbouncer=True) as db:
        await create_music(db)
        yield db


@query
def albums_of(artist: int) -> Any:
    return select(Album.title, Album.released).where(Album.artist_id == artist).order_by(Album.id)


async def test_everyday_things(db: Database) -> None:
    for _ in range(5):
        assert await db.fetch_value(select(fn.count()).from_(Album)) == 4
        assert (await db.fetch_all(albums_of(1)))[0] == ("Blue", datetime.date(1971, 6, 22))
    with pytest.raises(UniqueViolated):
        await db.execute(insert(Artist).values(name="AC/DC"))
    async with db.transaction(isolation="repeatable read", statement_timeout=5) as tx:
        await tx.execute(insert(Artist).values(name="a"))
        with suppress(UniqueViolated):
            async with tx.transaction() as nested:
                await nested.execute(insert(Artist).values(name="a"))
        await tx.execute(update(Artist).set(name="b").where(Artist.name == "a"))
    changed, rows = await db.batch(delete(Artist).where(Artist.name == "b"), select(Artist.name).order_by(Artist.id))
    assert changed == 1
    assert len(rows) == 3


async def test_all_kinds_of_values(db: Database) -> None:
    await db.create_tables(Sample)
    moment = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.UTC)
    rows: Any = [{"id": n, "moment": moment, "size": Size.LARGE, "json": {"n": n}} for n in range(500)]
    assert await db.execute(insert(Sample).values_many(rows)) == 500  # by COPY
    found = await db.fetch_one(select(Sample.moment, Sample.size, Sample.json).where(Sample.id == 7))
    assert found == (moment, Size.LARGE, {"n": 7})


async def test_many_tasks_of_many_processes(db: Database, url: str) -> None:
    async def work(other: Database, number: int) -> None:
        name = f"artist {number}"
        async with other.transaction() as tx:
            await tx.execute(insert(Artist).values(name=name))
            assert await tx.fetch_value(select(Artist.name).where(Artist.name == name)) == name
        assert await other.fetch_value(select(fn.count()).from_(Artist).where(Artist.name == name)) == 1
        assert len(await other.fetch_all(albums_of(2))) == 2

    async with Database.connect(url, pgbouncer=True) as two, Database.connect(url, pgbouncer=True) as three:
        await asyncio.gather(*[work([db, two, three][number % 3], number) for number in range(60)])
    assert await db.fetch_value(select(fn.count()).from_(Artist)) == 63


async def test_streams(db: Database) -> None:
    titles = [album["title"] for album in ALBUMS]
    ordered = select(Album.title).order_by(Album.id)

    async def read() -> list[str]:
        return [row.title async for row in db.stream(ordered.where(Album.id > 0), size=1)]

    assert await asyncio.gather(*[read() for _ in range(10)]) == [titles] * 10
    async with db.transaction() as tx:
        pairs = [(a, b) async for a in tx.stream(ordered, size=1) async for b in tx.stream(ordered, size=3)]
        async for _ in tx.stream(ordered, size=1):
            break
        assert await tx.fetch_value(select(fn.count()).from_(Album)) == 4
    assert len(pairs) == 16
    change = update(Album).set(plays=1).all_rows().returning(Album.id)
    assert sorted([row.id async for row in db.stream(change, size=3)]) == [1, 2, 3, 4]


async def test_nothing_is_left_in_the_sessions(db: Database, postgres_server: PostgresServer, url: str) -> None:
    await test_streams(db)
    await test_all_kinds_of_values(db)
    name = url.rpartition("/")[2].partition("?")[0]
    states = []
    for _ in range(10):  # both of them
        async with db.transaction() as tx:
            left = sql(
                "(SELECT count(*) FROM pg_prepared_statements WHERE name <> '') + (SELECT count(*) FROM pg_cursors "
                "WHERE is_holdable) + (SELECT count(*) FROM pg_settings WHERE name = 'jit' AND setting <> reset_val)",
                returns=int,
            )
            states.append(await tx.fetch_value(select(left.as_("left"))))
            await asyncio.sleep(0)
    assert states == [0] * 10
    assert name.startswith("bounced")


async def test_what_needs_a_session_is_refused(db: Database) -> None:
    for text in (
        "SET work_mem = '2MB'",
        "RESET ALL",
        "LISTEN news",
        "PREPARE x AS SELECT 1",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock_shared(1)",
    ):
        with pytest.raises(UnsupportedError, match="PgBouncer"):
            await db.execute(sql(text))
    async with db.transaction() as tx:
        await tx.execute(sql("SET LOCAL work_mem = '2MB'"))
        await tx.execute(sql("SELECT pg_advisory_xact_lock(1)"))
    assert await db.fetch_value(ONE) == 1


async def test_cancellation_and_timeouts(db: Database) -> None:
    slow = select(sql("pg_sleep(60)").as_("slept"))
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await db.fetch_all(slow)
        assert await db.fetch_value(ONE) == 1
        with pytest.raises(TimeoutExceeded):
            async with db.transaction(statement_timeout=0.05) as tx:
                await tx.fetch_all(slow)
    tasks = [asyncio.create_task(db.fetch_all(slow)) for _ in range(4)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert await asyncio.gather(*[db.fetch_value(ONE) for _ in range(20)]) == [1] * 20


async def test_sessions_are_in_utc(db: Database) -> None:
    zone = select(sql("current_setting('TimeZone')", returns=str).as_("zone"))
    assert await asyncio.gather(*[db.fetch_value(zone) for _ in range(10)]) == ["UTC"] * 10


async def test_wrong_options(url: str) -> None:
    with pytest.raises(QbError, match="PgBouncer gives no session its own statement_timeout"):
        Database.connect(url, pgbouncer=True, statement_timeout=1)
    with pytest.raises(ConnectionFailed, match="unsupported startup parameter: search_path"):
        await Database.connect(f"{url}&search_path=x", pgbouncer=True)
