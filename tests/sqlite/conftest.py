"""A database in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialects.sqlite import SqliteDriver
from qb import Database
from tests.music import create_music


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of a file that does not exist yet."""
    return f"sqlite:///{tmp_path}/music.db"


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    """The music, in a file; after the test nobody holds or waits for a connection."""
    async with Database.connect(url) as database:
        await create_music(database)
        yield database
        use = SqliteDriver.of(database).pool_status()
        assert (use.in_use, use.waiting) == (0, 0)
