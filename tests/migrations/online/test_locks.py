"""Nobody waits for rows to be read or written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import asyncpg
import pytest

from tests.migrations.engines import PostgresEngine
from tests.migrations.observing import EXCLUSIVE, FILES, LOCKS, READ
from tests.migrations.online.albums import AFTER, BEFORE, FILL, POSTGRES, drafts
from tests.postgres_server import PostgresServer

TABLE_LOCKS = """SELECT mode FROM pg_locks
    WHERE pid = $1 AND locktype = 'relation' AND relation = ANY($2::regclass[])"""


class Watched:
    """Runs scripts, and sees which rows are read and written under which locks."""

    def __init__(self, engine: PostgresEngine, url: str) -> None:
        self.engine = engine
        self.url = url

    def whole(self, statements: Iterable[str]) -> None:
        """A transaction. Under a lock that keeps others out, no row is read, and no file is another."""
        engine = self.engine
        files: dict[int, int] = dict(engine.rows(FILES))
        engine.execute("BEGIN")
        before = {oid: counts for oid, *counts in engine.rows(READ)}
        for statement in statements:
            engine.execute(statement)
            strong = {oid for oid, mode in engine.rows(LOCKS) if mode in EXCLUSIVE}
            touched = {oid for oid, *counts in engine.rows(READ) if counts != before.get(oid, [0, 0])}
            assert not touched & strong, statement
        now: dict[int, int] = dict(engine.rows(FILES))
        assert {oid: now[oid] for oid in files if oid in now} == {
            oid: file for oid, file in files.items() if oid in now
        }
        engine.execute("COMMIT")

    def alone(self, statement: str, tables: Iterable[str]) -> None:
        """A statement outside of a transaction. It goes together with a transaction that has written to the tables; or
        waits for its end, but not with a lock in which others would wait.
        """
        self.engine.loop.run(self.beside(statement, tables))

    async def beside(self, statement: str, tables: Iterable[str]) -> None:
        pid = self.engine.connection.get_server_pid()
        other = await asyncpg.connect(self.url)
        try:
            await other.execute("SET search_path = here")
            transaction = other.transaction()
            await transaction.start()
            for table in tables:
                await other.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            task = asyncio.ensure_future(self.engine.connection.execute(statement))
            while not task.done():
                waits = await other.fetch(
                    "SELECT FROM pg_locks WHERE pid = $1 AND NOT granted AND locktype = 'virtualxid'", pid
                )
                locks = await other.fetch(TABLE_LOCKS, pid, list(tables))
                assert not {mode for (mode,) in locks} & EXCLUSIVE, statement
                if waits:
                    break
                await asyncio.sleep(0.001)
            for table in tables:
                await other.fetch(f"SELECT count(*) FROM {table}")
                await other.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")
            await transaction.commit()
            await task
        finally:
            await other.close()


def test_nobody_waits_for_rows(engine: PostgresEngine, postgres_server: PostgresServer) -> None:
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(BEFORE), *FILL)
    watched = Watched(engine, postgres_server.url)
    for each in drafts(finish=True):
        if each.up.transactional:
            watched.whole(each.up.statements)
        else:
            for statement in each.up.statements:
                watched.alone(statement, ["albums", "artists"])
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(AFTER))
    assert done == engine.facts()


def test_what_is_watched_is_seen(engine: PostgresEngine, postgres_server: PostgresServer) -> None:
    """The same without `online` does what nobody wants."""
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(BEFORE), *FILL)
    watched = Watched(engine, postgres_server.url)
    (plain,) = drafts(online=False, finish=True)
    with pytest.raises(AssertionError, match='ALTER TABLE "albums"'):
        watched.whole(plain.up.statements)
    engine.execute("ROLLBACK")
