"""`@inferred` functions that call others further down, or themselves.

They are apart from the typed cases, which mypy's daemon checks, too: it takes a decorated function that is further
down for Any when it comes back to one that calls it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
from qb import Query, Table, col, inferred, select

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()

@inferred
def first() -> Query:
    return second()

@inferred
def second() -> Query:
    return select(Album.title)

class Store:
    @inferred
    def one(self) -> Query:
        return self.two()

    @inferred
    def two(self) -> Query:
        return select(Album.id)

@inferred
def endless(depth: int) -> Query:
    return endless(depth - 1) if depth else select(Album.id)

reveal_type(first())
reveal_type(Store().one())
reveal_type(endless(1))
"""


def test_functions_further_down(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = qb_mypy.plugin\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "program.py"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False).stdout
    title, number, declared = [line for line in said.splitlines() if "Revealed type" in line]
    assert "tuple[str, fallback=qb.rows.Row[TypedDict({'title': str})]]" in title
    assert "tuple[int, fallback=qb.rows.Row[TypedDict({'id': int})]]" in number
    assert declared.endswith('"qb.queries.Query[Any]"')
    assert "note: What endless() returns cannot be taken from its body, which needs it itself" in said
    assert "error:" not in said
