"""Who observes a database, and how they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, time
from types import TracebackType
from typing import Any, Self, TypeVar

from qb.dialect import Driver
from qb.observers.events import CacheLookup, Event, Outcome, Retry, StatementRun

T = TypeVar("T")


class Observer:
    """The base of observers that want more than events; a function will do for all others.

    A subclass that sets `parameters = True` is given the parameters of statements.
    """

    parameters: bool = False

    def __call__(self, event: Event) -> None:
        """Take an event, at once: the statement waits. It is called in the task that the event is about."""
        raise NotImplementedError

    def attached(self, driver: Driver) -> None:
        """Called when it begins to observe a database."""


class Hub:
    """The observers of one database."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.dialect = driver.dialect.name
        self.observers: list[tuple[Callable[[Event], None], bool]] = []
        """Each with whether it is given parameters."""

    def tell(self, event: Event) -> None:
        """Call the observers."""
        for observer, _ in self.observers:
            called(observer, event)

    def tell_statement(self, event: StatementRun, parameters: Any) -> None:
        """Call the observers; only those who asked for them get the parameters."""
        full: StatementRun | None = None
        for observer, has_parameters in self.observers:
            if not has_parameters:
                called(observer, event)
                continue
            if full is None:
                full = replace(event, parameters=tuple(parameters))
            called(observer, full)

    def tell_lookup(self, sql: str, outcome: Outcome, seconds: float) -> None:
        """A query was looked up in a cache."""
        self.tell(
            CacheLookup(
                dialect=self.dialect,
                started=time() - seconds,
                seconds=seconds,
                task=task_name(),
                sql=sql,
                outcome=outcome,
            )
        )

    def now(self) -> float:
        """For measuring how long something takes."""
        return perf_counter()

    def tell_retry(self, attempt: int, seconds: float, pause: float, error: BaseException) -> None:
        """A unit of work is about to be run again."""
        self.tell(
            Retry(
                dialect=self.dialect,
                started=time() - seconds,
                seconds=seconds,
                error=error,
                task=task_name(),
                attempt=attempt,
                pause=pause,
            )
        )


class Observation:
    """One observer at a database, until `stop()` is called or the `with` block ends."""

    def __init__(self, hub: Hub, observer: Callable[[Event], None], parameters: bool) -> None:
        if isinstance(observer, Observer):
            parameters = parameters or observer.parameters
            observer.attached(hub.driver)
        self._hub = hub
        self._entry = observer, parameters
        hub.observers = [*hub.observers, self._entry]  # whoever is just being told has the old list

    def stop(self) -> None:
        """Call the observer no more."""
        self._hub.observers = [entry for entry in self._hub.observers if entry is not self._entry]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def called(observer: Callable[[T], None], event: T) -> None:
    """Call an observer. What it raises is its own failure, not that of the statement: it is logged."""
    try:
        observer(event)
    except Exception:
        import logging

        logging.getLogger("qb.observers").exception("the observer %r failed", observer)


def task_name() -> str | None:
    """The name of the task that runs; of the loop's own callbacks, None."""
    task = asyncio.current_task()
    return None if task is None else task.get_name()
