"""The command in a real terminal: what it asks, whom it does not ask, and its colours."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from qb.cli import main
from tests.cli.conftest import Command
from tests.cli.terminal import ROOT, Terminal

BEFORE = """
from qb import Table, col

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
"""
RENAMED = BEFORE.replace("title =", "name =")
QUESTION = "Is 'name' the column 'title' of albums, renamed? [y/N]: "
COLOR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def renamed(project: Path, qb: Command) -> Path:
    """A project whose database has a row, and whose tables have changed since."""
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\nurl = "sqlite:///app.db"\n')
    (project / "music" / "schema.py").write_text(BEFORE)
    assert qb("migrate", "new", "tables").returncode == 0
    assert qb("migrate", "up").returncode == 0
    with sqlite3.connect(project / "app.db") as database:
        database.execute("INSERT INTO albums VALUES (1, 'Blue')")
    database.close()
    (project / "music" / "schema.py").write_text(RENAMED)
    return project


def rows(project: Path) -> list[tuple[object, ...]]:
    database = sqlite3.connect(project / "app.db")
    try:
        return database.execute("SELECT * FROM albums").fetchall()
    finally:
        database.close()


def files(project: Path) -> list[str]:
    return sorted([path.name for path in (project / "migrations").glob("*.sql")])


def test_a_rename_is_confirmed(renamed: Path) -> None:
    terminal = Terminal(renamed, "migrate", "new", "rename")
    terminal.wait_for(QUESTION)
    assert files(renamed) == ["0001_tables.sql"]
    terminal.type("y\n")
    done = terminal.end()
    assert done.returncode == 0, done.output
    assert "rename column albums.title to name\n" in done.output
    assert "wrote " in done.output
    applied = Terminal(renamed, "migrate", "up").end()
    assert applied.returncode == 0
    assert '0002_rename\n  1/1  ALTER TABLE "albums" RENAME COLUMN "title" TO "name"' in COLOR.sub("", applied.output)
    assert applied.output.endswith("applied 0002_rename\n")
    assert rows(renamed) == [(1, "Blue")]


def test_a_rename_is_denied_and_what_is_lost_is_confirmed(renamed: Path) -> None:
    terminal = Terminal(renamed, "migrate", "new", "other")
    terminal.wait_for(QUESTION)
    terminal.type("\n")
    terminal.wait_for("What is albums.name in the rows that are there? (SQL): ")
    terminal.type("'Album ' || id\n")
    terminal.wait_for("Values are lost for good. Go on? [y/N]: ")
    assert 'destroys: the values of "albums.title" go' in terminal.output
    assert files(renamed) == ["0001_tables.sql"]
    terminal.type("y\n")
    assert terminal.end().returncode == 0
    assert Terminal(renamed, "migrate", "up").end().returncode == 0
    assert rows(renamed) == [(1, "Album 1")]


@pytest.mark.parametrize("answers", [[], ["n\n"], ["n\n", "'x'\n"]])
def test_ctrl_c_at_any_question(renamed: Path, answers: list[str]) -> None:
    terminal = Terminal(renamed, "migrate", "new", "other")
    for question, answer in zip((QUESTION, "(SQL): ", "Go on? [y/N]: "), [*answers, None], strict=False):
        terminal.wait_for(question)
        if answer is None:
            terminal.interrupt()
        else:
            terminal.type(answer)
    check_aborted(terminal, renamed)


def test_what_is_lost_is_not_confirmed(renamed: Path) -> None:
    terminal = Terminal(renamed, "migrate", "new", "other", "--filled", "albums.name='x'", "--dropped", "albums.title")
    terminal.wait_for("Go on? [y/N]: ")
    terminal.type("n\n")
    check_aborted(terminal, renamed)


def check_aborted(terminal: Terminal, project: Path) -> None:
    """Nothing is done, and it is said in a word."""
    done = terminal.end()
    assert done.returncode == 1
    assert done.output.endswith("Aborted!\n")
    assert "Traceback" not in done.output
    assert files(project) == ["0001_tables.sql"]
    assert rows(project) == [(1, "Blue")]


def test_ctrl_c_while_the_database_works(renamed: Path, qb: Command) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    assert qb("migrate", "new", "endless", "--empty").returncode == 0
    (renamed / "migrations" / "0002_endless.sql").write_text(f"UPDATE albums SET title = 'gone';\n{endless};\n")
    assert qb("migrate", "accept").returncode == 0
    terminal = Terminal(renamed, "migrate", "up")
    terminal.wait_for("  2/2  WITH RECURSIVE")
    terminal.interrupt()
    done = terminal.end()
    assert done.returncode == 1
    assert done.output.endswith("Aborted!\n")
    assert "Traceback" not in done.output
    assert rows(renamed) == [(1, "Blue")]


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("migrate", "new", "x"), {"CI": "true"}),
        (("migrate", "new", "x", "--json"), {}),
        (("diff",), {"CI": "1"}),
        (("diff", "--json"), {}),
    ],
)
def test_nobody_is_asked_where_nobody_answers(
    renamed: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    done = Terminal(renamed, *arguments, **variables).end()
    assert done.returncode == 1
    assert "(--renamed 'albums.title=name' or --dropped 'albums.title')" in done.output
    assert "[y/N]" not in done.output


def test_nobody_is_asked_whose_answers_come_from_elsewhere(renamed: Path) -> None:
    command = [sys.executable, "-m", "qb", "migrate", "new", "x"]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=renamed, env=environment, input="y\n", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "--renamed" in done.stderr
    assert files(renamed) == ["0001_tables.sql"]


def test_colors_are_for_terminals(renamed: Path, qb: Command) -> None:
    answer = ("--renamed", "albums.title=name")
    colored = Terminal(renamed, "diff", *answer).end()
    plain = Terminal(renamed, "diff", *answer, NO_COLOR="1").end()
    assert "\x1b[33m" in colored.output
    assert not COLOR.search(plain.output)
    assert COLOR.sub("", colored.output) == plain.output == qb("diff", *answer).stdout
    table = Terminal(renamed, "migrate", "status").end().output
    assert "\x1b[32mapplied" in table
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", Terminal(renamed, "migrate", "status", NO_COLOR="1").end().output)
    assert not COLOR.search(qb("migrate", "status").stdout)


def commands(command: click.Command, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], click.Command]]:
    """All commands, with their names."""
    inner = command.commands.items() if isinstance(command, click.Group) else ()
    return [(path, command), *[each for name, found in inner for each in commands(found, (*path, name))]]


@pytest.mark.parametrize(
    ("path", "command"), commands(main, ()), ids=lambda each: " ".join(each) or "qb" if isinstance(each, tuple) else ""
)
def test_help_is_enough(path: tuple[str, ...], command: click.Command) -> None:
    done = CliRunner().invoke(main, [*path, "--help"], prog_name="qb", env={"COLUMNS": "100"})
    assert done.exit_code == 0
    usage, _, rest = done.output.partition("\n\n")
    assert usage.startswith(f"Usage: {' '.join(['qb', *path])} [OPTIONS]")
    assert rest.startswith("  ")
    assert re.match(r"  [A-Z].*\.\n", rest), "the first line is a sentence"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.name} says what it is for"
        elif isinstance(parameter, click.Argument) and not isinstance(parameter.type, click.Choice):
            name = (parameter.metavar or parameter.name or "").strip("[]").upper()
            assert name in rest or not parameter.required, f"{name} is explained"
    assert "…" not in rest.replace("postgresql://…, d1://…", "")
    assert "..." not in rest
