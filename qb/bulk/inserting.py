"""Rows from anywhere into a table: `insert_many` and `upsert_many`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qb.bulk.columns import load_of_rows
from qb.columns import Column
from qb.dialect import Affected, Job, Load
from qb.errors import CompileError, ConstraintViolated, DatabaseError, EncodingError, InvalidValue, UnsupportedError
from qb.expressions import Expr
from qb.nodes import Column as ColumnNode
from qb.queries import Compilable
from qb.rows import NewRow
from qb.statements.conflicts import target_of
from qb.statements.insert import Conflict, excluded, insert
from qb.tables import Table, definition_of

if TYPE_CHECKING:
    from qb.running.executor import Executor

TB = TypeVar("TB", bound=Table)
Rows = Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
Statement = Callable[[Sequence[Mapping[str, Any]]], Compilable[Affected]]
Progress = Callable[[int], object]

FAULTS = (ConstraintViolated, InvalidValue, EncodingError)
"""What is wrong with a row, and not with its neighbours."""


class FailedRow(Generic[TB]):
    """A row that was left out: its `number`, from 0 on in the order in which they were given, and why."""

    __slots__ = ("error", "number", "row")

    def __init__(self, number: int, row: NewRow[TB], error: DatabaseError | EncodingError) -> None:
        self.number = number
        self.row = row
        self.error = error

    def __repr__(self) -> str:
        return f"<FailedRow {self.number}: {type(self.error).__name__}>"


class Inserted(Affected, Generic[TB]):
    """How many rows were written; `failed` has those that were left out."""

    failed: list[FailedRow[TB]]


async def insert_many(
    executor: Executor[Any],
    table: type[TB],
    rows: Rows,
    statement: Statement | None,
    size: int,
    progress: Progress | None,
    keep_going: bool,
    keys: Sequence[str] = (),
) -> Inserted[TB]:
    """Write rows in portions, in one transaction: by statements, or None inserts them in the fastest way."""
    if size < 1:
        raise ValueError(f"size={size}: a portion has at least one row")
    work = Work(table, statement, keep_going)
    if not executor.dialect.has_transactions:
        from qb.bulk.batched import Batched

        portions = [portion async for portion in in_portions(rows, size, keys)]
        return work.result(await Batched(executor, work, FAULTS).write(portions, progress))
    whole = executor.transaction()
    if progress is None and isinstance(rows, Sequence) and len(rows) <= size and not executor._is_transaction:
        portions = apart(list(rows), keys)
        if len(portions) == 1:
            with suppress(*FAULTS):  # its halves tell which row it is
                return work.result(await work.run(executor, portions[0]))
    async with whole as transaction:
        count = done = 0
        async for portion in in_portions(rows, size, keys):
            count += await work.write(transaction, portion, done)
            done += len(portion)
            if progress is not None:
                progress(done)
    return work.result(count)


class Work(Generic[TB]):
    """The rows that are written by one call."""

    def __init__(self, table: type[TB], statement: Statement | None, keep_going: bool) -> None:
        self.table = table
        self.statement = statement
        self.keep_going = keep_going
        self.is_careful = False
        """Whether some rows did not fit, so that others are looked at before they are sent."""
        self.failed: list[FailedRow[TB]] = []

    def result(self, count: int) -> Inserted[TB]:
        """What the call returns."""
        result: Inserted[TB] = Inserted(count)
        result.failed = self.failed
        return result

    def leave_out(self, number: int, row: Mapping[str, Any], error: DatabaseError | EncodingError) -> None:
        """Note a row that is not written."""
        self.failed.append(FailedRow(number, row, error))

    def jobs(self, executor: Executor[Any], rows: Sequence[Mapping[str, Any]]) -> list[Job]:
        """What writes rows, for a batch."""
        load = None if self.statement is not None else self.load(executor, rows)
        if load is not None:
            return [load]
        statement = insert(self.table).values_many(rows) if self.statement is None else self.statement(rows)
        engine = executor._engine
        if engine.events is not None and engine.events.concern(statement):
            raise UnsupportedError(
                f"handlers of writes are called in a transaction, and {executor.dialect.name} has none that stays open"
            )
        return list(executor._jobs(executor._rewritten(statement)))

    async def run(self, executor: Executor[Any], rows: Sequence[Mapping[str, Any]]) -> Affected:
        """Write rows at once."""
        if self.statement is not None:
            return await executor.execute(self.statement(rows))
        load = self.load(executor, rows)
        if load is None:
            return await executor.execute(insert(self.table).values_many(rows))
        try:
            if executor._is_transaction:
                async with executor._connection(False, alone=True) as connection:
                    return await connection.load(load)
            [affected] = await executor._together([load])
        except DatabaseError as error:
            self.is_careful = True
            executor._attribute(error, insert(self.table), ())
            raise
        return affected  # type: ignore[no-any-return]  # what a load gives

    def load(self, executor: Executor[Any], rows: Sequence[Mapping[str, Any]]) -> Load | None:
        """The rows in the engine's fastest way; None when they need a statement."""
        engine, new = executor._engine, insert(self.table)
        least = engine.driver.loads_from
        if least is None or len(rows) < least or executor._rewrites:
            return None
        if engine.events is not None and engine.events.concern(new):
            return None
        unchecked = frozenset[str]() if self.is_careful else engine.driver.checks
        return load_of_rows(new.node, self.table, rows, engine.dialect, unchecked)

    async def write(self, executor: Executor[Any], rows: Sequence[Mapping[str, Any]], first: int) -> int:
        """Write a portion. When it fails, its halves tell which row it is."""
        try:
            async with executor.transaction() as part:
                return await self.run(part, rows)
        except FAULTS as error:
            if len(rows) == 1:
                if not self.keep_going:
                    error.row = first
                    raise
                self.leave_out(first, rows[0], error)
                return 0
        half = len(rows) // 2
        before = await self.write(executor, rows[:half], first)
        return before + await self.write(executor, rows[half:], first + half)


def upserting(
    table: type[Table], target: Sequence[Column[Any, Any, Any]], changes: Sequence[Column[Any, Any, Any]] | None
) -> tuple[Statement, list[str]]:
    """The statement of `upsert_many`, and the attributes of its key. Raises CompileError when there is no such key."""
    definition = definition_of(table)
    keys = tuple(target) or definition.primary_key()
    if not keys:
        raise CompileError(f"{table.__name__} has no primary key: say upsert_many(…, on=[…]) with another unique key")
    target_of(table, keys, None, None)  # raises
    attributes = [attribute_of(key) for key in keys]
    chosen = None if changes is None else [attribute_of(column) for column in changes]

    def statement(rows: Sequence[Mapping[str, Any]]) -> Compilable[Affected]:
        given = dict.fromkeys(name for row in rows for name in row) if chosen is None else chosen
        new: dict[str, Expr[Any]] = {
            name: excluded(definition.column(name)) for name in given if name not in attributes
        }
        conflict: Conflict[Any] = insert(table).values_many(rows).on_conflict(*keys)
        done: Compilable[Affected] = conflict.do_update(**new) if new else conflict.do_nothing()
        return done

    return statement, attributes


def attribute_of(column: Column[Any, Any, Any]) -> str:
    """The attribute that a column is declared as."""
    node = column.node
    assert isinstance(node, ColumnNode)
    return node.attribute


async def in_portions(rows: Rows, size: int, keys: Sequence[str] = ()) -> AsyncIterator[list[Mapping[str, Any]]]:
    """The rows in lists of at most so many; none has two rows of the same key, of which one statement would change one
    row twice.
    """
    part: list[Mapping[str, Any]] = []
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            part.append(row)
            if len(part) == size:
                for portion in apart(part, keys):
                    yield portion
                part = []
        for portion in apart(part, keys):
            yield portion
        return
    waiting = iter(rows)
    while part := list(islice(waiting, size)):
        for portion in apart(part, keys):
            yield portion


def apart(rows: list[Mapping[str, Any]], keys: Sequence[str]) -> list[list[Mapping[str, Any]]]:
    """The rows in as few lists as it takes that no key is twice in one."""
    if not keys:
        return [rows] if rows else []
    parts: list[list[Mapping[str, Any]]] = []
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = tuple([row.get(name) for name in keys])
        if not parts or (key in seen and None not in key):
            parts.append([])
            seen = set()
        seen.add(key)
        parts[-1].append(row)
    return parts
