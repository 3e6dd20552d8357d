"""transaction: commit, rollback, savepoints, isolation, cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import pytest

from qb import Database, Executor, Transaction, fn, insert, select, sql, update
from qb.dialect import Driver, find_dialect
from qb.errors import (
    ForeignKeyViolated,
    NoRowFound,
    SerializationFailed,
    TimeoutExceeded,
    TransactionError,
    UniqueViolated,
    UnsupportedError,
)
from tests.database.interruption import is_cancelled_at
from tests.features import feature
from tests.music import Album, Artist


async def add(db: Executor, *names: str) -> None:
    for name in names:
        await db.execute(insert(Artist).values(name=name))


async def added(db: Executor) -> list[str]:
    """The names that the test has added."""
    rows = await db.fetch_all(select(Artist.name).where(Artist.id > 3).order_by(Artist.id))
    return [row.name for row in rows]


class StopError(Exception):
    """What ends a block in these tests."""


@feature("Running", "transactions", d1="refused")
async def test_commit(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a", "b")
        assert await added(tx) == ["a", "b"]
    assert await added(db) == ["a", "b"]


@feature("Running", "transactions", d1="refused")
async def test_rollback_on_an_exception(db: Database) -> None:
    with pytest.raises(StopError):
        async with db.transaction() as tx:
            await add(tx, "a", "b")
            raise StopError
    assert await added(db) == []


async def test_rollback_on_an_error_of_the_database(db: Database) -> None:
    with pytest.raises(UniqueViolated):
        async with db.transaction() as tx:
            await add(tx, "a", "a")
    assert await added(db) == []


async def test_nobody_sees_what_is_not_committed(db: Database) -> None:
    counts: list[int] = []

    async def count() -> None:
        counts.append(await db.autonomous().fetch_value(select(fn.count()).from_(Artist)))

    async with db.transaction() as tx:
        await add(tx, "a")
        other = asyncio.create_task(count())
        await asyncio.sleep(0.05)  # PostgreSQL answers meanwhile; SQLite's only connection is busy
    await other
    assert counts in ([3], [4])
    assert counts == ([3] if db.dialect.name == "postgres" else [4])


@feature("Running", "nested transactions", d1="refused")
async def test_nested_transactions_are_savepoints(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        async with tx.transaction() as nested:
            await add(nested, "b")
        with suppress(StopError):
            async with tx.transaction() as nested:
                await add(nested, "c")
                raise StopError
        with suppress(UniqueViolated):
            async with tx.transaction() as nested:
                await add(nested, "d", "a")
        await add(tx, "e")
    assert await added(db) == ["a", "b", "e"]


async def test_savepoints_inside_savepoints(db: Database) -> None:
    async with db.transaction() as tx:
        with suppress(StopError):
            async with tx.transaction() as outer:
                await add(outer, "a")
                async with outer.transaction() as inner:
                    await add(inner, "b")
                raise StopError
        async with tx.transaction() as outer:
            await add(outer, "c")
            with suppress(StopError):
                async with outer.transaction() as inner:
                    await add(inner, "d")
                    raise StopError
    assert await added(db) == ["c"]


async def test_nested_transactions_go_with_the_one_around_them(db: Database) -> None:
    with suppress(StopError):
        async with db.transaction() as tx:
            async with tx.transaction() as nested:
                await add(nested, "a")
            raise StopError
    assert await added(db) == []


async def test_what_is_run_on_the_outer_one_belongs_to_the_nested_one(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        for _ in range(2):
            with suppress(StopError):
                async with tx.transaction() as nested, nested.transaction():
                    await add(tx, "b")
                    await add(db, "c")
                    raise StopError
        with suppress(UniqueViolated):
            async with tx.transaction():
                await add(tx, "d", "a")
        await add(tx, "e")
    assert await added(db) == ["a", "e"]


async def test_one_nested_transaction_at_a_time(db: Database) -> None:
    async with db.transaction() as tx:
        async with tx.transaction():
            with pytest.raises(TransactionError, match="nested transaction is open already"):
                async with tx.transaction():
                    pass
            await add(tx, "a")
        async with tx.transaction() as nested:
            await add(nested, "b")
    assert await added(db) == ["a", "b"]


async def test_the_end_of_a_transaction_is_the_end(db: Database) -> None:
    async with db.transaction() as tx:
        async with tx.transaction() as nested:
            pass
        with pytest.raises(TransactionError, match="has ended"):
            await nested.fetch_all(select(Artist))
    for call in (
        tx.fetch_all(select(Artist)),
        tx.execute(insert(Artist).values(name="a")),
        anext(tx.stream(select(Artist))),
        nested.fetch_all(select(Artist)),
        tx.transaction().__aenter__(),
    ):
        with pytest.raises(TransactionError, match="has ended"):
            await call
    assert await added(db) == []


async def test_a_deferred_constraint_fails_the_commit(database: Database) -> None:
    await database.execute(sql("CREATE TABLE parents (id integer PRIMARY KEY)"))
    await database.execute(
        sql(
            "CREATE TABLE children (id integer PRIMARY KEY, parent_id integer REFERENCES parents (id) "
            "DEFERRABLE INITIALLY DEFERRED)"
        )
    )
    with pytest.raises(ForeignKeyViolated) as caught:
        async with database.transaction() as tx:
            await tx.execute(sql("INSERT INTO children VALUES (1, 7)"))
    assert caught.value.sql == "COMMIT"
    count = await database.fetch_value(select(sql("(SELECT count(*) FROM children)", returns=int).as_("n")))
    assert count == 0


async def test_postgres_does_not_commit_after_an_error_that_was_caught(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    with pytest.raises(TransactionError, match="has rolled the transaction back"):
        async with postgres_db.transaction() as tx:
            await add(tx, "a")
            with suppress(UniqueViolated):
                await add(tx, "a")
    assert await postgres_db.fetch_all(select(Artist)) == []


async def test_sqlite_goes_on_after_an_error_that_was_caught(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist)
    async with sqlite_db.transaction() as tx:
        await add(tx, "a")
        with suppress(UniqueViolated):
            await add(tx, "a")
    assert len(await sqlite_db.fetch_all(select(Artist))) == 1


async def test_sqlite_ending_a_transaction_by_itself_is_noticed(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist)
    with pytest.raises(TransactionError, match="run it again"):
        async with sqlite_db.transaction() as tx:
            await add(tx, "a")
            with suppress(UniqueViolated):
                await tx.execute(sql("INSERT OR ROLLBACK INTO artists (name) VALUES ({})", "a"))
            await add(tx, "b")  # it would be committed at once
    assert await sqlite_db.fetch_all(select(Artist)) == []
    with pytest.raises(TransactionError, match="run it again"):
        async with sqlite_db.transaction() as tx:
            await add(tx, "a")
            with suppress(UniqueViolated):
                await tx.execute(sql("INSERT OR ROLLBACK INTO artists (name) VALUES ({})", "a"))
    assert await sqlite_db.fetch_all(select(Artist)) == []


# Isolation


@feature("Running", "isolation levels", d1="refused")
@pytest.mark.parametrize("level", ["read committed", "repeatable read", "serializable"])
async def test_isolation_levels(db: Database, level: Any) -> None:
    async with db.transaction(isolation=level) as tx:
        await add(tx, "a")
        if db.dialect.name == "postgres":
            shown = sql("current_setting({})", "transaction_isolation", returns=str).as_("level")
            assert await tx.fetch_value(select(shown)) == level
    assert await added(db) == ["a"]


async def test_no_other_isolation_level(db: Database) -> None:
    level: Any = "serializable; DROP TABLE artists"
    with pytest.raises(TransactionError, match="no isolation level"):
        async with db.transaction(isolation=level):
            pass
    level = "serialisable"
    with pytest.raises(TransactionError, match='did you mean "serializable"'):
        async with db.transaction(isolation=level):
            pass


async def test_repeatable_read_sees_one_moment(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    async with postgres_db.transaction(isolation="repeatable read") as tx:
        assert await tx.fetch_all(select(Artist)) == []
        await add(postgres_db.autonomous(), "a")
        assert await tx.fetch_all(select(Artist)) == []
    async with postgres_db.transaction(isolation="read committed") as tx:
        await add(postgres_db.autonomous(), "b")
        assert len(await tx.fetch_all(select(Artist))) == 2


async def test_a_collision_is_a_serialization_failure(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    await add(postgres_db, "a")
    rename = update(Artist).where(Artist.id == 1)
    with pytest.raises(SerializationFailed) as caught:
        async with postgres_db.transaction(isolation="repeatable read") as tx:
            await tx.fetch_all(select(Artist))
            await postgres_db.autonomous().execute(rename.set(name="b"))
            await tx.execute(rename.set(name="c"))
    assert caught.value.is_retryable
    assert await postgres_db.fetch_value(select(Artist.name)) == "b"


# Cancellation


async def plain(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        await tx.fetch_all(select(Artist))
        await add(tx, "b")


async def nested(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        async with tx.transaction() as inner:
            await add(inner, "b")


async def nested_failing(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        with suppress(StopError):
            async with tx.transaction() as inner:
                await add(inner, "c")
                raise StopError
        await add(tx, "b")


async def streaming(db: Database) -> None:
    async with db.transaction() as tx:
        async for row in tx.stream(select(Artist).where(Artist.id < 3).order_by(Artist.id), size=1):
            await add(tx, "ab"[row.id - 1])


@pytest.mark.parametrize("work", [plain, nested, nested_failing, streaming])
async def test_cancellation_at_every_await(db: Database, work: Callable[[Database], Coroutine[Any, Any, None]]) -> None:
    cleared = sql("DELETE FROM artists WHERE id > 3")
    outcomes: list[list[str]] = []
    number = 1
    while await is_cancelled_at(work(db), number):
        names = await added(db)
        outcomes.append(names)
        await db.execute(cleared)
        # The database is as good as before.
        async with db.transaction() as tx:
            await add(tx, "x")
        assert await db.execute(cleared) == 1
        number += 1
    assert number > 4
    assert await added(db) == ["a", "b"]
    # Nothing, until a cancellation comes too late: while COMMIT is under way or the connection is given back.
    undone = outcomes.count([])
    assert outcomes == [[]] * undone + [["a", "b"]] * (len(outcomes) - undone)
    assert len(outcomes) - undone <= 2


async def test_cancellation_of_a_transaction_that_is_being_rolled_back(db: Database) -> None:
    async def work() -> None:
        async with db.transaction() as tx:
            await add(tx, "a")
            raise StopError

    number = 1
    while True:
        try:
            was_cancelled = await is_cancelled_at(work(), number)
        except StopError:
            break
        assert was_cancelled
        assert await added(db) == []
        number += 1
    assert number > 2
    assert await added(db) == []


async def test_a_statement_that_is_cancelled_stops_at_once(db: Database) -> None:
    slow = (
        sql("pg_sleep(60)")
        if db.dialect.name == "postgres"
        else sql("(WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t)")
    )
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await db.fetch_all(select(slow.as_("slow")))
    with pytest.raises(TimeoutError):
        async with db.transaction() as tx:
            await add(tx, "a")
            async with asyncio.timeout(0.2):
                await tx.fetch_all(select(slow.as_("slow")))
    assert await added(db) == []
    assert loop.time() - started < 10


async def test_a_timeout_inside_a_savepoint(db: Database) -> None:
    """A read is undone alone; PostgreSQL can do it for any statement."""
    async with db.transaction() as tx:
        await add(tx, "a")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05), tx.transaction() as inner:
                await add(inner, "b")
                await asyncio.sleep(60)
        await add(tx, "c")
    assert await added(db) == ["a", "c"]


async def test_a_generator_that_is_left_rolls_back(db: Database) -> None:
    async def names() -> AsyncIterator[str]:
        async with db.transaction() as tx:
            await add(tx, "a")
            yield "a"

    async for _ in names():
        break
    await add(db, "b")
    assert await added(db) == ["b"]


# Found by context


async def test_what_runs_on_the_database_belongs_to_the_transaction(db: Database) -> None:
    async def helper() -> list[str]:
        await add(db, "b")
        return [row.name async for row in db.stream(select(Artist.name).where(Artist.id > 3).order_by(Artist.id))]

    with suppress(StopError):
        async with db.transaction() as tx:
            await add(tx, "a")
            assert await helper() == ["a", "b"]
            raise StopError
    assert await added(db) == []
    async with db.transaction():
        await add(db, "a")
        await helper()
    assert await added(db) == ["a", "b"]


async def test_a_transaction_of_the_database_inside_another_is_a_savepoint(db: Database) -> None:
    async with db.transaction():
        await add(db, "a")
        with suppress(StopError):
            async with db.transaction() as inner:
                await add(db, "b")
                await add(inner, "c")
                raise StopError
        async with db.transaction():
            await add(db, "d")
        with pytest.raises(TransactionError, match="said where a transaction begins"):
            async with db.transaction(isolation="serializable"):
                pass
    assert await added(db) == ["a", "d"]


async def test_transactions_of_two_databases_are_apart(db: Database, tmp_path: Any) -> None:
    async with Database.connect(f"sqlite:///{tmp_path}/other.db") as other:
        await other.create_tables(Artist)
        with suppress(StopError):
            async with db.transaction():
                await add(db, "a")
                async with other.transaction():
                    await add(db, "b")
                    await add(other, "c")
                raise StopError
        assert await added(db) == []
        assert await other.fetch_value(select(Artist.name)) == "c"


async def test_what_is_autonomous_stays(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    with suppress(StopError):
        async with postgres_db.transaction():
            await add(postgres_db, "a")
            alone = postgres_db.autonomous()
            await add(alone, "b")
            async with alone.transaction() as tx:
                await add(tx, "c")
            raise StopError
    assert [row.name for row in await postgres_db.fetch_all(select(Artist.name))] == ["b", "c"]


async def test_an_empty_transaction_sends_nothing(postgres_url: str, postgres_db: Database) -> None:
    async with Database.connect(postgres_url, max_size=1) as db:
        one = select(sql("pg_backend_pid()", returns=int).as_("pid"))
        pid = await db.fetch_value(one)
        last = sql("(SELECT query FROM pg_stat_activity WHERE pid = {})", pid, returns=str).as_("text")
        async with db.transaction() as tx, tx.transaction():
            pass
        assert await postgres_db.fetch_value(select(last)) == one.compile("postgres").sql


async def test_a_transaction_in_a_generator_is_not_that_of_its_consumer(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qb.running.joining.GRACE", 0.05)

    async def names() -> AsyncIterator[str]:
        async with db.transaction() as tx:
            await add(tx, "a")
            with pytest.raises(TransactionError, match="begun in an async generator"):
                await add(db, "b")
            yield "a"

    async with aclosing(names()) as found:  # type: ignore[type-var]  # an async generator is annotated as an iterator
        async for _ in found:
            with pytest.raises(TransactionError, match=r"say tx\.… for what does"):
                await add(db, "c")
    assert await added(db) == ["a"]


async def test_a_context_manager_around_a_transaction_is_its_block(db: Database) -> None:
    @asynccontextmanager
    async def unit_of_work() -> AsyncIterator[None]:
        async with db.transaction():
            yield

    with suppress(StopError):
        async with unit_of_work():
            await add(db, "a")
            raise StopError
    async with unit_of_work():
        await add(db, "b")
    assert await added(db) == ["b"]


async def test_after_commit(db: Database) -> None:
    done: list[str] = []

    async def note() -> None:
        done.append(f"outer, of {len(await added(db))}")

    async with db.transaction() as tx:
        await add(tx, "a")
        tx.after_commit(note)
        async with tx.transaction() as inner:
            inner.after_commit(lambda: done.append("inner"))
        with suppress(StopError):
            async with tx.transaction() as undone:
                undone.after_commit(lambda: done.append("undone"))
                raise StopError
        assert done == []
    assert done == ["outer, of 1", "inner"]
    with suppress(StopError):
        async with db.transaction() as tx:
            tx.after_commit(note)
            raise StopError
    assert len(done) == 2


# Misuse


async def test_a_transaction_is_begun_once(db: Database) -> None:
    tx = db.transaction()
    with pytest.raises(TransactionError, match="begins where its block does"):
        await add(tx, "a")
    async with tx:
        with pytest.raises(TransactionError, match="begun already"):
            await tx.__aenter__()
    with pytest.raises(TransactionError, match="begun already"):
        await tx.__aenter__()


async def test_a_database_is_not_closed_in_its_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        with pytest.raises(TransactionError, match="close the database after that"):
            await db.close()
    assert await added(db) == ["a"]


async def test_sqlite_has_no_autonomous_writes_in_a_transaction(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialects.sqlite.pool.GRACE", 0.05)
    await sqlite_db.create_tables(Artist)
    async with sqlite_db.transaction() as tx:
        await add(tx, "a")
        with pytest.raises(TransactionError, match="which it holds itself"):
            await add(sqlite_db.autonomous(), "b")
        await add(tx, "c")
    rows = await sqlite_db.fetch_all(select(Artist.name))
    assert [row.name for row in rows] == ["a", "c"]


async def test_other_tasks_wait_for_sqlites_connection(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialects.sqlite.pool.GRACE", 0.05)
    await sqlite_db.create_tables(Artist)
    async with sqlite_db.transaction() as tx:
        await add(tx, "a")
        other = asyncio.create_task(add(sqlite_db.autonomous(), "b"))
        await asyncio.sleep(0.2)  # longer than a task waits for itself
        assert not other.done()
    await other
    rows = await sqlite_db.fetch_all(select(Artist.name).order_by(Artist.id))
    assert [row.name for row in rows] == ["a", "b"]


async def test_a_task_that_gives_up_waiting_leaves_the_queue(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist)
    async with sqlite_db.transaction() as tx:
        await tx.fetch_all(select(Artist))
        other = asyncio.create_task(add(sqlite_db.autonomous(), "b"))
        await asyncio.sleep(0)
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other
    await add(sqlite_db, "a")
    assert await sqlite_db.fetch_value(select(Artist.name)) == "a"


async def test_a_transaction_belongs_to_its_task(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        for work in (add(tx, "b"), add(db, "b"), nested(db)):
            with pytest.raises(TransactionError, match="another"):
                await asyncio.create_task(work)
        if db.dialect.name == "postgres":
            await asyncio.create_task(add(db.autonomous(), "c"))
        later = asyncio.create_task(add_after(db, asyncio.sleep(0.05), "d"))
        await add(tx, "e")
    await later
    assert sorted(await added(db)) == (["a", "c", "d", "e"] if db.dialect.name == "postgres" else ["a", "d", "e"])


async def add_after(db: Database, waiting: Awaitable[None], name: str) -> None:
    await waiting
    await add(db, name)


async def test_functions_work_inside_and_outside_of_transactions(db: Database) -> None:
    async def album_of(executor: Executor, artist: str) -> str:
        query = select(Album.title).join(Artist, on=Album.artist_id == Artist.id)
        row = await executor.fetch_one(query.where(Artist.name == artist, Album.plays == 90))
        return row.title

    assert await album_of(db, "AC/DC") == "Powerage"
    async with db.transaction() as tx:
        assert isinstance(tx, Transaction)
        assert await album_of(tx, "AC/DC") == "Powerage"
        with pytest.raises(NoRowFound):
            await album_of(tx, "Nobody")


async def test_two_sqlite_connections_to_one_file(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/music.db"
    async with Database.connect(url) as one, Database.connect(url, timeout=0.1) as two:
        await one.create_tables(Artist)
        async with one.transaction() as tx:
            await add(tx, "a")
            assert await two.fetch_all(select(Artist)) == []  # readers do not wait
            with pytest.raises(TimeoutExceeded):
                await add(two, "b")
            async with two.transaction():
                pass  # nothing is sent
            with pytest.raises(TimeoutExceeded) as caught:
                async with two.transaction() as other:
                    await other.fetch_all(select(Artist))
            assert str(caught.value.sql).startswith("SELECT")
        await add(two, "b")
        assert len(await one.fetch_all(select(Artist))) == 2


def test_a_dialect_without_transactions_says_so() -> None:
    class Sender(Driver):
        dialect = find_dialect("d1")

    with pytest.raises(UnsupportedError, match=r"d1 has no transactions that stay open: .* db\.batch"):
        Database(Sender()).transaction()  # type: ignore[qb-type]  # it is not begun
