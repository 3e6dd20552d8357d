"""rolled_back: whatever is done is undone, and looks as if it were not so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from qb import Database, Executor, NewRow, Table, Transaction, col, delete, fn, insert, select, sql, update
from qb.dialect import Driver, find_dialect
from qb.errors import (
    DatabaseClosed,
    DatabaseError,
    DeadlockDetected,
    EncodingError,
    ForeignKeyViolated,
    InvalidSql,
    TransactionError,
    UndefinedTable,
    UniqueViolated,
    UnsupportedError,
)
from qb.events import Events, Written
from qb.nodes import Node
from qb.observers import StatementRun
from qb.testing import rolled_back
from tests.database.interruption import is_cancelled_at
from tests.database.recorder import Recorder
from tests.features import feature
from tests.music import Album, Artist


class Label(Table, name="labels"):
    id = col.integer().primary_key()
    name = col.text()


class Unborn(Table, name="unborn"):
    """It is never created."""

    id = col.integer().primary_key()


class StopError(Exception):
    """What ends a block in these tests."""


async def add(db: Executor, *names: str) -> None:
    for name in names:
        await db.execute(insert(Artist).values(name=name))


async def added(db: Executor) -> list[str]:
    """The names that the test has added."""
    rows = await db.fetch_all(select(Artist.name).where(Artist.id > 3).order_by(Artist.id))
    return [row.name for row in rows]


# What is undone


@feature("Running", "tests whose changes are undone", d1="refused")
async def test_changes_are_undone(db: Database) -> None:
    async with rolled_back(db) as test_db:
        await add(test_db, "a", "b")
        assert await test_db.execute(update(Album).set(plays=7).all_rows()) == 4
        assert await test_db.execute(delete(Artist).where(Artist.name == "Nobody")) == 1
        assert await added(test_db) == ["a", "b"]
    assert await added(db) == []
    rows = await db.fetch_all(select(Album.plays).order_by(Album.id))
    assert [row.plays for row in rows] == [300, 120, 90, 0]
    assert await db.fetch_value(select(fn.count()).from_(Artist)) == 3


async def test_they_are_undone_when_the_test_fails(db: Database) -> None:
    with pytest.raises(StopError):
        async with rolled_back(db) as test_db:
            await add(test_db, "a")
            raise StopError
    assert await added(db) == []


async def test_tables_are_undone(db: Database) -> None:
    async with rolled_back(db) as test_db:
        await test_db.create_tables(Label)
        await test_db.execute(insert(Label).values(name="Reprise"))
        assert await test_db.fetch_value(select(fn.count()).from_(Label)) == 1
    with pytest.raises(DatabaseError, match="labels"):
        await db.fetch_all(select(Label))


async def test_a_database_is_used_for_one_test_after_the_other(db: Database) -> None:
    for _ in range(3):
        async with rolled_back(db) as test_db:
            await add(test_db, "a")
            assert await added(test_db) == ["a"]


async def test_after_the_block_nothing_is_run(db: Database) -> None:
    async with rolled_back(db) as test_db:
        pass
    with pytest.raises(DatabaseClosed, match=r"the block of rolled_back\(\) has ended"):
        await test_db.fetch_all(select(Artist))
    with pytest.raises(DatabaseClosed, match="has ended"):
        async with test_db.transaction():
            pass
    with pytest.raises(DatabaseClosed, match="has ended"):
        await test_db.open()


async def test_an_application_may_open_and_close_it(test_db: Database) -> None:
    async with test_db as opened:
        await add(opened, "a")
    assert await added(test_db) == ["a"]


async def test_a_transaction_that_nobody_ends_is_undone(db: Database) -> None:
    left = asyncio.Event()
    going = asyncio.Event()

    async def never_ending(test_db: Database) -> None:
        async with test_db.transaction():
            await add(test_db, "a")
            going.set()
            await left.wait()
            await add(test_db, "b")

    async with rolled_back(db, pool_timeout=0.1) as test_db:
        task = asyncio.create_task(never_ending(test_db))
        await going.wait()
    assert await added(db) == []
    left.set()
    with pytest.raises(DatabaseClosed):
        await task
    assert await added(db) == []


# Transactions


@pytest.mark.parametrize("is_nested", [False, True])
async def test_transactions_are_committed_and_rolled_back(test_db: Database, is_nested: bool) -> None:
    async with test_db.transaction() as tx:
        await add(test_db, "a")
        with suppress(StopError):
            async with tx.transaction() if is_nested else test_db.transaction():
                await add(test_db, "b")
                raise StopError
        async with test_db.transaction():
            await add(test_db, "c")
    with suppress(StopError):
        async with test_db.transaction():
            await add(test_db, "d")
            raise StopError
    assert await added(test_db) == ["a", "c"]


async def test_a_statement_that_fails_does_no_harm(test_db: Database) -> None:
    await add(test_db, "a")
    with pytest.raises(UniqueViolated):
        await add(test_db, "a")
    with pytest.raises(InvalidSql):
        await test_db.execute(sql("SELECT nonsense FROM artists WHERE"))
    with pytest.raises(ForeignKeyViolated):
        await test_db.execute(insert(Album).values(artist_id=99, title="x"))
    await add(test_db, "b")
    assert await added(test_db) == ["a", "b"]


async def test_a_statement_that_fails_ends_a_transaction_as_ever(test_db: Database) -> None:
    """Where a transaction cannot go on after a failure, it cannot here."""
    is_fragile = test_db.dialect.has_fragile_transactions
    assert is_fragile == (test_db.dialect.name == "postgres")

    async def careless() -> None:
        async with test_db.transaction():
            await add(test_db, "a")
            with suppress(UniqueViolated):
                await add(test_db, "a")

    if is_fragile:
        with pytest.raises(TransactionError, match="a statement in it had failed: what may fail belongs into a nested"):
            await careless()
    else:
        await careless()
    assert await added(test_db) == ([] if is_fragile else ["a"])


async def test_after_commit(test_db: Database) -> None:
    calls: list[str] = []
    async with test_db.transaction() as tx:
        await add(tx, "a")
        tx.after_commit(lambda: calls.append("kept"))
        assert calls == []
    with suppress(StopError):
        async with test_db.transaction() as tx:
            await add(tx, "b")
            tx.after_commit(lambda: calls.append("lost"))
            raise StopError
    assert calls == ["kept"]


async def test_work_is_run_again(test_db: Database) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> int:
        tries.append(len(tries))
        await add(tx, "a")
        if len(tries) < 3:
            raise DeadlockDetected("try again")
        return len(tries)

    assert await test_db.run(work, backoff=0, isolation="serializable") == 3
    assert await added(test_db) == ["a"]


async def test_what_is_autonomous_in_a_transaction_is_told(test_db: Database) -> None:
    await test_db.autonomous().execute(insert(Artist).values(name="a"))
    async with test_db.transaction() as tx:
        await add(tx, "b")
        with pytest.raises(TransactionError, match="what is autonomous"):
            await add(test_db.autonomous(), "c")
    assert await added(test_db) == ["a", "b"]


# Tasks


async def test_tasks_take_turns(test_db: Database) -> None:
    async def one(name: str, fails: bool) -> None:
        with suppress(StopError):
            async with test_db.transaction():
                await add(test_db, f"{name}1")
                await asyncio.sleep(0)
                await add(test_db, f"{name}2")
                if fails:
                    raise StopError

    await asyncio.gather(
        *[one(f"t{number}", number % 2 == 0) for number in range(6)],
        *[add(test_db, f"s{number}") for number in range(6)],
    )
    names = await added(test_db)
    assert sorted(names) == sorted(
        [f"s{number}" for number in range(6)] + [f"t{number}{half}" for number in (1, 3, 5) for half in (1, 2)]
    )
    for number in (1, 3, 5):  # nobody was in between
        assert names.index(f"t{number}2") == names.index(f"t{number}1") + 1


async def test_a_task_that_is_waited_for_in_a_transaction_is_told(test_db: Database) -> None:
    async with test_db.transaction() as tx:
        await add(tx, "a")
        other = asyncio.create_task(add(test_db.autonomous(), "b"))
        await asyncio.wait((other,))
        with pytest.raises(TransactionError, match=r"has held it for 0\.2 s: does it wait for this task\?"):
            other.result()
    await add(test_db, "c")
    assert await added(test_db) == ["a", "c"]


# Streams, batches, loads


async def test_a_stream_lets_others_in(test_db: Database) -> None:
    seen = []
    async for row in test_db.stream(select(Artist).where(Artist.id <= 3).order_by(Artist.id), size=1):
        seen.append(row.name)
        await add(test_db, f"after {row.id}")
        with suppress(StopError):
            async with test_db.transaction():
                await add(test_db, "lost")
                raise StopError
        await asyncio.create_task(add(test_db, f"task {row.id}"))
    assert seen == ["Joni Mitchell", "AC/DC", "Nobody"]
    assert await added(test_db) == ["after 1", "task 1", "after 2", "task 2", "after 3", "task 3"]


async def test_a_stream_may_be_left(test_db: Database) -> None:
    seen = []
    for _ in range(2):
        async for row in test_db.stream(select(Artist).order_by(Artist.id), size=1):
            seen.append(row.name)
            break
    assert seen == ["Joni Mitchell"] * 2
    async with test_db.transaction() as tx:
        async for _ in tx.stream(select(Artist), size=1):
            break
        await add(tx, "a")
    assert await added(test_db) == ["a"]


async def test_a_stream_that_fails_does_no_harm(test_db: Database) -> None:
    await add(test_db, "a")
    with pytest.raises(UndefinedTable):
        async for _ in test_db.stream(select(Unborn)):
            pass
    assert await added(test_db) == ["a"]


async def test_a_batch_is_done_as_a_whole(test_db: Database) -> None:
    count, artists = await test_db.batch(
        insert(Artist).values(name="a"), select(Artist.name).where(Artist.id > 3).order_by(Artist.id)
    )
    assert count == 1
    assert [row.name for row in artists] == ["a"]
    with pytest.raises(UniqueViolated):
        await test_db.batch(insert(Artist).values(name="b"), insert(Artist).values(name="a"))
    async with test_db.transaction() as tx:
        await tx.batch(insert(Artist).values(name="c"), insert(Artist).values(name="d"))
    assert await added(test_db) == ["a", "c", "d"]


async def test_a_load_is_done_as_a_whole(test_db: Database) -> None:
    many: list[NewRow[Artist]] = [{"name": f"n{number}"} for number in range(300)]  # enough for COPY
    assert await test_db.execute(insert(Artist).values_many(many)) == 300
    with pytest.raises(UniqueViolated):
        await test_db.execute(insert(Artist).values_many([*many[150:], *many[:150]]))
    assert await test_db.fetch_value(select(fn.count()).from_(Artist)) == 303
    done = await test_db.insert_many(Artist, [many[0], {"name": "o"}], keep_going=True)
    assert [failed.number for failed in done.failed] == [0]
    assert await test_db.fetch_value(select(fn.count()).from_(Artist)) == 304


async def test_a_value_that_cannot_be_sent_does_no_harm(test_db: Database) -> None:
    rows: list[NewRow[Album]] = [{"artist_id": 1, "title": "x", "plays": number} for number in [*range(30), 2**70]]
    with pytest.raises(EncodingError):
        await test_db.execute(insert(Album).values_many(rows))
    assert await test_db.fetch_value(select(fn.count()).from_(Album)) == 4


# Cancellation


async def by_itself(db: Database) -> None:
    await add(db, "a", "b")


async def in_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        with suppress(StopError):
            async with tx.transaction():
                await add(db, "lost")
                raise StopError
        await add(tx, "b")


async def in_batch(db: Database) -> None:
    await db.batch(insert(Artist).values(name="a"), insert(Artist).values(name="b"))


async def in_stream(db: Database) -> None:
    async for row in db.stream(select(Artist.id).where(Artist.id <= 2).order_by(Artist.id), size=1):
        await add(db, "ab"[row.id - 1])


WHOLE = [[], ["a", "b"]]
PARTS = [[], ["a"], ["a", "b"]]


@pytest.mark.parametrize(
    ("work", "outcomes"),
    [(by_itself, PARTS), (in_transaction, WHOLE), (in_batch, WHOLE), (in_stream, PARTS)],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_cancellation_at_any_wait_leaves_what_was_there(
    db: Database, work: Callable[[Database], Awaitable[None]], outcomes: list[list[str]]
) -> None:
    async def run(test_db: Database) -> None:
        await work(test_db)

    number = 0
    while True:
        number += 1
        async with rolled_back(db, pool_timeout=1) as test_db:
            await test_db.execute(update(Album).set(plays=1).where(Album.id == 1))
            was_cancelled = await is_cancelled_at(run(test_db), number)
            assert await added(test_db) in outcomes
            assert await test_db.fetch_value(select(Album.plays).where(Album.id == 1)) == 1
            await add(test_db, "later")
        assert await added(db) == []
        if not was_cancelled:
            break
    assert number > 2


async def test_a_slow_statement_can_be_cancelled(postgres_db: Database) -> None:
    async with rolled_back(postgres_db) as test_db:
        await test_db.create_tables(Label)
        started = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await test_db.execute(sql("SELECT pg_sleep(30)"))
        assert asyncio.get_running_loop().time() - started < 20
        assert await test_db.fetch_value(select(fn.count()).from_(Label)) == 0


# What it cannot be


async def test_observers_see_what_the_application_does(test_db: Database) -> None:
    recorder = Recorder()
    with test_db.observe(recorder):
        await add(test_db, "a")
        async with test_db.transaction() as tx:
            await add(tx, "b")
    assert recorder.statements() == [("INSERT", 1), ("INSERT", 1)]
    assert recorder.steps() == ["begin", "commit"]
    assert [event.sql[:20] for event in recorder.of(StatementRun)] == ['INSERT INTO "artists'] * 2


async def test_a_database_without_transactions_is_refused() -> None:
    driver = Driver()
    driver.dialect = find_dialect("d1")
    with pytest.raises(UnsupportedError, match="d1 has no transactions"):
        async with rolled_back(Database(driver)):
            pass


async def test_show_parameters_is_kept() -> None:
    for shows in (False, True):
        async with (
            Database.connect("sqlite://", show_parameters=shows) as db,
            rolled_back(db) as test_db,
        ):
            await test_db.create_tables(Artist)
            await add(test_db, "a")
            with pytest.raises(UniqueViolated) as caught:
                await add(test_db, "a")
            assert (caught.value.parameters == ("a",)) == shows


async def test_events_and_rewrites_are_those_of_the_database(postgres_url: str) -> None:
    calls: list[str] = []
    events = Events()

    @events.after_insert(Artist)
    async def note(event: Written[Artist]) -> None:
        assert await event.tx.fetch_value(select(fn.count()).from_(Artist)) == 1
        calls.append("inserted")

    @events.after_commit(Artist)
    def tell(event: Written[Artist]) -> None:
        calls.append("committed")

    def watch(node: Node) -> Node:
        calls.append(type(node).__name__)
        return node

    for url in ("sqlite://", postgres_url):
        async with Database.connect(url, events=events, rewrites=[watch]) as db:
            await db.create_tables(Artist)
            calls.clear()
            async with rolled_back(db) as test_db:
                await add(test_db, "a")
                assert {"inserted", "committed", "Insert"} <= set(calls)
            assert await db.fetch_value(select(fn.count()).from_(Artist)) == 0
