"""Values are tried on every engine."""

from __future__ import annotations

import pytest

from qb import Database


@pytest.fixture(params=["sqlite", "postgres", "d1"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database of each engine: the test runs once with each."""
    db: Database = request.getfixturevalue(f"{request.param}_db")
    return db
