"""Nothing that one user of a connection does to its session is there for the next one, and that costs nothing."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from dialects.postgres import PostgresDriver
from dialects.postgres.traces import traces
from qb import Database, Executor, col, function, insert, select, sql
from qb.errors import QbError, UniqueViolated
from tests.music import Artist, create_music
from tests.postgres.wire import wire_to

# All that a session is, but for the time.
STATE = """
    SELECT kind, name, value FROM (
        SELECT 'setting' AS kind, name, setting AS value FROM pg_settings
            WHERE name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
            AND name NOT LIKE 'plpgsql.%'
        UNION ALL SELECT 'user', current_user::text, session_user::text
        UNION ALL SELECT 'lock', objid::text, mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
        UNION ALL SELECT 'channel', pg_listening_channels(), ''
        UNION ALL SELECT 'cursor', name, statement FROM pg_cursors WHERE is_holdable
        UNION ALL SELECT 'prepared', name, statement FROM pg_prepared_statements WHERE from_sql
        UNION ALL SELECT 'table', relname, '' FROM pg_class WHERE relnamespace = pg_my_temp_schema()
        UNION ALL SELECT 'path', array_to_string(current_schemas(false), ','), ''
    ) AS state ORDER BY kind, name, value
"""

CHANGES = [
    "SET work_mem = '1234kB'",
    "set search_path to pg_catalog",
    "SET TimeZone = 'Asia/Tokyo'",
    "SET ROLE reader",
    "SET SESSION AUTHORIZATION reader",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "/* a comment */ SET statement_timeout = 4321",
    "-- another\nSET lock_timeout = 4321",
    "SELECT set_config('work_mem', '4321kB', false)",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_lock_shared(2, 3)",
    "SELECT 1 FROM (SELECT pg_advisory_lock(4)) AS locked",
    "CREATE TEMP TABLE mine (id integer)",
    "CREATE TABLE pg_temp.mine2 (id integer)",
    "SELECT 1 AS id INTO TEMPORARY mine3",
    "WITH one AS (SELECT 1 AS id) SELECT id INTO TEMP mine4 FROM one",
    "LISTEN news",
    "DECLARE held CURSOR WITH HOLD FOR SELECT 1",
    "PREPARE mine5 AS SELECT 1",
    "DISCARD PLANS",
    "SELECT setseed(0.5)",
    "SELECT own_settings()",
    "SELECT own_settings ()",
    'SELECT * FROM "own_settings"() AS x',
    "DO $$ BEGIN PERFORM set_config('work_mem', '999kB', false); END $$",
    "CALL leave_a_lock()",
    "/* not seen */ BEGIN",
    "INSERT INTO artists (name) SELECT 'x' || own_settings()",
]
FAILING = [
    "SELECT pg_advisory_lock(5), 1 / (SELECT 0)",
    "SELECT set_config('work_mem', 'nonsense', false)",
    "SELECT nothing FROM nowhere",
]
HARMLESS = [
    "SELECT 1",
    "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')",
    'INSERT INTO "artists" ("name") VALUES (gen_random_uuid()::text)',
    "SET LOCAL work_mem = '1234kB'",
    "SELECT pg_advisory_xact_lock(7)",
]


own_settings = function("own_settings", returns=col.text())


@pytest.fixture
async def url(postgres_url: str, postgres_db: Database) -> str:
    """Of a database with what the statements above need."""
    await create_music(postgres_db)
    for statement in (
        "DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "CREATE FUNCTION own_settings() RETURNS text LANGUAGE sql "
        "AS $$ SELECT set_config('work_mem', '777kB', false) $$",
        "CREATE PROCEDURE leave_a_lock() LANGUAGE sql AS $$ SELECT pg_advisory_lock(6) $$",
    ):
        await postgres_db.execute(sql(statement))
    return postgres_url


async def state_of(db: Database) -> list[Any]:
    """What the next user of the only connection finds."""
    async with db.driver.acquire() as connection:
        return await connection.fetch(STATE, (), list)


@pytest.mark.parametrize("statement", CHANGES + FAILING)
async def test_nothing_is_left(url: str, statement: str) -> None:
    async with Database.connect(url, max_size=1) as db:
        before = await state_of(db)
        with suppress(QbError):
            await db.execute(sql(statement))
        assert await state_of(db) == before
        with suppress(QbError):
            async with db.transaction() as tx:
                await tx.execute(sql(statement))
        assert await state_of(db) == before
        assert PostgresDriver.of(db).pool.size == 1


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_is_left_of_many(url: str, seed: int) -> None:
    choose = random.Random(seed)

    async def some(db: Executor) -> None:
        for statement in choose.choices(CHANGES + FAILING + HARMLESS, k=choose.randrange(1, 6)):
            with suppress(QbError):
                await db.execute(sql(statement))
        if choose.random() < 0.3:
            raise ZeroDivisionError

    async def alone(db: Database) -> None:
        await some(db)

    async def together(db: Database) -> None:
        async with db.transaction() as tx:
            await some(tx)

    async def streamed(db: Database) -> None:
        async for _ in db.stream(select(own_settings().as_("x")), size=1):
            break

    ways: list[Callable[[Database], Awaitable[None]]] = [alone, together, streamed]
    async with Database.connect(url, max_size=1) as db:
        before = await state_of(db)
        for _ in range(5):
            with suppress(ZeroDivisionError, QbError):
                await choose.choice(ways)(db)
            assert await state_of(db) == before


async def test_the_test_sees_what_is_left(url: str) -> None:
    """Each of the statements does leave something."""
    for statement in CHANGES:
        if statement in ("DISCARD PLANS", "SELECT setseed(0.5)", "/* not seen */ BEGIN"):
            continue
        async with Database.connect(url, max_size=1) as db, db.driver.acquire() as connection:
            before = await connection.fetch(STATE, (), list)
            if statement.startswith("DECLARE"):
                await connection.execute("BEGIN", ())
            await connection.execute(statement, ())
            if statement.startswith("DECLARE"):
                await connection.execute("COMMIT", ())
            assert await connection.fetch(STATE, (), list) != before, statement


# What it costs


@pytest.mark.parametrize("statement", HARMLESS)
def test_most_statements_are_known_to_leave_nothing(statement: str) -> None:
    assert not traces(statement).changes_session


@pytest.mark.parametrize("statement", CHANGES)
def test_others_are_not(statement: str) -> None:
    assert traces(statement).changes_session or statement.endswith("BEGIN")  # which the server tells


async def test_a_query_is_one_round_trip(url: str) -> None:
    async with wire_to(url) as (wire, near), Database.connect(near, max_size=1) as db:

        async def trips_of(work: Callable[[], Awaitable[object]]) -> int:
            await work()  # prepares
            before = wire.trips
            await work()
            return wire.trips - before

        point = select(Artist).where(Artist.id == 1)
        assert await trips_of(lambda: db.fetch_one(point)) == 1
        assert await trips_of(lambda: db.fetch_all(select(Artist))) == 1
        assert await trips_of(lambda: db.execute(insert(Artist).values(name=str(wire.trips)))) == 1

        async def transaction() -> None:
            async with db.transaction():
                await db.fetch_one(point)

        assert await trips_of(transaction) == 3
        assert await trips_of(lambda: db.execute(sql("SET work_mem = '2MB'"))) == 2


async def test_a_failure_costs_no_more(url: str) -> None:
    async with wire_to(url) as (wire, near), Database.connect(near, max_size=1) as db:
        trips = []
        for _ in range(3):
            trips.append(wire.trips)
            with pytest.raises(UniqueViolated):
                await db.execute(insert(Artist).values(name="AC/DC"))
        assert wire.trips == trips[-1] + 1


# Texts that would take a careless reader long


@pytest.mark.parametrize("text", ["(" * 50_000, " " * 50_000, "-- x\n" * 10_000, "/*" * 25_000, "a" * 100_000])
def test_strange_texts_are_read_at_once(text: str) -> None:
    assert traces(text).changes_session
