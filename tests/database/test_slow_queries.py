"""Slow statements are reported with their plans."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing

import pytest

from qb import Database, insert, select, sql
from qb.observers import SlowQueries, SlowQuery, StatementRun
from tests.database.recorder import Recorder
from tests.music import Album, Artist


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_slow_statement_has_its_plan(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append)
    db.observe(slow)
    query = select(Album.title).where(Album.id == 3)
    await db.fetch_all(query)
    await slow.finish()
    [report] = reports
    assert report.event.sql == query.compile(db.dialect).sql
    assert report.event.parameters is None
    assert report.plan is not None
    assert "albums" in report.plan
    expected = await db.explain(query)
    if db.dialect.name == "sqlite":
        assert report.plan == expected


async def test_what_is_fast_is_not_reported(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(60, report=reports.append)
    db.observe(slow)
    await db.fetch_all(select(Album))
    await slow.finish()
    assert reports == []


async def test_plans_are_not_asked_for_too_often(db: Database) -> None:
    reports: list[SlowQuery] = []
    clock = Clock()
    slow = SlowQueries(0.0, report=reports.append, pause=10, clock=clock)
    db.observe(slow)
    for _ in range(3):
        await db.fetch_all(select(Album))
        await slow.finish()
        clock.now += 4
    assert [report.plan is not None for report in reports] == [True, False, False]
    await db.fetch_all(select(Album))
    await slow.finish()
    assert reports[-1].plan is not None


async def test_one_plan_at_a_time(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append, pause=0)
    db.observe(slow)
    await asyncio.gather(*[db.fetch_all(select(Album)) for _ in range(5)])
    await slow.finish()
    assert len(reports) == 5
    assert 1 <= len([report for report in reports if report.plan is not None]) <= 5


async def test_the_statement_is_not_run_again(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append)
    db.observe(slow)
    await db.execute(insert(Artist).values(name="once"))
    await slow.finish()
    assert len(reports) == 1
    assert await db.fetch_value(select(Artist.id).where(Artist.name == "once")) == 4


async def test_it_is_not_observed_itself(db: Database) -> None:
    reports: list[SlowQuery] = []
    told = Recorder()
    slow = SlowQueries(0.0, report=reports.append)
    db.observe(told)
    db.observe(slow)
    await db.fetch_all(select(Album))
    await slow.finish()
    assert [report.plan is not None for report in reports] == [True]
    assert told.statements() == [("SELECT", 4)]


async def test_it_does_not_hold_up_the_transaction(db: Database) -> None:
    """The plan is asked for on another connection; where there is only one, after the transaction."""
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append)
    db.observe(slow)
    async with db.transaction() as tx:
        await tx.execute(insert(Artist).values(name="x"))
        await asyncio.sleep(0.01)
        await tx.execute(insert(Artist).values(name="y"))
    await slow.finish()
    assert len([report for report in reports if report.plan is not None]) == 1
    assert len(await db.fetch_all(select(Artist))) == 5


async def test_what_has_no_plan(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append)
    db.observe(slow)
    await db.execute(sql("CREATE TABLE things (id int)"))
    await slow.finish()
    if db.dialect.name == "postgres":
        assert [report.plan for report in reports] == [None]
    else:
        assert len(reports) == 1


async def test_a_database_that_is_closed_meanwhile(postgres_url: str) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append)
    async with Database.connect(postgres_url, observers=[slow]) as db:
        await db.execute(sql("SELECT 1"))
    await slow.finish()
    assert len(reports) == 1


async def test_parameters_are_shown_when_they_may(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append, show_parameters=True)
    db.observe(slow)
    await db.fetch_all(select(Album).where(Album.title == "Blue"))
    await slow.finish()
    assert reports[0].event.parameters == ("Blue",)


async def test_others_keep_the_parameters_that_they_asked_for(db: Database) -> None:
    told = Recorder()
    slow = SlowQueries(0.0, report=lambda report: None)
    db.observe(slow)
    db.observe(told, parameters=True)
    await db.fetch_all(select(Album).where(Album.title == "Blue"))
    await slow.finish()
    assert [event.parameters for event in told.of(StatementRun)] == [("Blue",)]


async def test_it_warns(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    slow = SlowQueries(0.0)
    db.observe(slow)
    await db.fetch_all(select(Album).where(Album.title == "secret"))
    await slow.finish()
    [record] = [record for record in caplog.records if record.name == "qb.slow"]
    assert record.levelno == logging.WARNING
    assert 'FROM "albums"' in record.getMessage()
    assert "\n" in record.getMessage()  # the plan
    assert "secret" not in record.getMessage().partition("\n")[0]


async def test_a_report_that_fails(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    def broken(report: SlowQuery) -> None:
        raise RuntimeError("out of order")

    slow = SlowQueries(0.0, report=broken)
    db.observe(slow)
    assert len(await db.fetch_all(select(Album))) == 4
    await slow.finish()
    assert "out of order" in caplog.text


async def test_one_for_each_database(sqlite_db: Database) -> None:
    slow = SlowQueries(0.1)
    sqlite_db.observe(slow)
    sqlite_db.observe(slow)
    async with Database.connect("sqlite://") as other:
        with pytest.raises(ValueError, match="one SlowQueries observes one database"):
            other.observe(slow)


async def test_a_stream_is_reported(db: Database) -> None:
    reports: list[SlowQuery] = []
    slow = SlowQueries(0.0, report=reports.append)
    db.observe(slow)
    async with aclosing(db.stream(select(Album))) as rows:
        async for _ in rows:
            pass
    await slow.finish()
    assert [report.event.rows for report in reports] == [4]
