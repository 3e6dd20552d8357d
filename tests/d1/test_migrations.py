"""Migrations on D1: one batch each, in step with what wrangler keeps of the same folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dialects.d1.migrations.migrating import WranglerApplied
from qb import Database, Table, col, select, sql
from qb.dialect import find_dialect
from qb.migrations.applier import Options, Step
from qb.migrations.errors import MigrationError, MigrationFailed
from qb.migrations.files import Folder
from qb.migrations.history import Applied
from qb.migrations.making import draft, write
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.schema.objects import Schema
from tests.migrations.outcomes import count, states


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()


class Records(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.varchar(20)


ROWS = "INSERT INTO artists VALUES (1, 'x'), (2, 'y'); INSERT INTO albums VALUES (1, 1, 't'), (2, 2, 'u')"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two tables, and then a rebuild of the one that the other references."""
    dialect = find_dialect("d1")
    describe = dialect.ddl().description.describe
    folder = Folder(tmp_path / "migrations")
    first = describe([Artist, Album])
    write(folder, "tables", draft(dialect, Schema(first.dialect), first))
    write(folder, "rebuild", draft(dialect, first, describe([Records, Album])))
    return folder


async def noted(db: Database) -> list[str]:
    rows = await db.fetch_all(select(WranglerApplied.name).order_by(WranglerApplied.name))
    return [row.name for row in rows]


async def test_a_rebuild_keeps_every_row(d1_db: Database, folder: Folder) -> None:
    steps: list[Step] = []
    runner = Runner(d1_db, folder, Options(on_step=steps.append))
    assert await runner.up("0001") == ["0001_tables"]
    for statement in ROWS.split("; "):
        await d1_db.execute(sql(statement))
    assert await runner.up() == ["0002_rebuild"]
    assert (await count(d1_db, "artists"), await count(d1_db, "albums")) == (2, 2)
    assert len(steps) == sum(len(each.script().statements) for each in folder.migrations.values())
    assert await runner.down() == ["0002_rebuild"]
    assert (await count(d1_db, "artists"), await count(d1_db, "albums")) == (2, 2)
    assert await runner.down(to="0001") == []
    assert states(await runner.status()) == [("0001_tables", "applied"), ("0002_rebuild", "pending")]


async def test_what_fails_is_not_done(d1_db: Database, folder: Folder) -> None:
    folder.add(
        "wrong", Script(("INSERT INTO artists VALUES (3, 'z')", "INSERT INTO missing VALUES (1)")), None, Schema("d1")
    )
    runner = Runner(d1_db, folder)
    with pytest.raises(MigrationFailed, match=r"0003_wrong failed; nothing of it is done: .*no such table") as caught:
        await runner.up()
    assert caught.value.statement is None
    assert await count(d1_db, "artists") == 0
    assert states(await runner.status())[1:] == [("0002_rebuild", "applied"), ("0003_wrong", "pending")]


async def test_several_at_once(d1_db: Database, folder: Folder) -> None:
    done = await asyncio.gather(*[Runner(d1_db, folder).up() for _ in range(4)])
    assert sorted([name for names in done for name in names]) == ["0001_tables", "0002_rebuild"]
    undone = await asyncio.gather(*[Runner(d1_db, folder).down() for _ in range(4)])
    assert [name for names in undone for name in names].count("0002_rebuild") == 1
    assert len(await d1_db.fetch_all(select(Applied))) == len(await noted(d1_db))


async def test_wranglers_history_is_read_and_kept(d1_db: Database, folder: Folder) -> None:
    await d1_db.execute(
        sql(
            "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, "
            "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)"
        )
    )
    for statement in folder.find("0001").script().statements:
        await d1_db.execute(sql(statement))
    await d1_db.execute(sql("INSERT INTO d1_migrations (name) VALUES ('0001_tables.sql')"))
    runner = Runner(d1_db, folder)
    status = await runner.status()
    assert states(status) == [("0001_tables", "applied"), ("0002_rebuild", "pending")]
    assert status[0].applied_at is not None
    assert await runner.up() == ["0002_rebuild"]
    assert await noted(d1_db) == ["0001_tables.sql", "0002_rebuild.sql"]
    assert await runner.down() == ["0002_rebuild"]
    assert await runner.down() == ["0001_tables"]
    assert await noted(d1_db) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script(("SELECT 1",), foreign_keys=False), "0003_x wants the foreign keys off, which D1 never does"),
        (Script(("SELECT 1",), transactional=False), "0003_x wants to be run outside of a transaction"),
    ],
)
async def test_what_d1_cannot_do_is_said(d1_db: Database, folder: Folder, script: Script, words: str) -> None:
    folder.add("x", script, None, Schema("d1"))
    with pytest.raises(MigrationError, match=words):
        await Runner(d1_db, folder).up()
    assert await noted(d1_db) == ["0001_tables.sql", "0002_rebuild.sql"]
