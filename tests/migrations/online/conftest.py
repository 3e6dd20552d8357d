"""Databases to change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from qb import Database, sql
from qb.migrations.files import Folder
from qb.migrations.making import draft, write
from qb.migrations.runner import Runner
from qb.schema.objects import Schema
from tests.migrations.engines import PostgresEngine
from tests.migrations.online.albums import BEFORE, FILL, POSTGRES
from tests.postgres_server import PostgresServer


@pytest.fixture
async def filled(postgres_url: str, tmp_path: Path) -> AsyncIterator[tuple[Database, Folder]]:
    """The tables of before, with rows."""
    folder = Folder(tmp_path / "migrations")
    write(folder, "tables", draft(POSTGRES, Schema("postgres"), BEFORE))
    async with Database.connect(postgres_url) as db:
        await Runner(db, folder).up()
        for statement in FILL:
            await db.execute(sql(statement))
        yield db, folder


@pytest.fixture(scope="module")
def engine(postgres_server: PostgresServer) -> Iterator[PostgresEngine]:
    with asyncio.Runner() as loop:
        connection = loop.run(asyncpg.connect(postgres_server.url))
        yield PostgresEngine(loop, connection)
        loop.run(connection.close())
