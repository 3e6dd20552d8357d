"""Databases and stores for documents, and a clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from qb import Database
from qb.documents import KV, Documents, FolderKV, KVEntry, Outbox, RestKV, TableKV, WorkersKV
from qb.documents.storage import Storage
from tests.collections.binding import Binding
from tests.collections.clock import Clock
from tests.collections.memory import MemoryKV
from tests.collections.notes import Note, NoteRow, collection
from tests.d1_server import DATABASES, D1Server

NAMESPACES = count()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the documents take for the time."""
    clock = Clock()
    monkeypatch.setattr(Storage, "now", lambda self: clock.now())
    return clock


@pytest.fixture
async def db(database: Database) -> Database:
    await database.create_tables(NoteRow, Outbox)
    return database


@pytest.fixture
def folder_kv(tmp_path: Path) -> KV:
    return FolderKV(tmp_path / "documents")


@pytest.fixture
async def table_kv() -> AsyncIterator[KV]:
    async with Database.connect("sqlite://") as db:
        await db.create_tables(KVEntry)
        yield TableKV(db)


@pytest.fixture
async def binding(d1_server: D1Server) -> Binding:
    """An empty KV namespace of workerd."""
    binding = Binding(f"{d1_server.api}/kv/{next(NAMESPACES) % DATABASES}", d1_server.token)
    for found in (await binding.list({}))["keys"]:
        await binding.delete(found["name"])
    return binding


@pytest.fixture
def workers_kv(binding: Binding) -> KV:
    return WorkersKV(binding)


@pytest.fixture
async def rest_kv(binding: Binding, d1_server: D1Server) -> AsyncIterator[KV]:
    """The same as a program elsewhere sees it."""
    namespace = binding.url.rpartition("/")[2]
    async with RestKV(f"kv://{d1_server.account}/{namespace:0>32}", token=d1_server.token, api=d1_server.api) as kv:
        yield kv


@pytest.fixture(params=["folder", "table", "workers", "rest"])
def any_kv(request: pytest.FixtureRequest) -> KV:
    """Every kind of store: the test runs once with each."""
    kv: KV = request.getfixturevalue(f"{request.param}_kv")
    return kv


@pytest.fixture
def kv() -> KV:
    """A store that is quick."""
    return MemoryKV()


@pytest.fixture
def store(db: Database, kv: KV, clock: Clock) -> Documents[NoteRow, Note]:
    return collection().on(db, kv)
