"""`qb verify`, `qb check` and `qb init`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import SCHEMA, Command


@pytest.fixture
def started(project: Path, qb: Command) -> Path:
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\nurl = "sqlite:///app.db"\n')
    assert qb("migrate", "new", "create artists").returncode == 0
    assert qb("migrate", "up").returncode == 0
    return project


def test_everything_belongs_together(qb: Command, started: Path) -> None:
    assert qb("verify") == (0, "The tables, the migrations and the database belong together.\n", "")
    assert json.loads(qb("verify", "--json").stdout) == {"problems": [], "left": []}
    assert qb("check") == (0, "Nothing in the migrations is dangerous.\n", "")


def test_a_table_that_no_migration_has(qb: Command, started: Path) -> None:
    schema = SCHEMA.replace("name = col.text().unique()", "label = col.text()\n    year = col.integer()")
    (started / "music" / "schema.py").write_text(schema)
    done = qb("verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "no migration has it yet: drop unique (name) of artists",
        "no migration has it yet: add column artists.label (TEXT, not null)",
        "no migration has it yet: add column artists.year (INTEGER, not null)",
        "no migration has it yet: drop column artists.name",
    ]


def test_what_is_pending_or_edited(qb: Command, started: Path) -> None:
    qb("migrate", "down", "--allow")
    done = qb("verify")
    assert (done.returncode, done.stdout) == (1, "0001_create_artists is pending in the database\n")
    (started / "migrations" / "0001_create_artists.sql").write_text("SELECT 1;")
    done = qb("verify", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"] == [
        "0001_create_artists: 0001_create_artists.sql was edited since it was made",
        "0001_create_artists is pending in the database",
    ]


def test_a_database_that_somebody_changed(qb: Command, started: Path) -> None:
    raw = sqlite3.connect(started / "app.db")
    raw.executescript("ALTER TABLE artists ADD COLUMN extra TEXT; CREATE INDEX own ON artists (name);")
    raw.close()
    done = qb("verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "in the database, column artists.extra is not declared",
        "in the database, index artists.own is not declared",
    ]


@pytest.mark.parametrize(
    "command",
    [
        *("pull", "verify", "check --probe", "migrate down --allow"),
        *("migrate baseline 0001", "migrate resolve 0001 applied"),
    ],
)
def test_a_database_that_is_not_there(qb: Command, started: Path, command: str) -> None:
    done = qb(*command.split(), "--url", "sqlite:///ap.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: ap.db cannot be opened: it does not exist\n"
    assert not (started / "ap.db").exists()
    read_only = qb("pull", "--url", "sqlite:///app.db?mode=ro")
    assert "class Artists" in read_only.stdout, "which says by itself how it is opened"


def test_the_declarations_of_a_database(qb: Command, started: Path) -> None:
    (started / "music" / "schema.py").write_text(qb("pull").stdout)
    assert qb("verify").returncode == 0
    assert qb("generate").stdout.count("CREATE TABLE") == 1


def test_a_dangerous_migration(qb: Command, started: Path) -> None:
    schema = SCHEMA.replace("name = col.text().unique()", "name = col.text()")
    (started / "music" / "schema.py").write_text(schema)
    assert qb("migrate", "new", "drop unique").returncode == 0
    done = qb("check")
    assert done.returncode == 1
    assert "0002_drop_unique: drop unique (name) of artists\n  breaks: programs that run meanwhile may" in done.stdout
    assert qb("check", "--fail-on", "destroys").returncode == 0
    assert qb("check", "--since", "0002").returncode == 0
    dangers = [each["danger"] for each in json.loads(qb("check", "--json").stdout)["findings"]]
    assert dangers[0] == "breaks"
    assert "'destroys', 'fails', 'breaks'" in qb("check", "--fail-on", "x").stderr


def test_the_first_files(qb: Command, project: Path) -> None:
    done = qb("init", "music.tables")
    assert done.stdout.startswith(
        "wrote music/tables.py\nwrote [tool.qb] in pyproject.toml, with sqlite:///app.db as the database\nnext: qb migr"
    )
    assert qb("migrate", "new", "create tables").returncode == 0
    assert qb("migrate", "up").stdout == "applied 0001_create_tables\n"
    assert qb("verify").returncode == 0
    assert "has a [tool.qb] already" in qb("init", "music.tables").stderr


def test_what_is_there_is_left_alone(qb: Command, project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "music"\n')
    assert qb("init", "music.schema", "--dialect", "postgres").returncode == 0
    assert (project / "music" / "schema.py").read_text() == SCHEMA
    assert (project / "pyproject.toml").read_text() == (
        '[project]\nname = "music"\n\n[tool.qb]\nschema = "music.schema"\nurl = "${DATABASE_URL}"\n'
        'migrations = "migrations"\ndialect = "postgres"\n'
    )
    assert "artists_pkey" in qb("generate").stdout
    assert "is not the name of a module" in qb("init", "music/schema").stderr
