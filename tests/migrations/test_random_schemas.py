"""From any schema to any other: no row is lost, no value changes, and the way back is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from qb.dialect import find_dialect
from qb.identifiers import QUOTED
from qb.migrations.apply import applied
from qb.migrations.diff import diff
from qb.migrations.reverse import reverse
from qb.schema.objects import Name, Schema
from tests.d1_server import D1Server
from tests.migrations.engines import D1Engine, Engine, PostgresEngine, SqliteEngine, migrate, sorted_columns
from tests.migrations.random_schemas import LOG, Case, cases, filling
from tests.migrations.sqlite_libraries import LIBRARIES, Library
from tests.postgres_server import PostgresServer

EXAMPLES = {"sqlite": 60, "postgres": 25, "d1": 12}
"""Without `--examples`: what takes a few seconds."""


def settings_for(request: pytest.FixtureRequest, dialect: str) -> settings:
    """How many examples there are; without `--examples` the same ones in every run."""
    count = request.config.getoption("--examples")
    return settings(
        max_examples=count or EXAMPLES[dialect],
        derandomize=not count,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        print_blob=bool(count),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def kept(case: Case) -> dict[Name, tuple[Name, dict[str, str]]]:
    """By the old names of tables that stay: their new names, and those of their columns by the old ones."""
    found = {}
    tables = {table.name: table for table in case.after.tables}
    for table in case.before.tables:
        new = {old: name for name, old in case.hints.tables.items()}.get(table.name, table.name)
        if new not in tables or table.name == LOG:
            continue
        there = {column.name: column for column in tables[new].columns}
        columns = {}
        for column in table.columns:
            formers = {old: name for (owner, name), old in case.hints.columns.items() if owner == new}
            name = formers.get(column.name, column.name)
            if name in there and not column.generated and not there[name].generated:
                columns[column.name] = name
        found[table.name] = (new, columns)
    return found


def values(engine: Engine, table: Name, columns: list[str]) -> list[tuple[str | None, ...]]:
    """Every row, as texts: a number that is a text now is the same."""
    names = ", ".join([f"CAST({QUOTED[name]} AS TEXT)" for name in columns])
    return [tuple(row) for row in engine.rows(f'SELECT {names} FROM {QUOTED[table.name]} ORDER BY "id"')]


def check(engine: Engine, fresh: Engine, case: Case) -> None:
    """There and back, and everything away."""
    dialect = find_dialect(engine.dialect)
    create = dialect.ddl().create_all
    engine.execute(*create(case.before), *filling(case))
    engine.execute("DELETE FROM log")
    tables = kept(case)
    rows = {name: values(engine, name, list(columns)) for name, (_, columns) in tables.items()}

    operations = diff(case.before, case.after, case.hints)
    reached = applied(case.before, operations)
    assert sorted_columns(reached) == sorted_columns(case.after)
    assert diff(reached, case.after) == ()
    migrate(engine, dialect.renderer().stages(case.before, operations))
    fresh.execute(*create(case.after))
    assert engine.facts() == fresh.facts()
    for name, (new, columns) in tables.items():
        assert values(engine, new, list(columns.values())) == rows[name]
    assert engine.rows("SELECT * FROM log") == [], "no trigger has fired"

    way_back = reverse(case.before, operations)
    clear(fresh, case.after)
    there = reached
    if not (way_back.empty_only and case.rows):
        there = applied(reached, way_back.operations)
        migrate(engine, dialect.renderer().stages(reached, way_back.operations))
        fresh.execute(*create(case.before))
        assert engine.facts() == fresh.facts()
        for name, (_, columns) in tables.items():
            assert values(engine, name, list(columns)) == rows[name]
        assert engine.rows("SELECT * FROM log") == []
        clear(fresh, case.before)
    clear(engine, there)


def clear(engine: Engine, schema: Schema) -> None:
    """A migration to nothing, whatever the tables are to each other."""
    nothing = Schema(engine.dialect)
    migrate(engine, find_dialect(engine.dialect).renderer().stages(schema, diff(schema, nothing)))
    engine.check_empty()


def prove(request: pytest.FixtureRequest, one: Callable[[], Engine], other: Callable[[], Engine]) -> None:
    """Many ways."""
    dialect = one().dialect

    @settings_for(request, dialect)
    @given(cases(dialect))
    def run(case: Case) -> None:
        check(one(), other(), case)

    run()


def test_there_are_two_versions_of_sqlite() -> None:
    assert len({library.version for library in LIBRARIES.values()}) == 2


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=[each.version for each in LIBRARIES.values()])
def test_sqlite(request: pytest.FixtureRequest, library: Library) -> None:
    prove(request, lambda: SqliteEngine(library), lambda: SqliteEngine(library))


def test_d1(request: pytest.FixtureRequest, d1_server: D1Server) -> None:
    databases = D1Engine(d1_server), D1Engine(d1_server)
    prove(request, lambda: databases[0], lambda: databases[1])


@pytest.fixture(scope="module")
def postgres(postgres_server: PostgresServer) -> Iterator[tuple[PostgresEngine, PostgresEngine]]:
    """Two databases of one server."""
    with asyncio.Runner() as loop:
        connections = []
        for name in ("one_way", "other_way"):
            first: asyncpg.Connection = loop.run(asyncpg.connect(postgres_server.url))
            loop.run(first.execute(f"CREATE DATABASE {name}"))
            loop.run(first.close())
            connections.append(loop.run(asyncpg.connect(postgres_server.url, database=name)))
        yield PostgresEngine(loop, connections[0]), PostgresEngine(loop, connections[1])
        for connection in connections:
            loop.run(connection.close())


def test_postgres(request: pytest.FixtureRequest, postgres: tuple[PostgresEngine, PostgresEngine]) -> None:
    prove(request, lambda: postgres[0], lambda: postgres[1])
