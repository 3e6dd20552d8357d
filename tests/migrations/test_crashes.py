"""A runner that is stopped anywhere: the database is as it was or wholly migrated, or else the next run finishes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from qb import Database
from qb.identifiers import QUOTED
from qb.migrations.runner import Runner
from qb.schema.canonical import canonical
from qb.schema.introspect import introspect
from tests.d1_server import D1Server
from tests.migrations.changes import CHANGES, Tables
from tests.migrations.mortal import Killed, Life, mortal
from tests.postgres_server import PostgresServer

Connect = Callable[[], Database]
"""Opens the same database again and again."""
NUMBERS = count(1)

CASES = [
    pytest.param(dialect, change, id=f"{dialect}-{change}")
    for change, (_, dialects) in CHANGES.items()
    for dialect in dialects
]


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Any]:
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


@pytest.mark.parametrize(("dialect", "change"), CASES)
async def test_killed_at_every_statement(
    places: Callable[[str], Any], tmp_path: Path, dialect: str, change: str
) -> None:
    make, _ = CHANGES[change]
    folder = make(Tables(dialect)).folder(tmp_path / "migrations")

    async def at_the_start() -> Connect:
        connect: Connect = await places(dialect)
        async with connect() as db:
            assert await Runner(db, folder).up("0001") == ["0001_start"]
        return connect

    async def finish(connect: Connect) -> object:
        async with connect() as db:
            await Runner(db, folder).up()
            assert {each.state for each in await Runner(db, folder).status()} == {"applied"}
        return await state(connect)

    connect = await at_the_start()
    start, end = await state(connect), await finish(connect)
    assert start != end
    connect = await at_the_start()
    found = [start]
    calls = 0
    while True:
        db = mortal(connect(), Life(calls))
        with suppress(Killed):
            async with db:
                await Runner(db, folder).up()
            break
        now = await state(connect)
        if now == found[-1]:
            calls += 1
        else:  # something is done, and stays done: from here on, too, every run is stopped everywhere
            assert now not in found
            found.append(now)
            calls = 0
    assert await state(connect) == end
    alone = [each.script() for each in folder.migrations.values() if not each.script().transactional]
    assert len(found) <= len(folder.migrations) + 2 * sum([len(script.statements) for script in alone])
