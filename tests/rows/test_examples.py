"""What mypy says of the rows of the demo's queries is what both engines return."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from examples.demo import queries
from examples.demo.load import load
from qb import Database
from tests.rows.holding import Outcome, hold, program
from tests.rows.programs import calls_of
from tests.rows.static import known


async def test_rows_of_the_demo(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "calls.py").write_text(calls_of(queries))
    outcome = Outcome()
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(Database.connect(url)) for url in (postgres_url, "sqlite://")]
        for database in databases:
            await load(database)
        called = stack.enter_context(program(tmp_path, "calls", known(tmp_path, "calls")))
        await hold(called.queries, databases, outcome)
    assert not outcome.misfits, "\n".join(outcome.misfits)
    assert not outcome.refusals, "\n".join(outcome.refusals)
    assert outcome.counts["postgres"] == outcome.counts["sqlite"] > 5
