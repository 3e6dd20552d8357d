"""What a database and its transactions share."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from qb.dialect import Connection, Dialect, Driver


class Engine:
    """One database that was opened: its driver, for everybody who runs queries on it."""

    __slots__ = ("dialect", "driver", "show_parameters")

    def __init__(self, driver: Driver, *, show_parameters: bool = False) -> None:
        self.driver = driver
        self.show_parameters = show_parameters
        """Whether errors have the parameters of their statement."""
        self.dialect: Dialect = driver.dialect

    def acquire(self, reads: bool) -> AbstractAsyncContextManager[Connection]:
        """A connection; one for reads may be another one than those for writes."""
        return self.driver.acquire(reads)
