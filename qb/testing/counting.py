"""How many statements some code runs."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

from qb.errors import TransactionError, shortened
from qb.observers.connections import ObservedConnection
from qb.observers.events import Event, StatementRun
from qb.running.ambient import current
from qb.running.database import Database

if TYPE_CHECKING:
    from qb.observers.hub import Observation


class Queries:
    """The statements that a database runs while a `with` block lasts: those of all tasks, and of batches each one."""

    def __init__(self, db: Database[Any], number: int | None, at_most: int | None) -> None:
        self._db = db
        self._number = number
        self._at_most = at_most
        self._observation: Observation | None = None
        self.statements: list[str] = []
        """Their SQL, in the order in which they were done. BEGIN, COMMIT and savepoints are none of them."""

    def __len__(self) -> int:
        return len(self.statements)

    def __enter__(self) -> Self:
        around = current(self._db._engine)
        while around is not None and around._held is None:
            around = around._parent
        self._observation = self._db.observe(self._take)
        if around is not None and not isinstance(around._held, ObservedConnection):
            self._observation.stop()
            raise TransactionError(
                "assert_queries() cannot see what is run in a transaction that has begun already: put it around the "
                "transaction"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._observation is not None
        self._observation.stop()
        count = len(self)
        if kind is not None:
            return
        if self._at_most is None:
            if count != self._number:
                raise AssertionError(self._message(f"{self._number}"))
        elif count > self._at_most:
            raise AssertionError(self._message(f"at most {self._at_most}"))

    def _take(self, event: Event) -> None:
        if isinstance(event, StatementRun):
            self.statements.append(event.sql)

    def _message(self, expected: str) -> str:
        lines = [f"{expected} statements were expected, and {len(self) or 'none'} were run"]
        lines += [f"  {number}. {shortened(sql)}" for number, sql in enumerate(self.statements, 1)]
        return "\n".join(lines)


@overload
def assert_queries(db: Database[Any], number: int, /) -> Queries: ...
@overload
def assert_queries(db: Database[Any], /, *, at_most: int) -> Queries: ...
def assert_queries(db: Database[Any], number: int | None = None, /, *, at_most: int | None = None) -> Queries:
    """Assert how many statements a database runs while the block lasts, so that a query in a loop is noticed:

        with assert_queries(db, 2) as queries:
            await show_album(db, 7)
        print(queries.statements)

    The number is exact, or the largest with `at_most=2`. The AssertionError lists what was run. Raises TransactionError
    inside of a transaction that has begun unobserved.
    """
    if (number is None) == (at_most is None):
        raise TypeError("assert_queries(db, 2) or assert_queries(db, at_most=2): one number is needed")
    return Queries(db, number, at_most)
