"""From any schema to any other while programs use the tables: what comes of it is the same, and every value is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from qb.dialect import find_dialect
from qb.migrations.making import draft
from tests.migrations.engines import Engine, PostgresEngine
from tests.migrations.random_cases import Case, cases
from tests.migrations.random_rows import filling
from tests.migrations.test_random_schemas import forgotten, orphans, postgres, prepare, rows, settings_for

__all__ = ["postgres"]  # a fixture


def check(engine: Engine, fresh: Engine, case: Case) -> None:
    """There, and what it comes to."""
    dialect = find_dialect("postgres")
    engine.execute(*dialect.ddl().create_all(case.before))
    engine.fill(*filling(case))
    expected = [rows(engine, old, new, columns) for old, new, columns in case.kept]
    for each in draft(dialect, case.before, case.after, case.hints, online=True, finish=True):
        engine.migrate(each.up)
    fresh.execute(*dialect.ddl().create_all(case.after))
    assert engine.facts() == fresh.facts()
    for (old, new, columns), values in zip(case.kept, expected, strict=True):
        assert rows(engine, new, old, {name: former for former, name in columns.items()}) == values
    assert orphans(engine, case.after) == []
    assert forgotten(engine, case.sequences.values()) == []


def test_postgres(request: pytest.FixtureRequest, postgres: tuple[PostgresEngine, PostgresEngine]) -> None:
    for engine in postgres:
        prepare(engine)

    usual = settings_for(request, "postgres")

    @settings(usual, max_examples=usual.max_examples // 6)
    @given(cases("postgres"))
    def run(case: Case) -> None:
        try:
            check(*postgres, case)
        finally:
            for engine in postgres:
                engine.begin_again()

    run()
