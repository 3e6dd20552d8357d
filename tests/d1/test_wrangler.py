"""What qb writes goes through Cloudflare's own tool: the DDL of all tables, and the folder of migrations as it is."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from qb.migrations.files import Folder
from qb.migrations.scripts import Script
from tests.cli.conftest import Command, project, qb
from tests.node.packages import NODE, packages

__all__ = ["project", "qb"]  # fixtures of the command

SCHEMA = """
from qb import Table, col, index

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text().default("it's; BEGIN")
    released = col.date().nullable()
    by_artist = index(artist_id, released.desc())
"""
QUIET = {
    "CI": "1",
    "WRANGLER_SEND_METRICS": "false",
    "WRANGLER_HIDE_BANNER": "true",
    "CLOUDFLARE_CF_FETCH_ENABLED": "false",
    "WRANGLER_SEND_ERROR_REPORTS": "false",
}


def wrangler(project: Path, *arguments: str) -> str:
    """Run wrangler in a project, on a local database. Raises AssertionError with what it says when it fails."""
    script = packages() / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", os.defpath)])
    command = [str(NODE), str(script), "d1", *arguments, "--local", "--config", "wrangler.jsonc"]
    environment = {**os.environ, **QUIET, "PATH": path, "HOME": str(project)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def worker(project: Path) -> Path:
    """A project of wrangler with tables."""
    (project / "music" / "schema.py").write_text(SCHEMA)
    database = {"binding": "DB", "database_name": "music", "database_id": "local", "migrations_dir": "migrations"}
    (project / "wrangler.jsonc").write_text(json.dumps({"name": "music", "d1_databases": [database]}))
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\ndialect = "d1"\n')
    return project


def state(project: Path) -> sqlite3.Connection:
    """The database, as workerd keeps it."""
    (path,) = [
        each
        for each in (project / ".wrangler" / "state" / "v3" / "d1").rglob("*.sqlite")
        if each.name != "metadata.sqlite"
    ]
    return sqlite3.connect(path)


def names(project: Path) -> set[str]:
    raw = state(project)
    found = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")}
    raw.close()
    return found


def test_the_ddl_is_executed(worker: Path, qb: Command) -> None:
    (worker / "schema.sql").write_text(qb("generate").stdout)
    wrangler(worker, "execute", "DB", "--file", "schema.sql")
    assert {"artists", "albums", "albums_by_artist"} <= names(worker)


def test_the_folder_is_applied_as_it_is(worker: Path, qb: Command) -> None:
    assert qb("migrate", "new", "create tables").returncode == 0
    wrangler(worker, "migrations", "apply", "DB")
    raw = state(worker)
    raw.executescript("INSERT INTO artists VALUES (1, 'x'); INSERT INTO albums (artist_id) VALUES (1);")
    raw.close()
    changed = SCHEMA.replace("name = col.text().unique()", "name = col.varchar(20)")
    (worker / "music" / "schema.py").write_text(changed)
    assert qb("migrate", "new", "rebuild artists").returncode == 0
    trigger = (
        "CREATE TRIGGER t AFTER INSERT ON artists BEGIN\n"
        "  UPDATE albums SET title = CASE WHEN new.id > 5 THEN 'a;b' ELSE title END;\nEND"
    )
    folder = Folder(worker / "migrations")
    folder.add("trigger", Script((trigger,)), None, folder.find("0002").schema)
    wrangler(worker, "migrations", "apply", "DB")
    raw = state(worker)
    assert raw.execute("SELECT name, title FROM artists JOIN albums ON artist_id = artists.id").fetchall() == [
        ("x", "it's; BEGIN")
    ]
    applied = raw.execute("SELECT name FROM d1_migrations ORDER BY id").fetchall()
    assert [name for (name,) in applied] == [f"{each}.sql" for each in Folder(worker / "migrations").migrations]
    assert "t" in names(worker)
    raw.close()

    assert qb("migrate", "squash").stdout.startswith(
        "0003_trigger stands for 0001_create_tables, 0002_rebuild_artists, "
    )
    assert "No migrations to apply" in wrangler(worker, "migrations", "apply", "DB")
    assert "0003_trigger.sql" in wrangler(worker, "migrations", "apply", "DB", "--persist-to", "new")
    found = wrangler(worker, "execute", "DB", "--persist-to", "new", "--json", "--command", "SELECT name FROM artists")
    assert json.loads(found)[0]["results"] == []
