"""Filled databases, made once for each engine; what a test changes in them is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from qb import Database, Executor, insert, sql
from tests.features import feature_of
from tests.postgres_server import PostgresServer
from tests.sql import schema
from tests.sql.checking import Check


class Undo(Exception):  # noqa: N818  # no error, but a way out
    """Leaves a transaction without its changes."""


async def fill(database: Database) -> None:
    await database.create_tables(*schema.TABLES)
    await database.execute(insert(schema.Artist).values_many(schema.ARTISTS))
    await database.execute(insert(schema.Album).values_many(schema.ALBUMS))
    await database.execute(insert(schema.Track).values_many(schema.TRACKS))
    await database.execute(insert(schema.Category).values_many(schema.CATEGORIES))
    await database.execute(insert(schema.Event).values_many(schema.EVENTS))
    await database.execute(insert(schema.Profile).values_many(schema.PROFILES))


@pytest.fixture(scope="session")
async def filled_sqlite() -> AsyncIterator[Database]:
    async with Database.connect("sqlite://") as database:
        await fill(database)
        yield database


@pytest.fixture(scope="session")
async def filled_postgres(postgres_server: PostgresServer) -> AsyncIterator[Database]:
    async with Database.connect(postgres_server.url) as database:
        await database.execute(sql("CREATE SCHEMA filled"))
    async with Database.connect(f"{postgres_server.url}?search_path=filled") as database:
        await fill(database)
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def filled_database(request: pytest.FixtureRequest) -> Database:
    """The filled tables on each engine: the test runs once with each."""
    database: Database = request.getfixturevalue(f"filled_{request.param}")
    return database


@pytest.fixture
async def filled(filled_database: Database) -> AsyncIterator[Executor]:
    """The filled tables in a transaction that leaves no trace."""
    with suppress(Undo):
        async with filled_database.transaction() as transaction:
            yield transaction
            raise Undo


@pytest.fixture
def check(filled: Executor, request: pytest.FixtureRequest) -> Check:
    """Compares the SQL of a statement, runs it on the filled tables and compares what comes back."""
    return Check(filled, feature_of(request.node))
