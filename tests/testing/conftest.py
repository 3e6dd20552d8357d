"""The databases of these tests are filled, and what is done to them is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qb import Database
from qb.testing import rolled_back
from tests.music import create_music


@pytest.fixture
async def db(database: Database) -> Database:
    """The music, in each engine."""
    await create_music(database)
    return database


@pytest.fixture
async def test_db(db: Database) -> AsyncIterator[Database]:
    """What an application is tested with."""
    async with rolled_back(db, pool_timeout=0.2) as database:
        yield database
