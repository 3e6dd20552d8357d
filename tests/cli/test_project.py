"""Where the command gets its settings from, and what it says when they are wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from qb.cli import main
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
DDL = """\
CREATE TABLE "artists" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT NOT NULL UNIQUE
) STRICT;
"""


def test_on_the_command_line(qb: Command) -> None:
    done = qb("generate", "music.schema", "--dialect", "sqlite")
    assert (done.returncode, done.stdout, done.stderr) == (0, DDL, "")
    assert 'CONSTRAINT "artists_pkey" PRIMARY KEY' in qb("generate", "music.schema", "--dialect", "postgres").stdout


def test_in_a_shell(project: Path) -> None:
    command = [sys.executable, "-m", "qb", "generate", "music.schema", "--dialect", "sqlite"]
    assert subprocess.check_output(command, cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True) == DDL


def test_in_pyproject(qb: Command, project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\ndialect = "sqlite"\n')
    assert qb("generate").stdout == DDL
    assert "_pkey" in qb("generate", "--dialect", "postgres").stdout, "the command line counts"
    (project / "pyproject.toml").write_text('[tool.qb]\nschema = "music.schema"\nurl = "d1://account/database"\n')
    assert qb("generate").stdout == DDL, "the dialect is the URL's"


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        ("", ["generate"], "Give --dialect, or set `dialect` in [tool.qb]"),
        ("", ["generate", "--dialect", "sqlite"], "which tables? Give the module"),
        ("", ["generate", "musik.schema", "--dialect", "sqlite"], "musik.schema cannot be imported: No module"),
        ("", ["generate", "music", "--dialect", "sqlite"], "music declares no tables"),
        ("", ["generate", "music.schema", "--dialect", "sqlit"], 'no dialect "sqlit", did you mean "sqlite"?'),
        ("[tool.qb]\nshema = 'x'", ["generate"], "[tool.qb] has shema = 'x'"),
        ("[tool.qb]\nschema = 5", ["generate"], "[tool.qb] has schema = 5"),
        ("[tool.qb", ["generate"], "is no TOML"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    qb: Command, project: Path, settings: str, arguments: list[str], words: str
) -> None:
    if settings:
        (project / "pyproject.toml").write_text(settings)
    done = qb(*arguments)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_pictures(qb: Command) -> None:
    done = qb("diagram", "music.schema", "--dialect", "sqlite")
    assert done.stdout == 'erDiagram\n  "artists" {\n    INTEGER id PK\n    TEXT name UK\n  }\n'
    assert qb("diagram", "music.schema", "--dialect", "postgres", "--format", "svg").stdout.startswith("<svg ")
    assert "'mermaid', 'graphviz', 'svg'" in qb("diagram", "--format", "x").stderr


@pytest.mark.parametrize("group", ["qb", "migrate", "documents"])
def test_the_list_of_commands_says_whole_sentences(group: str) -> None:
    found = main if group == "qb" else main.commands[group]
    assert isinstance(found, click.Group)
    for name, command in found.commands.items():
        sentence = command.get_short_help_str(60)
        assert sentence.endswith("."), name
        assert not sentence.endswith("..."), f"the first sentence about `{name}` is too long: {sentence}"
