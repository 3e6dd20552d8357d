"""The engines of the property tests: filled databases, and one event loop that answers synchronous tests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import settings

from qb import Database, delete, insert, sql
from tests.properties.data import TABLES
from tests.properties.evaluate import Data

Examples = Callable[[float], settings]
"""The settings for a share of all examples."""


class Engines:
    """The same data on several engines."""

    def __init__(self, runner: asyncio.Runner, data: Data, *databases: Database) -> None:
        self.runner = runner
        self.data = data
        self.databases = databases

    def rows(self, query: Any) -> list[list[tuple[Any, ...]]]:
        """What each engine answers."""
        found: list[list[tuple[Any, ...]]] = self.runner.run(self._rows(query))
        return found

    async def _rows(self, query: Any) -> list[list[tuple[Any, ...]]]:
        with self.shown(query):
            return list(await asyncio.gather(*[database.fetch_all(query) for database in self.databases]))

    @contextmanager
    def shown(self, query: Any) -> Iterator[None]:
        """Shows the SQL of a query that fails."""
        try:
            yield
        except Exception as error:
            for database in self.databases:
                sql, parameters = query.compile(database.dialect)
                error.add_note(f"{database.dialect.name}: {sql}\nparameters: {parameters}")
            raise

    def refill(self, data: Data) -> None:
        """Put other data in place."""
        self.data = data
        self.runner.run(self._refill())

    async def _refill(self) -> None:
        for database in self.databases:
            writes: list[Any] = []
            for name, table in TABLES.items():
                writes.append(delete(table).all_rows())
                if self.data[name]:
                    writes.append(insert(table).values_many(self.data[name]))
            await database.batch(*writes)


def connect(runner: asyncio.Runner, data: Data, postgres_url: str, schema: str) -> Engines:
    """Filled databases. Each set of data has a schema of its own on PostgreSQL."""

    async def opened() -> list[Database]:
        async with Database.connect(postgres_url) as server:
            await server.execute(sql(f"CREATE SCHEMA {schema}"))
        found = [
            await Database.connect("sqlite://"),
            # Without compilation of queries, which takes longer than to run them over so few rows.
            await Database.connect(f"{postgres_url}?search_path={schema}&sslmode=disable&jit=off"),
        ]
        for database in found:
            await database.create_tables(*TABLES.values())
        return found

    engines = Engines(runner, data, *runner.run(opened()))
    engines.refill(data)
    return engines


def bag(rows: Iterable[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Rows whose order does not matter."""
    return Counter(map(exact, rows))


def exact(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values with their types, because True is equal to 1. Only of averages the last digits may differ."""
    return tuple([
        None if value is None else (type(value).__name__, float(f"{value:.10g}") if isinstance(value, float) else value)
        for value in row
    ])  # fmt: skip
