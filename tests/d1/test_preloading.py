"""What is imported and compiled when a Worker is deployed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dialects.d1 import DIALECT, preload
from qb import Query, Table, col, delete, fn, insert, query, select, update
from qb.errors import CompileError, UnsupportedError

ROOT = Path(__file__).parents[2]


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
    plays = col.integer().default(0)


WORKER = """
import sys
sys.path.insert(0, sys.argv[1])
from dialects.d1 import DIALECT, preload
from dialects.d1.driver import D1Driver
from dialects.d1.transport import Answer, Transport
from qb import Database, Table, col, insert, select

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()

class One(Transport):
    async def query(self, sql, parameters, wants_meta):
        return Answer([[7, "Blue"]], {"changes": 1} if wants_meta else None)

async def request(db):
    album = await db.fetch_one(select(Album).where(Album.id == 7))
    print(album.title, await db.execute(insert(Album).values(id=8, title="Hejira")))

if sys.argv[2:]:
    preload(select(Album).where(Album.id == 1), insert(Album).values(id=1, title=""))
before = set(sys.modules)
try:
    request(Database(D1Driver(DIALECT, One()))).send(None)
except StopIteration:
    print(len(set(sys.modules) - before))
"""


def test_a_request_imports_nothing_more() -> None:
    def printed(*arguments: str) -> list[str]:
        command = [sys.executable, "-I", "-S", "-c", WORKER, str(ROOT), *arguments]
        return subprocess.check_output(command, text=True).split()

    assert printed("preloaded") == ["Blue", "1", "0"]
    *result, modules = printed()
    assert result == ["Blue", "1"]
    assert int(modules) > 40


def test_prepared_queries_are_compiled() -> None:
    calls = []

    @query
    def album(id: int) -> Query:
        calls.append(id)
        return select(Album).where(Album.id == id)

    preload(album(1))
    assert album(7).prepared(DIALECT) is not None
    assert len(calls) == 1


def test_every_kind_of_statement_can_be_preloaded() -> None:
    preload(
        select(fn.count(Album.id)),
        insert(Album).values(title="Blue").returning(Album.id),
        insert(Album).values_many([{"title": "Blue"}, {"title": "Hejira"}]),
        update(Album).set(plays=1).where(Album.id == 1),
        update(Album).set(plays=Album.plays + 1).where(Album.id == 1).returning(Album.plays),
        delete(Album).where(Album.id == 1).returning(Album.title),
    )
    preload()


def test_mistakes_are_found_before_the_worker_is_deployed() -> None:
    with pytest.raises(UnsupportedError, match="DISTINCT ON"):
        preload(select(Album).distinct_on(Album.title))
    with pytest.raises(CompileError, match="has no WHERE"):
        preload(update(Album).set(plays=1))
