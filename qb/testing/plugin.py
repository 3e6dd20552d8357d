"""The plugin of pytest: `qb_database`, a database whose changes are undone after each test.

A project says in its conftest.py which database, and which tables are to be there:

    @pytest.fixture(scope="session")
    def qb_url() -> str:
        return "postgresql://localhost/test"

    @pytest.fixture(scope="session")
    def qb_tables() -> list[type[Table]]:
        return [Artist, Album]

It works with the tests of anyio and of pytest-asyncio, and needs neither as long as it is not used.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pytest

if TYPE_CHECKING:
    from qb import Database, Table

T = TypeVar("T")


class Place(NamedTuple):
    """Where the tests find their tables: what `Database.connect` is given."""

    url: str
    options: dict[str, Any]


@pytest.fixture(scope="session")
def qb_url() -> str:
    """The URL of the database that tests are run on: override it in conftest.py."""
    raise pytest.UsageError('no database to test with: define a session fixture "qb_url" in conftest.py')


@pytest.fixture(scope="session")
def qb_tables() -> Sequence[type[Table]]:
    """The tables to be created before the first test, and dropped after the last one. None of them, unless it is
    overridden: the tests find the database as it is.
    """
    return ()


@pytest.fixture(scope="session")
def qb_options() -> Mapping[str, Any]:
    """What else the application gives `Database.connect`: events, rewrites, options of the driver."""
    return {}


@pytest.fixture(scope="session")
def qb_place(qb_url: str, qb_options: Mapping[str, Any], qb_tables: Sequence[type[Table]]) -> Iterator[Place]:
    """Where the tables are: in the database itself when it has them, otherwise in a place that is dropped."""
    if not qb_tables:
        yield Place(qb_url, dict(qb_options))
        return
    from qb.dialect import find_dialect
    from qb.errors import SchemaError
    from qb.tables import definition_of

    for table in qb_tables:
        if definition_of(table).schema is not None:
            raise SchemaError(
                f"{table.__name__} is in a schema of its own: create it before the tests, not by qb_tables"
            )
    scratch = find_dialect(qb_url.partition("://")[0]).scratch(qb_url)
    in_thread(scratch.create())
    place = Place(scratch.url, merged(qb_options, scratch.options))
    try:
        in_thread(create(place, qb_tables))
        yield place
    finally:
        in_thread(scratch.drop())


def rolled_back_database() -> Callable[[Place], AsyncIterator[Database]]:
    """A new function for a fixture: plugins mark those that are theirs."""

    async def fixture(qb_place: Place) -> AsyncIterator[Database]:
        from qb import Database
        from qb.testing import rolled_back

        # Opened here, in the event loop of the test: connections belong to one.
        async with Database.connect(qb_place.url, **qb_place.options) as db, rolled_back(db) as test_db:
            yield test_db

    return fixture


qb_database_of_anyio = pytest.fixture(name="qb_database_of_anyio")(rolled_back_database())


def pytest_configure(config: pytest.Config) -> None:
    """Have a fixture for pytest-asyncio, too, where its plugin is loaded."""
    if plugin_of_asyncio(config) is not None:
        as_fixture = import_module("pytest_asyncio").fixture(name="qb_database_of_asyncio")
        holder = ModuleType("qb_database_of_asyncio")
        holder.fixture = as_fixture(rolled_back_database())  # type: ignore[attr-defined]  # it is made for that
        config.pluginmanager.register(holder, holder.__name__)


def plugin_of_asyncio(config: pytest.Config) -> object:
    """It has one name when pytest finds it, and another one after -p."""
    manager = config.pluginmanager
    return manager.get_plugin("asyncio") or manager.get_plugin("pytest_asyncio.plugin")


@pytest.fixture
def qb_database(request: pytest.FixtureRequest) -> Database:
    """A database with the tables of `qb_tables`; what the test does to it is undone."""
    if "anyio_backend" in request.fixturenames:
        db: Database = request.getfixturevalue("qb_database_of_anyio")
    elif plugin_of_asyncio(request.config) is not None:
        db = request.getfixturevalue("qb_database_of_asyncio")
    else:
        raise pytest.UsageError(
            "qb_database needs an async test, by the plugin of anyio (@pytest.mark.anyio) or of pytest-asyncio"
        )
    return db


def merged(options: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Both, as far down as they have dictionaries."""
    result = dict(options)
    for name, value in others.items():
        known = result.get(name)
        result[name] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


async def create(place: Place, tables: Sequence[type[Table]]) -> None:
    """Create the tables."""
    from qb import Database

    async with Database.connect(place.url, **place.options) as db:
        await db.create_tables(*tables)


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run it in an event loop of its own, wherever pytest has one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
