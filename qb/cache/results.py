"""Results that are kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from qb import nodes
from qb.cache.effects import EVERYTHING, Name, names_of, read_names
from qb.cache.keys import copied, is_unchangeable, key_of
from qb.cache.tracking import Tracker
from qb.dialect import Connection, Job
from qb.errors import QbError
from qb.queries import Compiled, Query
from qb.running.executor import Executor
from qb.tables import Table
from qb.typevars import DialectName

if TYPE_CHECKING:
    from qb.observers import Outcome

T = TypeVar("T")

Consistency = Literal["strong", "eventual"]
Versions = tuple[int, ...]


@dataclass(slots=True)
class Statistics:
    """What a cache did so far: how many queries it answered itself (`hits`), asked the database for (`misses`), had
    answered together with an equal one that was under way (`shared`), and had to leave to the database (`bypasses`);
    and how many results it has put out for others. `results` and `rows` are what it has now.
    """

    hits: int = 0
    misses: int = 0
    shared: int = 0
    bypasses: int = 0
    evictions: int = 0
    results: int = 0
    rows: int = 0

    @property
    def hit_rate(self) -> float | None:
        """The part of look-ups that did not ask the database; None when there were none."""
        asked = self.hits + self.misses + self.shared
        return (self.hits + self.shared) / asked if asked else None


class Result:
    """The rows of a query."""

    __slots__ = ("expires", "is_shared", "reads", "rows", "versions")

    def __init__(self, rows: list[Any], reads: tuple[Name, ...], versions: Versions, expires: float) -> None:
        self.is_shared = all(map(is_unchangeable, rows))
        self.rows = list(rows) if self.is_shared else copied(rows)  # whoever asked has the others
        self.reads = reads
        self.versions = versions
        self.expires = expires

    @property
    def weight(self) -> int:
        return max(1, len(self.rows))

    def given(self) -> list[Any]:
        """The rows for one of those who ask: nothing that others have can be changed through them."""
        return list(self.rows) if self.is_shared else copied(self.rows)


class Flight:
    """A query that is being answered. `landed` has its rows; None when whoever asked was cancelled."""

    __slots__ = ("is_followed", "is_stale", "landed", "reads", "versions")

    def __init__(self, reads: tuple[Name, ...], versions: Versions) -> None:
        self.reads = reads
        self.versions = versions
        self.landed: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
        self.is_followed = False
        self.is_stale = False


class Cache(Executor[DialectName]):
    """A database whose `fetch_…` methods keep results: `db.cached(ttl=60)`. All else is done by the database, and so is
    everything inside of a transaction.
    """

    def __init__(
        self,
        database: Executor[DialectName],
        tracker: Tracker,
        *,
        ttl: float | None,
        size: int,
        consistency: Consistency,
        reads: Iterable[type[Table]] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if consistency not in ("strong", "eventual"):
            raise QbError(f'consistency={consistency!r}: it is "strong" or "eventual"')
        if ttl is None and consistency == "eventual":
            raise QbError("an eventual cache needs a ttl: nothing else makes it ask again")
        if ttl is not None and ttl <= 0:
            raise QbError(f"ttl={ttl}: a result is kept for more than 0 seconds")
        if size < 1:
            raise QbError(f"size={size}: a cache keeps 1 row or more")
        super().__init__(database._engine, database._rewrites)
        self._database = database
        self._tracker = tracker
        self._lifetime = float("inf") if ttl is None else ttl
        self._size = size
        self._is_strong = consistency == "strong"
        self._more = frozenset(name for table in reads for name in read_names(table.__qb_source__))
        self._clock = clock
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        """The one that was used last is the last."""
        self._flights: dict[Hashable, Flight] = {}
        self._statistics = Statistics()

    @property
    def statistics(self) -> Statistics:
        """What it did so far."""
        found = self._statistics
        found.results = len(self._results)
        return found

    def clear(self, *tables: type[Table]) -> None:
        """Forget the results of queries that read any of the tables; all results when none is given.

        cache.clear(Album)
        """
        names = names_of(tables) if tables else {EVERYTHING}
        for key, result in list(self._results.items()):
            if not names.isdisjoint(result.reads):
                self._drop(key)
        for key, flight in list(self._flights.items()):
            if not names.isdisjoint(flight.reads):
                flight.is_stale = True
                del self._flights[key]  # who comes from now on asks again

    async def _fetch(self, query: Query[T], limit: int | None) -> list[T]:
        read = self._rewritten(query) if self._rewrites else query
        if not read.is_prepared and not isinstance(read.node, (nodes.Select, nodes.Compound)):
            return await super()._fetch(query, limit)
        compiled = self._compile(read)
        effects = self._tracker.note(compiled[0], read, self.dialect)
        key = key_of(read, *compiled, limit, self.dialect) if effects.is_plain else None
        if key is None or self._database._is_transaction:
            return await self._bypassed(query, limit, compiled)
        reads = tuple(effects.reads | self._more)
        clock = perf_counter()
        while True:
            versions = self._tracker.versions(reads) if self._is_strong else ()
            if versions is None:
                return await self._bypassed(query, limit, compiled)
            result = self._results.get(key)
            if result is not None:
                if result.versions == versions and self._clock() < result.expires:
                    self._results.move_to_end(key)
                    self._tell("hit", compiled, clock)
                    return result.given()
                self._drop(key)
            flight = self._flights.get(key)
            if flight is None or flight.versions != versions:
                return await self._asked(query, limit, compiled, key, Flight(reads, versions))
            flight.is_followed = True
            result = await asyncio.shield(flight.landed)
            if result is not None:
                self._tell("shared", compiled, clock)
                return result.given()

    async def _asked(
        self, query: Query[T], limit: int | None, compiled: Compiled, key: Hashable, flight: Flight
    ) -> list[T]:
        """The rows from the database, for all who ask for them meanwhile."""
        clock = perf_counter()
        self._flights[key] = flight
        landed = flight.landed
        try:
            rows = await super()._fetch(query, limit)
            result = Result(rows, flight.reads, flight.versions, self._clock() + self._lifetime)
        except Exception as error:
            if flight.is_followed:
                landed.set_exception(error)
            raise
        except BaseException:
            landed.set_result(None)  # one of those who wait will ask
            raise
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]
            self._tell("miss", compiled, clock)
        if not flight.is_stale and (not self._is_strong or self._tracker.versions(flight.reads) == flight.versions):
            self._keep(key, result)
        landed.set_result(result)
        return rows

    async def _bypassed(self, query: Query[T], limit: int | None, compiled: Compiled) -> list[T]:
        clock = perf_counter()
        try:
            return await super()._fetch(query, limit)
        finally:
            self._tell("bypass", compiled, clock)

    def _keep(self, key: Hashable, result: Result) -> None:
        """Keep a result; what was not used for the longest time makes room for it."""
        self._drop(key)
        if result.weight > self._size:
            return
        self._results[key] = result
        self._statistics.rows += result.weight
        while self._statistics.rows > self._size:
            self._drop(next(iter(self._results)))
            self._statistics.evictions += 1

    def _drop(self, key: Hashable) -> None:
        result = self._results.pop(key, None)
        if result is not None:
            self._statistics.rows -= result.weight

    def _tell(self, outcome: Outcome, compiled: Compiled, clock: float) -> None:
        statistics, hub = self._statistics, self._engine.hub
        if outcome == "hit":
            statistics.hits += 1
        elif outcome == "miss":
            statistics.misses += 1
        elif outcome == "shared":
            statistics.shared += 1
        else:
            statistics.bypasses += 1
        if hub is not None:
            hub.tell_lookup(compiled[0], outcome, perf_counter() - clock)

    # Everything else is the database's

    def transaction(self) -> AbstractAsyncContextManager[Executor[DialectName]]:
        return self._database.transaction()

    def _connection(self, reads: bool, alone: bool = False) -> AbstractAsyncContextManager[Connection]:
        return self._database._connection(reads and not self._must_not_lag, alone)

    def _at_once(self, reads: bool) -> Connection | None:
        return self._database._at_once(reads and not self._must_not_lag)

    @property
    def _must_not_lag(self) -> bool:
        return self._is_strong and self._engine.driver.reads_lag

    def _atomic(self) -> AbstractAsyncContextManager[Executor[DialectName]]:
        return self._database._atomic()

    async def _together(self, jobs: Iterable[Job]) -> list[Any]:
        return await self._database._together(jobs)

    @property
    def _is_transaction(self) -> bool:
        return self._database._is_transaction
