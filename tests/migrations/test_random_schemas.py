"""From any schema to any other: no row is lost, no value changes, and the way back is there.

`--examples` says how many ways are tried, on all engines together; without it they are the same ones in every run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from dialects.sqlite.migrations.guards import text
from qb.dialect import find_dialect
from qb.identifiers import QUOTED
from qb.migrations.apply import applied
from qb.migrations.diff import diff
from qb.migrations.reverse import reverse
from qb.schema.objects import Identity, Name, Schema, Table
from tests.d1_server import D1Server
from tests.migrations.engines import D1Engine, Engine, PostgresEngine, SqliteEngine, migrate, sorted_columns
from tests.migrations.random_cases import Case, cases
from tests.migrations.random_columns import KIND
from tests.migrations.random_rows import STOOD, filling, plain
from tests.migrations.random_schemas import LOG, NOTE, number_of
from tests.migrations.sqlite_libraries import LIBRARIES, Library
from tests.postgres_server import PostgresServer

EXAMPLES = 300
SHARES = {"sqlite": 0.33, "postgres": 0.24, "d1": 0.1}
"""Of the examples; SQLite's is that of each version."""
Rows = list[tuple[str | None, ...]]


def settings_for(request: pytest.FixtureRequest, dialect: str) -> settings:
    """How many examples there are."""
    count = request.config.getoption("--examples")
    return settings(
        max_examples=round((count or EXAMPLES) * SHARES[dialect]),
        derandomize=not count,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        print_blob=bool(count),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def rows(engine: Engine, table: Table, other: Table, columns: Mapping[str, str]) -> Rows:
    """Every row, as texts. What has another type in the other table is as it would be in either. `columns` has the
    other names by the own ones.
    """
    pairs = [(table.column(name), other.column(also)) for name, also in columns.items()]
    texts = [
        (engine.as_text if one.type == two.type else "CAST({} AS text)").format(QUOTED[one.name]) for one, two in pairs
    ]
    order = QUOTED[number_of(table).name]
    return [
        tuple(
            [
                value if one.type == two.type else plain(KIND[one.name], value)
                for value, (one, two) in zip(row, pairs, strict=True)
            ]
        )
        for row in engine.rows(f"SELECT {', '.join(texts)} FROM {QUOTED[table.name.name]} ORDER BY {order}")
    ]


def numbers(engine: Engine, tables: Iterable[tuple[Table, Table]]) -> list[Any]:
    """Of the first of each pair: what numbers SQLite gives to its rows besides their keys, and the highest that
    AUTOINCREMENT has given; as far as the second one has them, too.
    """
    found = []
    for table, other in tables:
        name = table.name.name
        if engine.dialect != "postgres" and not numbers_itself(table) and not numbers_itself(other):
            found.append(engine.rows(f"SELECT rowid FROM {QUOTED[name]} ORDER BY {QUOTED[number_of(table).name]}"))
        if all(Identity("autoincrement") in [column.identity for column in each.columns] for each in (table, other)):
            found.append(engine.rows(f"SELECT seq FROM sqlite_sequence WHERE name = {text(name)}"))
    return found


def numbers_itself(table: Table) -> bool:
    """Whether the rows of a table of SQLite have no other number than their key."""
    key = table.primary_key
    is_number = key is not None and [table.column(name).type for name in key.columns] == ["INTEGER"]
    return is_number or "WITHOUT ROWID" in table.options


def same(names: Iterable[str]) -> dict[str, str]:
    """Columns that are called as they were."""
    return {name: name for name in names}


def forgotten(engine: Engine, sequences: Iterable[Name]) -> list[str]:
    """The sequences that do not go on from where they stood."""
    found = []
    for name in sequences:
        ((last,),) = engine.rows(f"SELECT last_value FROM {QUOTED[name.name]}")
        found += [str(name)] if last < STOOD else []
    return found


def orphans(engine: Engine, schema: Schema) -> list[str]:
    """The foreign keys that some row breaks."""
    found = []
    for table in schema.tables:
        for key in table.foreign_keys:
            there = " AND ".join([f"child.{QUOTED[name]} IS NOT NULL" for name in key.columns])
            same = " AND ".join(
                [
                    f"parent.{QUOTED[of]} = child.{QUOTED[name]}"
                    for name, of in zip(key.columns, key.references, strict=True)
                ]
            )
            parents = f"SELECT 1 FROM {QUOTED[key.table.name]} AS parent WHERE {same}"
            query = f"SELECT 1 FROM {QUOTED[table.name.name]} AS child WHERE {there} AND NOT EXISTS ({parents})"
            found += [f"{table.name} {key}" for _ in engine.rows(query)]
    return found


def check(engine: Engine, fresh: Engine, case: Case) -> None:
    """There and back, and everything away."""
    dialect = find_dialect(engine.dialect)
    create, stages = dialect.ddl().create_all, dialect.renderer().stages
    engine.execute(*create(case.before))
    engine.fill(*filling(case))
    engine.execute("DELETE FROM log")
    before = [rows(engine, old, old, same(columns)) for old, _, columns in case.kept]
    to_compare = [rows(engine, old, new, columns) for old, new, columns in case.kept]
    numbers_before = numbers(engine, [(old, new) for old, new, _ in case.kept])
    assert orphans(engine, case.before) == []

    operations = diff(case.before, case.after, case.hints)
    reached = applied(case.before, operations)
    assert sorted_columns(reached) == sorted_columns(case.after)
    assert diff(reached, case.after) == ()
    migrate(engine, stages(case.before, operations))
    fresh.execute(*create(case.after))
    assert engine.facts() == fresh.facts()
    for (old, new, columns), expected in zip(case.kept, to_compare, strict=True):
        assert rows(engine, new, old, {name: former for former, name in columns.items()}) == expected
    assert numbers(engine, [(new, old) for old, new, _ in case.kept]) == numbers_before
    assert orphans(engine, case.after) == []
    assert forgotten(engine, case.sequences.values()) == []
    assert engine.rows("SELECT * FROM log") == [], "no trigger has fired"

    way_back = reverse(case.before, operations)
    clear(fresh, case.after)
    there = reached
    if not (way_back.empty_only and case.rows):
        there = applied(reached, way_back.operations)
        migrate(engine, stages(reached, way_back.operations))
        fresh.execute(*create(case.before))
        assert engine.facts() == fresh.facts()
        for (old, _, columns), expected in zip(case.kept, before, strict=True):
            assert rows(engine, old, old, same(columns)) == expected
        assert numbers(engine, [(old, new) for old, new, _ in case.kept]) == numbers_before
        assert orphans(engine, case.before) == []
        assert forgotten(engine, case.sequences) == []
        assert engine.rows("SELECT * FROM log") == [], "no trigger has fired on the way back"
        clear(fresh, case.before)
    clear(engine, there)


def clear(engine: Engine, schema: Schema) -> None:
    """A migration to nothing, whatever the tables are to each other."""
    nothing = Schema(engine.dialect)
    migrate(engine, find_dialect(engine.dialect).renderer().stages(schema, diff(schema, nothing)))
    engine.check_empty()


def prove(request: pytest.FixtureRequest, one: Engine, other: Engine) -> None:
    """Many ways."""

    @settings_for(request, one.dialect)
    @given(cases(one.dialect))
    def run(case: Case) -> None:
        try:
            check(one, other, case)
        except BaseException:
            one.begin_again()
            other.begin_again()
            raise

    run()


def test_there_are_two_versions_of_sqlite() -> None:
    assert len({library.version for library in LIBRARIES.values()}) == 2


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=[each.version for each in LIBRARIES.values()])
def test_sqlite(request: pytest.FixtureRequest, library: Library) -> None:
    with closing(SqliteEngine(library)) as one, closing(SqliteEngine(library)) as other:
        prove(request, one, other)


def test_d1(request: pytest.FixtureRequest, d1_server: D1Server) -> None:
    prove(request, D1Engine(d1_server), D1Engine(d1_server))


@pytest.fixture(scope="module")
def postgres(postgres_server: PostgresServer) -> Iterator[tuple[PostgresEngine, PostgresEngine]]:
    """Two databases of one server."""
    with ExitStack() as stack:
        loop = stack.enter_context(asyncio.Runner())

        def connected(**options: str) -> asyncpg.Connection:
            connection = loop.run(asyncpg.connect(postgres_server.url, **options))
            stack.callback(lambda: loop.run(connection.close()))
            return connection

        server = connected()
        engines = []
        for name in ("one_way", "other_way"):
            loop.run(server.execute(f"DROP DATABASE IF EXISTS {name}"))  # that of another module
            loop.run(server.execute(f"CREATE DATABASE {name}"))
            engines.append(PostgresEngine(loop, connected(database=name)))
        yield engines[0], engines[1]


def test_postgres(request: pytest.FixtureRequest, postgres: tuple[PostgresEngine, PostgresEngine]) -> None:
    for engine in postgres:
        prepare(engine)
    prove(request, *postgres)


def prepare(engine: PostgresEngine) -> None:
    """Create the function that triggers call."""
    body = f"BEGIN INSERT INTO here.{LOG} VALUES ('noted'); RETURN NULL; END"
    engine.execute(f"CREATE FUNCTION public.{NOTE}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
