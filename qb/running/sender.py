"""How statements get to the engine: as one, in parts, or loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from qb import nodes
from qb.dialect import Affected, Connection, Job, Load
from qb.errors import CompileError, DatabaseError
from qb.queries import Compilable, Compiled, Query
from qb.running.engine import Engine

if TYPE_CHECKING:
    from qb.bulk.loading import PlainInsert
    from qb.bulk.portions import BulkInsert
    from qb.rows import RowBuilder

S = TypeVar("S", bound=Compilable[Any])

Rewrite = Callable[[nodes.Node], nodes.Node]
"""What gives a statement another tree, as `transformed` takes it."""


class Sender:
    """What every executor does with a statement before the driver has it."""

    def __init__(self, engine: Engine, rewrites: tuple[Rewrite, ...] = ()) -> None:
        self._engine = engine
        self._rewrites = rewrites

    def _connection(self, reads: bool, alone: bool = False) -> AbstractAsyncContextManager[Connection]:
        """The connection to run a statement on, which may write unless `reads` says that it does not. It is for one
        call, unless `alone` wants it for several.
        """
        raise NotImplementedError

    def _at_once(self, reads: bool) -> Connection | None:
        """Likewise, where it need not be waited for nor given back; None where it must."""
        raise NotImplementedError

    async def _together(self, jobs: Iterable[Job]) -> list[Any]:
        """The results of statements: all of them are done, or none."""
        raise NotImplementedError

    async def _in_parts(self, statement: Compilable[Any]) -> list[Any]:
        """The results of the parts of a statement."""
        try:
            return await self._together(self._jobs(statement))
        except DatabaseError as error:
            self._attribute(error, statement, ())
            raise

    def _jobs(self, statement: Compilable[Any]) -> Iterator[Job]:
        """What a statement is on its way to the engine: one, or the parts of one."""
        if statement._expected_rows is not None:
            yield from self._expecting(statement, statement._expected_rows)
            return
        if self._is_load(statement):
            from qb.bulk.loading import load_of

            yield load_of(statement.node, self._engine.dialect)
            return
        builder = self._rows_of(statement)
        build = None if builder is None else builder.build
        if self._is_bulk(statement):
            for sql, parameters in self._portions(statement):
                yield sql, parameters, build
        else:
            yield *self._compile(statement), build

    def _expecting(self, statement: Compilable[Any], rows: int) -> list[Job]:
        """A write that must change so many rows."""
        dialect, tracker = self._engine.dialect, self._engine.tracker
        jobs = dialect.expecting(*self._compile(statement), rows)
        if tracker is not None:
            for job in jobs:
                tracker.note(job.sql if isinstance(job, Load) else job[0], statement, dialect)
        return jobs

    def _portions(self, statement: BulkInsert) -> Iterator[Compiled]:
        """The parts of a statement."""
        from qb.bulk.portions import portions

        dialect, tracker = self._engine.dialect, self._engine.tracker
        for compiled in portions(statement.node, dialect):
            if tracker is not None:
                tracker.note(compiled[0], statement, dialect)
            yield compiled

    def _compile(self, statement: Compilable) -> Compiled:
        dialect, tracker = self._engine.dialect, self._engine.tracker
        compiled = statement.compile(dialect)
        if len(compiled[1]) > dialect.max_parameters:
            self._refuse(compiled)
        if tracker is not None:
            tracker.note(compiled[0], statement, dialect)
        return compiled

    def _refuse(self, compiled: Compiled) -> None:
        from qb.bulk.portions import within_limit

        within_limit(compiled, self._engine.dialect)  # raises

    def _rewritten(self, statement: S) -> S:
        for rewrite in self._rewrites:
            statement = statement.transformed(rewrite)
        return statement

    def _rows_of(self, statement: Compilable[Any]) -> RowBuilder | None:
        from qb.rows import builder_for

        return builder_for(statement, self._engine.dialect)

    def _builder(self, query: Query[Any]) -> RowBuilder:
        builder = self._rows_of(query)
        if builder is None:
            raise CompileError(f"this {type(query).__name__} returns no rows: add .returning(…), or use execute()")
        return builder

    def _is_large(self, statement: Compilable[Any]) -> bool:
        return self._is_bulk(statement) or self._is_load(statement)

    def _is_bulk(self, statement: Compilable[Any]) -> TypeGuard[BulkInsert]:
        """Whether it is an insert that has to be split."""
        if statement.is_prepared or not statement.node.is_insert:
            return False
        from qb.bulk.portions import is_bulk

        return is_bulk(statement, self._engine.dialect)

    def _is_load(self, statement: Compilable[Any]) -> TypeGuard[PlainInsert]:
        """Whether it is an insert for which the driver has a faster way."""
        if statement.is_prepared or not statement.node.is_insert:
            return False
        from qb.bulk.loading import is_load

        return is_load(statement, self._engine.driver)

    def _attribute(self, error: DatabaseError, statement: Compilable[Any], parameters: Sequence[object]) -> None:
        from qb.running.attribution import attribute

        attribute(error, statement, parameters if self._engine.show_parameters else None)


def in_all(parts: list[Affected]) -> Affected:
    """What the parts of a statement changed together."""
    result = Affected(sum(parts))
    result.last_row_id = next((part.last_row_id for part in reversed(parts) if part.last_row_id is not None), None)
    result.meta = parts[0].meta
    return result


def combined(parts: list[Any]) -> Any:
    """The result of a statement that was run in parts: the rows of all, or how many rows all changed."""
    if len(parts) == 1:
        return parts[0]
    return in_all(parts) if isinstance(parts[0], Affected) else [row for rows in parts for row in rows]
