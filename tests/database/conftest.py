"""The databases of these tests are filled."""

from __future__ import annotations

import pytest

from qb import Database
from tests.music import create_music


@pytest.fixture
async def db(database: Database) -> Database:
    """The music, in each engine."""
    await create_music(database)
    return database
