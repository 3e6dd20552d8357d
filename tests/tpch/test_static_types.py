"""What mypy says of the rows of all 22 queries is what both engines return."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from examples.tpch import queries
from qb import Database
from tests.rows.holding import Outcome, hold, program
from tests.rows.programs import calls_of
from tests.rows.static import known

NAMES = sorted([path.stem for path in Path(queries.__path__[0]).glob("q*.py")])


async def test_rows_are_what_mypy_says(tmp_path: Path, tpch_postgres: Database, tpch_sqlite: Database) -> None:
    modules = [import_module(f"{queries.__name__}.{name}") for name in NAMES]
    (tmp_path / "calls.py").write_text(calls_of(*modules))
    outcome = Outcome()
    with program(tmp_path, "calls", known(tmp_path, "calls")) as called:
        await hold(called.queries, [tpch_postgres, tpch_sqlite], outcome, seconds=60)
    assert not outcome.misfits, "\n".join(outcome.misfits)
    assert not outcome.refusals, "\n".join(outcome.refusals)
    assert outcome.counts["postgres"] == outcome.counts["sqlite"] == len(NAMES) == 22
