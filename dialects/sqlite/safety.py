"""What SQLite writes again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dialects.sqlite.affinities import affinity
from dialects.sqlite.ddl import SqliteDdl
from dialects.sqlite.forms import conversion
from qb.migrations import rules
from qb.migrations.operations import Operation
from qb.migrations.safety import Finding, Safety
from qb.schema.objects import Column, Name, Schema


class SqliteSafety(Safety):
    """Knows which tables are rebuilt."""

    def __init__(self, rebuilds: Callable[[Schema, Sequence[Operation]], list[tuple[Name, list[Operation]]]]) -> None:
        super().__init__(SqliteDdl())
        self.rebuilds = rebuilds

    def findings(self, before: Schema, operations: Sequence[Operation]) -> tuple[Finding, ...]:
        found = list(super().findings(before, operations))
        for name, changes in self.rebuilds(before, operations):
            why = "SQLite's ALTER TABLE cannot do all that is to do"
            if not changes:
                why = "it references a table that is rebuilt, and foreign keys are always on"
            text = f'the whole table "{name}" is copied, and nobody writes to the database meanwhile: {why}'
            found.append(Finding(rules.REBUILD, (changes or operations)[0], name, text, self.rows(name)))
        return tuple(found)

    def lossy(self, schema: Schema, table: Name, old: Column, new: Column) -> str | None:
        lost = conversion(table, old, new).lost
        return None if lost is None else f"SELECT count(*) FROM {self.ddl.name(table)} WHERE {lost}"

    def is_alike(self, old: Column, new: Column) -> bool:
        return old.form == new.form and affinity(old.type) == affinity(new.type)
