"""Events as spans and metrics of OpenTelemetry, by its conventions for databases: the extra `qb[otel]`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from opentelemetry import metrics, trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider
from opentelemetry.util.types import AttributeValue

from qb.observers.events import Event, PoolWait, StatementRun, TransactionStep
from qb.observers.hub import Observer

SCHEMA = "https://opentelemetry.io/schemas/1.33.0"
SYSTEMS = {"postgres": "postgresql", "d1": "sqlite"}
"""The conventions' names for dialects that have others here."""
TABLES = re.compile(r'\b(?:FROM|INTO|JOIN|UPDATE)\s+((?:"(?:[^"]|"")+"|\w+)(?:\.(?:"(?:[^"]|"")+"|\w+))?)')
LONGEST = 255
"""Characters of a summary."""
BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
"""Seconds, as the conventions have them."""


class Tracing(Observer):
    """A span for every statement and every step of a transaction, inside the span of the task that runs it, and the
    metric `db.client.operation.duration`.

        db.observe(Tracing(attributes={"db.namespace": "music", "server.address": "db.example.com"}))

    Spans are named after the statement and its tables (`SELECT albums`). They have its text, in which values are marks;
    with `parameters=True` the values as well. Waits for a connection of `wait` seconds or more are spans, too.
    `attributes` are those of all spans. The providers are the global ones unless they are given.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        attributes: Mapping[str, AttributeValue] | None = None,
        wait: float = 0.01,
        parameters: bool = False,
    ) -> None:
        self.parameters = parameters
        self._wait = wait
        self._attributes = dict(attributes or {})
        self._tracer = trace.get_tracer("qb", tracer_provider=tracer_provider, schema_url=SCHEMA)
        self._durations = metrics.get_meter("qb", meter_provider=meter_provider, schema_url=SCHEMA).create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=BOUNDARIES,
        )

    def __call__(self, event: Event) -> None:
        if isinstance(event, StatementRun):
            self._statement(event)
        elif isinstance(event, TransactionStep):
            self._step(event)
        elif isinstance(event, PoolWait) and (event.seconds >= self._wait or event.error is not None):
            self._end(self._span("wait for a connection", event, SpanKind.INTERNAL), event)

    def _statement(self, event: StatementRun) -> None:
        operation, tables = event.operation, tables_of(event.sql)
        known: dict[str, AttributeValue] = {"db.operation.name": operation}
        if len(tables) == 1:
            known["db.collection.name"] = tables[0]
        summary = " ".join([operation, *tables])[:LONGEST]
        span = self._span(summary, event, SpanKind.CLIENT)
        if span.is_recording():
            span.set_attributes({**known, "db.query.text": event.sql, "db.query.summary": summary})
            if event.rows is not None and operation in ("SELECT", "VALUES"):
                span.set_attribute("db.response.returned_rows", event.rows)
            for place, value in enumerate(event.parameters or ()):
                span.set_attribute(f"db.query.parameter.{place}", str(value))
        self._end(span, event)
        self._durations.record(event.seconds, {**self._common(event), **known, **failure(event.error)})

    def _step(self, event: TransactionStep) -> None:
        operation = event.step.upper()
        span = self._span(operation, event, SpanKind.CLIENT)
        span.set_attribute("db.operation.name", operation)
        self._end(span, event)

    def _span(self, name: str, event: Event, kind: SpanKind) -> Span:
        attributes = self._common(event)
        if event.transaction is not None:
            attributes["qb.transaction"] = event.transaction
        return self._tracer.start_span(name, kind=kind, attributes=attributes, start_time=int(event.started * 1e9))

    def _end(self, span: Span, event: Event) -> None:
        if event.error is not None:
            # Not the exception itself: its cause is the driver's, whose words have values of rows.
            span.set_attributes(failure(event.error))
            if not isinstance(event.error, asyncio.CancelledError):
                span.set_status(Status(StatusCode.ERROR))
        span.end(int((event.started + event.seconds) * 1e9))

    def _common(self, event: Event) -> dict[str, AttributeValue]:
        return {"db.system.name": SYSTEMS.get(event.dialect, event.dialect), **self._attributes}


def failure(error: BaseException | None) -> dict[str, AttributeValue]:
    """What is told of an error."""
    if error is None:
        return {}
    found: dict[str, AttributeValue] = {"error.type": type(error).__qualname__}
    code = getattr(error.__cause__, "sqlstate", None) or getattr(error.__cause__, "sqlite_errorname", None)
    if isinstance(code, str):
        found["db.response.status_code"] = code
    return found


def tables_of(sql: str) -> list[str]:
    """The tables that a statement names first, each once, in their order."""
    return list(dict.fromkeys([name.replace('"', "") for name in TABLES.findall(sql)]))
