"""What people install: built as a release is, put into an empty environment, used from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = ".venv/bin/python"

TABLES = """\
from qb import Table, col, select

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()

query = select(Album.id, Album.title).where(Album.id > 1)
"""

COMPILE = """
import json
from importlib.metadata import entry_points

from tables import query

print(json.dumps({each.name: query.compile(each.name) for each in entry_points(group="qb.dialects")}))
"""

CHECKED = """\
from tables import Album, query

reveal_type(query)
title: int = Album.title
"""


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    # What points the parent's Python or mypy at the source tree would hide what the wheel lacks.
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MYPYPATH")}
    return subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True)


def must_run(*command: object, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built the way a release is: from the sdist, not from the working tree."""
    directory = tmp_path_factory.mktemp("dist")
    must_run(sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, ROOT, cwd=directory)
    [path] = directory.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a file of tables, and an environment `.venv` that has qb and nothing else."""
    directory = tmp_path_factory.mktemp("project")
    venv.create(directory / ".venv", symlinks=True)
    # The environment has no pip of its own (installing that takes longest); the one at hand works on it.
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", directory / PYTHON)
    must_run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=directory)
    (directory / "tables.py").write_text(TABLES, encoding="utf-8")
    return directory


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {
        "qb",
        "qb_mypy",
        "dialects",
    }
    assert {"qb/py.typed", "qb_mypy/py.typed", "dialects/py.typed"} <= set(names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_has_every_module(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    written = {
        path.relative_to(ROOT).as_posix()
        for package in ("qb", "qb_mypy", "dialects")
        for path in (ROOT / package).rglob("*.py")
    }
    assert packed == written


def test_queries_compile_for_every_dialect_without_any_dependency(project: Path) -> None:
    compiled = json.loads(must_run(project / PYTHON, "-c", COMPILE, cwd=project))
    question_marks = ['SELECT "albums"."id", "albums"."title" FROM "albums" WHERE "albums"."id" > ?', [1]]
    numbers = ['SELECT "albums"."id", "albums"."title" FROM "albums" WHERE "albums"."id" > $1', [1]]
    assert compiled == {
        "sqlite": question_marks,
        "d1": question_marks,
        "postgres": numbers,
        "postgresql": numbers,
    }


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "SQLite needs aiosqlite: pip install 'qb[sqlite]'"),
        ("postgresql://localhost/x", "PostgreSQL needs asyncpg: pip install 'qb[postgres]'"),
        ("d1://a/b", "D1 by its URL (a Worker says D1(env.DB)) needs httpx: pip install 'qb[d1]'"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra(project: Path, url: str, words: str) -> None:
    done = run(project / PYTHON, "-c", f"from qb import Database; Database.connect({url!r})", cwd=project)
    assert done.stderr.splitlines()[-1] == f"qb.errors.MissingExtra: {words}"


def test_the_command_without_its_extra(project: Path) -> None:
    for command in ([".venv/bin/qb"], [PYTHON, "-m", "qb"]):
        done = run(project / command[0], *command[1:], "--help", cwd=project)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "The command `qb` needs click: pip install 'qb[cli]'\n"


@pytest.mark.parametrize("plugin", ["", "plugins = qb_mypy.plugin"], ids=["alone", "with the plugin"])
def test_mypy_sees_the_types_of_what_is_installed(project: Path, plugin: str) -> None:
    (project / "checked.py").write_text(CHECKED, encoding="utf-8")
    (project / "mypy.ini").write_text(f"[mypy]\nstrict = True\n{plugin}\n", encoding="utf-8")
    options = ("--no-error-summary", "--python-executable", project / PYTHON)
    done = run(sys.executable, "-m", "mypy", *options, "checked.py", cwd=project)
    assert done.stderr == ""
    revealed, error = done.stdout.splitlines()
    assert "Select[tuple[int, str" in revealed
    assert error.startswith("checked.py:4: error: Incompatible types in assignment")
    assert "Column[str" in error
