"""What a dialect must provide, and how dialects are found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeVar

from qb.errors import CommitUncertain, ConnectionFailed, QbError, TimeoutExceeded, UnsupportedError, closest
from qb.identifiers import QUOTED
from qb.nodes import Column, Expression, Table
from qb.types import SqlType
from qb.typevars import DialectName

if TYPE_CHECKING:
    from qb.compiler import Compiler
    from qb.migrations.applier import Applier, Options
    from qb.migrations.render import Renderer
    from qb.schema.ddl import Ddl
    from qb.schema.introspect import Introspection

T = TypeVar("T")

Isolation = Literal["read committed", "repeatable read", "serializable"]
Build = Callable[[Iterable[Sequence[Any]]], list[Any]]  # rows as the driver gives them, made into a query's
Decoder = Callable[[Any], Any]  # from what the driver returns to the Python value; never called with None
Decoders = Mapping[str, Callable[[SqlType], Decoder | None]]


Rows = Iterable[Sequence[object]]


class Load:
    """Plain rows for a table: `sql` is an INSERT of one of them, for engines that know no better. `portions` has the
    rows in portions that are encoded when their turn comes; none of the rows need outlive the next one.
    """

    __slots__ = ("columns", "count", "portions", "sql", "table")

    def __init__(
        self,
        table: Table,
        columns: Sequence[Column],
        sql: str,
        count: int,
        portions: Iterator[Rows],
    ) -> None:
        self.table = table
        self.columns = columns
        self.sql = sql
        self.count = count
        self.portions = portions


Job = tuple[str, Sequence[object], Build | None] | Load
"""A statement with its parameters, and what makes its rows (None counts those that it changes); or a load."""


class Dialect:
    """One kind of database. The instances are singletons, found by name (the scheme of their URLs)."""

    name: ClassVar[str]
    max_parameters: ClassVar[int]
    """How many parameters a statement may have."""
    max_plain_rows: ClassVar[int | None] = None
    """How many rows of plain values an INSERT may have, where they are no parameters of their own."""
    has_transactions: ClassVar[bool] = True
    """Whether a transaction can be open while the program goes on."""
    has_fragile_transactions: ClassVar[bool] = False
    """Whether a statement that fails takes with it all that its transaction did since the last savepoint."""

    @property
    def compiler(self) -> type[Compiler]:
        """What compiles queries: imported with the first of them, for a program may only declare tables."""
        raise NotImplementedError

    @property
    def decoders(self) -> Decoders:
        """By the kind of a SQL type: what makes its decoder. A missing kind comes back as it is."""
        return {}

    @property
    def json_decoders(self) -> Decoders:
        """Likewise for values inside of JSON, as `json_items` of the compiler writes them there."""
        return {}

    def decoder(self, type: SqlType) -> Decoder | None:
        """The decoder of a type, or None when the driver's values are right already."""
        make = self.decoders.get(type.kind)
        return None if make is None else make(type)

    def decoder_of(self, item: Expression) -> Decoder | None:
        """The decoder of what a statement returns."""
        return self.decoder(item.type)

    def json_decoder(self, type: SqlType) -> Decoder | None:
        """The decoder of a type inside of JSON, or None when what JSON has is right already."""
        make = self.json_decoders.get(type.kind)
        return None if make is None else make(type)

    def explain(self, sql: str, analyze: bool, as_json: bool) -> str:
        """The statement that asks how another one is run. Raises UnsupportedError when the engine cannot say it."""
        raise NotImplementedError

    def plan(self, rows: Sequence[Sequence[Any]], as_json: bool) -> Any:
        """What the engine answered: as text, or as what JSON has."""
        raise NotImplementedError

    def expecting(self, sql: str, parameters: Sequence[object], rows: int) -> list[Job]:
        """A write that fails unless it changes so many rows: as one statement, or with one after it that looks."""
        raise NotImplementedError

    def ddl(self) -> Ddl:
        """What writes CREATE statements."""
        raise NotImplementedError

    def renderer(self) -> Renderer:
        """What writes migrations."""
        raise NotImplementedError

    def introspection(self) -> Introspection:
        """What reads the schema of a database."""
        raise NotImplementedError

    def applier(self, db: Any, options: Options) -> Applier:  # a Database, which is on a floor above
        """What runs migrations on a database."""
        raise UnsupportedError(f"{self.name} has no migrations")

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        """A driver for a URL; imports the driver's package, connects nothing yet."""
        raise NotImplementedError

    def scratch(self, url: str) -> Scratch:
        """An empty place beside what is in a database, for tests. Raises UnsupportedError where there is none."""
        raise UnsupportedError(f"{self.name} has no place for tables that are dropped after the tests")


class Scratch:
    """A place for tables, and what to connect with to find them."""

    url: str
    options: dict[str, Any]

    async def create(self) -> None:
        """Make it. Its `url` and `options` are known then."""
        raise NotImplementedError

    async def drop(self) -> None:
        """Drop it, with all that is in it."""
        raise NotImplementedError


class Affected(int):
    """How many rows a statement changed. `last_row_id` is the key that SQLite gave the row of an INSERT;
    None on other engines (say `.returning(…)`) and for other statements.
    """

    last_row_id: int | None = None
    meta: Mapping[str, Any] = MappingProxyType({})
    """What the engine told of its work: on D1 `rows_read`, `rows_written`, `duration` in milliseconds and more."""


class Characteristics:
    """What a transaction is to be like."""

    __slots__ = ("deferrable", "isolation", "lock_timeout", "read_only", "statement_timeout")

    def __init__(
        self,
        isolation: Isolation | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        statement_timeout: float | None = None,
        lock_timeout: float | None = None,
    ) -> None:
        self.isolation = isolation
        self.read_only = read_only
        self.deferrable = deferrable
        self.statement_timeout = statement_timeout
        self.lock_timeout = lock_timeout


PLAIN = Characteristics()
"""As the engine begins a transaction by itself."""


class Connection:
    """One connection to an engine. What the engine refuses is raised as a `DatabaseError` with the driver's
    exception as its cause; when a method is cancelled, its statement is over before the cancellation goes on.
    """

    finishes: bool = False
    """Whether `commit`, `rollback` and what ends savepoints run to their end however often their task is cancelled."""
    wants_meta: bool = False
    """Whether somebody looks at `metas`."""
    metas: Sequence[Mapping[str, Any]] = ()
    """What the engine told of its work in the call that is over, for each statement or job; empty where it does not
    tell.
    """

    async def fetch(
        self,
        sql: str,
        parameters: Sequence[object],
        build: Callable[[Iterable[Sequence[Any]]], list[T]],
        limit: int | None = None,
    ) -> list[T]:
        """What `build` makes of the rows as the driver gives them; it need not take all of them. With a `limit`, the
        engine need not give more.
        """
        raise NotImplementedError

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        """Run a statement for its effect."""
        raise NotImplementedError

    def stream(
        self, sql: str, parameters: Sequence[object], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """The rows in portions of `size`, never more than one portion in memory."""
        raise NotImplementedError

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        """Run statements one after the other, in a transaction of their own when `atomic`; the results are those of
        `fetch` and `execute`.
        """
        from qb.running.tasks import finish

        results: list[Any] = []
        try:
            if atomic:
                await self.begin(PLAIN)
            for job in jobs:
                if isinstance(job, Load):
                    results.append(await self.load(job))
                    continue
                sql, parameters, build = job
                results.append(
                    await (self.execute(sql, parameters) if build is None else self.fetch(sql, parameters, build))
                )
            if atomic:
                await finish(committed(self))
        except BaseException:
            if atomic:
                with suppress(QbError):  # what went wrong first is what to tell
                    await finish(self.rollback())
            raise
        return results

    async def load(self, load: Load) -> Affected:
        """Insert the rows, in the engine's fastest way. Only asked for where the driver has `loads_from`."""
        raise NotImplementedError

    async def begin(self, characteristics: Characteristics) -> None:
        """Start a transaction, now or with the next statement."""
        raise NotImplementedError

    def has_prepared(self, sql: str) -> bool | None:
        """Whether a statement with parameters is prepared here already; None when the driver does not tell."""
        return None

    def is_alive(self) -> bool:
        """Whether it is not known to be broken."""
        return True

    async def commit(self) -> None:
        """Make the transaction's changes last. Raises when they do not."""
        raise NotImplementedError

    async def rollback(self) -> None:
        """Undo what the transaction did, if it was begun. A connection that cannot do it is given up."""
        raise NotImplementedError

    async def savepoint(self, name: str) -> None:
        """Start a transaction inside the transaction."""
        await self.execute(f"SAVEPOINT {QUOTED[name]}", ())

    async def release(self, name: str) -> None:
        """Make the changes since the savepoint part of the transaction."""
        await self.execute(f"RELEASE SAVEPOINT {QUOTED[name]}", ())

    async def rollback_to(self, name: str) -> None:
        """Undo the changes since the savepoint, and forget it."""
        await self.execute(f"ROLLBACK TO SAVEPOINT {QUOTED[name]}", ())
        await self.release(name)


async def committed(connection: Connection) -> None:
    """Commit. Raises CommitUncertain when nobody can say whether that has happened."""
    if not connection.is_alive():
        raise ConnectionFailed("the connection broke before COMMIT: nothing of the transaction is done")
    try:
        await connection.commit()
    except (ConnectionFailed, TimeoutExceeded) as error:
        if isinstance(error, ConnectionFailed) or isinstance(error.__cause__, TimeoutError):  # nobody answered
            raise CommitUncertain(
                "the connection broke during COMMIT: the transaction may be done or not", sql="COMMIT"
            ) from error.__cause__
        raise


class PoolStatus:
    """The connections of a driver at one moment: how many are open, how many of them are in use, and how many tasks
    wait for one.
    """

    __slots__ = ("in_use", "size", "waiting")

    def __init__(self, size: int, in_use: int, waiting: int) -> None:
        self.size = size
        self.in_use = in_use
        self.waiting = waiting

    def __repr__(self) -> str:
        return f"PoolStatus(size={self.size}, in_use={self.in_use}, waiting={self.waiting})"


class Driver(Generic[DialectName]):
    """Gives out connections to one database. Opening, acquiring and closing raise as connections do."""

    dialect: Dialect
    loads_from: int | None = None
    """From how many rows on a load is faster than one INSERT; None where there is no such way."""
    checks: frozenset[str] = frozenset()
    """Kinds of columns whose values a load need not look at before: it raises InvalidValue for what is none."""
    has_timeouts: ClassVar[bool] = False
    """Whether a transaction may say how long its statements may take, and wait for locks."""

    @classmethod
    def of(cls, db: Any) -> Self:  # a Database, which is on a floor above
        """The driver of a database, for type checkers: `SqliteDriver.of(db).backup(…)`. Raises QbError when it is
        another dialect's.
        """
        driver: Driver = db.driver
        if not isinstance(driver, cls):
            raise QbError(f"this is a database of {driver.dialect.name}, whose driver is no {cls.__name__}")
        return driver

    async def open(self) -> None:
        """Connect."""
        raise NotImplementedError

    async def close(self) -> None:
        """Wait until all connections are given back, and close them."""
        raise NotImplementedError

    def acquire(self, reads: bool = False) -> AbstractAsyncContextManager[Connection]:
        """A connection for the length of an `async with`, for `reads` perhaps one that cannot write. Raises
        DatabaseClosed when there is none.
        """
        raise NotImplementedError

    def borrow(self, reads: bool = False) -> AbstractAsyncContextManager[Connection]:
        """A connection for one call of `fetch`, `execute` or `batch`, which need not be alone on it."""
        return self.acquire(reads)

    def at_once(self, reads: bool) -> Connection | None:
        """The same as `borrow` without a block, for a connection that need not be waited for nor given back."""
        return None

    reads_lag: bool = False
    """Whether connections for reads may show less than what is committed, as those of replicas do."""

    def reads_only(self, sql: str) -> bool:
        """Whether a statement may be given a connection that cannot write. False when the driver has only one kind."""
        return False

    def check_open(self) -> None:
        """Raise DatabaseClosed when it is not open."""
        raise NotImplementedError

    def pool_status(self) -> PoolStatus | None:
        """The connections now; None when it has no pool, or is not open."""
        return None


_FOUND: dict[str, Dialect] = {}
D = TypeVar("D", bound=Dialect)


def register(dialect: D) -> D:
    """Have `find_dialect` know a dialect by its name as soon as its module is imported: to look through everything
    that is installed takes long, and in a Worker nothing is.
    """
    _FOUND[dialect.name] = dialect
    return dialect


def find_dialect(name: str) -> Dialect:
    """The dialect of a name or a URL scheme: one that is imported already, or from the entry points `qb.dialects` of
    what is installed.

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
