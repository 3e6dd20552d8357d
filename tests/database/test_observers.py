"""Observers: what they are told, and that they cost nothing when there are none."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qb import Database, Transaction, insert, select, sql, update
from qb.dialect import Connection, Driver
from qb.errors import DatabaseError, SerializationFailed, UniqueViolated
from qb.observers import Event, Logs, Observer, PoolWait, Retry, StatementRun, TransactionStep
from qb.observers.connections import ObservedConnection
from tests.database.recorder import Recorder
from tests.music import Album, Artist


@pytest.fixture
def told(db: Database) -> Recorder:
    recorder = Recorder()
    db.observe(recorder)
    return recorder


# Statements


async def test_a_statement(db: Database, told: Recorder) -> None:
    before = time.time()
    query = select(Album.title).where(Album.plays > 100)
    await db.fetch_all(query)
    after = time.time()
    [wait, event] = told.events
    assert isinstance(wait, PoolWait)
    assert wait.reads is db.driver.reads_only(query.compile(db.dialect).sql)
    assert isinstance(event, StatementRun)
    assert event.sql == query.compile(db.dialect).sql
    assert (event.rows, event.error, event.transaction, event.in_batch) == (2, None, None, False)
    assert event.dialect == db.dialect.name
    task = asyncio.current_task()
    assert task is not None
    assert event.task == wait.task == task.get_name()
    assert before <= wait.started <= event.started <= after
    assert 0 < event.seconds <= after - before
    assert 0 <= wait.seconds <= after - before


async def test_rows_are_returned_or_changed(db: Database, told: Recorder) -> None:
    await db.fetch_one_or_none(select(Album).where(Album.id == 1000))
    await db.execute(update(Album).set(plays=1).where(Album.artist_id == 1))
    await db.fetch_all(insert(Artist).values(name="new").returning(Artist.id))
    assert told.statements() == [("SELECT", 0), ("UPDATE", 2), ("INSERT", 1)]


async def test_parameters_are_only_for_those_who_ask(db: Database, told: Recorder) -> None:
    full = Recorder()
    db.observe(full, parameters=True)
    await db.fetch_all(select(Album.id).where(Album.title == "secret"))
    [hidden], [shown] = told.of(StatementRun), full.of(StatementRun)
    assert hidden.parameters is None
    assert "secret" not in repr(told.events)
    assert shown.parameters == ("secret",)
    assert (shown.sql, shown.seconds, shown.started) == (hidden.sql, hidden.seconds, hidden.started)


async def test_a_failure(db: Database, told: Recorder) -> None:
    with pytest.raises(UniqueViolated) as caught:
        await db.execute(insert(Artist).values(name="AC/DC"))
    [event] = told.of(StatementRun)
    assert event.error is caught.value
    assert event.rows is None


async def test_a_cancellation(postgres_db: Database) -> None:
    told = Recorder()
    postgres_db.observe(told)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgres_db.execute(sql("SELECT pg_sleep(10)"))
    [event] = told.of(StatementRun)
    assert isinstance(event.error, asyncio.CancelledError)
    assert event.seconds >= 0.03


async def test_a_stream(db: Database, told: Recorder) -> None:
    async for _ in db.stream(select(Album.id), size=3):
        assert told.of(StatementRun) == []
        await asyncio.sleep(0.02)
    [event] = told.of(StatementRun)
    assert (event.rows, event.error) == (4, None)
    assert event.seconds < 0.08  # not while the loop had the rows


async def test_a_stream_that_is_left(db: Database, told: Recorder) -> None:
    stream = db.stream(select(Album.id), size=3)
    await anext(stream)
    await stream.aclose()
    [event] = told.of(StatementRun)
    assert (event.rows, event.error) == (3, None)


async def test_a_stream_that_fails(db: Database, told: Recorder) -> None:
    with pytest.raises(DatabaseError) as caught:
        async for _ in db.stream(select(sql("nothing", returns=int)).from_(Album)):
            pass
    [event] = told.of(StatementRun)
    assert event.rows is None
    assert event.error is caught.value


async def test_a_batch(db: Database, told: Recorder) -> None:
    await db.batch(
        update(Album).set(plays=1).where(Album.artist_id == 1),
        select(Album.title),
        insert(Artist).values(name="x"),
    )
    assert told.statements() == [("UPDATE", 2), ("SELECT", 4), ("INSERT", 1)]
    assert all(event.in_batch for event in told.of(StatementRun))
    [step] = told.of(TransactionStep)
    assert (step.step, step.statements, step.error) == ("commit", 3, None)
    assert {event.transaction for event in told.of(StatementRun)} == {step.transaction}
    assert step.transaction is not None


async def test_a_batch_that_fails(db: Database, told: Recorder) -> None:
    with pytest.raises(UniqueViolated) as caught:
        await db.batch(
            update(Album).set(plays=1).where(Album.artist_id == 1),
            insert(Artist).values(name="AC/DC"),
            select(Album.title),
        )
    first, second = told.of(StatementRun)
    assert first.error is None
    assert second.error is caught.value
    assert told.steps() == ["rollback"]


# Transactions


async def test_a_transaction(db: Database, told: Recorder) -> None:
    async with db.transaction():
        await db.fetch_all(select(Artist))
        await asyncio.sleep(0.02)
        await db.execute(insert(Artist).values(name="x"))
    await db.fetch_all(select(Artist))
    assert told.steps() == ["begin", "commit"]
    begin, commit = told.of(TransactionStep)
    first, second, outside = told.of(StatementRun)
    assert begin.transaction == first.transaction == second.transaction == commit.transaction
    assert begin.transaction is not None
    assert outside.transaction is None
    assert (begin.lasted, begin.statements) == (None, 0)
    assert commit.lasted is not None
    assert commit.lasted >= 0.02 > commit.seconds
    assert commit.statements == 2


async def test_each_transaction_has_its_number(db: Database, told: Recorder) -> None:
    for _ in range(2):
        async with db.transaction() as tx:
            await tx.fetch_all(select(Artist))
    numbers = [event.transaction for event in told.of(StatementRun)]
    assert len(set(numbers)) == 2


async def test_a_rollback(db: Database, told: Recorder) -> None:
    with pytest.raises(UniqueViolated):
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name="AC/DC"))
    assert told.steps() == ["begin", "rollback"]
    rollback = told.of(TransactionStep)[-1]
    assert rollback.error is None
    assert rollback.lasted is not None


async def test_a_savepoint(db: Database, told: Recorder) -> None:
    async with db.transaction() as tx:
        async with tx.transaction() as nested:
            await nested.fetch_all(select(Artist))
        with pytest.raises(UniqueViolated):
            async with tx.transaction() as nested:
                await nested.execute(insert(Artist).values(name="AC/DC"))
    assert told.steps() == ["begin", "savepoint", "release", "savepoint", "rollback to", "commit"]
    assert {event.name for event in told.of(TransactionStep)} == {None, "qb_1"}
    assert len(told.of(StatementRun)) == 2  # savepoints are steps


async def test_an_empty_transaction_tells_nothing(db: Database, told: Recorder) -> None:
    async with db.transaction():
        pass
    assert told.events == []


async def test_a_commit_that_fails(postgres_db: Database) -> None:
    await postgres_db.execute(sql("CREATE TABLE parents (id int PRIMARY KEY)"))
    await postgres_db.execute(
        sql("CREATE TABLE children (id int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)"),
    )
    told = Recorder()
    postgres_db.observe(told)
    with pytest.raises(DatabaseError) as caught:
        async with postgres_db.transaction() as tx:
            await tx.execute(sql("INSERT INTO children VALUES (1)"))
    assert told.steps() == ["begin", "commit", "rollback"]
    _, commit, rollback = told.of(TransactionStep)
    assert commit.error is caught.value
    assert commit.lasted is None
    assert rollback.transaction == commit.transaction


async def test_a_retry(db: Database, told: Recorder) -> None:
    tries = 0

    async def work(tx: Transaction) -> str:
        nonlocal tries
        tries += 1
        await tx.fetch_all(select(Artist))
        if tries < 3:
            raise SerializationFailed("a collision")
        return "done"

    assert await db.run(work, backoff=0.001) == "done"
    first, second = told.of(Retry)
    assert (first.attempt, second.attempt) == (1, 2)
    assert isinstance(first.error, SerializationFailed)
    assert 0 <= first.pause <= 0.001
    assert first.seconds > 0
    assert told.steps() == ["begin", "rollback", "begin", "rollback", "begin", "commit"]


async def test_a_wait_for_a_connection(postgres_url: str) -> None:
    told = Recorder()
    async with Database.connect(postgres_url, max_size=1, observers=[told]) as db:
        entered = asyncio.Event()

        async def hold() -> None:
            async with db.transaction() as tx:
                await tx.fetch_all(select(sql("1", returns=int).as_("one")))
                entered.set()
                await asyncio.sleep(0.05)

        other = asyncio.create_task(hold())
        await entered.wait()
        await db.fetch_all(select(sql("2", returns=int).as_("two")))
        await other
    first, second = told.of(PoolWait)
    assert first.seconds < second.seconds
    assert second.seconds >= 0.03


# Observers


async def test_observers_are_given_when_connecting() -> None:
    told = Recorder()
    async with Database.connect("sqlite://", observers=[told]) as db:
        await db.fetch_all(select(sql("1", returns=int).as_("one")))
    assert told.statements() == [("SELECT", 1)]


async def test_all_observers_are_told(db: Database, told: Recorder) -> None:
    other = Recorder()
    db.observe(other)
    await db.fetch_all(select(Artist))
    assert other.events == told.events != []


async def test_an_observation_ends(db: Database) -> None:
    told = Recorder()
    with db.observe(told):
        await db.fetch_all(select(Artist))
    await db.fetch_all(select(Album))
    assert len(told.of(StatementRun)) == 1
    observation = db.observe(told)
    observation.stop()
    observation.stop()  # once more does no harm
    await db.fetch_all(select(Album))
    assert len(told.of(StatementRun)) == 1


async def test_one_observer_twice_is_told_twice(db: Database) -> None:
    told = Recorder()
    first = db.observe(told)
    db.observe(told)
    await db.fetch_all(select(Artist))
    assert len(told.of(StatementRun)) == 2
    first.stop()
    await db.fetch_all(select(Artist))
    assert len(told.of(StatementRun)) == 3


async def test_autonomous_databases_are_observed_as_well(db: Database, told: Recorder) -> None:
    await db.autonomous().fetch_all(select(Artist))
    assert told.statements() == [("SELECT", 3)]


async def test_an_observer_that_raises_does_not_disturb(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: Event) -> None:
        raise RuntimeError("out of order")

    db.observe(broken)
    told = Recorder()
    db.observe(told)
    assert len(await db.fetch_all(select(Artist))) == 3
    assert told.statements() == [("SELECT", 3)]
    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert "broken" in caplog.text
    assert "out of order" in caplog.text


async def test_an_observer_that_raises_does_not_undo(db: Database) -> None:
    def broken(event: Event) -> None:
        raise RuntimeError("out of order")

    with db.observe(broken):
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name="kept"))
    assert len(await db.fetch_all(select(Artist).where(Artist.name == "kept"))) == 1


async def test_observers_are_called_in_the_task_of_the_statement(db: Database) -> None:
    seen: set[tuple[object, int]] = set()
    db.observe(lambda event: seen.add((asyncio.current_task(), threading.get_ident())))
    await db.fetch_all(select(Artist))
    await db.batch(select(Artist), select(Album))
    assert seen == {(asyncio.current_task(), threading.get_ident())}


async def test_an_observer_may_stop_itself(db: Database, told: Recorder) -> None:
    def once(event: Event) -> None:
        observation.stop()

    observation = db.observe(once)
    other = Recorder()
    db.observe(other)
    await db.fetch_all(select(Artist))
    assert other.events == told.events


class Asking(Observer):
    """Wants the parameters."""

    parameters = True

    def __init__(self) -> None:
        self.drivers: list[Driver] = []
        self.seen: list[object] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, StatementRun):
            self.seen.append(event.parameters)

    def attached(self, driver: Driver) -> None:
        self.drivers.append(driver)


async def test_an_observer_may_ask_for_more() -> None:
    asking = Asking()
    async with Database.connect("sqlite://", observers=[asking]) as db:
        await db.execute(sql("SELECT {}", 7))
        assert asking.drivers == [db.driver]
    assert asking.seen == [(7,)]


# What it costs


def test_every_method_of_connections_is_observed() -> None:
    """One that is not would go past the observers, or not reach the driver."""
    public = {name for name in vars(Connection) if not name.startswith("_")}
    assert public - vars(ObservedConnection).keys() == set()


@contextmanager
def calls(into: list[tuple[str, str]]) -> Iterator[None]:
    """Notes the functions of Python that are called, by folder and file, and name."""

    def note(frame: Any, event: str, argument: object) -> None:
        if event == "call":
            path = Path(frame.f_code.co_filename)
            into.append((f"{path.parent.name}/{path.name}", frame.f_code.co_name))

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


async def test_nobody_pays_for_observers_that_are_not_there(db: Database) -> None:
    """What is called around the driver is counted: no function more, and the driver's own connection is what it is
    handed to.
    """
    query = select(Artist)
    await db.fetch_all(query)
    without: list[tuple[str, str]] = []
    with calls(without):
        await db.fetch_all(query)
    names = [name for file, name in without if file == "qb/running/engine.py"]
    assert names == []
    assert not [file for file, _ in without if file.startswith("observers/")]
    async with db._connection(False) as connection:
        assert not isinstance(connection, ObservedConnection)
    # The measure sees observers when they are there, and no more of them when they are gone.
    seen: list[tuple[str, str]] = []
    with db.observe(lambda event: None):
        with calls(seen):
            await db.fetch_all(query)
        async with db._connection(False) as connection:
            assert isinstance(connection, ObservedConnection)
    assert [file for file, _ in seen if file.startswith("observers/")]
    async with db._connection(False) as connection:
        assert not isinstance(connection, ObservedConnection)


def test_observers_are_loaded_when_they_are_used() -> None:
    script = """
import asyncio, sys
from qb import Database, sql
async def main():
    async with Database.connect("sqlite://") as db:
        await db.execute(sql("SELECT 1"))
asyncio.run(main())
print([name for name in sys.modules if name.startswith("qb.observers")])
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


# Logs


def levels(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, type(getattr(record, "event", None)).__name__) for record in caplog.records]


async def test_logs(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="qb")
    with db.observe(Logs(slow=None)):
        await db.fetch_all(select(Artist.name).where(Artist.name == "AC/DC"))
        with pytest.raises(UniqueViolated):
            await db.execute(insert(Artist).values(name="AC/DC"))
    assert levels(caplog) == [
        ("DEBUG", "PoolWait"),
        ("DEBUG", "StatementRun"),
        ("DEBUG", "PoolWait"),
        ("ERROR", "StatementRun"),
    ]
    _, statement, _, failure = caplog.messages
    assert statement.startswith(f'{db.dialect.name}: SELECT "artists"."name" FROM "artists"')
    assert " - 1 row in " in statement
    assert statement.endswith(" ms")
    assert "- UniqueViolated: " in failure
    assert "\n" not in failure
    assert "AC/DC" not in caplog.text


async def test_logs_of_what_is_slow(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="music")
    with db.observe(Logs(logging.getLogger("music"), slow=0.0)):
        await db.fetch_all(select(Artist))
    assert ("WARNING", "StatementRun") in levels(caplog)
    caplog.clear()
    with db.observe(Logs("music", slow=60)):
        await db.fetch_all(select(Artist))
    assert levels(caplog) == []


async def test_logs_of_transactions_and_retries(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="qb")
    tries: list[int] = []

    async def work(tx: Transaction) -> None:
        tries.append(1)
        await tx.fetch_all(select(Artist))
        if len(tries) == 1:
            raise SerializationFailed("a collision")

    with db.observe(Logs(slow=None)):
        await db.run(work, backoff=0.001)
    lines = [line for line in caplog.messages if "COMMIT" in line or "try 1" in line]
    retried, committed = lines
    assert "try 1 has failed" in retried
    assert "SerializationFailed: a collision" in retried
    assert f"{db.dialect.name}: COMMIT - in " in committed
    assert "(transaction " in committed
    assert ("WARNING", "Retry") in levels(caplog)


async def test_logs_with_parameters(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="qb")
    with db.observe(Logs(parameters=True)):
        await db.fetch_all(select(Artist.name).where(Artist.name == "AC/DC"))
    assert "('AC/DC',)" in caplog.text


async def test_logs_of_a_cancellation(postgres_db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="qb")
    postgres_db.observe(Logs())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgres_db.execute(sql("SELECT pg_sleep(10)"))
    assert levels(caplog) == [("INFO", "StatementRun")]
