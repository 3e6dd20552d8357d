"""Engines to migrate."""

from __future__ import annotations

import pytest

from tests.migrations.engines import SqliteEngine
from tests.migrations.sqlite_libraries import LIBRARIES


@pytest.fixture(params=LIBRARIES, ids=lambda name: f"{name} {LIBRARIES[name].version}")
def sqlite(request: pytest.FixtureRequest) -> SqliteEngine:
    """An empty SQLite: a test runs once with each version."""
    return SqliteEngine(LIBRARIES[request.param])
