"""Slow statements, and why they are: their plans."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, replace
from time import monotonic

from qb.dialect import Driver
from qb.errors import QbError, shortened
from qb.observers.events import Event, StatementRun
from qb.observers.hub import Observer, called


@dataclass(slots=True, frozen=True)
class SlowQuery:
    """A statement that was slow. `plan` is what EXPLAIN says of it, in text; None when it was not asked, or could not
    say.
    """

    event: StatementRun
    plan: str | None


class SlowQueries(Observer):
    """Reports statements that take `threshold` seconds or longer, with their plans.

        db.observe(SlowQueries(0.2))                     # warnings of the logger "qb.slow"
        db.observe(SlowQueries(0.2, report=queue.append))

    EXPLAIN runs in a task and on a connection of its own, does not run the statement again, and is asked at most once
    in `pause` seconds; statements in between are reported without a plan. `report` is called with a `SlowQuery`. The
    parameters of the statement are shown to nobody but the database, unless `show_parameters` says so.
    """

    parameters = True

    def __init__(
        self,
        threshold: float,
        *,
        report: Callable[[SlowQuery], None] | None = None,
        pause: float = 10.0,
        show_parameters: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.threshold = threshold
        self.pause = pause
        self._report = report or warn
        self._show_parameters = show_parameters
        self._clock = clock
        self._next = float("-inf")
        self._drivers: dict[str, Driver] = {}
        self._asking: set[asyncio.Task[None]] = set()

    def attached(self, driver: Driver) -> None:
        other = self._drivers.setdefault(driver.dialect.name, driver)
        if other is not driver:
            raise ValueError("one SlowQueries observes one database: make another one")

    def __call__(self, event: Event) -> None:
        if not isinstance(event, StatementRun) or event.seconds < self.threshold:
            return
        parameters = event.parameters or ()
        if not self._show_parameters:
            event = replace(event, parameters=None)
        now = self._clock()
        if self._asking or now < self._next:
            self._report(SlowQuery(event, None))
            return
        self._next = now + self.pause
        asking = self._explain(event, parameters)
        task = asyncio.get_running_loop().create_task(asking, context=Context())  # in nobody's transaction
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def finish(self) -> None:
        """Wait until the plan that is being asked for has been reported."""
        while self._asking:
            await asyncio.wait(self._asking)

    async def _explain(self, event: StatementRun, parameters: tuple[object, ...]) -> None:
        driver = self._drivers[event.dialect]
        plan: str | None
        try:
            command = driver.dialect.explain(event.sql, False, False)
            async with driver.acquire(True) as connection:
                plan = driver.dialect.plan(await connection.fetch(command, parameters, list), False)
        except QbError:  # not every statement has a plan, and the database may be closed meanwhile
            plan = None
        called(self._report, SlowQuery(event, plan))


def warn(slow: SlowQuery) -> None:
    """Log a slow statement."""
    event = slow.event
    shown = shortened(event.sql) if event.parameters is None else f"{shortened(event.sql)} {event.parameters!r}"
    plan = f"\n{slow.plan}" if slow.plan else ""
    logging.getLogger("qb.slow").warning("%.3f s: %s%s", event.seconds, shown, plan, extra={"event": event})
