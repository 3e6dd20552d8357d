"""Figures about what a database does."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from qb.dialect import Driver, PoolStatus
from qb.observers.events import CacheLookup, Event, PoolWait, Retry, StatementRun, TransactionStep
from qb.observers.histogram import Durations, Histogram
from qb.observers.hub import Observer
from qb.prepared.statistics import prepared_statistics

OPERATIONS = frozenset({"DELETE", "INSERT", "MERGE", "SELECT", "UPDATE", "VALUES", "WITH"})
"""What statements are counted by; all others are OTHER."""


@dataclass(slots=True, frozen=True)
class Snapshot:
    """The figures at one moment, since the metrics were made."""

    statements: dict[str, int]
    """By their first word: SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, WITH and OTHER."""
    rows: int
    """Returned and changed ones."""
    durations: Durations
    """Of statements."""
    errors: dict[str, int]
    """Failed statements, commits and waits for connections, by the category of the error; "cancelled" and "other" are
    those of no database.
    """
    commits: int
    rollbacks: int
    transactions: Durations
    """From begin to commit or rollback."""
    retries: int
    waits: Durations
    """For connections."""
    pool: PoolStatus | None
    """The connections now; None when the drivers do not tell."""
    cache: dict[str, int]
    """Look-ups in caches: hit, miss, shared and bypass."""
    prepared: dict[str, int]
    """Statements that their connection had prepared (hit), or had to prepare (miss); of drivers that tell."""
    queries: dict[str, int]
    """Calls of `@query` functions in this process that were compiled already (hit), or had to be (miss)."""

    @property
    def hit_rate(self) -> float | None:
        """The part of look-ups in caches that did not ask the database; None when there were none."""
        found = self.cache.get("hit", 0) + self.cache.get("shared", 0)
        asked = found + self.cache.get("miss", 0)
        return found / asked if asked else None


class Metrics(Observer):
    """Counts and times everything, in bounded memory.

        metrics = Metrics()
        db.observe(metrics)
        metrics.snapshot().durations.p95      # seconds
        metrics.prometheus()                  # a page for Prometheus

    One of them may observe several databases: the figures are those of all.
    """

    def __init__(self) -> None:
        self._drivers: list[Driver] = []
        self._operations: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._cache: Counter[str] = Counter()
        self._prepared: Counter[str] = Counter()
        self._rows = self._retries = self._commits = self._rollbacks = 0
        self._statements, self._transactions, self._waits = Histogram(), Histogram(), Histogram()

    def attached(self, driver: Driver) -> None:
        if driver not in self._drivers:
            self._drivers.append(driver)

    def __call__(self, event: Event) -> None:
        if isinstance(event, StatementRun):
            operation = event.operation
            self._operations[operation if operation in OPERATIONS else "OTHER"] += 1
            self._statements.add(event.seconds)
            self._rows += event.rows or 0
            if event.prepared is not None:
                self._prepared["hit" if event.prepared else "miss"] += 1
        elif isinstance(event, TransactionStep):
            if event.lasted is not None:
                self._transactions.add(event.lasted)
                if event.step == "commit":
                    self._commits += 1
                else:
                    self._rollbacks += 1
        elif isinstance(event, PoolWait):
            self._waits.add(event.seconds)
        elif isinstance(event, CacheLookup):
            self._cache[event.outcome] += 1
        elif isinstance(event, Retry):
            self._retries += 1
            return  # its error was counted where it was raised
        if event.error is not None and not (isinstance(event, TransactionStep) and event.step == "rollback"):
            self._errors[category_of(event.error)] += 1

    def snapshot(self) -> Snapshot:
        """The figures now."""
        found = [status for driver in self._drivers if (status := driver.pool_status()) is not None]
        return Snapshot(
            statements=dict(self._operations),
            rows=self._rows,
            durations=self._statements.durations(),
            errors=dict(self._errors),
            commits=self._commits,
            rollbacks=self._rollbacks,
            transactions=self._transactions.durations(),
            retries=self._retries,
            waits=self._waits.durations(),
            pool=in_all(found),
            cache=dict(self._cache),
            prepared=dict(self._prepared),
            queries=queries(),
        )

    def prometheus(self) -> str:
        """The figures in the text format that Prometheus reads, for the answer to its request."""
        from qb.observers.prometheus import Page

        page = Page()
        page.counter("qb_statements", "Statements that were run.", "operation", self._operations)
        page.histogram("qb_statement_duration_seconds", "How long statements took.", self._statements)
        page.counter("qb_rows", "Rows that were returned or changed.", None, {"": self._rows})
        page.counter("qb_errors", "What failed.", "category", self._errors)
        ends = {"commit": self._commits, "rollback": self._rollbacks}
        page.counter("qb_transactions", "Transactions that have ended.", "end", ends)
        page.histogram("qb_transaction_duration_seconds", "How long transactions lasted.", self._transactions)
        page.counter("qb_retries", "Units of work that were run again.", None, {"": self._retries})
        page.histogram("qb_pool_wait_seconds", "How long connections were waited for.", self._waits)
        pool = self.snapshot().pool
        if pool is not None:
            page.gauge("qb_pool_connections", "Connections that are open.", pool.size)
            page.gauge("qb_pool_connections_in_use", "Connections that are in use.", pool.in_use)
            page.gauge("qb_pool_waiting", "Tasks that wait for a connection.", pool.waiting)
        page.counter("qb_cache_lookups", "Look-ups in caches.", "outcome", self._cache)
        page.counter("qb_prepared_statements", "Statements by whether they were prepared.", "outcome", self._prepared)
        page.counter(
            "qb_prepared_queries", "Calls of @query functions by whether they were compiled.", "outcome", queries()
        )
        return page.text()


def queries() -> dict[str, int]:
    """The calls of all prepared queries."""
    found = prepared_statistics().values()
    return {"hit": sum(each.hits for each in found), "miss": sum(each.misses for each in found)}


def category_of(error: BaseException) -> str:
    """What an error is counted by."""
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    return str(getattr(error, "category", "other"))


def in_all(found: list[PoolStatus]) -> PoolStatus | None:
    """The connections of several pools."""
    if not found:
        return None
    return PoolStatus(
        sum(status.size for status in found),
        sum(status.in_use for status in found),
        sum(status.waiting for status in found),
    )
