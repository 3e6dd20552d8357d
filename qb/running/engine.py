"""What a database and its transactions share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from qb.dialect import Connection, Dialect, Driver

if TYPE_CHECKING:
    from qb.cache.tracking import Tracker
    from qb.events import Events
    from qb.observers import Event, Observation
    from qb.observers.hub import Hub

Lease = AbstractAsyncContextManager[Connection]


class Engine:
    """One database that was opened: its driver, for everybody who runs queries on it."""

    __slots__ = ("dialect", "driver", "events", "hub", "layers", "show_parameters", "tracker")

    def __init__(self, driver: Driver, *, show_parameters: bool = False, events: Events | None = None) -> None:
        self.driver = driver
        self.events = events
        """The handlers of writes."""
        self.show_parameters = show_parameters
        """Whether errors have the parameters of their statement."""
        self.dialect: Dialect = driver.dialect
        self.hub: Hub | None = None
        """Its observers, once there have been any."""
        self.tracker: Tracker | None = None
        """What knows of all writes, once there is a cache that has to."""
        self.layers: tuple[Callable[[Lease, bool], Lease], ...] = ()
        """What stands between those who take a connection and the driver, which knows nothing of it."""

    def acquire(self, reads: bool) -> Lease:
        """A connection; one for reads may be another one than those for writes."""
        lease = self.driver.acquire(reads)
        for layer in self.layers:
            lease = layer(lease, reads)
        return lease

    def borrow(self, reads: bool) -> Lease:
        """A connection for one call, which may be shared with others."""
        lease = self.driver.borrow(reads)
        for layer in self.layers:
            lease = layer(lease, reads)
        return lease

    def observe(self, observer: Callable[[Event], None], parameters: bool) -> Observation:
        """Have an observer called from the next connection on."""
        from qb.observers.hub import Hub, Observation

        if self.hub is None:
            from functools import partial

            from qb.observers.connections import ObservedLease

            self.hub = Hub(self.driver)
            self.layers = (*self.layers, partial(ObservedLease, self.hub))
        return Observation(self.hub, observer, parameters)

    def track(self) -> Tracker:
        """Note what is written, from the next connection on."""
        if self.tracker is None:
            from qb.cache.tracking import Tracker

            self.tracker = Tracker()
            self.layers = (*self.layers, self.tracker.lease)
        return self.tracker
