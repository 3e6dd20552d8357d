"""An observer that keeps what it is told."""

from __future__ import annotations

from typing import TypeVar

from qb.observers import Event, StatementRun, TransactionStep

E = TypeVar("E", bound=Event)


class Recorder:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def statements(self) -> list[tuple[str, int | None]]:
        return [(event.operation, event.rows) for event in self.of(StatementRun)]

    def steps(self) -> list[str]:
        return [event.step for event in self.of(TransactionStep)]
