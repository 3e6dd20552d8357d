"""Databases to test with. Each test gets one of its own, empty and open."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from itertools import count

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from qb import Database
from tests.d1_server import D1Server, running_d1
from tests.postgres_server import PostgresServer, running_server

SCHEMA_NUMBERS = count(1)

# How long one example takes says something about the machine, and whether hypothesis has its tables of characters yet.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """For the property tests in tests/properties, the typed cases in tests/typing and the loads in tests/load."""
    parser.addoption(
        "--examples", type=int, help="how many random queries or migrations to try, other ones in every run"
    )
    parser.addoption("--load", type=float, default=3, help="for how many seconds the tests in tests/load work")
    parser.addoption("--mypy-python", default=sys.executable, help="the Python whose mypy checks the typed cases")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The drivers are asyncio's."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests, started when the first one needs it."""
    with running_server() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of an empty PostgreSQL schema."""
    schema = f"test_{next(SCHEMA_NUMBERS)}"
    connection = await asyncpg.connect(postgres_server.url)
    try:
        await connection.execute(f"CREATE SCHEMA {schema}")
    finally:
        await connection.close()
    # Without TLS: asyncpg reports to the event loop when it is cancelled while it asks the server for it.
    return f"{postgres_server.url}?search_path={schema}&sslmode=disable"


@pytest.fixture
async def postgres_db(postgres_url: str) -> AsyncIterator[Database]:
    """An empty PostgreSQL."""
    async with Database.connect(postgres_url) as db:
        yield db


@pytest.fixture(scope="session")
def d1_server() -> Iterator[D1Server]:
    """One workerd for all tests, started when the first one needs it."""
    with running_d1() as server:
        yield server


@pytest.fixture
async def sqlite_db() -> AsyncIterator[Database]:
    """An empty SQLite, in memory."""
    async with Database.connect("sqlite://") as db:
        yield db


@pytest.fixture
async def d1_db(d1_server: D1Server) -> AsyncIterator[Database]:
    """An empty D1."""
    async with d1_server.connect(d1_server.database()) as db:
        yield db


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module says on which engines its tests run: `ENGINES = ("sqlite", "postgres", "d1")`. Those marked with
    `not_on_d1` say what D1 does not have for them.
    """
    if "database" in metafunc.fixturenames:
        engines = getattr(metafunc.module, "ENGINES", ("sqlite", "postgres"))
        if metafunc.definition.get_closest_marker("not_on_d1") is not None:
            engines = [engine for engine in engines if engine != "d1"]
        metafunc.parametrize("database", engines, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database of each engine: the test runs once with each."""
    db: Database = request.getfixturevalue(f"{request.param}_db")
    return db
