"""All benchmarks, one after the other."""

from __future__ import annotations

import asyncio
import platform
import sqlite3
from importlib.metadata import version

from rich.console import Console

from benchmarks import building, checking, importing, inserting, observing, preparing, running, workers

LIBRARIES = ("SQLAlchemy", "Piccolo", "tortoise-orm", "PyPika", "sqlglot", "aiosqlite", "asyncpg", "mypy")


def main() -> None:
    console = Console(highlight=False)
    versions = ", ".join([f"{name} {version(name)}" for name in LIBRARIES])
    console.print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}")
    console.print("Contestants take turns; figures are medians, ratios are medians over the rounds.\n")
    for make in (
        building.table,
        preparing.table,
        inserting.table,
        importing.table,
        importing.slowest,
        workers.wheel,
        workers.imports,
        workers.requests,
        workers.schema_checks,
        lambda: asyncio.run(running.on_sqlite()),
        lambda: asyncio.run(running.on_postgres()),
        lambda: asyncio.run(observing.table()),
        checking.table,
        checking.large,
    ):
        with console.status("Measuring…"):
            table = make()
        console.print(table, "\n")


if __name__ == "__main__":
    main()
