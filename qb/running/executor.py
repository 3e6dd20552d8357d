"""Running queries: what a database and a transaction share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeVar, overload

from qb import nodes
from qb.dialect import Affected, Connection, Dialect, Load
from qb.errors import CompileError, DatabaseError, MultipleRowsFound, NoRowFound, TransactionError, shortened
from qb.queries import Compilable, Compiled, Query
from qb.running.sender import Sender, combined, in_all
from qb.typevars import DialectName

if TYPE_CHECKING:
    from qb.bulk.inserting import Inserted
    from qb.columns import Column
    from qb.rows import NewRow, Row
    from qb.schema.declared import Declared
    from qb.tables import Table

T = TypeVar("T")
K = TypeVar("K")
TB = TypeVar("TB", bound="Table")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")

TRANSACTION_CONTROL = frozenset({"ABORT", "BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT", "START"})


class Executor(Sender, Generic[DialectName]):
    """Runs queries: a `Database` or a `Transaction`. Functions that take one work inside and outside of
    transactions.

    `Executor[Literal["postgres"]]` is one of this dialect, whose features the mypy plugin then checks.

    Every method raises a `DatabaseError` where the database refuses or fails.
    """

    @property
    def dialect(self) -> Dialect:
        """What queries are compiled for."""
        return self._engine.dialect

    @overload
    async def fetch_all(self, query: Query[T]) -> list[T]: ...
    @overload
    async def fetch_all(self, query: Query[Any], *, into: type[C]) -> list[C]: ...
    async def fetch_all(self, query: Query[Any], *, into: type[Any] | None = None) -> list[Any]:
        """All rows; with `into=Cls` as `query.into(Cls)`, and so for the other methods that fetch."""
        query = query if into is None else query.into(into)
        return await self._fetch(query, None)

    @overload
    async def fetch_one(self, query: Query[T]) -> T: ...
    @overload
    async def fetch_one(self, query: Query[Any], *, into: type[C]) -> C: ...
    async def fetch_one(self, query: Query[Any], *, into: type[Any] | None = None) -> Any:
        """The only row. Raises NoRowFound or MultipleRowsFound when it is not that one."""
        query = query if into is None else query.into(into)
        rows = await self._fetch(query, 2)
        return rows[0] if len(rows) == 1 else self._not_one(query, rows)

    @overload
    async def fetch_one_or_none(self, query: Query[T]) -> T | None: ...
    @overload
    async def fetch_one_or_none(self, query: Query[Any], *, into: type[C]) -> C | None: ...
    async def fetch_one_or_none(self, query: Query[Any], *, into: type[Any] | None = None) -> Any:
        """The only row, or None when there is none. Raises MultipleRowsFound when there are more."""
        query = query if into is None else query.into(into)
        rows = await self._fetch(query, 2)
        return rows[0] if len(rows) == 1 else self._not_one(query, rows) if rows else None

    async def fetch_value(self, query: Query[Any]) -> Any:  # the plugin knows the column's type
        """The only column of the only row: `fetch_value(select(fn.count()).from_(Album))`.

        Raises CompileError when the query has more columns, NoRowFound or MultipleRowsFound as fetch_one.
        """
        builder = self._builder(query)
        if builder.plain is not None:
            raise CompileError("fetch_value() gives the value of a column: take it from the query without .into(…)")
        if builder.width != 1:
            raise CompileError(f"fetch_value() takes a query of one column, and this one has {builder.width}")
        return (await self.fetch_one(query))[0]

    @overload
    def stream(self, query: Query[T], *, size: int = 1000) -> AsyncGenerator[T, None]: ...
    @overload
    def stream(self, query: Query[Any], *, into: type[C], size: int = 1000) -> AsyncGenerator[C, None]: ...
    async def stream(
        self, query: Query[Any], *, into: type[Any] | None = None, size: int = 1000
    ) -> AsyncGenerator[Any, None]:
        """The rows one by one, of which at most `size` are in memory:

            async for row in db.stream(select(Album)): ...

        The stream holds its connection until it ends. In an SQLite database in memory that is the only one, and other
        statements inside the loop belong to a transaction around it: `tx.stream(…)`, `tx.execute(…)`.
        """
        if size < 1:
            raise ValueError(f"stream(size={size}): a portion has at least one row")
        query = query if into is None else query.into(into)
        events = self._engine.events
        if events is not None and events.concern(query):
            for row in await self._fetch(query, None):
                yield row
            return
        if self._rewrites:
            query = self._rewritten(query)
        builder = self._builder(query)
        parameters: Sequence[object] = ()
        try:
            async with self._statements(query) as (connection, statements):
                for sql, parameters in statements:
                    async with aclosing(connection.stream(sql, parameters, size)) as portions:
                        async for portion in portions:
                            for row in builder.build(portion):
                                yield row
                            self._check_usable()
        except DatabaseError as error:
            self._attribute(error, query, parameters)
            raise

    async def execute(self, statement: Compilable) -> Affected:
        """Run a statement for its effect: an int, the number of rows that it changed.

            count = await db.execute(update(Album).set(plays=0).where(Album.plays < 0))

        The key of a row inserted into SQLite is the result's `last_row_id`. An insert of more values than the
        engine takes parameters is sent in parts: all of them are done, or none. Raises TooManyParameters for
        other statements with so many.
        """
        if not statement.is_prepared and isinstance(node := statement.node, nodes.Raw):
            word = node.texts[0].split(maxsplit=1)[:1]
            if word and word[0].rstrip(";").upper() in TRANSACTION_CONTROL:
                raise TransactionError(f"{word[0]} as SQL text: use `async with db.transaction()`")
        if self._rewrites:
            statement = self._rewritten(statement)
        events = self._engine.events
        if events is not None and events.concern(statement):
            return (await events.run(self, statement))[0]
        if statement._expected_rows is not None or self._is_large(statement):
            return in_all(await self._in_parts(statement))
        sql, parameters = self._compile(statement)
        try:
            at_once = self._at_once(False)
            if at_once is not None:
                return await at_once.execute(sql, parameters)
            async with self._connection(False) as connection:
                return await connection.execute(sql, parameters)
        except DatabaseError as error:
            self._attribute(error, statement, parameters)
            raise

    @overload
    async def batch(self, first: Compilable[A], /) -> tuple[A]: ...
    @overload
    async def batch(self, first: Compilable[A], second: Compilable[B], /) -> tuple[A, B]: ...
    @overload
    async def batch(self, first: Compilable[A], second: Compilable[B], third: Compilable[C], /) -> tuple[A, B, C]: ...
    @overload
    async def batch(
        self, first: Compilable[A], second: Compilable[B], third: Compilable[C], fourth: Compilable[D], /
    ) -> tuple[A, B, C, D]: ...
    @overload
    async def batch(
        self,
        first: Compilable[A],
        second: Compilable[B],
        third: Compilable[C],
        fourth: Compilable[D],
        fifth: Compilable[E],
        /,
    ) -> tuple[A, B, C, D, E]: ...
    @overload
    async def batch(
        self,
        first: Compilable[A],
        second: Compilable[B],
        third: Compilable[C],
        fourth: Compilable[D],
        fifth: Compilable[E],
        sixth: Compilable[F],
        /,
    ) -> tuple[A, B, C, D, E, F]: ...
    @overload
    async def batch(self, *statements: Compilable[A]) -> tuple[A, ...]: ...
    async def batch(self, *statements: Compilable[Any]) -> tuple[Any, ...]:
        """Run statements one after the other: all of them, or none. The result has the rows of those that return
        rows, and the number of changed rows of the others:

            count, albums = await db.batch(
                update(Album).set(plays=Album.plays + 1).where(Album.id == 7),
                select(Album).where(Album.id == 7),
            )

        On SQLite and D1 that is one trip. Inside of a transaction it is a savepoint. Raises CompileError for an empty
        batch.
        """
        if not statements:
            raise CompileError("this batch has no statements")
        events = self._engine.events
        if events is not None and any(map(events.concern, statements)):
            async with self.transaction() as tx:
                return tuple([await tx._result(statement) for statement in statements])
        if self._rewrites:
            statements = tuple(map(self._rewritten, statements))
        parts = [(statement, list(self._jobs(statement))) for statement in statements]
        try:
            done = iter(await self._together([job for _, jobs in parts for job in jobs]))
        except DatabaseError as error:
            for statement, jobs in parts:
                for job in jobs:
                    sql, parameters = (job.sql, ()) if isinstance(job, Load) else job[:2]
                    if sql == error.sql:
                        self._attribute(error, statement, parameters)
            raise
        return tuple([combined(list(islice(done, len(jobs)))) for _, jobs in parts])

    async def _result(self, statement: Compilable[Any]) -> Any:  # the rows, or how many rows it changed
        """What a batch has for a statement."""
        if self._rows_of(statement) is None:
            return await self.execute(statement)
        return await self._fetch(statement, None)  # type: ignore[arg-type]  # with rows, it is a query

    async def insert_many(
        self,
        table: type[TB],
        rows: Iterable[NewRow[TB]] | AsyncIterable[NewRow[TB]],
        *,
        size: int = 10_000,
        progress: Callable[[int], object] | None = None,
        keep_going: bool = False,
    ) -> Inserted[TB]:
        """Insert rows from any source, `size` of them in memory at a time, in the engine's fastest way: all of them, or
        none. An int, the number of rows.

            await db.insert_many(Album, read_csv(file), progress=print)

        `progress` is called with how many are done. With `keep_going`, rows that break a rule of the table, or do not
        fit it, are left out, and the result's `failed` has them; otherwise the error's `row` is the number of the
        first one.
        """
        from qb.bulk.inserting import insert_many

        return await insert_many(self, table, rows, None, size, progress, keep_going)

    async def upsert_many(
        self,
        table: type[TB],
        rows: Iterable[NewRow[TB]] | AsyncIterable[NewRow[TB]],
        *,
        on: Sequence[Column[Any, Any, Any]] = (),
        update: Sequence[Column[Any, Any, Any]] | None = None,
        size: int = 1000,
        progress: Callable[[int], object] | None = None,
        keep_going: bool = False,
    ) -> Inserted[TB]:
        """Insert rows as `insert_many`; those whose key is there change the row that has it, in the columns of
        `update`, by default in all that are given.

            await db.upsert_many(Album, rows, on=[Album.artist_id, Album.title], update=[Album.plays])

        `on` is a unique key, by default the primary key. Of several rows with one key, the later ones change what the
        earlier ones wrote. Raises CompileError when the table has no such key.
        """
        from qb.bulk.inserting import insert_many, upserting

        statement, keys = upserting(table, on, update)
        return await insert_many(self, table, rows, statement, size, progress, keep_going, keys)

    async def fetch_by_keys(self, table: type[TB], keys: Iterable[K], *, parallel: int = 1) -> dict[K, Row[TB]]:
        """The rows with these primary keys, by key, in the order of the keys; those that do not exist are left out.

            albums = await db.fetch_by_keys(Album, [7, 8, 9])

        A key of several columns is a tuple. Very many are asked for in several statements, `parallel` of them at a
        time. Raises CompileError when the table has no primary key.
        """
        from qb.bulk.by_keys import fetch_by_keys

        return await fetch_by_keys(self, table, keys, parallel)

    @overload
    async def explain(
        self, statement: Compilable, *, analyze: bool = False, format: Literal["text"] = "text"
    ) -> str: ...
    @overload
    async def explain(
        self, statement: Compilable, *, analyze: bool = False, format: Literal["json"]
    ) -> list[dict[str, Any]]: ...
    async def explain(
        self,
        statement: Compilable,
        *,
        analyze: bool = False,
        format: Literal["text", "json"] = "text",  # noqa: A002  # PostgreSQL's word
    ) -> str | list[dict[str, Any]]:
        """How the engine runs a statement: the lines of its plan, or with `format="json"` the plan as data, which
        is PostgreSQL's own, and on SQLite a list of steps with `detail` and `plans`.

            print(await db.explain(select(Album).where(Album.id == 7)))

        `analyze` (PostgreSQL) runs the statement, and tells what it took. Raises TransactionError for one that may
        write (sql() counts as such) outside of a transaction, where it could not be undone.
        """
        from qb.running.explaining import explain

        plan: str | list[dict[str, Any]] = await explain(self, statement, analyze, format)
        return plan

    async def create_tables(self, *tables: Declared) -> None:
        """Create tables with their indexes and types, and views and whatever else is declared: all of them, or none
        when one fails.
        """
        await self._together([(sql, (), None) for sql in self.dialect.ddl().create(tables)])

    def transaction(self) -> AbstractAsyncContextManager[Executor[DialectName]]:
        """A transaction, or a savepoint inside one."""
        raise NotImplementedError

    def _atomic(self) -> AbstractAsyncContextManager[Executor[DialectName]]:
        """What several statements are run on that are one: all of them are done, or none."""
        raise NotImplementedError

    @property
    def _is_transaction(self) -> bool:
        """Whether what is run can be undone."""
        raise NotImplementedError

    def _check_usable(self) -> None:
        """Raise when nothing can be run any more."""

    @asynccontextmanager
    async def _statements(self, query: Query[Any]) -> AsyncIterator[tuple[Connection, Iterable[Compiled]]]:
        """A connection, and what is to be run on it: one statement, or the parts of one."""
        if self._is_bulk(query):
            async with self._atomic() as whole, whole._connection(False, alone=True) as connection:
                yield connection, self._portions(query)
        else:
            compiled = self._compile(query)
            async with self._connection(self._engine.driver.reads_only(compiled[0]), alone=True) as connection:
                yield connection, [compiled]

    async def _fetch(self, query: Query[T], limit: int | None) -> list[T]:
        if self._rewrites:
            query = self._rewritten(query)
        engine = self._engine
        events = engine.events
        if events is not None and events.concern(query):
            self._builder(query)  # raises
            return (await events.run(self, query))[1][:limit]
        found = query.prepared(engine.dialect)
        if found is not None:
            (sql, parameters), builder = found
            if len(parameters) > engine.dialect.max_parameters:
                self._refuse(found[0])
            if engine.tracker is not None:
                engine.tracker.note(sql, query, engine.dialect)
        else:
            builder = self._builder(query)
            if self._is_bulk(query):
                together: list[T] = combined(await self._in_parts(query))
                return together
            sql, parameters = self._compile(query)
        build: Any = builder.build  # builds the query's rows, T
        reads = engine.driver.reads_only(sql)
        try:
            at_once = self._at_once(reads)
            if at_once is not None:
                return await at_once.fetch(sql, parameters, build, limit)
            async with self._connection(reads) as connection:
                return await connection.fetch(sql, parameters, build, limit)
        except DatabaseError as error:
            self._attribute(error, query, parameters)
            raise

    def _not_one(self, query: Query[Any], rows: list[Any]) -> NoReturn:
        sql, _ = query.compile(self._engine.dialect)
        if rows:
            raise MultipleRowsFound(f"more than one row was found\n  in: {shortened(sql)}")
        raise NoRowFound(f"no row was found\n  in: {shortened(sql)}")
