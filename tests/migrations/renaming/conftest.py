"""A place to rename things."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qb import Database
from qb.migrations.files import Folder
from tests.migrations.renaming.place import Place


@pytest.fixture
async def place(postgres_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    other = postgres_url.partition("search_path=")[2].partition("&")[0] + "_other"
    async with Database.connect(postgres_url) as db:
        found = Place(db, Folder(tmp_path / "migrations"), other)
        await found.execute(f"CREATE SCHEMA {other}")
        yield found
        await found.execute(f"DROP SCHEMA IF EXISTS {other} CASCADE")
