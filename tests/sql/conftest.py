"""Filled databases, made once for each engine; what a test changes in them is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from dialects.sqlite.routing import is_read
from qb import Database, Executor, insert, sql
from qb.dialect import find_dialect
from qb.observers import Event, StatementRun
from tests.d1_server import D1Server
from tests.features import feature_of
from tests.postgres_server import PostgresServer
from tests.sql import schema
from tests.sql.checking import Check


class Undo(Exception):  # noqa: N818  # no error, but a way out
    """Leaves a transaction without its changes."""


INSERTS = (
    insert(schema.Artist).values_many(schema.ARTISTS),
    insert(schema.Album).values_many(schema.ALBUMS),
    insert(schema.Track).values_many(schema.TRACKS),
    insert(schema.Category).values_many(schema.CATEGORIES),
    insert(schema.Event).values_many(schema.EVENTS),
    insert(schema.Profile).values_many(schema.PROFILES),
)


async def fill(database: Database) -> None:
    await database.create_tables(*schema.TABLES)
    for statement in INSERTS:
        await database.execute(statement)


class D1Tables:
    """The filled tables on D1, which has no transactions: they are filled again when something was written."""

    def __init__(self, server: D1Server, name: str, database: Database) -> None:
        self.server = server
        self.name = name
        self.database = database
        self.is_written = False

    def fill(self) -> None:
        """Drop everything and create it, in one request."""
        creating = [(sql, ()) for sql in find_dialect("d1").ddl().create(schema.TABLES)]
        inserting = [statement.compile("d1") for statement in INSERTS]
        self.server.query(self.name, *self.server.emptying(self.name), *creating, *inserting)
        self.is_written = False

    def note(self, event: Event) -> None:
        """Look for statements that write."""
        if isinstance(event, StatementRun) and not is_read(event.sql):
            self.is_written = True


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


@pytest.fixture(scope="session")
async def d1_tables(d1_server: D1Server) -> AsyncIterator[D1Tables]:
    name = d1_server.kept_database()
    async with d1_server.connect(name) as database:
        tables = D1Tables(d1_server, name, database)
        tables.fill()
        yield tables


@pytest.fixture(scope="session")
def filled_d1(d1_tables: D1Tables) -> Database:
    return d1_tables.database


@pytest.fixture(params=["sqlite", "postgres", "d1"])
def filled_database(request: pytest.FixtureRequest) -> Database:
    """The filled tables on each engine: the test runs once with each."""
    database: Database = request.getfixturevalue(f"filled_{request.param}")
    return database


@pytest.fixture
async def filled(filled_database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Executor]:
    """The filled tables, in which a test leaves no trace: in a transaction, or filled again where there is none."""
    if not filled_database.dialect.has_transactions:
        tables: D1Tables = request.getfixturevalue("d1_tables")
        with filled_database.observe(tables.note):
            yield filled_database
        if tables.is_written:
            tables.fill()
        return
    with suppress(Undo):
        async with filled_database.transaction() as transaction:
            yield transaction
            raise Undo


@pytest.fixture
def check(filled: Executor, request: pytest.FixtureRequest) -> Check:
    """Compares the SQL of a statement, runs it on the filled tables and compares what comes back."""
    return Check(filled, feature_of(request.node))
