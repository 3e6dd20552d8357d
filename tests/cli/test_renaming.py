"""`qb migrate new`, where schemas, enum types, sequences and tables of other schemas may have got other names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.terminal import Terminal

BEFORE = """
from enum import Enum

from qb import Table, col, schema_named, sequence, sql

class Mood(Enum):
    SAD = "sad"
    GLAD = "glad"

app = schema_named("app")
numbers = sequence("numbers", schema="app")

class Album(Table, name="albums", schema="app"):
    id = col.integer().primary_key()
    mood = col.enum(Mood, schema="app")
    number = col.integer().default_sql(sql("nextval('app.numbers')", returns=int))
"""
AFTER = (
    BEFORE.replace('schema="app"', 'schema="music"')
    .replace('schema_named("app")', 'schema_named("music")')
    .replace("app.numbers", "music.no")
    .replace('sequence("numbers"', 'sequence("no"')
    .replace("Mood", "Feeling")
)
DECLARED = (
    AFTER.replace('schema_named("music")', 'schema_named("music", renamed_from="app")')
    .replace('sequence("no"', 'sequence("no", renamed_from="app.numbers"')
    .replace("import Table, col,", "import Table, col, enum_type,")
) + '\nfeeling = enum_type(Feeling, schema="music", renamed_from="app.mood")\n'
DONE = [
    "rename schema app to music",
    "rename enum music.mood to music.feeling",
    "rename sequence music.numbers to music.no",
]


@pytest.fixture
def music(project: Path, qb: Command) -> Path:
    """A schema with one of each, all of which get another name."""
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\ndialect = "postgres"\n')
    declare(project, BEFORE)
    assert qb("migrate", "new", "tables").returncode == 0
    declare(project, AFTER)
    return project


def declare(project: Path, text: str) -> None:
    (project / "music" / "schema.py").write_text(text)


def test_every_error_says_how_to_answer(qb: Command, music: Path) -> None:
    done = qb("diff")
    assert (done.returncode, done.stdout) == (1, "")
    assert "  (--renamed 'app=music' or --dropped 'app')\n" in done.stderr
    assert done.stderr.count("--renamed") == 1, "what is in a schema is asked about when that is known"
    done = qb("diff", "--renamed", "app=music")
    assert 'the enum "app.mood" is gone, and "music.feeling" has much the same labels' in done.stderr
    assert "  (--renamed 'app.mood=music.feeling' or --dropped 'app.mood')\n" in done.stderr
    assert "  (--renamed 'app.numbers=music.no' or --dropped 'app.numbers')\n" in done.stderr
    options = ["app=music", "app.mood=music.feeling", "app.numbers=music.no"]
    given = [part for option in options for part in ("--renamed", option)]
    (found,) = json.loads(qb("diff", *given, "--json").stdout)["migrations"]
    assert found["operations"] == DONE
    (music / "hints.json").write_text(json.dumps({"renamed": options}))
    (same,) = json.loads(qb("diff", "--hints", "hints.json", "--json").stdout)["migrations"]
    assert same == found
    assert found["losses"] == []


def test_the_declarations_say_it(qb: Command, music: Path) -> None:
    declare(music, DECLARED)
    done = qb("migrate", "new", "music")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.startswith("rename")] == DONE
    assert (music / "migrations" / "0002_music.sql").read_text().split(";\n")[:3] == [
        'ALTER SCHEMA "app" RENAME TO "music"',
        '\nALTER TYPE "music"."mood" RENAME TO "feeling"',
        '\nALTER SEQUENCE "music"."numbers" RENAME TO "no"',
    ]
    assert qb("migrate", "new", "again").stdout == "The tables are as the last migration left them.\n"
    checked = qb("check", "--since", "0001", "--fail-on", "destroys").stdout
    assert [f"[{code}]" in checked for code in ("rename-schema", "rename-type", "rename-sequence")] == [True] * 3, (
        checked
    )


def test_what_is_new_although_something_like_it_is_gone(qb: Command, music: Path) -> None:
    dropped = ["app", "app.albums", "app.mood", "app.numbers"]
    given = [part for option in dropped for part in ("--dropped", option)]
    done = qb("migrate", "new", "anew", *given)
    assert done.returncode == 1
    assert 'the table "app.albums" goes with all its rows' in done.stderr
    assert 'where the sequence "app.numbers" stands is forgotten' in done.stderr
    assert qb("migrate", "new", "anew", *given, "--allow").returncode == 0


def test_the_questions_in_a_terminal(music: Path) -> None:
    terminal = Terminal(music, "migrate", "new", "music")
    terminal.wait_for("Is 'music' the schema 'app', renamed? [y/N]: ")
    terminal.type("y\n")
    terminal.wait_for("Is 'music.feeling' the enum 'app.mood', renamed? [y/N]: ")
    terminal.type("y\n")
    terminal.wait_for("Is 'music.no' the sequence 'app.numbers', renamed? [y/N]: ")
    terminal.type("y\n")
    done = terminal.end()
    assert done.returncode == 0, done.output
    assert [line for line in done.output.splitlines() if line.startswith("rename")] == DONE


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("app=sound", "'app' names neither a table nor table.column; the tables are music.albums; the sequences were"),
        ("app.mood=feeling", "'feeling' is no enum that is declared; these are music.feeling"),
        ("app.numbers=music.feeling", "'music.feeling' is no sequence that is declared; these are music.no"),
    ],
)
def test_what_is_no_answer(qb: Command, music: Path, option: str, words: str) -> None:
    done = qb("diff", "--renamed", option)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
