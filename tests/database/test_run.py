"""run: a unit of work, again when it fails for a reason that may pass."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from qb import Database, Transaction, fn, insert, select, sql, update
from qb.dialect import Connection
from qb.errors import CommitUncertain, ConnectionFailed, SerializationFailed, TransactionError, UniqueViolated
from tests.features import feature
from tests.music import Album, Artist


@pytest.fixture(autouse=True)
def _pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qb.running.retrying.LONGEST_PAUSE", 0.001)


def collision() -> SerializationFailed:
    return SerializationFailed("could not serialize access")


@feature("Running", "run: a unit of work with retries", d1="refused")
async def test_again_after_a_failure_that_passes(db: Database) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> int:
        tries.append(len(tries))
        await tx.execute(insert(Artist).values(name="a"))
        if len(tries) < 3:
            raise collision()
        return await tx.fetch_value(select(fn.count()).from_(Artist).where(Artist.name == "a"))

    assert await db.run(work) == 1
    assert tries == [0, 1, 2]


async def test_not_more_often_than_asked_for(db: Database) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> None:
        tries.append(await tx.execute(insert(Artist).values(name="a")))
        raise collision()

    for retries in (0, 1, 5):
        tries.clear()
        with pytest.raises(SerializationFailed):
            await db.run(work, retries=retries)
        assert len(tries) == retries + 1
    assert await db.fetch_all(select(Artist).where(Artist.name == "a")) == []


async def test_other_failures_are_final(db: Database) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> None:
        tries.append(await tx.execute(insert(Artist).values(name="a")))
        await tx.execute(insert(Artist).values(name="a"))

    with pytest.raises(UniqueViolated):
        await db.run(work)
    assert len(tries) == 1


async def test_inside_of_a_transaction_it_is_a_savepoint(db: Database) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> None:
        tries.append(await tx.execute(insert(Artist).values(name="b")))
        raise collision()

    async with db.transaction() as tx:
        await tx.execute(insert(Artist).values(name="a"))
        with suppress(SerializationFailed):
            await db.run(work)
    assert len(tries) == 1
    assert await db.fetch_all(select(Artist.name).where(Artist.id > 3)) == [("a",)]


async def test_real_collisions(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist, Album)
    await postgres_db.execute(insert(Artist).values(id=1, name="x"))
    await postgres_db.execute(insert(Album).values(artist_id=1, title="x"))
    tries = 0

    async def listen(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        plays = await tx.fetch_value(select(Album.plays))
        await asyncio.sleep(0)
        await tx.execute(update(Album).set(plays=plays + 1).all_rows())

    await asyncio.gather(*[postgres_db.run(listen, isolation="serializable", retries=100) for _ in range(8)])
    assert await postgres_db.fetch_value(select(Album.plays)) == 8
    assert tries > 8


async def test_a_commit_that_nobody_answers_is_not_run_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    async def work(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        await tx.execute(insert(Artist).values(name="a"))

    async def lost(self: Connection) -> None:
        await commit(self)
        raise ConnectionFailed("it broke", sql="COMMIT")

    async with db.transaction() as tx:
        await tx.fetch_all(select(Artist))
        connection: Any = type(tx._held)
    commit = connection.commit
    monkeypatch.setattr(connection, "commit", lost)
    with pytest.raises(CommitUncertain, match="may be done or not") as caught:
        await db.run(work)
    assert not caught.value.is_retryable
    assert tries == 1


async def test_what_fails_after_the_commit_is_not_run_again(db: Database) -> None:
    tries = 0

    async def fail() -> None:
        raise collision()

    async def work(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        await tx.execute(insert(Artist).values(name=f"a{tries}"))
        tx.after_commit(fail)

    with pytest.raises(SerializationFailed):
        await db.run(work)
    assert tries == 1
    assert await db.fetch_all(select(Artist.name).where(Artist.id > 3)) == [("a1",)]


async def test_a_backend_that_is_killed_before_the_commit(postgres_db: Database, postgres_url: str) -> None:
    await postgres_db.create_tables(Artist)
    pids: list[int] = []

    async def work(tx: Transaction) -> None:
        await tx.execute(insert(Artist).values(name="a"))
        pids.append(await tx.fetch_value(select(sql("pg_backend_pid()", returns=int).as_("pid"))))
        if len(pids) == 1:
            kill = select(sql("pg_terminate_backend({})", pids[0], returns=bool).as_("done"))
            await postgres_db.autonomous().fetch_value(kill)
        await tx.execute(insert(Artist).values(name="b"))

    await postgres_db.run(work)
    assert len(pids) == 2
    assert await postgres_db.fetch_all(select(Artist.name).order_by(Artist.name)) == [("a",), ("b",)]


async def test_wrong_isolation(db: Database) -> None:
    async def work(tx: Transaction) -> None:
        raise AssertionError("it runs")

    level: Any = "serialisable"
    with pytest.raises(TransactionError, match="did you mean"):
        await db.run(work, isolation=level)
