"""MERGE."""

from __future__ import annotations

from qb.nodes.base import Expression, Node, Source, Statement
from qb.nodes.sources import Table
from qb.nodes.writes import Assignment


class MergeClause(Node):
    """`WHEN event AND condition THEN action`. `event` is MATCHED, NOT MATCHED or NOT MATCHED BY SOURCE, `action` is
    UPDATE, INSERT (both with assignments), DELETE or DO NOTHING.
    """

    __slots__ = ("action", "assignments", "condition", "event")

    def __init__(
        self, event: str, condition: Expression | None, action: str, assignments: tuple[Assignment, ...] = ()
    ) -> None:
        self.event = event
        self.condition = condition
        self.action = action
        self.assignments = assignments


class Merge(Statement):
    """MERGE."""

    __slots__ = ("clauses", "on", "source", "table")

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.ctes = ()
        self.table = table
        self.source: Source | None = None
        self.on: Expression | None = None
        self.clauses: tuple[MergeClause, ...] = ()
