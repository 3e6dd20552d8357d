"""Rows by their keys, however many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from qb.bulk.inserting import attribute_of
from qb.errors import CompileError, TransactionError
from qb.expressions.row_values import tuple_
from qb.queries import Query
from qb.rows import Row
from qb.statements.select import select
from qb.tables import Table, definition_of

if TYPE_CHECKING:
    from qb.running.executor import Executor

TB = TypeVar("TB", bound=Table)
K = TypeVar("K")

LARGEST = 1000
"""Keys of one statement."""


async def fetch_by_keys(executor: Executor[Any], table: type[TB], keys: Iterable[K], parallel: int) -> dict[K, Row[TB]]:
    """The rows of a table by their primary keys."""
    columns = definition_of(table).primary_key()
    if not columns:
        raise CompileError(f"{table.__name__} has no primary key: fetch_by_keys() takes tables that have one")
    if parallel < 1:
        raise ValueError(f"fetch_by_keys(parallel={parallel}): at least one statement is run at a time")
    if parallel > 1 and executor._is_transaction:
        raise TransactionError("a transaction has one connection: fetch_by_keys(parallel=1) inside of it")
    size = min(LARGEST, executor.dialect.max_parameters // len(columns))
    wanted = list(dict.fromkeys(keys))
    waiting = [wanted[start : start + size] for start in range(0, len(wanted), size)]
    waiting.reverse()
    key_of: Any = attrgetter(*[attribute_of(column) for column in columns])  # of a row, its K
    found: dict[K, Row[TB]] = {}

    async def work() -> None:
        while waiting:
            rows: list[Any] = await executor.fetch_all(of_keys(table, columns, waiting.pop()))
            found.update(zip(map(key_of, rows), rows, strict=True))

    if parallel == 1 or len(waiting) < 2:
        await work()
    else:
        import asyncio

        async with asyncio.TaskGroup() as group:
            for _ in range(min(parallel, len(waiting))):
                group.create_task(work())
    return {key: found[key] for key in wanted if key in found}


def of_keys(table: type[TB], columns: Sequence[Any], keys: Sequence[Any]) -> Query[Any]:
    """The rows of some keys."""
    if len(columns) == 1:
        return select(table).where(columns[0].in_(keys))
    return select(table).where(tuple_(*columns).in_(keys))
