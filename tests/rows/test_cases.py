"""Static type = run-time type: what mypy says of every query in the typed cases, held against real rows."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from qb import Database, Table, sql
from qb.errors import UnsupportedError
from tests.postgres_server import PostgresServer
from tests.rows.filling import fill
from tests.rows.holding import Outcome, hold, program
from tests.rows.random_joins import written
from tests.rows.static import Known, known
from tests.typing.harness import CASES

RANDOM = "random_joins"
MODULES = [*sorted([path.stem for path in CASES.glob("*.py") if path.stem != "schema"]), RANDOM]
SCHEMAS = count(1)
counted: Counter[str] = Counter()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases, and a module of random queries."""
    folder = tmp_path_factory.mktemp("rows")
    for path in CASES.glob("*.py"):
        shutil.copy(path, folder / path.name)
    (folder / f"{RANDOM}.py").write_text(written(300, seed=5))
    return folder


@pytest.fixture(scope="module")
def said(folder: Path) -> Known:
    return known(folder, *MODULES)


@pytest.fixture(scope="module")
def tables(folder: Path) -> Iterator[list[type[Table]]]:
    """Those of the schema that the cases share."""
    sys.path.insert(0, str(folder))
    try:
        import schema  # type: ignore[import-not-found]  # in that folder
    finally:
        sys.path.remove(str(folder))
    yield [value for value in vars(schema).values() if isinstance(value, type) and issubclass(value, Table)][1:]
    del sys.modules["schema"]


async def opened(stack: AsyncExitStack, server: PostgresServer, tables: list[type[Table]]) -> list[Database]:
    """Filled and empty tables on each engine, of those that it can have."""
    databases = []
    for is_filled in (True, False):
        name = f"rows_{next(SCHEMAS)}"
        async with Database.connect(server.url) as database:
            await database.execute(sql(f"CREATE SCHEMA {name}"))
        for url in (f"{server.url}?search_path={name}", "sqlite://"):
            database = await stack.enter_async_context(Database.connect(url))
            there = [table for table in tables if await created(database, table)]
            if is_filled:
                await fill(database, there)
            databases.append(database)
    return sorted(databases, key=lambda database: database.dialect.name)  # PostgreSQL first


async def created(database: Database, table: type[Table]) -> bool:
    try:
        await database.create_tables(table)
    except UnsupportedError:
        return False
    return True


@pytest.fixture(scope="module")
async def shared(tables: list[type[Table]], postgres_server: PostgresServer) -> AsyncIterator[list[Database]]:
    async with AsyncExitStack() as stack:
        yield await opened(stack, postgres_server, tables)


@pytest.mark.parametrize("module", MODULES)
async def test_rows_are_what_mypy_says(
    module: str,
    folder: Path,
    said: Known,
    tables: list[type[Table]],
    shared: list[Database],
    postgres_server: PostgresServer,
) -> None:
    outcome = Outcome()
    async with AsyncExitStack() as stack:
        queries, own_tables = stack.enter_context(program(folder, module, said))
        databases = shared
        if own_tables and queries:
            databases = await opened(stack, postgres_server, [*tables, *own_tables])
        await hold(queries, databases, outcome)
    assert not outcome.misfits, "\n".join(outcome.misfits)
    assert not outcome.refusals, "\n".join(outcome.refusals)
    counted.update(outcome.counts)


def test_many_queries_ran() -> None:
    """What is picked up by itself could be lost by itself."""
    for engine in ("postgres", "sqlite"):
        assert counted[engine] > 1500
        assert counted[f"{engine} with rows"] > 800
