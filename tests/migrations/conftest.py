"""Engines to migrate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing

import asyncpg
import pytest

from tests.migrations.albums import observers
from tests.migrations.engines import PostgresEngine, SqliteEngine
from tests.migrations.observing import Observer
from tests.migrations.sqlite_libraries import LIBRARIES
from tests.postgres_server import PostgresServer


@pytest.fixture(params=LIBRARIES, ids=lambda name: f"{name} {LIBRARIES[name].version}")
def sqlite(request: pytest.FixtureRequest) -> Iterator[SqliteEngine]:
    """An empty SQLite: a test runs once with each version."""
    with closing(SqliteEngine(LIBRARIES[request.param])) as engine:
        yield engine


@pytest.fixture
def sqlite_engine() -> Iterator[SqliteEngine]:
    """An empty SQLite, of one version."""
    with closing(SqliteEngine()) as engine:
        yield engine


@pytest.fixture
def postgres_engine(postgres_server: PostgresServer) -> Iterator[PostgresEngine]:
    """An empty schema in a PostgreSQL."""
    with ExitStack() as stack:
        loop = stack.enter_context(asyncio.Runner())
        connection = loop.run(asyncpg.connect(postgres_server.url))
        stack.callback(lambda: loop.run(connection.close()))
        yield PostgresEngine(loop, connection)


@pytest.fixture(scope="session")
def servers(postgres_server: PostgresServer) -> Iterator[tuple[Observer, Observer]]:
    """A PostgreSQL with rows to which everything can be done, and one with rows in the way."""
    with observers(postgres_server) as found:
        yield found
