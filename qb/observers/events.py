"""What observers are told. An event is about something that is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Step = Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to"]
Outcome = Literal["hit", "miss", "shared", "bypass"]


@dataclass(slots=True, kw_only=True)
class Event:
    """What all events have. `started` is the time by the clock, as `time.time()` has it, and `seconds` how long it
    took; `error` is what was raised, a cancellation included. `task` is the name of the asyncio task, and `transaction`
    a number that statements of one transaction share; None outside of transactions.
    """

    dialect: str
    started: float
    seconds: float
    error: BaseException | None = None
    task: str | None = None
    transaction: int | None = None


@dataclass(slots=True, kw_only=True)
class StatementRun(Event):
    """A statement was run. `rows` is how many it returned or changed, None when it failed. `parameters` are those that
    the driver was given, for observers that asked for them. The seconds of a stream are those in which rows were waited
    for. `in_batch` says that it was run together with others. `prepared` says whether its connection had it prepared
    already; None where that is not known: on SQLite, in a batch, when it failed. `meta` is what the engine told of its
    work: on D1 `rows_read`, `rows_written`, `duration` (milliseconds) and more, elsewhere None.
    """

    sql: str
    rows: int | None = None
    parameters: tuple[object, ...] | None = None
    in_batch: bool = False
    prepared: bool | None = None
    meta: Mapping[str, Any] | None = None

    @property
    def operation(self) -> str:
        """The first word of the statement: `SELECT`."""
        return self.sql.split(maxsplit=1)[0].upper() if self.sql and not self.sql.isspace() else ""


@dataclass(slots=True, kw_only=True)
class TransactionStep(Event):
    """A transaction or a savepoint has begun or ended. `name` is that of the savepoint. At the end of a transaction,
    `lasted` is how many seconds ago it began, and `statements` how many were run in it.
    """

    step: Step
    name: str | None = None
    lasted: float | None = None
    statements: int = 0


@dataclass(slots=True, kw_only=True)
class PoolWait(Event):
    """A connection was waited for: one that may write, unless `reads` says that it need not."""

    reads: bool


@dataclass(slots=True, kw_only=True)
class Retry(Event):
    """`db.run` is about to run its work again after `pause` seconds, because of `error`. `attempt` is how many times it
    was run so far, and `seconds` how long the last time took.
    """

    attempt: int
    pause: float


@dataclass(slots=True, kw_only=True)
class CacheLookup(Event):
    """A query was looked up in a cache: a `hit`; a `miss`, and the database was asked; `shared`, when another task was
    asking the same already; or a `bypass`, in a transaction for one, where the cache has no say.
    """

    sql: str
    outcome: Outcome
