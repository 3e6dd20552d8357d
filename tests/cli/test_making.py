"""`qb migrate new` and `qb diff`: what has changed, what is asked, and what is lost."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Command

SCHEMA = """
from qb import Table, col, index

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()
    plays = col.integer().default(0)
    by_artist = index(artist_id)
"""
ROWS = "INSERT INTO artists VALUES (1, 'x'), (2, 'y'); INSERT INTO albums VALUES (1, 1, 't', 5), (2, 2, 'u', 6);"


@pytest.fixture(autouse=True)
def settings(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\nurl = "sqlite:///app.db"\n')
    change(project)


def change(project: Path, *changes: tuple[str, str]) -> None:
    """The tables as they are at first, with some changes."""
    text = SCHEMA
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (project / "music" / "schema.py").write_text(text)


def query(project: Path, sql: str) -> list[tuple[object, ...]]:
    raw = sqlite3.connect(project / "app.db")
    try:
        return raw.executescript(sql).fetchall() if ";" in sql else raw.execute(sql).fetchall()
    finally:
        raw.close()


@pytest.fixture
def filled(project: Path, qb: Command) -> Path:
    """The tables in a database, with rows."""
    assert qb("migrate", "new", "create tables").stdout == (
        "create table artists (id, name)\ncreate table albums (id, artist_id, title, plays)\n"
        "wrote migrations/0001_create_tables.sql\n"
    )
    assert qb("migrate", "up").stdout == "applied 0001_create_tables\n"
    query(project, ROWS)
    return project


def test_a_column_is_added_and_nothing_is_left(qb: Command, filled: Path) -> None:
    same = "The tables are as the last migration left them.\n"
    assert qb("migrate", "new", "nothing") == (0, same, "")
    assert qb("diff") == (0, same, "")
    change(filled, ("plays =", "year = col.integer().nullable()\n    plays ="))
    done = qb("diff")
    assert (done.returncode, done.stdout) == (
        1,
        'add column albums.year (INTEGER)\n\nALTER TABLE "albums" ADD COLUMN "year" INTEGER;\n',
    )
    assert json.loads(qb("migrate", "new", "add year", "--json").stdout) == {"written": ["0002_add_year"], "left": []}
    assert qb("migrate", "up").stdout == "applied 0002_add_year\n"
    assert qb("diff").returncode == 0
    assert query(filled, "SELECT title, plays, year FROM albums ORDER BY id") == [("t", 5, None), ("u", 6, None)]


def test_a_rename_is_asked_for_and_keeps_the_values(qb: Command, filled: Path) -> None:
    change(filled, ("title =", "name ="))
    done = qb("migrate", "new", "rename")
    assert (done.returncode, done.stdout) == (1, "")
    assert '"albums" has no column "title" any more, and "name" is new' in done.stderr
    assert "(--renamed 'albums.title=name' or --dropped 'albums.title')" in done.stderr
    assert qb("migrate", "new", "rename", "--renamed", "albums.title=name").stdout.startswith(
        "rename column albums.title to name\n  breaks: programs that run meanwhile still use"
    )
    qb("migrate", "up")
    assert query(filled, "SELECT name FROM albums ORDER BY id") == [("t",), ("u",)]
    assert qb("migrate", "down").stdout == "undone 0002_rename\n"
    assert query(filled, "SELECT title FROM albums ORDER BY id") == [("t",), ("u",)]


def test_the_tables_may_say_it_themselves_and_so_may_a_file(qb: Command, filled: Path) -> None:
    change(filled, ("title = col.text()", 'name = col.text(renamed_from="title")'), ("plays =", "count ="))
    (filled / "hints.json").write_text('{"renamed": ["albums.plays=count"]}')
    assert qb("migrate", "new", "rename", "--hints", "hints.json").returncode == 0
    qb("migrate", "up")
    assert query(filled, "SELECT name, count FROM albums ORDER BY id") == [("t", 5), ("u", 6)]


def test_a_column_that_needs_a_value(qb: Command, filled: Path) -> None:
    change(filled, ("plays =", "year = col.integer()\n    plays ="))
    done = qb("migrate", "new", "add year")
    assert '"albums.year" is NOT NULL and has no default' in done.stderr
    assert "(--filled 'albums.year=…')" in done.stderr
    assert qb("migrate", "new", "add year", "--filled", "albums.year=1900 + plays").returncode == 0
    qb("migrate", "up")
    assert query(filled, "SELECT year FROM albums ORDER BY id") == [(1905,), (1906,)]


def test_what_is_lost_is_not_lost_silently(qb: Command, filled: Path) -> None:
    change(filled, ("    plays = col.integer().default(0)\n", ""))
    done = qb("migrate", "new", "drop plays")
    assert done.returncode == 1
    assert (
        'destroys: the values of "albums.plays" go [drop-column]\n    look first: SELECT count(*) FROM "albums"'
        in done.stderr
    )
    assert "Say --allow if that is meant." in done.stderr
    assert not list((filled / "migrations").glob("0002*"))
    assert qb("migrate", "new", "drop plays", "--allow").returncode == 0
    assert qb("migrate", "up").returncode == 0
    done = qb("migrate", "down", "--to", "0001")
    assert done.stdout == "undone 0002_drop_plays\n"
    assert query(filled, "SELECT plays FROM albums ORDER BY id") == [(0,), (0,)]
    done = qb("migrate", "down")
    assert 'destroys: the table "albums" goes with all its rows' in done.stderr
    assert query(filled, "SELECT count(*) FROM albums") == [(2,)]
    assert qb("migrate", "down", "--allow").stdout == "undone 0001_create_tables\n"


def test_an_empty_one_to_fill_in(qb: Command, filled: Path) -> None:
    assert qb("migrate", "new", "backfill", "--empty").stdout == "wrote migrations/0002_backfill.sql\n"
    (filled / "migrations" / "0002_backfill.sql").write_text("UPDATE albums SET plays = plays * 2;\n")
    assert "0002_backfill.sql was edited" in qb("migrate", "up").stderr
    qb("migrate", "accept")
    assert qb("migrate", "up").stdout == "applied 0002_backfill\n"
    assert query(filled, "SELECT plays FROM albums ORDER BY id") == [(10,), (12,)]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--renamed", "albums.title", "a rename is written old=new"),
        ("--renamed", "album.title=x", "'album.title' names neither a table nor table.column; the tables are artists,"),
        ("--filled", "albums.plays", "what fills a column is written table.column=SQL"),
        ("--hints", "nowhere.json", "nowhere.json has no hints"),
        ("--hints", "pyproject.toml", "pyproject.toml has no hints"),
    ],
)
def test_what_is_no_answer(qb: Command, filled: Path, option: str, value: str, words: str) -> None:
    change(filled, ("title =", "name ="))
    done = qb("migrate", "new", "x", option, value)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
