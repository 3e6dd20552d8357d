"""Engines to migrate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.migrations.albums import observers
from tests.migrations.engines import SqliteEngine
from tests.migrations.observing import Observer
from tests.migrations.sqlite_libraries import LIBRARIES
from tests.postgres_server import PostgresServer


@pytest.fixture(params=LIBRARIES, ids=lambda name: f"{name} {LIBRARIES[name].version}")
def sqlite(request: pytest.FixtureRequest) -> SqliteEngine:
    """An empty SQLite: a test runs once with each version."""
    return SqliteEngine(LIBRARIES[request.param])


@pytest.fixture(scope="session")
def servers(postgres_server: PostgresServer) -> Iterator[tuple[Observer, Observer]]:
    """A PostgreSQL with rows to which everything can be done, and one with rows in the way."""
    with observers(postgres_server) as found:
        yield found
