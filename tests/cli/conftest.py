"""The command, run as a shell does it, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = """
from qb import Table, col

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()
"""
Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a package that declares a table."""
    package = tmp_path / "music"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "schema.py").write_text(SCHEMA)
    return tmp_path


@pytest.fixture
def qb(project: Path) -> Command:
    """Runs `qb` in the project: `qb("generate", "music.schema")`."""

    def run(*arguments: str, **variables: str) -> CompletedProcess[str]:
        command = [sys.executable, "-m", "qb.cli", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120", **variables}
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)

    return run
