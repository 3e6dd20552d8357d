"""`qb migrate squash`: what it writes and says, for people and for programs."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import SCHEMA, Command

NAMES = ["0001_create", "0002_fill", "0003_country"]


@pytest.fixture
def music(project: Path, qb: Command) -> Path:
    """A table with a row that somebody wrote, and then a column."""
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\nurl = "sqlite:///app.db"\n')
    qb("migrate", "new", "create")
    qb("migrate", "new", "fill", "--empty")
    (project / "migrations" / "0002_fill.sql").write_text("INSERT INTO artists VALUES (1, 'x');\n")
    qb("migrate", "accept")
    (project / "music" / "schema.py").write_text(f"{SCHEMA}    country = col.text().nullable()\n")
    assert qb("migrate", "new", "country").returncode == 0
    return project


def artists(project: Path, name: str = "app.db") -> list[tuple[object, ...]]:
    raw = sqlite3.connect(project / name)
    found = raw.execute("SELECT name, country FROM artists").fetchall()
    raw.close()
    return found


def test_the_whole_way(music: Path, qb: Command) -> None:
    qb("migrate", "up")
    text = qb("migrate", "squash", "--dry-run").stdout
    assert text.startswith("-- In the place of 0001_create to 0003_country: a database that has these has this.\n")
    assert "-- 0002_fill, as it was written\n\nINSERT INTO artists VALUES (1, 'x');\n" in text
    assert len(list((music / "migrations").glob("*.sql"))) == 3
    done = qb("migrate", "squash")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "0003_country stands for 0001_create, 0002_fill, 0003_country now.\n"
        "  0002_fill was written by hand: its statements are in it as they were\n"
        "A database that stands between them needs the files in the folder `squashed` to go on.\n"
    )
    assert (music / "migrations" / "0003_country.sql").read_text() == text
    assert qb("migrate", "up").stdout == "There is nothing to do.\n"
    assert qb("verify").stdout == "The tables, the migrations and the database belong together.\n"
    (status,) = json.loads(qb("migrate", "status", "--json").stdout)["migrations"]
    assert (status["name"], status["state"], status["replaces"]) == ("0003_country", "applied", NAMES)
    assert qb("diff").returncode == 0
    assert qb("check").stdout == "Nothing in the migrations is dangerous.\n"
    assert qb("migrate", "up", "--url", "sqlite:///new.db").stdout == "applied 0003_country\n"
    assert qb("verify", "--url", "sqlite:///new.db").returncode == 0
    assert artists(music, "new.db") == artists(music) == [("x", None)]


def test_as_json(music: Path, qb: Command) -> None:
    data = json.loads(qb("migrate", "squash", "--from", "2", "--dry-run", "--json").stdout)
    assert data.pop("sql")[0] == "INSERT INTO artists VALUES (1, 'x')"
    assert data == {"written": None, "replaces": NAMES[1:], "by_hand": ["0002_fill"], "has_way_back": True}
    assert json.loads(qb("migrate", "squash", "--to", "2", "--json").stdout)["written"] == "0002_fill"
    assert sorted(each.name for each in (music / "migrations").glob("*.sql")) == ["0002_fill.sql", "0003_country.sql"]


def test_within_and_no_way_on(music: Path, qb: Command) -> None:
    qb("migrate", "up", "--to", "1")
    qb("migrate", "squash")
    assert "0002_fill     pending" in qb("migrate", "status").stdout
    (music / "migrations" / "squashed" / "0002_fill.sql").unlink()
    done = qb("migrate", "status")
    assert (done.returncode, "0003_country  between" in done.stdout) == (1, True)
    done = qb("migrate", "up")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Error: 0003_country was squashed of 0001_create … 0003_country, and the database stands within them" in (
        done.stderr
    )


def test_what_is_wrong_is_said(music: Path, qb: Command) -> None:
    (music / "migrations" / "down" / "0002_fill.sql").unlink()
    qb("migrate", "accept")
    done = qb("migrate", "squash", "--from", "3")
    assert (done.returncode, done.stderr) == (1, "Error: there is nothing to join with 0003_country\n")
    assert "  it has no way back, because not all of them had one\n" in qb("migrate", "squash").stdout
    text = qb("migrate", "squash", "--help").stdout
    for words in ("--from NAME", "--to NAME", "--dry-run", "wrangler", "squashed"):
        assert words in text
