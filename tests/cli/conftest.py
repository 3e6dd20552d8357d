"""The command, run in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from qb.cli import main

SCHEMA = """
from qb import Table, col

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()
"""


class Done(NamedTuple):
    """What became of a command."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a package that declares a table, which is the current one."""
    package = tmp_path / "music"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "schema.py").write_text(SCHEMA)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def qb(project: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `qb` in the project, with variables of the environment: `qb("generate", "music.schema")`."""

    def run(*arguments: str, **variables: str) -> Done:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "path", list(sys.path))
            patch.setattr(sys, "dont_write_bytecode", True)  # the next command may find another text in the same second
            found = CliRunner().invoke(main, arguments, prog_name="qb", env={"COLUMNS": "120", **variables})
        for name in [name for name in sys.modules if name.partition(".")[0] == "music"]:
            del sys.modules[name]
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Done(found.exit_code, found.stdout, found.stderr)

    return run
