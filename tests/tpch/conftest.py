"""The tables of TPC-H, filled with the same data on each engine, once; tests only read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from examples.tpch.load import generate, load
from qb import Database, sql
from tests.postgres_server import PostgresServer

SCALE_FACTOR = 0.0041
"""36,000 rows. Not every factor will do: see `generate`."""
SCHEMA = "tpch"


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the data."""
    folder = tmp_path_factory.mktemp("tpch")
    generate(folder, SCALE_FACTOR)
    return folder


@pytest.fixture(scope="session")
async def tpch_sqlite(generated: Path) -> AsyncIterator[Database]:
    async with Database.connect("sqlite://") as database:
        await load(database, generated)
        yield database


@pytest.fixture(scope="session")
async def tpch_postgres(generated: Path, postgres_server: PostgresServer) -> AsyncIterator[Database]:
    async with Database.connect(postgres_server.url) as database:
        await database.execute(sql(f"CREATE SCHEMA {SCHEMA}"))
    async with Database.connect(f"{postgres_server.url}?search_path={SCHEMA}") as database:
        await load(database, generated)
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def tpch(request: pytest.FixtureRequest) -> Database:
    """The filled tables on each engine: the test runs once with each."""
    database: Database = request.getfixturevalue(f"tpch_{request.param}")
    return database


@pytest.fixture(scope="session")
async def raw_postgres(tpch_postgres: Database, postgres_server: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
    """The same tables on PostgreSQL without qb."""
    connection = await asyncpg.connect(postgres_server.url, server_settings={"search_path": SCHEMA})
    try:
        yield connection
    finally:
        await connection.close()
