"""Observers: what they are, and what an event has."""

from qb.running.database import Database
from qb.observers import CacheLookup, Event, Logs, Observer, PoolWait, Retry, StatementRun, TransactionStep


def show(event: Event) -> None:
    reveal_type(event.seconds)  # R: float
    reveal_type(event.error)  # R: BaseException | None
    reveal_type(event.transaction)  # R: int | None
    event.sql  # E[attr-defined]: "Event" has no attribute "sql"
    match event:
        case StatementRun(sql=text, rows=rows):
            reveal_type(text)  # R: str
            reveal_type(rows)  # R: int | None
            reveal_type(event.parameters)  # R: tuple[object, ...] | None
            event.row  # E[attr-defined]: "StatementRun" has no attribute "row"
        case TransactionStep(step="commit"):
            reveal_type(event.lasted)  # R: float | None
        case TransactionStep(step=step):
            step == "comit"  # E[comparison-overlap]: Non-overlapping equality check
        case PoolWait():
            reveal_type(event.reads)  # R: bool
        case Retry():
            reveal_type(event.attempt)  # R: int
        case CacheLookup():
            event.outcome == "found"  # E[comparison-overlap]: Non-overlapping equality check


def show_statement(event: StatementRun) -> None: ...


async def show_later(event: Event) -> None: ...


class Counting(Observer):
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, event: Event) -> None:
        self.count += 1


async def observing(db: Database) -> None:
    with db.observe(show) as observation:
        observation.stop()
    db.observe(Counting())
    db.observe(print, parameters=True)
    db.observe(Logs(slow=0.5))
    db.observe(show_statement)  # E[arg-type]: Argument 1 to "observe" of "Database" has incompatible type
    db.observe(Counting)  # E[arg-type]: Argument 1 to "observe" of "Database" has incompatible type
    db.observe(show_later)  # E[arg-type]: Argument 1 to "observe" of "Database" has incompatible type
    db.observe(show, parameter=True)  # E[call-arg]: Unexpected keyword argument "parameter"
    Database.connect("sqlite://", observers=[show, Counting()])
    Database.connect("sqlite://", observers=show)  # E[arg-type]: Argument "observers" to "connect" of "Database" has incompatible type
    Logs(slow="1")  # E[arg-type]: Argument "slow" to "Logs" has incompatible type "str"
