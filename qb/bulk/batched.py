"""Rows into a table of an engine whose transactions cannot stay open: all of them in one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qb.dialect import Job
from qb.errors import DatabaseError, EncodingError, RequirementFailed
from qb.expressions import literal
from qb.statements.insert import insert
from qb.statements.requirements import require
from qb.tables import Table

if TYPE_CHECKING:
    from qb.running.executor import Executor

Portion = Sequence[Mapping[str, Any]]


class Work(Protocol):
    """What is to be done, as qb.bulk.inserting has it."""

    keep_going: bool

    @property
    def table(self) -> type[Table]:
        """Where the rows go."""
        ...

    def jobs(self, executor: Executor[Any], rows: Portion, /) -> list[Job]:
        """What writes rows."""
        ...

    def leave_out(self, number: int, row: Mapping[str, Any], error: DatabaseError | EncodingError, /) -> None:
        """Note a row that is not written."""
        ...


class Batched:
    """The rows of one call, of which all or none are written. When they fail, parts of them that are not kept tell
    which row it is.
    """

    def __init__(
        self, executor: Executor[Any], work: Work, faults: tuple[type[DatabaseError | EncodingError], ...]
    ) -> None:
        self.executor = executor
        self.work = work
        self.faults = faults

    async def write(self, portions: Sequence[Portion], progress: Callable[[int], object] | None) -> int:
        """How many rows were written."""
        left = [list(portion) for portion in portions]
        numbers = [number for number, _ in enumerate(row for portion in portions for row in portion)]
        while True:
            found = await self.fault(left, keep=True)
            if isinstance(found, int):
                break
            place, error = await self.first_fault(left, found)
            number = numbers.pop(place)
            if not self.work.keep_going:
                error.row = number
                raise error
            self.work.leave_out(number, take(left, place), error)
        done = 0
        for portion in portions if progress is not None else ():
            done += len(portion)
            assert progress is not None
            progress(done)
        return found

    async def first_fault(
        self, portions: Sequence[Portion], error: DatabaseError | EncodingError
    ) -> tuple[int, DatabaseError | EncodingError]:
        """The place of the first row that cannot be written after those before it, and why."""
        good, bad = 0, sum(map(len, portions))
        while bad - good > 1:
            middle = (good + bad) // 2
            found = await self.fault(list(beginning(portions, middle)), keep=False)
            if isinstance(found, int):
                good = middle
            else:
                bad, error = middle, found
        return bad - 1, error

    async def fault(self, portions: Sequence[Portion], keep: bool) -> int | DatabaseError | EncodingError:
        """How many rows were written, or why they cannot be. Without `keep` they are not."""
        executor = self.executor
        try:
            jobs = [job for portion in portions if portion for job in self.work.jobs(executor, portion)]
            if not jobs:
                return 0
            if not keep:
                jobs += executor._jobs(require(literal(1) == 2, "this was a try"))
            return sum(map(int, await executor._together(jobs)))
        except RequirementFailed:
            return 0
        except self.faults as error:
            if isinstance(error, DatabaseError):
                executor._attribute(error, insert(self.work.table), ())
            return error


def beginning(portions: Sequence[Portion], count: int) -> Iterator[Portion]:
    """The first rows, as they are portioned."""
    for portion in portions:
        yield portion[:count]
        count -= min(count, len(portion))


def take(portions: Sequence[list[Mapping[str, Any]]], place: int) -> Mapping[str, Any]:
    """Take a row out."""
    for portion in portions:
        if place < len(portion):
            return portion.pop(place)
        place -= len(portion)
    raise IndexError(place)
