"""Queries for the rows that stand in the way of an operation, or that it concerns."""

from __future__ import annotations

from collections.abc import Iterable

from qb.identifiers import QUOTED
from qb.migrations.operations import Constraint
from qb.schema.ddl import Ddl
from qb.schema.objects import ForeignKey, Name


class Probes:
    """Writes queries for one number. When it is 0, all is well."""

    def __init__(self, ddl: Ddl) -> None:
        self.ddl = ddl

    def rows(self, table: Name) -> str:
        """A query for the number of rows."""
        return f"SELECT count(*) FROM {self.ddl.name(table)}"

    def given(self, table: Name, column: str) -> str:
        """A query for the number of values."""
        return f"{self.rows(table)} WHERE {self.column(table, column)} IS NOT NULL"

    def column(self, table: Name, name: str) -> str:
        """A column with its table: without it, SQLite takes a name that there is none of for a string."""
        return f"{self.ddl.name(table)}.{QUOTED[name]}"

    def duplicates(self, table: Name, columns: Iterable[str], where: str | None = None) -> str:
        """A query for the number of values that there are several of."""
        names = [QUOTED[name] for name in columns]
        present = " AND ".join([f"{name} IS NOT NULL" for name in names] + ([f"({where})"] if where else []))
        groups = f"SELECT 1 FROM {self.ddl.name(table)} WHERE {present} GROUP BY {', '.join(names)} HAVING count(*) > 1"
        return f"SELECT count(*) FROM ({groups}) AS several"

    def orphans(self, table: Name, key: ForeignKey) -> str | None:
        """A query for the number of rows that reference what is not there."""
        if not key.references:
            return None
        pairs = zip(key.columns, key.references, strict=True)
        on = " AND ".join([f"parent.{QUOTED[there]} = child.{QUOTED[here]}" for here, there in pairs])
        present = " AND ".join([f"child.{QUOTED[name]} IS NOT NULL" for name in key.columns])
        return (
            f"SELECT count(*) FROM {self.ddl.name(table)} AS child WHERE {present} "
            f"AND NOT EXISTS (SELECT 1 FROM {self.ddl.name(key.table)} AS parent WHERE {on})"
        )

    def conflicts(self, table: Name, constraint: Constraint) -> str | None:
        """A query for the number of rows, or groups of them, that break a constraint; None where there is no short
        one.
        """
        if constraint.check is not None:
            return f"SELECT count(*) FROM {self.ddl.name(table)} WHERE NOT ({constraint.check.expression})"
        if constraint.foreign_key is not None:
            return self.orphans(table, constraint.foreign_key)
        return None if constraint.key is None else self.duplicates(table, constraint.key.columns)
