"""Rows from anywhere into a table: `insert_many` and `upsert_many`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qb.columns import Column
from qb.dialect import Affected
from qb.errors import CompileError, ConstraintViolated, DatabaseError, EncodingError, InvalidValue
from qb.expressions import Expr
from qb.nodes import Column as ColumnNode
from qb.queries import Compilable
from qb.rows import NewRow
from qb.statements.conflicts import target_of
from qb.statements.insert import Conflict, excluded, insert
from qb.tables import Table, definition_of

if TYPE_CHECKING:
    from qb.executor import Executor

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
    statement: Statement,
    size: int,
    progress: Progress | None,
    keep_going: bool,
    keys: Sequence[str] = (),
) -> Inserted[TB]:
    """Write rows in portions, in one transaction."""
    if size < 1:
        raise ValueError(f"size={size}: a portion has at least one row")
    work = _Work[TB](statement, keep_going)
    async with executor.transaction() as whole:
        done = 0
        async for portion in in_portions(rows, size, keys):
            work.count += await work.write(whole, portion, done)
            done += len(portion)
            if progress is not None:
                progress(done)
    result: Inserted[TB] = Inserted(work.count)
    result.failed = work.failed
    return result


class _Work(Generic[TB]):
    """The rows that are written by one call."""

    def __init__(self, statement: Statement, keep_going: bool) -> None:
        self.statement = statement
        self.keep_going = keep_going
        self.count = 0
        self.failed: list[FailedRow[TB]] = []

    async def write(self, executor: Executor[Any], rows: Sequence[Mapping[str, Any]], first: int) -> int:
        """Write a portion. When it fails, its halves tell which row it is."""
        try:
            async with executor.transaction() as part:
                return await part.execute(self.statement(rows))
        except FAULTS as error:
            if len(rows) == 1:
                if not self.keep_going:
                    error.row = first
                    raise
                self.failed.append(FailedRow(first, rows[0], error))
                return 0
        half = len(rows) // 2
        before = await self.write(executor, rows[:half], first)
        return before + await self.write(executor, rows[half:], first + half)


def inserting(table: type[Table]) -> Statement:
    """The statement of `insert_many`."""
    return lambda rows: insert(table).values_many(rows)


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
