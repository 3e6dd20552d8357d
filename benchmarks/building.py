"""Building and compiling a query."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

from rich.table import Table

from benchmarks import with_pypika, with_qb, with_sqlalchemy, with_sqlglot
from benchmarks.measure import ratio, take_turns
from qb.dialect import find_dialect
from qb.queries import Compilable

# Microseconds, as published for Node 20: from another machine, so an order of magnitude.
KYSELY = {"primary_key": 5.4, "joins": 39, "insert_many": 171, "ranking": 48}
QUERIES = {
    "primary_key": "select by primary key, 3 columns",
    "joins": "2 joins, aggregates",
    "insert_many": "insert 100 rows of 5 columns",
    "ranking": "CTE, sub-query, window",
}
OURS = "qb, PostgreSQL"


def contestants(name: str) -> dict[str, Callable[[], object]]:
    """Everyone's way to make one query."""
    build: Callable[[], Compilable] = getattr(with_qb, name)
    theirs = getattr(with_sqlalchemy, name)
    pypika, sqlglot = getattr(with_pypika, name), getattr(with_sqlglot, name)
    sqlite, postgres = find_dialect("sqlite"), find_dialect("postgres")
    return {
        "qb, SQLite": lambda: build().compile(sqlite),
        OURS: lambda: build().compile(postgres),
        "SQLAlchemy, cached": with_sqlalchemy.cached(theirs),
        "SQLAlchemy, not cached": with_sqlalchemy.compiled(theirs),
        "PyPika": lambda: pypika().get_sql(),
        "sqlglot": lambda: sqlglot().sql(dialect="postgres"),
    }


def table() -> Table:
    """Microseconds, and how many times as long as qb."""
    shown = Table(title="Build and compile a query: microseconds (times qb's for PostgreSQL)", title_justify="left")
    shown.add_column("")
    add = partial(shown.add_column, justify="right")
    is_first = True
    for name, title in QUERIES.items():
        times = take_turns(contestants(name))
        if is_first:
            for contestant in times:
                add(contestant)
            add("Kysely (published, Node 20)")
            is_first = False
        cells = [
            f"{median(found) * 1e6:,.1f}" + ("" if who.startswith("qb") else f" ({ratio(times, who, OURS):.0f}x)")
            for who, found in times.items()
        ]
        shown.add_row(title, *cells, f"{KYSELY[name]:g}")
    shown.caption = (
        "SQLAlchemy compiles for asyncpg; its cache takes no multi-row VALUES. PyPika and sqlglot write values into "
        "the text."
    )
    shown.caption_justify = "left"
    return shown
