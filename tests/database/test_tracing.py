"""Spans and metrics of OpenTelemetry, by its conventions for databases."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from qb import Database, insert, select, sql
from qb.errors import UniqueViolated
from qb.observers import Tracing
from qb.observers.tracing import tables_of
from tests.music import Album, Artist


class Telemetry:
    """Keeps spans and metrics."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self.exporter.get_finished_spans()

    def durations(self) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        assert data is not None
        [metric] = data.resource_metrics[0].scope_metrics[0].metrics
        assert (metric.name, metric.unit) == ("db.client.operation.duration", "s")
        return [point for point in metric.data.data_points if isinstance(point, HistogramDataPoint)]


@pytest.fixture
def telemetry(db: Database) -> Telemetry:
    made = Telemetry()
    db.observe(Tracing(made.tracers, made.meters, wait=60))
    return made


def system(db: Database) -> str:
    return {"postgres": "postgresql", "sqlite": "sqlite"}[db.dialect.name]


async def test_a_statement_is_a_span(db: Database, telemetry: Telemetry) -> None:
    query = select(Album.title).where(Album.title == "secret")
    await db.fetch_all(query)
    [span] = telemetry.spans
    assert span.name == "SELECT albums"
    assert span.kind is SpanKind.CLIENT
    assert dict(span.attributes or {}) == {
        "db.system.name": system(db),
        "db.operation.name": "SELECT",
        "db.collection.name": "albums",
        "db.query.text": query.compile(db.dialect).sql,
        "db.query.summary": "SELECT albums",
        "db.response.returned_rows": 0,
    }
    assert span.status.status_code is StatusCode.UNSET
    assert span.start_time is not None
    assert span.end_time is not None
    assert 0 < span.end_time - span.start_time < 10e9
    assert "secret" not in span.to_json()


async def test_it_is_inside_the_span_around_it(db: Database, telemetry: Telemetry) -> None:
    tracer = trace.get_tracer("test", tracer_provider=telemetry.tracers)
    with tracer.start_as_current_span("request"):
        await db.fetch_all(select(Album))
        async with db.transaction() as tx:
            await tx.fetch_all(select(Artist))
    *inner, request = telemetry.spans
    assert [span.name for span in inner] == ["SELECT albums", "BEGIN", "SELECT artists", "COMMIT"]
    assert request.context is not None
    for span in inner:
        assert span.parent is not None
        assert span.parent.span_id == request.context.span_id


async def test_statements_of_one_transaction_share_a_number(db: Database, telemetry: Telemetry) -> None:
    async with db.transaction() as tx:
        await tx.fetch_all(select(Artist))
    numbers = [(span.attributes or {})["qb.transaction"] for span in telemetry.spans]
    assert len(numbers) == 3
    assert len(set(numbers)) == 1


async def test_several_tables(db: Database, telemetry: Telemetry) -> None:
    await db.fetch_all(select(Album.title, Artist.name).join(Artist, on=Album.artist_id == Artist.id))
    [span] = telemetry.spans
    assert span.name == "SELECT albums artists"
    assert "db.collection.name" not in (span.attributes or {})


async def test_a_failure(db: Database, telemetry: Telemetry) -> None:
    with pytest.raises(UniqueViolated):
        await db.execute(insert(Artist).values(name="AC/DC"))
    [span] = telemetry.spans
    attributes = span.attributes or {}
    assert span.name == "INSERT artists"
    assert span.status.status_code is StatusCode.ERROR
    assert attributes["error.type"] == "UniqueViolated"
    code = {"postgres": "23505", "sqlite": "SQLITE_CONSTRAINT_UNIQUE"}[db.dialect.name]
    assert attributes["db.response.status_code"] == code
    assert "AC/DC" not in span.to_json()


async def test_a_cancellation_is_no_error(postgres_db: Database) -> None:
    telemetry = Telemetry()
    postgres_db.observe(Tracing(telemetry.tracers, telemetry.meters, wait=60))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgres_db.execute(sql("SELECT pg_sleep(10)"))
    [span] = telemetry.spans
    assert span.status.status_code is StatusCode.UNSET
    assert (span.attributes or {})["error.type"] == "CancelledError"


async def test_parameters_when_they_may_be_shown(db: Database) -> None:
    telemetry = Telemetry()
    db.observe(Tracing(telemetry.tracers, telemetry.meters, wait=60, parameters=True))
    await db.fetch_all(select(Album.title).where(Album.title == "Blue", Album.plays > 7))
    [span] = telemetry.spans
    attributes = span.attributes or {}
    assert attributes["db.query.parameter.0"] == "Blue"
    assert attributes["db.query.parameter.1"] == "7"


async def test_attributes_of_all_spans(db: Database) -> None:
    telemetry = Telemetry()
    tracing = Tracing(telemetry.tracers, telemetry.meters, wait=0, attributes={"db.namespace": "music"})
    db.observe(tracing)
    async with db.transaction() as tx:
        await tx.fetch_all(select(Album))
    assert [span.name for span in telemetry.spans] == ["wait for a connection", "BEGIN", "SELECT albums", "COMMIT"]
    assert {(span.attributes or {})["db.namespace"] for span in telemetry.spans} == {"music"}
    assert telemetry.spans[0].kind is SpanKind.INTERNAL


async def test_durations(db: Database, telemetry: Telemetry) -> None:
    for _ in range(3):
        await db.fetch_all(select(Album))
    with pytest.raises(UniqueViolated):
        await db.execute(insert(Artist).values(name="AC/DC"))
    selects, inserts = telemetry.durations()
    assert selects.count == 3
    assert dict(selects.attributes or {}) == {
        "db.system.name": system(db),
        "db.operation.name": "SELECT",
        "db.collection.name": "albums",
    }
    assert list(selects.explicit_bounds) == [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
    assert inserts.count == 1
    assert (inserts.attributes or {})["error.type"] == "UniqueViolated"


async def test_without_a_provider_nothing_happens(db: Database) -> None:
    db.observe(Tracing())
    assert len(await db.fetch_all(select(Album))) == 4


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ('SELECT * FROM "a" JOIN "b" AS "c" ON TRUE JOIN "a" AS "d" ON TRUE', ["a", "b"]),
        ('UPDATE "a" SET "x" = 1', ["a"]),
        ('INSERT INTO "s"."a" ("x") VALUES (?)', ["s.a"]),
        ('DELETE FROM "a ""b""" WHERE 1', ["a b"]),
        ("SELECT 1", []),
        ("VACUUM", []),
    ],
)
def test_tables_of_a_statement(text: str, tables: list[str]) -> None:
    assert tables_of(text) == tables
