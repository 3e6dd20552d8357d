"""A runner that is stopped anywhere: the database is as it was or wholly migrated, or else the next run finishes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from qb import Database
from qb.identifiers import QUOTED
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.schema.canonical import canonical
from qb.schema.introspect import introspect
from tests.d1_server import D1Server
from tests.migrations.changes import CHANGES, Change, Tables
from tests.migrations.mortal import Killed, Life, mortal
from tests.postgres_server import PostgresServer

Connect = Callable[[], Database]
"""Opens the same database again and again."""
Places = Callable[[str], Awaitable[Connect]]
Run = Callable[[Database], Awaitable[None]]
NUMBERS = count(1)

CASES = [
    pytest.param(dialect, change, id=f"{dialect}-{change}")
    for change, (_, dialects) in CHANGES.items()
    for dialect in dialects
]


DOWN = [
    pytest.param(dialect, change, id=f"{dialect}-{change}")
    for change, (_, dialects) in CHANGES.items()
    for dialect in dialects
    if dialect == "sqlite" or dialects == ("postgres",) or change == "a_parent_is_rebuilt"
]
"""What differs on the way back: scripts outside of a transaction, and the transactions of each engine."""


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    """Makes empty databases of an engine."""

    async def place(dialect: str) -> Connect:
        if dialect == "sqlite":
            path = tmp_path / f"{next(NUMBERS)}.db"
            return lambda: Database.connect(f"sqlite:///{path}")
        if dialect == "d1":
            d1: D1Server = request.getfixturevalue("d1_server")
            database = d1.database()
            return lambda: d1.connect(database)
        server: PostgresServer = request.getfixturevalue("postgres_server")
        connection = await asyncpg.connect(server.url)
        await connection.execute("DROP SCHEMA IF EXISTS crashes CASCADE")
        await connection.execute("CREATE SCHEMA crashes")
        await connection.close()
        return lambda: Database.connect(f"{server.url}?search_path=crashes&sslmode=disable")

    return place


MASTER = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1, 2"
HISTORY = {"qb_migrations": "name, checksum, statements, done", "d1_migrations": "name"}
"""What of the history has no time in it."""


async def state(connect: Connect) -> object:
    """All that is in a database: its schema, every row, and what was applied."""
    async with connect() as db, db.driver.acquire() as connection:
        if db.dialect.name == "postgres":
            found = await introspect(db)
            schema: object = canonical(found)
            names = [table.name.name for table in found.tables]
        else:
            schema = await connection.fetch(MASTER, (), list)
            names = [row[1] for row in schema if row[0] == "table" and not row[1].startswith("_cf_")]
        queries = [f"SELECT {HISTORY.get(name, '*')} FROM {QUOTED[name]} ORDER BY 1" for name in names]
        rows = await connection.batch([(query, (), list) for query in queries], atomic=False)
        return schema, [[tuple(row) for row in table] for table in rows]


async def begun(places: Places, dialect: str, folder: Folder, to: str | None) -> Connect:
    """A new database with migrations."""
    connect = await places(dialect)
    async with connect() as db:
        assert await Runner(db, folder).up(to)
    return connect


async def killed_at_every_statement(start: Connect, run: Run, end: object, look: Run) -> int:
    """Run something again and again, until nothing kills it any more; in how many states it left the database.

    Each run does a little more than the one before. When something is done, and stays done, the next is killed at once.
    """
    found = [await state(start)]
    assert found[0] != end
    calls = 0
    while True:
        db = mortal(start(), Life(calls))
        with suppress(Killed):
            async with db:
                await run(db)
            break
        now = await state(start)
        if now == found[-1]:
            calls += 1
        else:
            assert now not in found
            found.append(now)
            calls = 0
        async with start() as db:
            await look(db)
    assert await state(start) == end
    return len(found)


def most_states(scripts: Iterable[Script]) -> int:
    """In how many states migrations can leave a database."""
    return 1 + sum([1 if each.transactional else 1 + 2 * len(each.statements) for each in scripts])


@pytest.mark.parametrize(("dialect", "change"), CASES)
async def test_killed_at_every_statement(places: Places, tmp_path: Path, dialect: str, change: str) -> None:
    make, _ = CHANGES[change]
    folder = make(Tables(dialect)).folder(tmp_path / "migrations")
    scripts = [each.script() for each in folder.migrations.values()][1:]

    async def up(db: Database) -> None:
        await Runner(db, folder).up()

    async def look(db: Database) -> None:
        found = [each.state for each in await Runner(db, folder).status()]
        assert set(found) <= {"applied", "pending", "halfway"}
        assert found.count("halfway") <= 1

    end = await state(await begun(places, dialect, folder, None))
    start = await begun(places, dialect, folder, "0001")
    assert await killed_at_every_statement(start, up, end, look) <= most_states(scripts)


@pytest.mark.parametrize(("dialect", "change"), DOWN)
async def test_killed_at_every_statement_of_the_way_back(
    places: Places, tmp_path: Path, dialect: str, change: str
) -> None:
    make, _ = CHANGES[change]
    folder = make(Tables(dialect)).folder(tmp_path / "migrations")
    scripts = [each.down_script() for each in folder.migrations.values() if each.down is not None]
    assert len(scripts) == len(folder.migrations) - 1
    halfway = set()

    async def down(db: Database) -> None:
        await Runner(db, folder).down("0001")

    async def look(db: Database) -> None:
        runner = Runner(db, folder)
        stopped = [each for each in await runner.status() if each.state not in ("applied", "pending")]
        if not stopped:
            return
        (one,) = stopped
        halfway.add((one.name, one.state, one.done, one.statements))
        with pytest.raises(MigrationError, match=f"{one.name} stopped on its way back after {one.done} of"):
            await runner.up()

    undone = await begun(places, dialect, folder, None)
    async with undone() as db:
        await down(db)
    end = await state(undone)
    start = await begun(places, dialect, folder, None)
    assert await killed_at_every_statement(start, down, end, look) <= most_states(scripts)
    assert halfway == {
        (each.name, "halfway down", done, len(each.down_script().statements))
        for each in folder.migrations.values()
        if each.down is not None and not each.down_script().transactional
        for done in range(len(each.down_script().statements))
    }


@pytest.mark.parametrize("make", [Tables.indexes_beside_the_application, Tables.columns_come_online])
async def test_turned_back_at_every_statement(places: Places, tmp_path: Path, make: Callable[[Tables], Change]) -> None:
    folder = make(Tables("postgres")).folder(tmp_path / "migrations")
    (alone,) = [each for each in folder.migrations.values() if not each.script().transactional]
    before = await state(await begun(places, "postgres", folder, "0001"))
    halfway = set()
    for calls in count():
        connect = await begun(places, "postgres", folder, alone.parents[0])
        db = mortal(connect(), Life(calls))
        with suppress(Killed):
            async with db:
                await Runner(db, folder).up(alone.name)
        async with connect() as db:
            runner = Runner(db, folder)
            (found,) = [each for each in await runner.status() if each.name == alone.name]
            if found.state == "halfway":
                halfway.add(found.done)
            await runner.down("0001")
        assert await state(connect) == before
        if found.state == "applied":
            break
    assert halfway == set(range(len(alone.script().statements)))
