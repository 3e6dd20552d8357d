"""Runs the 22 queries on SQLite: `python -m examples.tpch`, or with a scale factor, `python -m examples.tpch 0.1`."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from examples.tpch.load import generate, load
from examples.tpch.queries import QUERIES
from qb import Database

SCALE_FACTOR = 0.01


async def main(scale_factor: float = SCALE_FACTOR) -> None:
    console = Console(highlight=False)
    async with Database.connect("sqlite://") as db:
        started = time.perf_counter()
        with console.status("Loading…"), TemporaryDirectory(prefix="tpch-") as folder:
            generate(Path(folder), scale_factor)
            count = await load(db, Path(folder))
        seconds = time.perf_counter() - started
        table = Table(
            title=f"TPC-H at scale factor {scale_factor:g}",
            caption=f"{count:,} rows, generated and loaded into SQLite {sqlite3.sqlite_version} in {seconds:.1f} s",
        )
        for heading in ("", "rows", "ms"):
            table.add_column(heading, justify="right")
        table.add_column("what it asks")
        for number, query in QUERIES.items():
            started = time.perf_counter()
            rows = await db.fetch_all(query())
            took = (time.perf_counter() - started) * 1000
            asks = (query.__doc__ or "").partition("\n")[0]
            table.add_row(f"Q{number}", f"{len(rows):,}", f"{took:.1f}", asks)
    console.print(table)


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:2])))
