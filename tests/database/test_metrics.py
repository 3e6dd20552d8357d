"""Metrics: counts, quantiles, and a page that Prometheus reads."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from qb import Database, Expr, Query, Transaction, insert, query, select, sql, update
from qb.dialect import Driver, PoolStatus
from qb.errors import InvalidSql, SerializationFailed, UniqueViolated
from qb.observers import Metrics, PreparedStatistics, StatementRun, prepared_statistics
from qb.observers.histogram import BOUNDS, Histogram
from tests.music import Album, Artist


@pytest.fixture
def metrics(db: Database) -> Metrics:
    made = Metrics()
    db.observe(made)
    return made


async def work(db: Database) -> None:
    """Some of everything."""
    await db.fetch_all(select(Album))
    await db.fetch_all(select(Artist))
    async with db.transaction() as tx:
        await tx.execute(update(Album).set(plays=1).where(Album.artist_id == 1))
    with pytest.raises(UniqueViolated):
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name="AC/DC"))
    with pytest.raises(InvalidSql):
        await db.execute(sql("NONSENSE"))


async def test_what_is_counted(db: Database, metrics: Metrics) -> None:
    await work(db)
    found = metrics.snapshot()
    assert found.statements == {"SELECT": 2, "UPDATE": 1, "INSERT": 1, "OTHER": 1}
    assert found.durations.count == 5
    assert found.rows == 4 + 3 + 2
    assert found.errors == {"constraint": 1, "syntax": 1}
    assert (found.commits, found.rollbacks) == (1, 1)
    assert found.transactions.count == 2
    assert found.waits.count == 5
    assert found.retries == 0
    assert found.cache == {}
    assert found.hit_rate is None
    assert found.durations.p50 is not None
    assert found.durations.p99 is not None
    assert 0 < found.durations.p50 <= found.durations.p99 <= found.durations.seconds


async def test_nothing_was_done(db: Database, metrics: Metrics) -> None:
    found = metrics.snapshot()
    assert found.statements == {}
    assert (found.durations.count, found.durations.p50, found.durations.p99) == (0, None, None)
    assert list(text_string_to_metric_families(metrics.prometheus()))


async def test_retries_are_counted(db: Database, metrics: Metrics) -> None:
    async def failing(tx: Transaction) -> None:
        await tx.fetch_all(select(Artist))
        raise SerializationFailed("a collision")

    with pytest.raises(SerializationFailed):
        await db.run(failing, retries=2, backoff=0)
    found = metrics.snapshot()
    assert (found.retries, found.rollbacks, found.commits) == (2, 3, 0)


async def test_cancellations_are_counted(postgres_db: Database) -> None:
    metrics = Metrics()
    postgres_db.observe(metrics)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgres_db.execute(sql("SELECT pg_sleep(10)"))
    assert metrics.snapshot().errors == {"cancelled": 1}


async def test_several_databases_are_counted_together(db: Database, metrics: Metrics) -> None:
    async with Database.connect("sqlite://", observers=[metrics]) as other:
        await other.execute(sql("SELECT 1"))
    await db.fetch_all(select(Artist))
    assert metrics.snapshot().durations.count == 2


# Statements and queries that are prepared


async def test_statements_that_were_prepared(db: Database, metrics: Metrics) -> None:
    seen: list[bool | None] = []
    db.observe(lambda event: seen.append(event.prepared) if isinstance(event, StatementRun) else None)
    for key in (1, 2, 3):
        await db.fetch_all(select(Artist.name).where(Artist.id == key))
        await db.execute(update(Artist).set(name=f"name {key}").where(Artist.id == key))
    async with db.transaction() as tx:
        await tx.fetch_all(select(Artist.name).where(Artist.id == 1))
    await db.execute(sql("SELECT 1"))
    tells = db.dialect.name == "postgres"
    assert seen == ([False, False, True, True, True, True, True, None] if tells else [None] * 8)
    assert metrics.snapshot().prepared == ({"miss": 2, "hit": 5} if tells else {})
    assert (sample_values(metrics).get(("qb_prepared_statements_total", "hit")) == 5) is tells


async def test_a_cache_of_statements_that_is_off(postgres_url: str) -> None:
    metrics = Metrics()
    async with Database.connect(postgres_url, statement_cache_size=0, observers=[metrics]) as db:
        for key in (1, 2):
            await db.fetch_all(select(sql("{} + 1", key, returns=int).as_("next")))
        assert metrics.snapshot().prepared == {"miss": 2}


async def test_queries_that_were_compiled(db: Database, metrics: Metrics) -> None:
    @query
    def album(key: int) -> Query[Any]:
        return select(Album.title).where(Album.id == key)

    @query
    def part(condition: Expr[bool]) -> Query[Any]:
        return select(Album.title).where(condition)

    def counts(name: str) -> tuple[int, int]:
        figures = prepared_statistics().get(f"{__name__}.test_queries_that_were_compiled.<locals>.{name}")
        return (0, 0) if figures is None else (figures.hits, figures.misses)

    def all_counts() -> list[int]:
        found = metrics.snapshot().queries
        return [found["hit"], found["miss"], *counts("album"), *counts("part")]

    before = all_counts()
    for key in (1, 2, 3):
        await db.fetch_all(album(key))
        await db.fetch_all(part(Album.id == key))
    after = all_counts()
    assert [new - old for old, new in zip(before, after, strict=True)] == [2, 4, 2, 1, 0, 3]
    assert sample_values(metrics)["qb_prepared_queries_total", "hit"] == after[0]


def test_hit_rates() -> None:
    assert PreparedStatistics().hit_rate is None
    figures = PreparedStatistics()
    figures.bound, figures.traced, figures.misfits = 8, 2, 4
    assert figures.hit_rate == 0.5
    assert repr(figures) == "PreparedStatistics(hits=6, misses=6)"


class Pool(Driver):
    """Tells how its connections are."""

    def __init__(self, *counts: int) -> None:
        self.counts = counts

    def pool_status(self) -> PoolStatus:
        return PoolStatus(*self.counts)


def test_pools() -> None:
    metrics = Metrics()
    assert metrics.snapshot().pool is None
    assert "qb_pool_connections" not in metrics.prometheus()
    one = Pool(10, 3, 0)
    for driver in (one, one, Pool(5, 5, 2)):
        metrics.attached(driver)
    assert repr(metrics.snapshot().pool) == "PoolStatus(size=15, in_use=8, waiting=2)"
    samples = sample_values(metrics)
    assert samples["qb_pool_connections", ""] == 15
    assert samples["qb_pool_connections_in_use", ""] == 8
    assert samples["qb_pool_waiting", ""] == 2


# Prometheus


def sample_values(metrics: Metrics) -> dict[tuple[str, str], float]:
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics.prometheus())
        for sample in family.samples
    }


async def test_prometheus_reads_the_page(db: Database, metrics: Metrics) -> None:
    await work(db)
    families = {family.name: family for family in text_string_to_metric_families(metrics.prometheus())}
    assert {name: family.type for name, family in families.items() if not name.startswith("qb_pool_c")} == {
        "qb_statements": "counter",
        "qb_statement_duration_seconds": "histogram",
        "qb_rows": "counter",
        "qb_errors": "counter",
        "qb_transactions": "counter",
        "qb_transaction_duration_seconds": "histogram",
        "qb_retries": "counter",
        "qb_pool_wait_seconds": "histogram",
        "qb_cache_lookups": "counter",
        "qb_prepared_statements": "counter",
        "qb_prepared_queries": "counter",
    } | ({"qb_pool_waiting": "gauge"} if metrics.snapshot().pool is not None else {})
    assert all(family.documentation for family in families.values())
    samples = sample_values(metrics)
    assert samples["qb_statements_total", "SELECT"] == 2
    assert samples["qb_statements_total", "OTHER"] == 1
    assert samples["qb_rows_total", ""] == 9
    assert samples["qb_errors_total", "constraint"] == 1
    assert samples["qb_transactions_total", "rollback"] == 1
    assert samples["qb_statement_duration_seconds_count", ""] == 5
    assert samples["qb_statement_duration_seconds_sum", ""] == metrics.snapshot().durations.seconds
    assert samples["qb_statement_duration_seconds_bucket", "+Inf"] == 5


async def test_buckets_grow(db: Database, metrics: Metrics) -> None:
    await work(db)
    [family] = [
        family
        for family in text_string_to_metric_families(metrics.prometheus())
        if family.name == "qb_statement_duration_seconds"
    ]
    buckets = [sample for sample in family.samples if sample.name.endswith("_bucket")]
    bounds = [float(sample.labels["le"]) for sample in buckets]
    assert bounds == sorted(set(bounds))
    counts = [sample.value for sample in buckets]
    assert counts == sorted(counts)
    assert counts[-1] == 5


async def test_labels_are_few(db: Database, metrics: Metrics) -> None:
    """The words of statements are anybody's."""
    for word in ('x"y', "x\ny", "x\\y", ""):
        metrics(StatementRun(dialect="sqlite", started=0, seconds=1, sql=word))
    assert metrics.snapshot().statements == {"OTHER": 4}


# Quantiles


@pytest.mark.parametrize("seed", range(5))
def test_quantiles_are_near(seed: int) -> None:
    numbers = random.Random(seed)
    lengths = sorted(numbers.lognormvariate(-6, 2) for _ in range(5000))
    histogram = Histogram()
    for length in lengths:
        histogram.add(length)
    found = histogram.durations()
    assert found.count == 5000
    assert found.seconds == pytest.approx(sum(lengths))
    for part, quantile in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99)):
        assert quantile == pytest.approx(lengths[int(part * 5000)], rel=0.2)


@pytest.mark.parametrize("length", [0.0, 1e-9, 1e-5, 0.00123, 1.0, 168.0, 10_000.0])
def test_a_single_duration(length: float) -> None:
    histogram = Histogram()
    histogram.add(length)
    found = histogram.durations()
    assert found.p50 is not None
    assert found.p99 is not None
    assert found.p50 <= found.p99 <= length
    if length >= 1e-5:
        assert found.p99 == pytest.approx(length, rel=0.2)


def test_memory_is_bounded() -> None:
    histogram = Histogram()
    for number in range(100_000):
        histogram.add(number / 100)
    assert len(histogram.counts) == len(BOUNDS) + 1
