"""What operations do to data and to programs that run meanwhile, and how to find out and do better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.operations import Constraint, Operation
from qb.schema.ddl import Ddl
from qb.schema.objects import Column, ForeignKey, Name, Schema

Danger = Literal["destroys", "breaks", "needs check", "rewrites", "locks"]
"""Values or rows go; programs that run meanwhile fail; it fails where the data does not fit; the whole table is written
again; others wait.
"""
DANGERS: Sequence[Danger] = ("destroys", "breaks", "needs check", "rewrites", "locks")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about an operation. An operation without findings is safe."""

    operation: Operation
    danger: Danger
    text: str
    """What happens."""
    probe: str | None = None
    """A query for one number: the rows that are lost, or that stand in the way. When it gives 0, all is well."""
    recipe: str | None = None
    """What is safer."""


class Safety:
    """Classifies operations. A dialect subclasses it, and adds what its engine locks and rewrites."""

    def __init__(self, ddl: Ddl) -> None:
        self.ddl = ddl

    def findings(self, before: Schema, operations: Sequence[Operation]) -> tuple[Finding, ...]:
        """What there is to know about operations on a schema, in their order: those of a `Stage` are all that happens,
        those of `diff` what was asked for. Tables that they create are empty, so what is done to these is safe.
        """
        found: list[Finding] = []
        new: set[Name] = set()
        schema = before
        for each in operations:
            if isinstance(each, ops.CreateTable):
                new.add(each.table.name)
            if getattr(each, "table", None) not in new or isinstance(each, ops.DropTable):
                found += sorted(self.of(schema, each, operations), key=lambda one: DANGERS.index(one.danger))
            schema = applied(schema, [each])
        return tuple(found)

    def of(self, schema: Schema, operation: Operation, operations: Sequence[Operation]) -> Iterator[Finding]:
        """What there is to know about one operation. `schema` is how everything is just before it."""
        match operation:
            case ops.DropTable(table):
                yield Finding(
                    operation,
                    "destroys",
                    f'the table "{table.name}" goes with all its rows',
                    f"SELECT count(*) FROM {self.ddl.name(table.name)}",
                    "first release programs that do not use it; then rename it, and drop it when nobody missed it",
                )
            case ops.DropColumn(table, column):
                if any(is_again(each, table, column) for each in operations):
                    return  # computed again, from columns of another type
                yield from self.dropped_column(operation, table, column)
            case ops.RenameTable(old, new):
                yield Finding(
                    operation,
                    "breaks",
                    f'programs that run meanwhile still use "{old}"',
                    None,
                    f'leave a view named "{old}" that selects everything from "{new}" until they are replaced',
                )
            case ops.RenameColumn(table, old, new):
                yield Finding(
                    operation,
                    "breaks",
                    f'programs that run meanwhile still use "{table}.{old}"',
                    None,
                    f'add "{new}" and write both; copy the values over; read "{new}"; then drop "{old}"',
                )
            case ops.AddColumn(table, column):
                if not column.nullable and column.default is None and column.generated is None and not column.identity:
                    yield Finding(
                        operation,
                        "breaks",
                        f'programs that run meanwhile insert rows without "{table}.{column.name}", which fail',
                        None,
                        "give it a default, or make it NOT NULL in a later migration, when all programs know it",
                    )
            case ops.AlterColumn():
                yield from self.altered_column(schema, operation)
            case ops.AddConstraint(table, constraint):
                if ops.DropConstraint(table, constraint) not in operations:  # it was there, and holds
                    yield from self.added_constraint(operation, table, constraint)
            case ops.DropConstraint(table, constraint):
                comes_back = any(
                    isinstance(each, ops.AddConstraint) and (each.table, each.constraint.key) == (table, constraint.key)
                    for each in operations
                )
                if constraint.key is not None and not comes_back:
                    yield Finding(
                        operation,
                        "breaks",
                        f"programs that run meanwhile may name the {constraint} in ON CONFLICT, and fail",
                    )
            case ops.CreateIndex(table, index):
                columns = [key.column for key in index.keys if key.column is not None]
                is_new = ops.DropIndex(table, index) not in operations
                if is_new and index.unique and len(columns) == len(index.keys):
                    yield Finding(
                        operation,
                        "needs check",
                        f'"{index.name}" is unique: it fails where rows of "{table}" agree in {", ".join(columns)}',
                        self.duplicates(table, columns, index.where),
                    )
            case ops.RenameLabel(enum, old):
                yield Finding(operation, "breaks", f'programs that run meanwhile still use {old!r} of "{enum}"')
            case ops.ReplaceEnum(old_enum, new_enum):
                yield from self.replaced_enum(
                    schema, operation, old_enum.name, set(old_enum.labels) - set(new_enum.labels)
                )
            case ops.DropSequence(sequence):
                yield Finding(operation, "destroys", f'where the sequence "{sequence.name}" stands is forgotten')
            case ops.DropView(view):
                if not any(isinstance(each, ops.CreateView) and each.view.name == view.name for each in operations):
                    yield Finding(operation, "breaks", f'programs that run meanwhile may still read "{view.name}"')
            case ops.DropTrigger(trigger):
                if not any(
                    isinstance(each, ops.CreateTrigger) and each.trigger.name == trigger.name for each in operations
                ):
                    yield Finding(operation, "breaks", f'what the trigger "{trigger.name}" did is not done any more')

    def dropped_column(self, operation: Operation, table: Name, column: Column) -> Iterator[Finding]:
        """A column goes."""
        if column.generated is None:
            yield Finding(
                operation,
                "destroys",
                f'the values of "{table}.{column.name}" go',
                f"SELECT count(*) FROM {self.ddl.name(table)} WHERE {QUOTED[column.name]} IS NOT NULL",
                "first release programs that do not use it, and drop it then",
            )
        else:
            yield Finding(operation, "breaks", f'programs that run meanwhile may still read "{table}.{column.name}"')

    def altered_column(self, schema: Schema, operation: ops.AlterColumn) -> Iterator[Finding]:
        """A column changes."""
        table, old, new = operation.table, operation.before, operation.after
        name, where = f'"{table}.{new.name}"', f"FROM {self.ddl.name(table)}"
        column = QUOTED[new.name]
        if new.generated is not None and old.generated is None:
            yield Finding(
                operation,
                "destroys",
                f"the values of {name} go: they are computed from now on",
                f"SELECT count(*) {where} WHERE {column} IS NOT NULL",
            )
            return
        if operation.using is not None:
            yield Finding(
                operation,
                "destroys",
                f"the values of {name} are replaced by {operation.using}",
                f"SELECT count(*) {where} WHERE {column} IS NOT NULL",
            )
        elif (old.type, old.form) != (new.type, new.form):
            lossy = self.lossy(schema, table, old, new)
            if lossy is not None:
                yield Finding(
                    operation,
                    "needs check",
                    f"it fails where a value of {name} cannot be {new.form or new.type}, or would change",
                    lossy,
                    "say how the values are converted",
                )
        if old.nullable and not new.nullable:
            if operation.using is None:
                yield Finding(
                    operation,
                    "needs check",
                    f"it fails where {name} is NULL",
                    f"SELECT count(*) {where} WHERE {column} IS NULL",
                    "replace the NULLs in batches first",
                )
            yield Finding(operation, "breaks", f"programs that run meanwhile may write NULL to {name}, which fails")
        if new.nullable and not old.nullable:
            yield Finding(operation, "breaks", f"programs that run meanwhile may not know that {name} can be NULL")
        if old.default is not None and new.default is None and not new.nullable and new.identity is None:
            yield Finding(
                operation,
                "breaks",
                f"programs that run meanwhile may insert rows without {name}, which fail",
            )

    def lossy(self, schema: Schema, table: Name, old: Column, new: Column) -> str | None:
        """A query for the number of values that are none of another type, or change; None when there can be none."""
        raise NotImplementedError

    def added_constraint(self, operation: Operation, table: Name, constraint: Constraint) -> Iterator[Finding]:
        """A constraint that rows may break."""
        probe = None
        if constraint.check is not None:
            probe = f"SELECT count(*) FROM {self.ddl.name(table)} WHERE NOT ({constraint.check.expression})"
        elif constraint.foreign_key is not None:
            probe = self.orphans(table, constraint.foreign_key)
        elif constraint.key is not None:
            probe = self.duplicates(table, constraint.key.columns)
        if getattr(constraint.rule, "valid", True):
            yield Finding(operation, "needs check", f'it fails where rows of "{table}" break the {constraint}', probe)
        yield Finding(operation, "breaks", f"programs that run meanwhile may write rows that break the {constraint}")

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

    def replaced_enum(self, schema: Schema, operation: Operation, name: Name, gone: set[str]) -> Iterator[Finding]:
        """An enum type is exchanged, which is the business of dialects that have them."""
        return iter(())


def is_again(operation: Operation, table: Name, column: Column) -> bool:
    """Whether an operation adds a computed column that goes meanwhile."""
    return (
        isinstance(operation, ops.AddColumn)
        and (operation.table, operation.column.name) == (table, column.name)
        and column.generated is not None
    )
