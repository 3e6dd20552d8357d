"""Whatever people write, mypy goes on: broken programs, a broken plugin, and errors that are ignored on purpose."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.typing.harness import CASES, SCHEMA
from tests.typing.mutants import mutants

MUTANTS_OF_A_CASE = 6
EXAMPLES_FOR_A_MUTANT = 2_000
"""`make prove` tries so many random queries for each mutant of a case."""
CONFIGURATION = "[mypy]\nstrict = True\nshow_traceback = True\nplugins = "


def mypy(folder: Path, plugin: str = "qb_mypy.plugin") -> str:
    """What mypy says of the programs in a folder."""
    (folder / "mypy.ini").write_text(f"{CONFIGURATION}{plugin}\n")
    command = [sys.executable, "-m", "mypy", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3600, check=False)
    return done.stdout + done.stderr


def test_no_program_makes_a_hook_fail(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    examples = request.config.getoption("--examples")
    # Without `--examples` they are the same ones in every run.
    seed = random.randrange(10**9) if examples else 0
    count = max(1, examples // EXAMPLES_FOR_A_MUTANT) if examples else MUTANTS_OF_A_CASE
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    programs: dict[str, str] = {}
    for path in sorted(CASES.glob("*.py")):
        # A broken schema is not imported by the others, so it breaks its own lines alone.
        programs |= mutants(path, count, random.Random(f"{seed} {path.name}"))
    for name, text in programs.items():
        (tmp_path / f"{name}.py").write_text(text)
    said = mypy(tmp_path)
    assert "INTERNAL ERROR" not in said, said[-5000:]
    assert "Traceback" not in said, said[-5000:]
    failures = [line for line in said.splitlines() if "plugin failed" in line]
    assert not failures, "\n".join([f"{line}\n    {line_of(programs, line)}" for line in failures])
    checked = re.search(r"Found \d+ errors in (\d+) files", said)
    assert checked is not None, said[-5000:]
    assert int(checked[1]) > 0.9 * len(programs)


def line_of(programs: dict[str, str], reported: str) -> str:
    """The code that an error is about."""
    file, line = reported.split(":")[:2]
    return programs[file.removesuffix(".py")].splitlines()[int(line) - 1]


BROKEN_PLUGIN = """
from qb_mypy import plugin as real

def fail(ctx):
    raise KeyError("broken")

real.FUNCTIONS["qb.statements.select.select"] = fail
real.METHODS["qb.columns.Column.__eq__"] = fail
real.METHOD_SIGNATURES["qb.statements.insert.Insert.values"] = fail
real.ANNOTATIONS["qb.rows.NewRow"] = fail
real.declarations.declared = fail
real.rows.attribute = lambda ctx, name: fail(ctx)

plugin = real.plugin
"""

PROGRAM = """
from qb import NewRow, Row, Table, col, insert, select

class Album(Table):
    id = col.integer().primary_key()
    title = col.text()

select(Album.id)
Album.id == 5
insert(Album).values(title="Blue")

def show(row: Row[Album], new: NewRow[Album]) -> None:
    row.title
    after: int = "mypy goes on"
"""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says with the broken plugin."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "broken.py").write_text(BROKEN_PLUGIN)
    (folder / "program.py").write_text(PROGRAM)
    return mypy(folder, "./broken.py")


@pytest.mark.parametrize("line", [4, 8, 9, 10, 12, 13])
def test_a_hook_that_fails_is_an_error_at_the_line(line: int, broken: str) -> None:
    assert "INTERNAL ERROR" not in broken
    reported = [text for text in broken.splitlines() if text.startswith(f"program.py:{line}: ")]
    assert any("plugin failed here" in text and text.endswith("[qb]") for text in reported), broken
    assert "program.py:14: error: Incompatible types in assignment" in broken


@pytest.mark.parametrize("code", ["qb-scope", "qb"])
def test_errors_are_ignored_by_their_code(code: str, tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    (tmp_path / "program.py").write_text(
        "from schema import Album, Artist\n"
        "from qb import select\n"
        "(\n"
        "    select(Album.title)\n"
        f"    .where(Artist.id == 5)  # type: ignore[{code}]\n"
        ").compile('sqlite')\n"
        f"select(Album.id).order_by(Artist.id).compile('sqlite')  # type: ignore[{code}]\n"
    )
    said = mypy(tmp_path)
    assert "is not in this query" not in said
    # In strict mode mypy asks for the narrowest code, which is ours to give and the person's to choose.
    assert ("Success" if code == "qb-scope" else "use narrower [qb-scope] instead of [qb]") in said


def test_another_code_does_not_ignore_them(tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    (tmp_path / "program.py").write_text("from schema import Album\nAlbum.id == 'x'  # type: ignore[qb-scope]\n")
    said = mypy(tmp_path)
    assert "program.py:2: error: Album.id is int, but the value is str" in said
    assert 'error: Unused "type: ignore" comment' in said
