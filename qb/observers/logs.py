"""Events as lines of the standard library's logging."""

from __future__ import annotations

import asyncio
import logging

from qb.errors import shortened
from qb.observers.events import CacheLookup, Event, PoolWait, Retry, StatementRun, TransactionStep
from qb.observers.hub import Observer


class Logs(Observer):
    """Logs events: DEBUG for what went well, WARNING for what took `slow` seconds or longer and for what is tried
    again, ERROR for what failed.

        db.observe(Logs())                          # to the logger "qb"
        db.observe(Logs(logger, slow=0.2))

    A record has the event as `record.event`. Statements are shown as they are sent, and their parameters are not,
    unless `parameters` says so.
    """

    def __init__(
        self, logger: logging.Logger | str = "qb", *, slow: float | None = 1.0, parameters: bool = False
    ) -> None:
        self.logger = logging.getLogger(logger) if isinstance(logger, str) else logger
        self.slow = slow
        self.parameters = parameters

    def __call__(self, event: Event) -> None:
        level = self.level(event)
        if self.logger.isEnabledFor(level):
            self.logger.log(level, "%s", line_of(event), extra={"event": event})

    def level(self, event: Event) -> int:
        """The level of an event's line."""
        if isinstance(event, Retry):
            return logging.WARNING
        if event.error is not None:
            return logging.INFO if isinstance(event.error, asyncio.CancelledError) else logging.ERROR
        return logging.WARNING if self.slow is not None and event.seconds >= self.slow else logging.DEBUG


def line_of(event: Event) -> str:
    """An event in words."""
    words = [f"{event.dialect}:"]
    if isinstance(event, StatementRun):
        words.append(shortened(event.sql))
        if event.parameters is not None:
            words.append(repr(event.parameters))
        words.append("-" if event.rows is None else f"- {event.rows} row{'' if event.rows == 1 else 's'} in")
    elif isinstance(event, TransactionStep):
        words += [event.step.upper(), *([event.name] if event.name else []), "- in"]
    elif isinstance(event, PoolWait):
        words.append(f"{'a connection' if event.error is None else 'no connection'} after")
    elif isinstance(event, Retry):
        words.append(f"try {event.attempt} has failed, and another one comes in {event.pause * 1000:.0f} ms; after")
    elif isinstance(event, CacheLookup):
        words.append(f"cache {event.outcome}: {shortened(event.sql)} - in")
    words.append(f"{event.seconds * 1000:.2f} ms")
    if event.transaction is not None:
        words.append(f"(transaction {event.transaction})")
    if event.error is not None:
        words.append(f"- {type(event.error).__name__}: {str(event.error).partition(chr(10))[0]}")
    return " ".join(words)
