"""A real primary and two servers that follow it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any, NamedTuple

import asyncpg
import pytest

from dialects.postgres import PostgresDriver
from dialects.postgres.replicas import number
from dialects.postgres.traces import traces
from qb import Database, Executor, fn, insert, select, sql, update
from qb.errors import ConnectionFailed, DatabaseError, QbError
from tests.music import Album, Artist, create_music
from tests.postgres.standby import StandbyServer, running_standby
from tests.postgres.wire import Wire, wire_to
from tests.postgres_server import PostgresServer, running_server

IS_REPLICA = select(sql("pg_is_in_recovery()", returns=bool).as_("is"))
PORT = select(sql("current_setting('port')", returns=str).as_("port"))
NAMES = select(Artist.name).order_by(Artist.id)
LAG = 60.0


class Servers(NamedTuple):
    primary: PostgresServer
    standbys: list[StandbyServer]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """One primary, two that follow it; the music is on them."""
    with ExitStack() as stack:
        primary = stack.enter_context(running_server())
        asyncio.run(fill(primary.url))
        yield Servers(primary, [stack.enter_context(running_standby(primary)) for _ in range(2)])


async def fill(url: str) -> None:
    async with Database.connect(f"{url}?sslmode=disable") as db:
        await create_music(db)
        for statement in (
            "CREATE TABLE log (what text)",
            "CREATE FUNCTION noted() RETURNS bigint LANGUAGE sql AS "
            "$$ INSERT INTO log VALUES ('x'); SELECT count(*) FROM log $$",
        ):
            await db.execute(sql(statement))


def plain(server: PostgresServer) -> str:
    return f"{server.url}?sslmode=disable"


@asynccontextmanager
async def connected(servers: Servers, count: int = 1, max_lag: float = LAG, **options: Any) -> AsyncIterator[Database]:
    """A database with some of the replicas, which have caught up."""
    urls = [plain(standby) for standby in servers.standbys[:count]]
    async with Database.connect(plain(servers.primary), replicas=urls, max_lag=max_lag, **options) as db:
        await until_replica(db)
        yield db


async def until_replica(db: Database) -> None:
    """Wait until reads of this task go to a replica."""
    for _ in range(1000):
        if await db.fetch_value(IS_REPLICA):
            return
        await asyncio.sleep(0.02)
    pytest.fail("no replica answers")


async def in_task(work: Any) -> Any:
    """What a coroutine returns in a task of its own, which has written nothing."""
    return await asyncio.create_task(work)


@asynccontextmanager
async def behind(standby: StandbyServer) -> AsyncIterator[None]:
    """A replica that replays nothing."""
    raw = await asyncpg.connect(plain(standby))
    await raw.execute("SELECT pg_wal_replay_pause()")
    for _ in range(1000):
        if await raw.fetchval("SELECT pg_get_wal_replay_pause_state()") == "paused":
            break
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        await raw.execute("SELECT pg_wal_replay_resume()")
        await raw.close()


async def test_reads_go_to_a_replica_and_writes_to_the_primary(servers: Servers) -> None:
    async with connected(servers) as db:
        assert len(await db.fetch_all(NAMES)) >= 3
        assert [row async for row in db.stream(IS_REPLICA)] == [(True,)]
        async with db.transaction() as tx:
            assert not await tx.fetch_value(IS_REPLICA)
        await until_replica(db)
        async with db.transaction(read_only=True) as tx:
            assert await tx.fetch_value(IS_REPLICA)
            async with tx.transaction() as nested:
                assert await nested.fetch_value(IS_REPLICA)
        async with db.transaction(read_only=True, isolation="repeatable read") as tx:
            assert await tx.fetch_value(IS_REPLICA)
        async with db.transaction(read_only=True, isolation="serializable", deferrable=True) as tx:
            assert not await tx.fetch_value(IS_REPLICA)  # replicas have no such transactions
        assert await db.execute(insert(Artist).values(name="written")) == 1


async def test_a_task_reads_what_it_wrote(servers: Servers) -> None:
    async with connected(servers) as db, behind(servers.standbys[0]):
        await db.execute(insert(Artist).values(name="mine"))
        for _ in range(5):
            assert ("mine",) in await db.fetch_all(NAMES)
            assert not await db.fetch_value(IS_REPLICA)
            await asyncio.sleep(0.1)

        async def other() -> tuple[bool, bool]:
            return await db.fetch_value(IS_REPLICA), ("mine",) in await db.fetch_all(NAMES)

        assert not (await in_task(other()))[0]  # tasks inherit it
    async with connected(servers) as db:
        for turn in range(30):
            name = f"mine {turn}"
            await db.execute(insert(Artist).values(name=name))
            assert (name,) in await db.fetch_all(NAMES)
            if turn % 10 == 0:
                await until_replica(db)
                assert (name,) in await db.fetch_all(NAMES)
            async with db.transaction():
                await db.execute(update(Artist).set(name=f"{name}!").where(Artist.name == name))
            assert (f"{name}!",) in await db.fetch_all(NAMES)


async def test_other_tasks_are_not_pinned(servers: Servers) -> None:
    async with connected(servers) as db, behind(servers.standbys[0]):
        wrote = asyncio.Event()
        seen: list[bool] = []

        async def reader() -> None:
            await wrote.wait()
            seen.append(await db.fetch_value(IS_REPLICA))

        task = asyncio.create_task(reader())
        await db.execute(insert(Artist).values(name="theirs"))
        wrote.set()
        await task
        assert seen == [True]


async def test_a_replica_that_is_too_far_behind_is_left_out(servers: Servers) -> None:
    async with connected(servers, 2, max_lag=0.4) as db:
        async with behind(servers.standbys[0]):
            async with Database.connect(plain(servers.primary)) as writer:
                await writer.execute(insert(Artist).values(name="far ahead"))
            await asyncio.sleep(0.8)
            ports = {await db.fetch_value(PORT) for _ in range(20)}
            assert ports == {servers.standbys[1].url.rpartition(":")[2].partition("/")[0]}
            async with behind(servers.standbys[1]):
                async with Database.connect(plain(servers.primary)) as writer:
                    await writer.execute(insert(Artist).values(name="further ahead"))
                await asyncio.sleep(0.8)
                assert not await db.fetch_value(IS_REPLICA)
        await until_replica(db)


async def test_reads_are_spread(servers: Servers) -> None:
    async with connected(servers, 2) as db:
        slow = select(sql("current_setting('port')", returns=str).as_("port"), sql("pg_sleep(0.05)").as_("slept"))
        async with asyncio.timeout(20):
            while True:
                rows = await asyncio.gather(*[db.fetch_one(slow) for _ in range(8)])
                if len({row[0] for row in rows}) == 2:
                    break


# What a replica cannot do


async def test_a_function_that_writes_goes_to_the_primary(servers: Servers) -> None:
    async with connected(servers) as db:
        query = select(sql("noted()", returns=int).as_("count"))
        assert traces(query.compile("postgres").sql).reads_only
        first = await db.fetch_value(query)
        assert await db.fetch_value(query) == first + 1
        assert PostgresDriver.of(db).reads_only(query.compile("postgres").sql) is False
        await until_replica(db)
        streamed = select(sql("noted() + 0", returns=int).as_("count"))
        assert [row async for row in db.stream(streamed)] == [(first + 2,)]
        await until_replica(db)
        with pytest.raises(DatabaseError, match="read-only transaction"):
            async with db.transaction(read_only=True) as tx:
                await tx.fetch_value(select(sql("noted() * 1", returns=int).as_("count")))
        assert await db.fetch_value(select(sql("(SELECT count(*) FROM log)", returns=int).as_("n"))) == first + 2


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO artists (name) VALUES ('x') RETURNING id",
        "WITH x AS (DELETE FROM artists RETURNING id) SELECT id FROM x",
        "SELECT id FROM artists FOR UPDATE",
        "SELECT id FROM artists FOR NO KEY UPDATE SKIP LOCKED",
        "SELECT id FROM artists FOR SHARE",
        "SELECT nextval('artists_id_seq')",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT set_config('work_mem', '2MB', false)",
        "EXPLAIN ANALYZE DELETE FROM artists",
        "CREATE TABLE x ()",
    ],
)
def test_what_is_seen_to_write_is_not_tried(text: str) -> None:
    assert not traces(text).reads_only


async def test_settings_are_taken_back_on_a_replica_too(servers: Servers) -> None:
    async with connected(servers, max_size=1) as db:
        shown = select(sql("current_setting('work_mem')", returns=str).as_("value"))
        async with db.transaction(read_only=True) as tx:
            before = await tx.fetch_value(shown)
            await tx.execute(sql("SET work_mem = '1234kB'"))
            assert await tx.fetch_value(IS_REPLICA)
            assert await tx.fetch_value(shown) == "1234kB"
        async with db.transaction(read_only=True) as tx:
            assert await tx.fetch_value(shown) == before
            assert await tx.fetch_value(IS_REPLICA)


# Servers that are away


@asynccontextmanager
async def wired(servers: Servers) -> AsyncIterator[tuple[Wire, Database]]:
    """A database whose only replica is at the end of a wire."""
    async with (
        wire_to(plain(servers.standbys[0])) as (wire, near),
        Database.connect(plain(servers.primary), replicas=[near], max_lag=LAG) as db,
    ):
        await until_replica(db)
        yield wire, db


async def test_a_replica_that_goes_away_and_comes_back(servers: Servers) -> None:
    async with wired(servers) as (wire, db):
        slow = asyncio.create_task(db.fetch_all(select(sql("pg_sleep(0.3)").as_("slept"), Album.id)))
        await asyncio.sleep(0.1)
        await wire.cut()
        assert len(await slow) == 4  # by the primary
        await until_replica(db)
        with pytest.raises(ConnectionFailed):
            async with db.transaction(read_only=True) as tx:
                await tx.fetch_value(IS_REPLICA)
                await wire.cut()
                await tx.fetch_value(IS_REPLICA)
        await until_replica(db)
        await wire.close()
        for _ in range(5):
            assert not await db.fetch_value(IS_REPLICA)
            async with db.transaction(read_only=True) as tx:
                assert not await tx.fetch_value(IS_REPLICA)


async def test_a_replica_that_was_never_there(servers: Servers) -> None:
    replicas = ["postgresql://postgres@127.0.0.1:1/postgres?sslmode=disable"]
    async with Database.connect(plain(servers.primary), replicas=replicas) as db:
        await asyncio.sleep(0.1)
        assert not await db.fetch_value(IS_REPLICA)


async def test_many_tasks_while_replicas_go_and_come(servers: Servers) -> None:
    async with wired(servers) as (wire, db):
        stop = asyncio.Event()

        async def work(number: int) -> int:
            count = 0
            while not stop.is_set():
                name = f"worker {number} {count}"
                await db.execute(insert(Artist).values(name=name))
                assert await db.fetch_value(select(fn.count()).from_(Artist).where(Artist.name == name)) == 1
                await asyncio.sleep(0.01)
                rows = await db.fetch_all(select(Artist.name).where(Artist.name.startswith(f"worker {number} ")))
                count += 1
                assert len(rows) == count
            return count

        tasks = [asyncio.create_task(work(number)) for number in range(8)]
        for _ in range(4):
            await asyncio.sleep(0.2)
            await wire.cut()
        stop.set()
        assert min(await asyncio.gather(*tasks)) > 0


async def test_mistakes(servers: Servers) -> None:
    with pytest.raises(QbError, match="max_lag=0"):
        Database.connect(plain(servers.primary), max_lag=0)
    assert number("16/B374D848") == 0x16_B374_D848

    async def executor(db: Executor) -> None:
        await db.fetch_value(IS_REPLICA)

    async with connected(servers) as db:
        await executor(db)
