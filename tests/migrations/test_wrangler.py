"""wrangler takes the files of migrations as they are: it has a splitter and a way to run them of its own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from qb.dialect import find_dialect
from qb.migrations.diff import diff
from qb.migrations.scripts import Script
from qb.schema.objects import Column, ForeignKey, Key, Name, Schema, Table, Trigger
from tests.node.packages import NODE, packages

ALBUMS, TRACKS = Name("albums"), Name("tracks")
PARENT = Table(ALBUMS, (Column("id", "INTEGER"), Column("title", "TEXT")), Key(("id",)))
CHILD = Table(
    TRACKS,
    (Column("id", "INTEGER"), Column("album_id", "INTEGER")),
    Key(("id",)),
    foreign_keys=(ForeignKey(("album_id",), ALBUMS, ("id",), "CASCADE"),),
)
TRIGGER = Trigger(
    "gone",
    ALBUMS,
    "CREATE TRIGGER gone AFTER DELETE ON albums BEGIN "
    "UPDATE tracks SET album_id = CASE WHEN 1 THEN NULL END; DELETE FROM tracks; END",
)
CONFIGURATION = """
name = "test"
compatibility_date = "2026-01-01"
[[d1_databases]]
binding = "DB"
database_name = "db"
database_id = "00000000-0000-4000-8000-000000000000"
"""


def wrangler(folder: Path, *arguments: str) -> str:
    """What wrangler says."""
    done = subprocess.run(
        [NODE, packages() / "node_modules" / ".bin" / "wrangler", "d1", *arguments, "--local"],
        cwd=folder,
        env={**os.environ, "CI": "1", "WRANGLER_SEND_METRICS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_rebuild_by_wrangler(tmp_path: Path) -> None:
    dialect = find_dialect("d1")
    before = Schema("d1", tables=(PARENT, CHILD), triggers=(TRIGGER,))
    title = replace(PARENT.columns[1], nullable=False, collation="NOCASE")
    after = replace(before, tables=(replace(PARENT, columns=(PARENT.columns[0], title)), CHILD))
    (stage,) = dialect.renderer().stages(before, diff(before, after))
    folder = tmp_path / "migrations"
    folder.mkdir()
    rows = ("INSERT INTO albums VALUES (1, 'a; b')", "INSERT INTO tracks VALUES (5, 1)")
    (folder / "0001_create.sql").write_text(Script((*dialect.ddl().create_all(before), *rows)).text())
    (folder / "0002_rebuild.sql").write_text(stage.script.text())
    (tmp_path / "wrangler.toml").write_text(CONFIGURATION)

    wrangler(tmp_path, "migrations", "apply", "db")
    query = "SELECT album_id FROM tracks; SELECT id FROM albums WHERE title = 'A; B'; SELECT name FROM sqlite_master"
    answers: list[dict[str, Any]] = json.loads(wrangler(tmp_path, "execute", "db", "--json", "--command", query))
    tracks, albums, names = [answer["results"] for answer in answers]
    assert tracks == [{"album_id": 1}]
    assert albums == [{"id": 1}], "by its new collation"
    assert {"name": "gone"} in names
