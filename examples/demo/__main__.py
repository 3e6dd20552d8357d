"""The demo: `python -m examples.demo`, or `make demo`."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import time
from datetime import date
from decimal import Decimal
from typing import Any

from examples.demo import queries
from examples.demo.checking import Findings, check
from examples.demo.load import SOURCE, load
from examples.demo.report import Function, Report
from examples.demo.schema import City
from qb import Database, Query
from qb.dialect import find_dialect
from qb.errors import ForeignKeyViolated

SHOWN: list[Function] = [
    queries.largest_cities,
    queries.continents_with_cities,
    queries.capitals,
    queries.country_and_cities,
    queries.countries_without_cities,
    queries.larger_than_usual,
    queries.visit,
    queries.rate_unrated,
    queries.diary,
]


class Demo:
    """Runs queries and reports them."""

    def __init__(self, db: Database, report: Report, findings: Findings) -> None:
        self.db = db
        self.report = report
        self.findings = findings

    async def show(self, title: str, function: Function, *arguments: object) -> None:
        """Run a query and print everything about it."""
        query: Query[Any] = function(*arguments)
        rows = await self.db.fetch_all(query)
        self.report.query(title, function, arguments, query, rows, self.findings.rows[function.__name__])

    async def reads(self) -> None:
        await self.show("A join", queries.largest_cities, 5)
        await self.show("Aggregates by group", queries.continents_with_cities, 1000)
        await self.show("A left join: what may be missing is optional", queries.capitals, "SA")
        await self.show("Whole rows, with their columns decoded", queries.country_and_cities, "Iceland")
        await self.show("NOT EXISTS", queries.countries_without_cities)
        await self.show("A sub-query that reads the row around it", queries.larger_than_usual, "JP", 15)

    async def writes(self) -> None:
        reykjavik = await self.db.fetch_value(queries.city_called("Reykjavík"))
        await self.db.execute(queries.visit(reykjavik, date(2024, 5, 1)))
        await self.show("An upsert that returns its row", queries.visit, reykjavik, date(2025, 6, 2))
        await self.transaction(reykjavik)
        await self.show("An update that returns its rows", queries.rate_unrated, Decimal("8.5"))
        self.report.step("A coroutine around a query", queries.diary)
        self.report.rows(await queries.diary(self.db), self.findings.rows["diary"])

    async def transaction(self, home: int) -> None:
        self.report.step("A transaction that fails, and leaves no trace", queries.travel)
        kyoto = await self.db.fetch_value(queries.city_called("Kyoto"))
        before = await queries.diary(self.db)
        try:
            await queries.travel(self.db, [kyoto, home, -1], date(2025, 7, 3))
        except ForeignKeyViolated as error:
            self.report.failure(error)
        after = await queries.diary(self.db)
        await queries.travel(self.db, [kyoto, home], date(2025, 7, 3))
        now = await queries.diary(self.db)
        self.report.lines(
            f"The diary is as it was before: {before == after}.",
            f"The journey without its last stop makes it {len(now)} rows instead of {len(before)}.",
        )

    async def stream(self) -> None:
        self.report.step("A stream", queries.export)
        file = io.StringIO()
        count = await queries.export(self.db, file)
        lines = file.getvalue().splitlines()
        self.report.lines(f"{count:,} rows of CSV, from:", *lines[:2], "to:", *lines[-2:])


async def main() -> None:
    report = Report()
    checking = asyncio.create_task(asyncio.to_thread(check, [function.__name__ for function in SHOWN]))
    async with Database.connect("sqlite://") as db:
        started = time.perf_counter()
        with report.console.status("Loading the cities, while mypy reads the queries…"):
            cities = await load(db)
            loaded = time.perf_counter() - started
            findings = await checking
        report.title(
            "qb: SQL as typed Python expressions",
            f"{cities:,} cities, loaded into SQLite {sqlite3.sqlite_version} in {loaded:.1f} s",
            *SOURCE,
            f"Row types and errors: mypy {findings.version} with qb's plugin, run just now",
        )
        report.tables(
            "One of four in schema.py, and what it compiles to.",
            source=City,
            statements={
                name: find_dialect(dialect).ddl().create([City])
                for name, dialect in (("SQLite", "sqlite"), ("PostgreSQL", "postgres"))
            },
        )
        demo = Demo(db, report, findings)
        await demo.reads()
        await demo.writes()
        await demo.stream()
    report.chapter("What mypy refuses", "From mistakes.py, in mypy's words.")
    report.mistakes(findings.mistakes)


if __name__ == "__main__":
    asyncio.run(main())
