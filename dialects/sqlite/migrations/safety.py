"""What SQLite writes again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dialects.sqlite.migrations.affinities import affinity
from dialects.sqlite.migrations.forms import conversion
from dialects.sqlite.schema.ddl import SqliteDdl
from qb.migrations import operations as ops
from qb.migrations.checks import rules
from qb.migrations.checks.finding import Finding, Step
from qb.migrations.checks.reading import Statement
from qb.migrations.checks.safety import Safety
from qb.migrations.operations import Operation
from qb.migrations.scripts import Script
from qb.schema.objects import Column, Name, Schema

ACTIONS = ("CASCADE", "SET NULL", "SET DEFAULT")
"""What happens to rows whose parents go."""


class SqliteSafety(Safety):
    """Knows which tables are rebuilt."""

    def __init__(
        self,
        rebuilds: Callable[[Schema, Sequence[Operation]], list[tuple[Name, list[Operation]]]],
        keys_can_be_off: bool = True,
    ) -> None:
        super().__init__(SqliteDdl())
        self.rebuilds = rebuilds
        self.keys_can_be_off = keys_can_be_off
        """Whether foreign keys can be off while a script runs."""

    def classified(self, steps: Sequence[Step]) -> tuple[Finding, ...]:
        back = {operation.new for _, operation in steps if isinstance(operation, ops.RenameTable)}
        return tuple([copied(each) if each.table in back else each for each in super().classified(steps)])

    def rebuilt(self, before: Schema, operations: Sequence[Operation]) -> Iterable[Finding]:
        for name, changes in self.rebuilds(before, operations):
            why = "SQLite's ALTER TABLE cannot do all that is to do"
            if not changes:
                why = "it references a table that is rebuilt, and foreign keys are always on"
            text = f'the whole table "{name}" is copied, and nobody writes to the database meanwhile: {why}'
            yield Finding(rules.REBUILD, (changes or operations)[0], name, text, self.rows(name))

    def of_statements(
        self, script: Script, statements: Mapping[int, Statement], steps: Sequence[Step]
    ) -> Iterator[tuple[int, Finding]]:
        yield from super().of_statements(script, statements, steps)
        for number, statement in statements.items():
            for schema, operation in statement.steps:
                if isinstance(operation, ops.DropTable) and (script.foreign_keys or not self.keys_can_be_off):
                    for finding in self.children(schema, operation):
                        yield number, finding

    def children(self, schema: Schema, operation: ops.DropTable) -> Iterator[Finding]:
        """The rows that go with those of a table, or lose their reference."""
        parent = operation.table.name
        for table in schema.tables:
            for key in table.foreign_keys:
                if key.table == parent != table.name and key.on_delete in ACTIONS:
                    text = f'the rows of "{table.name}" that reference "{parent}" go, or lose it: {key.on_delete}'
                    yield Finding(
                        rules.DROP_PARENT, operation, table.name, text, self.given(table.name, key.columns[0])
                    )

    def lossy(self, schema: Schema, table: Name, old: Column, new: Column) -> str | None:
        lost = conversion(table, old, new).lost
        return None if lost is None else f"SELECT count(*) FROM {self.ddl.name(table)} WHERE {lost}"

    def is_alike(self, old: Column, new: Column) -> bool:
        return old.form == new.form and affinity(old.type) == affinity(new.type)


def copied(finding: Finding) -> Finding:
    """A table that another takes the place of does not go, but is rebuilt by hand."""
    if finding.rule != rules.DROP_TABLE:
        return finding
    text = f'the whole table "{finding.table}" is copied, and nobody writes to the database meanwhile: by hand'
    return Finding(rules.REBUILD, finding.operation, finding.table, text, finding.probe)
