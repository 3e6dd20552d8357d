"""Runs mypy over the demo's own files and reads what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
QUERIES = Path("examples/demo/queries.py")
MISTAKES = Path("examples/demo/mistakes.py")

# What is asked: the row type of functions that return queries, and of coroutines that return rows.
PROBE = """
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, overload
from examples.demo import queries
from qb import Query
R = TypeVar("R")
@overload
def row(function: Callable[..., Query[R]]) -> R: ...
@overload
def row(function: Callable[..., Awaitable[Sequence[R]]]) -> R: ...
def row(function: object) -> object: ...
"""

LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): (?P<kind>error|note): (?P<text>.*)")
REVEALED = re.compile(r'Revealed type is "(.*)"')
MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=\w)")


class Mistake(NamedTuple):
    """One error, in mypy's words."""

    line: int
    text: str


class Findings(NamedTuple):
    """What mypy said."""

    version: str
    rows: dict[str, str]
    """Row types, by the name of the function that makes the query; the names of modules are left out."""
    mistakes: list[Mistake]


def check(functions: Iterable[str]) -> Findings:
    """Ask mypy for the row types of functions in `queries.py`, and for the errors in `mistakes.py`."""
    names = list(functions)
    with TemporaryDirectory() as folder:  # with the cache in it: every demo is checked from scratch
        probe = Path(folder, "probe.py")
        probe.write_text(PROBE + "".join([f"reveal_type(row(queries.{name}))\n" for name in names]))
        output = mypy("--cache-dir", folder, str(probe), str(QUERIES), str(MISTAKES))
    first = len(PROBE.splitlines()) + 1
    findings = Findings(mypy("--version").split()[1], {}, [])
    for match in filter(None, map(LINE.fullmatch, output.splitlines())):
        number, revealed = int(match["line"]), REVEALED.match(match["text"])
        if revealed:
            findings.rows[names[number - first]] = MODULES.sub("", revealed[1])
        elif match["kind"] == "error":
            if match["file"] != str(MISTAKES):
                raise RuntimeError(f"mypy finds a mistake where there should be none: {match[0]}")
            findings.mistakes.append(Mistake(number, match["text"]))
    if len(findings.rows) < len(names):
        raise RuntimeError(f"mypy does not tell all row types:\n{output}")
    return findings


def mypy(*arguments: str) -> str:
    """What mypy prints."""
    command = [sys.executable, "-m", "mypy", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
