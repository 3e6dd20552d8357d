"""How long statements may take and wait, of a transaction and of all."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, Transaction, select, sql, update
from qb.errors import TimeoutExceeded, TransactionError, UnsupportedError
from tests.music import Artist, create_music
from tests.postgres.wire import wire_to

SLEEP = select(sql("pg_sleep(60)").as_("slept"))
RENAME = update(Artist).set(name="x").where(Artist.id == 1)


def setting(name: str) -> Any:
    return select(sql("current_setting({})", name, returns=str).as_("value"))


async def test_of_a_transaction(postgres_url: str) -> None:
    async with Database.connect(postgres_url, max_size=1, statement_timeout=9) as db:
        async with db.transaction(statement_timeout=1.5, lock_timeout=0.0001, isolation="repeatable read") as tx:
            assert await tx.fetch_value(setting("statement_timeout")) == "1500ms"
            assert await tx.fetch_value(setting("lock_timeout")) == "1ms"
            assert await tx.fetch_value(setting("transaction_isolation")) == "repeatable read"
        assert await db.fetch_value(setting("statement_timeout")) == "9s"
        async with db.transaction(statement_timeout=0):
            assert await db.fetch_value(setting("statement_timeout")) == "0"
        with pytest.raises(TimeoutExceeded, match="statement timeout"):
            async with db.transaction(statement_timeout=0.05) as tx:
                await tx.fetch_all(SLEEP)

        async def work(tx: Transaction) -> Any:
            return await tx.fetch_value(setting("lock_timeout"))

        assert await db.run(work, lock_timeout=2, statement_timeout=3) == "2s"


async def test_of_waiting_for_a_lock(postgres_db: Database) -> None:
    await create_music(postgres_db)
    async with postgres_db.transaction():
        await postgres_db.execute(RENAME)
        with pytest.raises(TimeoutExceeded, match="lock timeout") as caught:
            async with postgres_db.autonomous().transaction(lock_timeout=0.05) as other:
                await other.execute(RENAME)
    assert caught.value.is_retryable


async def test_of_all_statements(postgres_url: str) -> None:
    timeouts: Any = {"statement_timeout": 0.05, "lock_timeout": 7, "idle_in_transaction_timeout": 0.1}
    async with Database.connect(postgres_url, **timeouts) as db:
        with pytest.raises(TimeoutExceeded, match="statement timeout"):
            await db.fetch_all(SLEEP)
        assert await db.fetch_value(setting("lock_timeout")) == "7s"
        assert await db.fetch_value(setting("idle_in_transaction_session_timeout")) == "100ms"


async def test_they_cost_no_round_trip(postgres_url: str) -> None:
    async with wire_to(postgres_url) as (wire, near), Database.connect(near) as db:
        await db.fetch_value(setting("lock_timeout"))
        before = wire.trips
        async with db.transaction(statement_timeout=1, lock_timeout=1):
            await db.fetch_value(setting("lock_timeout"))
        assert wire.trips - before == 3


async def test_wrong_ones(postgres_db: Database, sqlite_db: Database) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        async with postgres_db.transaction(lock_timeout=-1):
            pass
    with pytest.raises(UnsupportedError, match="sqlite has no statement_timeout"):
        async with sqlite_db.transaction(statement_timeout=1):
            pass
    async with postgres_db.transaction():
        with pytest.raises(TransactionError, match="timeouts are said where a transaction begins"):
            async with postgres_db.transaction(lock_timeout=1):
                pass
