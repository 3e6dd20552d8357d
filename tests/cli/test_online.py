"""`qb migrate new --online`: what is written, what is left for later, and what is said of both."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from tests.cli.conftest import Command
from tests.postgres_server import PostgresServer

NUMBERS = count(1)

SCHEMA = """
from qb import Table, col, index

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
    plays = col.integer()
"""
LATER = SCHEMA.replace("title = col.text()", 'name = col.text(renamed_from="title").unique()')
LATER += "    by_plays = index(plays)\n"


@pytest.fixture
def music(project: Path, qb: Command, postgres_server: PostgresServer) -> Path:
    """A table in a schema of PostgreSQL of its own."""

    async def create(name: str) -> None:
        connection = await asyncpg.connect(postgres_server.url)
        await connection.execute(f"CREATE SCHEMA {name}")
        await connection.close()

    schema = f"command_{next(NUMBERS)}"
    asyncio.run(create(schema))
    url = f"{postgres_server.url}?search_path={schema}&sslmode=disable"
    settings = f'[tool.qb]\nschema = "music.schema"\ndialect = "postgres"\nurl = "{url}"\n'
    (project / "pyproject.toml").write_text(settings)
    (project / "music" / "schema.py").write_text(SCHEMA)
    qb("migrate", "new", "tables")
    assert qb("migrate", "up").stdout == "applied 0001_tables\n"
    (project / "music" / "schema.py").write_text(LATER)
    return project


def test_the_whole_way(music: Path, qb: Command) -> None:
    done = qb("migrate", "new", "name albums", "--online")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-5:] == [
        "wrote migrations/0002_name_albums.sql",
        "wrote migrations/0003_name_albums_2.sql",
        "wrote migrations/0004_name_albums_3.sql",
        "  left for later, by --allow: drop trigger zz_sync_title on albums",
        "  left for later, by --allow: drop column albums.title",
    ]
    assert "CREATE INDEX CONCURRENTLY" in (music / "migrations" / "0003_name_albums_2.sql").read_text()
    assert qb("migrate", "up").returncode == 0
    assert json.loads(qb("migrate", "new", "more", "--json").stdout) == {
        "written": [],
        "left": ["drop trigger zz_sync_title on albums", "drop column albums.title"],
    }
    assert "left for later, by --allow: drop column albums.title" in qb("migrate", "new", "more").stdout
    assert qb("verify").returncode == 0, "CI goes on while programs are replaced"
    assert qb("verify").stdout.splitlines() == [
        "The tables, the migrations and the database belong together.",
        "  left for later, by --allow: drop trigger zz_sync_title on albums",
        "  left for later, by --allow: drop column albums.title",
    ]
    assert json.loads(qb("verify", "--json").stdout) == {
        "problems": [],
        "left": ["drop trigger zz_sync_title on albums", "drop column albums.title"],
    }
    assert qb("diff").returncode == 1
    assert qb("migrate", "new", "drop title", "--allow").stdout.endswith("wrote migrations/0005_drop_title.sql\n")
    assert qb("migrate", "up").stdout == "applied 0005_drop_title\n"
    assert qb("verify").stdout == "The tables, the migrations and the database belong together.\n"


def test_all_of_it_at_once(music: Path, qb: Command) -> None:
    written = json.loads(qb("migrate", "new", "name", "--online", "--allow", "--json").stdout)
    assert (len(written["written"]), written["left"]) == (4, [])
    assert qb("migrate", "up").returncode == 0
    assert qb("verify").returncode == 0


def test_what_has_no_online_form(music: Path, qb: Command) -> None:
    changed = SCHEMA.replace("id = col.integer()", "id = col.bigint()")
    (music / "music" / "schema.py").write_text(changed)
    done = qb("diff", "--online")
    assert (
        "  no online form: alter column albums.id: bigint for integer: the database gives it its values\n"
        in done.stdout
    )
    (one,) = json.loads(qb("diff", "--online", "--json").stdout)["migrations"]
    assert one["not_online"] == ["alter column albums.id: bigint for integer: the database gives it its values"]


def test_another_dialect(project: Path, qb: Command) -> None:
    done = qb("diff", "music.schema", "--online", "--dialect", "sqlite")
    assert done.returncode == 2
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\ndialect = "sqlite"\n')
    done = qb("diff", "--online")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: online changes are PostgreSQL's: other engines know one way to change a table\n"
