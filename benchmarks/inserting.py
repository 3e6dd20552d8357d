"""Compiling one insert of very many rows."""

from __future__ import annotations

import tracemalloc
from functools import partial
from statistics import median

from rich.table import Table

from benchmarks.measure import ratio, take_turns
from benchmarks.with_qb import ROWS, Album
from qb import insert
from qb.dialect import Dialect, find_dialect

COUNTS = (12_500, 25_000, 50_000)
ROUNDS = 7


def compiled(count: int, dialect: Dialect) -> object:
    """One insert of so many rows."""
    rows = ROWS * (count // len(ROWS))
    return insert(Album).values_many(rows).compile(dialect)


def peak(count: int, dialect: Dialect) -> int:
    """The most memory that it takes, in bytes."""
    tracemalloc.start()
    compiled(count, dialect)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def table() -> Table:
    """Milliseconds, microseconds a row, and the most memory."""
    shown = Table(title="Build and compile an insert of many rows of 5 columns", title_justify="left")
    for heading in ("rows", "dialect", "ms", "microseconds a row", "time, to the fewest rows", "peak, MB"):
        shown.add_column(heading, justify="left" if heading == "dialect" else "right")
    for name in ("sqlite", "postgres"):
        dialect = find_dialect(name)
        times = take_turns({str(count): partial(compiled, count, dialect) for count in COUNTS}, ROUNDS)
        for count in COUNTS:
            time = median(times[str(count)])
            shown.add_row(
                f"{count:,}",
                name,
                f"{time * 1e3:,.1f}",
                f"{time / count * 1e6:.2f}",
                f"{ratio(times, str(count), str(COUNTS[0])):.2f}",
                f"{peak(count, dialect) / 1e6:,.1f}",
            )
    shown.caption = (
        "Kysely (published, Node 20): 335 to 465 ms for 50,000 rows. The peak is measured in a run of its own."
    )
    shown.caption_justify = "left"
    return shown
