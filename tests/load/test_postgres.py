"""A server whose sessions are killed and which is restarted, under many tasks that are cancelled at random."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from random import Random

import asyncpg
import pytest

from dialects.postgres import PostgresDriver
from qb import Database
from qb.errors import QbError
from tests.load.ledger import Ledger, run
from tests.postgres_server import PostgresServer, running_server

NAME = "qb_load"
SETTINGS = {"application_name": NAME, "synchronous_commit": "on"}  # what is committed outlives the server

BUSY = """
    SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One of its own: it is restarted."""
    with running_server() as server:
        yield server


@pytest.mark.parametrize("mode", ["killed", "restarted"])
async def test_no_committed_row_is_lost_or_doubled(
    server: PostgresServer, mode: str, load_seconds: float, load_tasks: int
) -> None:
    url = f"{server.url}?sslmode=disable"
    choose = Random(mode)
    options = {"min_size": 0, "max_size": 10, "pool_timeout": 0.5, "lock_timeout": 2.0}
    async with asyncio.timeout(load_seconds * 3 + 60):
        db = await Database.connect(url, server_settings=SETTINGS, **options)  # type: ignore[arg-type]  # a mixture
        ledger = Ledger(db, choose)
        await ledger.fill()
        trouble = asyncio.create_task(kill(url, choose) if mode == "killed" else restart(server, load_seconds / 3))
        await run(ledger, choose, load_tasks, load_seconds, [None, None, "repeatable read", "serializable"])
        trouble.cancel()
        with suppress(asyncio.CancelledError):
            await trouble
        await settled(db)
        await ledger.check()
        pool = PostgresDriver.of(db).pool
        assert (pool.size - pool.free, pool.waiting) == (0, 0), "a connection is lost to the pool"
        assert pool.size <= 10
        assert await sessions(url) <= pool.size
        await db.close()
        assert await sessions(url) == 0
    assert len(ledger.done) > load_seconds * 5
    assert ledger.unknown
    expected = ["Refusal", "ConnectionFailed", "SerializationFailed"]
    if load_tasks >= 200:  # few do not meet in every run
        expected += ["DeadlockDetected", "TimeoutExceeded"]
    for name in expected:
        assert ledger.errors[name], f"{name} never happened: {ledger.errors}"


async def kill(url: str, choose: Random) -> None:
    """End a session of the tasks, again and again."""
    raw = await asyncpg.connect(url)
    try:
        while True:
            await asyncio.sleep(choose.random() * 0.2)
            await raw.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = $1 ORDER BY random() LIMIT 1",
                NAME,
            )
    finally:
        raw.terminate()


async def restart(server: PostgresServer, pause: float) -> None:
    """Stop the server in the middle of everything, and start it again."""
    while True:
        await asyncio.sleep(pause)
        server.stop()  # nobody is asked
        await asyncio.sleep(0.2)
        await asyncio.shield(asyncio.to_thread(server.restart))


async def settled(db: Database) -> None:
    """Wait until the server answers again, and nothing runs in it."""
    for _ in range(300):
        with suppress(QbError):
            async with db.driver.acquire() as connection:
                if not await connection.fetch(BUSY, (NAME,), list):
                    return
        await asyncio.sleep(0.1)
    pytest.fail("the server does not come to rest")


async def sessions(url: str) -> int:
    """How many sessions of the tasks the server has, when those that are ended are gone."""
    raw = await asyncpg.connect(url)
    try:
        count = -1
        for _ in range(50):
            found: int = await raw.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", NAME)
            if found == count:
                break
            count = found
            await asyncio.sleep(0.1)
        return count
    finally:
        await raw.close()
