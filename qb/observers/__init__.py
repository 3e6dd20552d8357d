"""What a database tells those who watch it: `db.observe(observer)`, where an observer is called with every event.

    from qb.observers import Logs, Metrics, SlowQueries, StatementRun, Tracing

An observer that raises does not disturb the statement: the failure is logged. Nothing here is loaded, and nothing
costs anything, as long as nobody observes.
"""

from typing import TYPE_CHECKING

from qb.lazy import lazily
from qb.observers.events import CacheLookup, Event, Outcome, PoolWait, Retry, StatementRun, TransactionStep
from qb.observers.hub import Observation, Observer

if TYPE_CHECKING:
    from qb.observers.logs import Logs
    from qb.observers.metrics import Metrics, Snapshot
    from qb.observers.slow import SlowQueries, SlowQuery
    from qb.observers.tracing import Tracing
    from qb.prepared.statistics import PreparedStatistics, prepared_statistics
else:
    __getattr__ = lazily(
        __name__,
        {
            "Logs": "qb.observers.logs",
            **dict.fromkeys(("Metrics", "Snapshot"), "qb.observers.metrics"),
            **dict.fromkeys(("SlowQueries", "SlowQuery"), "qb.observers.slow"),
            "Tracing": "qb.observers.tracing",
            **dict.fromkeys(("PreparedStatistics", "prepared_statistics"), "qb.prepared.statistics"),
        },
    )

__all__ = [
    "CacheLookup",
    "Event",
    "Logs",
    "Metrics",
    "Observation",
    "Observer",
    "Outcome",
    "PoolWait",
    "PreparedStatistics",
    "Retry",
    "SlowQueries",
    "SlowQuery",
    "Snapshot",
    "StatementRun",
    "Tracing",
    "TransactionStep",
    "prepared_statistics",
]
