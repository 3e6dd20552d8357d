"""What a dialect must provide, and how dialects are found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from qb.compiler import Compiler
from qb.errors import DatabaseError, QbError, closest
from qb.types import SqlType

if TYPE_CHECKING:
    from qb.ddl import Ddl

Decoder = Callable[[Any], Any]  # from what the driver returns to the Python value; never called with None


class Dialect:
    """One kind of database. The instances are singletons, found by name (the scheme of their URLs)."""

    name: ClassVar[str]
    compiler: ClassVar[type[Compiler]]
    decoders: ClassVar[Mapping[str, Callable[[SqlType], Decoder | None]]] = {}
    """By the kind of a SQL type: what makes its decoder. A missing kind comes back as it is."""

    def decoder(self, type: SqlType) -> Decoder | None:
        """The decoder of a type, or None when the driver's values are right already."""
        make = self.decoders.get(type.kind)
        return None if make is None else make(type)

    def ddl(self) -> Ddl:
        """What writes CREATE statements."""
        raise NotImplementedError

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        """A driver for a URL; imports the driver's package, connects nothing yet."""
        raise NotImplementedError


class Outcome(NamedTuple):
    """What a statement without rows did."""

    row_count: int
    last_row_id: int | None


class Connection:
    """One connection to an engine, used by one task at a time."""

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Sequence[Any]]:
        """All rows, as the driver gives them."""
        raise NotImplementedError

    async def execute(self, sql: str, parameters: Sequence[object]) -> Outcome:
        """Run a statement for its effect."""
        raise NotImplementedError

    def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncIterator[Sequence[Sequence[Any]]]:
        """The rows in portions of `size`, never more than one portion in memory."""
        raise NotImplementedError

    async def begin(self, isolation: str | None) -> None:
        """Start a transaction."""
        raise NotImplementedError

    async def commit(self) -> None:
        """Make the transaction's changes last."""
        raise NotImplementedError

    async def rollback(self) -> None:
        """Undo the transaction's changes."""
        raise NotImplementedError


class Driver:
    """An engine that is connected to: gives out connections."""

    async def open(self) -> None:
        """Connect."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close all connections."""
        raise NotImplementedError

    def acquire(self) -> AbstractAsyncContextManager[Connection]:
        """A connection for the length of an `async with`."""
        raise NotImplementedError

    def error(self, error: Exception, sql: str) -> DatabaseError | None:
        """The driver's exception in qb's error tree; None when it is not the database's."""
        raise NotImplementedError


_FOUND: dict[str, Dialect] = {}


def find_dialect(name: str) -> Dialect:
    """The dialect of a name or a URL scheme, from the entry points `qb.dialects` of what is installed.

    Raises QbError, naming those that are there, when it is none of them.
    """
    found = _FOUND.get(name)
    if found is None:
        from importlib.metadata import entry_points

        points = {point.name: point for point in entry_points(group="qb.dialects")}
        if name not in points:
            known = ", ".join(sorted(points))
            raise QbError(f'no dialect "{name}"{closest(name, points)} (installed: {known})')
        found = _FOUND[name] = points[name].load()
    return found
