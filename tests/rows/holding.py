"""Holds what mypy says of queries against what engines return."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from mypy.types import ProperType

from qb import Database, Query, Table
from qb.errors import ConstraintViolated, DatabaseError, InvalidValue, ResultError
from qb.statements.selection import Selection
from tests.rows.fitting import misfit
from tests.rows.running import run
from tests.rows.static import Known

MOST_ROWS = 50
LONGEST = 1.0
"""Seconds for a query: some recursive ones have no end."""


class Undo(Exception):  # noqa: N818  # no error, but a way out
    """Leaves a transaction without its changes."""


class Typed(NamedTuple):
    """A query with what mypy says of its rows."""

    place: str
    row: ProperType
    query: Query[Any]


class Program(NamedTuple):
    """What a module has."""

    queries: list[Typed]
    tables: list[type[Table]]


@contextmanager
def program(folder: Path, module: str, said: Known) -> Iterator[Program]:
    """Run a module. What mypy reports an error for is left out."""
    rows, refused = said.rows[module], said.refused[module]
    with run(folder / f"{module}.py", rows, refused) as ran:
        queries = [
            Typed(f"{module}.py:{place.line}", rows[place], query)
            for place, query in ran.queries
            if not refused.intersection(range(place.line, place.end_line + 1))
        ]
        yield Program(queries, ran.tables)


NOT_WHOLE = (
    "must appear in the GROUP BY clause",
    "must be grouping expressions",
    "must appear in select list",
    "must match initial",
)
"""What PostgreSQL says of a select that is a step on the way to another one; SQLite answers it."""
NOT_HERE = re.compile(
    "no such (table|function|column)|misuse of aggregate function|(relation|function|schema|operator) .* does not exist"
    "|more than one row returned by a subquery|near .(RETURNING|BY).\n  in: MERGE"
)
"""What depends on the data, on what a database has besides, or on its version."""


class Outcome:
    """What came of some queries."""

    def __init__(self) -> None:
        self.misfits: list[str] = []
        self.refusals: list[str] = []
        """Queries that an engine refuses for another reason than the values that are in it."""
        self.counts: Counter[str] = Counter()
        """How many queries each engine has run, and how many of them gave rows."""


async def hold(
    queries: Sequence[Typed], databases: Sequence[Database], outcome: Outcome, seconds: float = LONGEST
) -> None:
    """Run the queries on the databases, and look whether the rows are what mypy says. What PostgreSQL, which comes
    first, takes for no whole query is not held.
    """
    left = list(queries)
    for database in databases:
        name = database.dialect.name
        done, steps = set(), set()
        for typed in list(left):
            try:
                compiled = typed.query.compile(name)
            except Exception:  # a step on the way to a query, or one that this dialect has not
                continue
            key = (compiled.sql, repr(compiled.parameters), str(typed.row))
            if key in steps:
                left.remove(typed)
            if key in done:
                continue
            done.add(key)
            try:
                async with asyncio.timeout(seconds):
                    rows = await _rows(database, typed.query)
            except (TimeoutError, ConstraintViolated, InvalidValue, ResultError, ValueError):  # by the data, or a class
                continue
            except DatabaseError as error:
                if any(text in str(error) for text in NOT_WHOLE):
                    left.remove(typed)
                    steps.add(key)
                elif not NOT_HERE.search(str(error)):
                    outcome.refusals.append(f"{typed.place}: {name}: {error}")
                continue
            outcome.counts[name] += 1
            outcome.counts[f"{name} with rows"] += bool(rows)
            wrong = next(filter(None, (misfit(typed.row, row) for row in rows)), None)
            if wrong is not None:
                outcome.misfits.append(f"{typed.place}: {name}: {wrong}\n    {compiled.sql}")


async def _rows(database: Database, query: Query[Any]) -> list[Any]:
    rows: list[Any] = []
    with suppress(Undo):
        async with database.transaction() as transaction:
            if isinstance(query, Selection):  # whose CTEs may have no end
                async for row in transaction.stream(query, size=MOST_ROWS):
                    rows.append(row)
                    if len(rows) == MOST_ROWS:
                        break
            else:
                rows = await transaction.fetch_all(query)
            raise Undo
    return rows
