"""Migrations of PostgreSQL: ALTER statements, and what has to go meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from dialects.postgres.identities import changed_options
from dialects.postgres.migrations import sync
from dialects.postgres.migrations.backfill import backfill
from dialects.postgres.migrations.conversions import converted, is_lossless, is_of
from dialects.postgres.migrations.dependents import expanded
from dialects.postgres.migrations.leftovers import check_finished, check_kept, is_leftover, values_elsewhere
from dialects.postgres.migrations.moving import between
from dialects.postgres.migrations.online.stages import Online
from dialects.postgres.migrations.privileges import comes_back, noted, restored
from dialects.postgres.migrations.safety import PostgresSafety
from dialects.postgres.schema.ddl import PostgresDdl
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied, step
from qb.migrations.checks.safety import Safety
from qb.migrations.operations import Constraint, Operation, constraints_of
from qb.migrations.render import Renderer, Stage, schemas_first
from qb.migrations.scripts import Script
from qb.migrations.wording import described
from qb.schema.ddl import Ddl, deferrable, without_unchecked
from qb.schema.objects import Column, Enum, Name, Schema, Table
from qb.schema.objects import Sequence as NumberSequence
from qb.types import TEXT


class PostgresRenderer(Renderer):
    """Writes PostgreSQL's SQL."""

    ddl: ClassVar[Ddl] = PostgresDdl()
    waits_for_deferred: ClassVar[bool] = True

    def safety(self) -> Safety:
        return PostgresSafety()

    def expanded(self, before: Schema, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
        check_kept(before, operations)
        new = {each.table.name for each in operations if isinstance(each, ops.CreateTable)}
        operations = tuple(
            [
                replace(each, concurrently=True)
                if isinstance(each, ops.CreateIndex) and each.index.concurrently and each.table not in new
                else each
                for each in operations
            ]
        )
        found, retyped = expanded(before, operations)
        return self.around(before, found, retyped)

    def online(self, before: Schema, operations: Sequence[Operation]) -> tuple[tuple[Stage, ...], tuple[str, ...]]:
        first, rest = schemas_first(operations)
        found = Online(self, applied(before, first), rest)
        refused = [*[(each, "programs know one of both names") for each in first], *found.refused]
        notes = tuple([f"{described(each)}: {why}" for each, why in refused])
        return (*self.stages(before, first), *found.stages()), notes

    def is_kept(self, before: Schema, operation: Operation) -> bool:
        return is_leftover(before, operation)

    def known(self, before: Schema, operations: Sequence[Operation]) -> dict[tuple[Name, str], str]:
        return values_elsewhere(before, operations)

    def parts(self, operations: tuple[Operation, ...]) -> Iterator[tuple[Operation, ...]]:
        """A new label of an enum can be used in the next transaction only; what is concurrent has none."""
        together: list[Operation] = []
        for each in operations:
            if together and ends_between(together[-1], each):
                yield tuple(together)
                together = []
            together.append(each)
        if together:
            yield tuple(together)

    def script(self, before: Schema, operations: tuple[Operation, ...]) -> Script:
        statements: list[str] = []
        waits = False
        back = comes_back(operations)
        made = [each.view for each in operations if isinstance(each, ops.CreateView)]
        for each in operations:
            if isinstance(each, ops.DropView) and each.view.name in back:
                name = self.text(self.ddl.name(each.view.name))
                statements.append(noted(each.view, name, back[each.view.name], each.view in made))
            statements += self.statements(before, each)
            if isinstance(each, ops.CreateView) and each.view.name in back:
                statements.append(restored(back[each.view.name]))
            waits = waits or is_looked_at_later(before, each)
            before = step(before, each)
        if waits:
            statements.insert(0, "SET CONSTRAINTS ALL IMMEDIATE")
        return Script(tuple(statements), transactional=not any(is_outside(each) for each in operations))

    def pieces(
        self, before: Schema, operations: tuple[Operation, ...]
    ) -> Iterator[tuple[tuple[Operation, ...], Sequence[str]]]:
        others = list(self.script(before, operations).statements)
        for each in operations:
            statements = self.statements(before, each)
            others = [statement for statement in others if statement not in statements]
            yield (each,), statements
            before = step(before, each)
        for statement in others:  # what is done for several of them together
            yield (), [statement]

    def statements(self, before: Schema, operation: Operation) -> list[str]:
        """The SQL of one operation on a schema."""
        name = self.ddl.name
        match operation:
            case ops.CreateSchema(schema):
                return [self.ddl.create_schema(schema)]
            case ops.RenameSchema(old_name, new_name):
                check_finished(before, old_name)
                return [f"ALTER SCHEMA {QUOTED[old_name]} RENAME TO {QUOTED[new_name]}"]
            case ops.DropSchema(schema):
                return [f"DROP SCHEMA {QUOTED[schema]}"]
            case ops.CreateEnum(enum):
                return [self.ddl.create_enum(enum)]
            case ops.DropEnum(enum):
                return [f"DROP TYPE {name(enum.name)}"]
            case ops.RenameEnum(old, new):
                check_finished(before, old.name)
                return self.rename("TYPE", before, old, new)
            case ops.AddLabel(enum, label, following):
                place = "" if following is None else f" BEFORE {self.text(following)}"
                return [f"ALTER TYPE {name(enum)} ADD VALUE {self.text(label)}{place}"]
            case ops.RenameLabel(enum, old, new):
                return [f"ALTER TYPE {name(enum)} RENAME VALUE {self.text(old)} TO {self.text(new)}"]
            case ops.ReplaceEnum(old, new):
                return self.replace_enum(before, old, new)
            case ops.CreateSequence(sequence):
                return [self.ddl.create_sequence(sequence)]
            case ops.DropSequence(sequence):
                return [f"DROP SEQUENCE {name(sequence.name)}"]
            case ops.RenameSequence(old, new):
                return self.rename("SEQUENCE", before, old, new)
            case ops.AlterSequence(old, new):
                return self.alter_sequence(old, new)
            case ops.CreateTable(table):
                indexes = [self.ddl.create_index(table.name, index) for index in table.indexes]
                return [
                    self.ddl.create_table(without_unchecked(table)),
                    *indexes,
                    *self.ddl.add_unchecked(table),
                    *self.ddl.comments(table),
                ]
            case ops.DropTable(table):
                return [f"DROP TABLE {name(table.name)}"]
            case ops.RenameTable(old, new):
                return self.rename("TABLE", before, old, new)
            case ops.AlterTable():
                return self.alter_table(operation)
            case ops.AddColumn(table, column, using):
                return self.add_column(before.table(table), column, using)
            case ops.DropColumn(table, column):
                return [f"ALTER TABLE {name(table)} DROP COLUMN {QUOTED[column.name]}"]
            case ops.RenameColumn(table, old, new):
                return [f"ALTER TABLE {name(table)} RENAME COLUMN {QUOTED[old]} TO {QUOTED[new]}"]
            case ops.AlterColumn():
                return self.alter_column(before, operation)
            case ops.Backfill():
                return [backfill(self.ddl, before.table(operation.table), operation)]
            case ops.AddConstraint(table, constraint, using_index):
                text = self.by_index(constraint) if using_index else self.constraint(constraint)
                return [f"ALTER TABLE {name(table)} ADD {text}"]
            case ops.DropConstraint(table, constraint):
                return [f"ALTER TABLE {name(table)} DROP CONSTRAINT {QUOTED[constraint.name or '']}"]
            case ops.RenameConstraint(table, old, new):
                return [f"ALTER TABLE {name(table)} RENAME CONSTRAINT {QUOTED[old]} TO {QUOTED[new]}"]
            case ops.ValidateConstraint(table, constraint):
                return [f"ALTER TABLE {name(table)} VALIDATE CONSTRAINT {QUOTED[constraint]}"]
            case ops.CreateIndex(table, index, concurrently):
                text = self.ddl.create_index(table, index)
                return [text.replace("INDEX ", "INDEX CONCURRENTLY ", 1) if concurrently else text]
            case ops.DropIndex(table, index, concurrently):
                how = "CONCURRENTLY " if concurrently else ""
                return [f"DROP INDEX {how}{name(Name(index.name, table.schema))}"]
            case ops.RenameIndex(table, old, new):
                return [f"ALTER INDEX {name(Name(old, table.schema))} RENAME TO {QUOTED[new]}"]
            case ops.CreateView(view):
                return self.ddl.create_view(view)
            case ops.DropView(view):
                return [f"DROP {'MATERIALIZED ' if view.materialized else ''}VIEW {name(view.name)}"]
            case ops.CreateTrigger(trigger):
                return self.ddl.create_trigger(trigger)
            case ops.DropTrigger(trigger):
                function = sync.function_of(trigger)
                dropped = [] if function is None else [f"DROP FUNCTION {function}()"]
                return [f"DROP TRIGGER {QUOTED[trigger.name]} ON {name(trigger.table)}", *dropped]
        raise NotImplementedError(operation)

    def text(self, value: str) -> str:
        """A string."""
        return self.ddl.description.expressions().literal(value, TEXT)

    def constraint(self, constraint: Constraint) -> str:
        """What follows ADD."""
        if constraint.primary_key is not None:
            return self.ddl.primary_key(constraint.primary_key)
        if constraint.unique is not None:
            return self.ddl.unique(constraint.unique)
        if constraint.check is not None:
            return self.ddl.check(constraint.check)
        if constraint.exclusion is not None:
            return self.ddl.exclusion(constraint.exclusion)
        assert constraint.foreign_key is not None
        return self.ddl.foreign_key(constraint.foreign_key)

    def by_index(self, constraint: Constraint) -> str:
        """What follows ADD when the index is there."""
        key = constraint.key
        assert key is not None
        kind = "PRIMARY KEY" if constraint.primary_key is not None else "UNIQUE"
        name = QUOTED[key.name or ""]
        return f"CONSTRAINT {name} {kind} USING INDEX {name}{deferrable(key.deferral)}"

    def rename(self, kind: str, before: Schema, old: Name, new: Name) -> list[str]:
        """Another name, another schema, or both."""
        found = []
        for next_name in between(before, old, new):
            alter = f"ALTER {kind} {self.ddl.name(old)}"
            if next_name.schema == old.schema:
                found.append(f"{alter} RENAME TO {QUOTED[next_name.name]}")
            elif next_name.schema is not None:
                found.append(f"{alter} SET SCHEMA {QUOTED[next_name.schema]}")
            else:
                move = self.text(f"{alter} SET SCHEMA ")
                found.append(f"DO $qb$ BEGIN EXECUTE {move} || quote_ident(current_schema()); END $qb$")
            old = next_name
        return found

    def alter_sequence(self, old: NumberSequence, new: NumberSequence) -> list[str]:
        """Other options, or another column that owns it."""
        options = changed_options(old.options, new.options)
        found = [f"ALTER SEQUENCE {self.ddl.name(new.name)} {' '.join(options)}"] if options else []
        if (old.table, old.column) == (new.table, new.column):
            return found
        bound = (
            self.ddl.own(new) if new.table is not None else f"ALTER SEQUENCE {self.ddl.name(new.name)} OWNED BY NONE"
        )
        return [*found, bound]

    def alter_table(self, operation: ops.AlterTable) -> list[str]:
        """PostgreSQL's tables have no options but the comment."""
        if operation.comment_before == operation.comment_after:
            return []
        return [f"COMMENT ON TABLE {self.ddl.name(operation.table)} IS {self.comment(operation.comment_after)}"]

    def comment(self, text: str | None) -> str:
        """A comment, or none."""
        return "NULL" if text is None else self.text(text)

    def comment_on(self, table: Name, column: Column) -> str:
        """A comment on a column."""
        return f"COMMENT ON COLUMN {self.ddl.name(table)}.{QUOTED[column.name]} IS {self.comment(column.comment)}"

    def add_column(self, table: Table, column: Column, using: str | None) -> list[str]:
        """A column that is filled by an expression is NOT NULL afterwards only."""
        alter, quoted = f"ALTER TABLE {self.ddl.name(table.name)}", QUOTED[column.name]
        bare = replace(table, primary_key=None, uniques=(), checks=())
        if using is None:
            found = [f"{alter} ADD COLUMN {self.ddl.column(bare, column)}"]
        else:
            found = [
                f"{alter} ADD COLUMN {self.ddl.column(bare, replace(column, nullable=True, default=None))}",
                f"UPDATE {self.ddl.name(table.name)} SET {quoted} = {using}",
            ]
            found += [] if column.default is None else [f"{alter} ALTER COLUMN {quoted} SET DEFAULT {column.default}"]
            found += [] if column.nullable else [f"{alter} ALTER COLUMN {quoted} SET NOT NULL"]
        return found if column.comment is None else [*found, self.comment_on(table.name, column)]

    def alter_column(self, before: Schema, operation: ops.AlterColumn) -> list[str]:
        """Everything that differs, in an order in which each step finds what it needs."""
        table, old, new = operation.table, operation.before, operation.after
        if new.generated is not None:  # an expression cannot be changed: the values are computed again, or for once
            dropped = f"ALTER TABLE {self.ddl.name(table)} DROP COLUMN {QUOTED[old.name]}"
            return [dropped, *self.add_column(before.table(table), new, None)]
        retyped = (old.type, old.collation) != (new.type, new.collation)
        casts = old.type != new.type and operation.using is None
        guards = [self.guard(table, old, new)] if casts and not is_lossless(before, old.type, new.type) else []
        steps: list[str] = []
        if old.identity is not None and new.identity is None:
            steps.append("DROP IDENTITY")
        if old.generated is not None:
            steps.append("DROP EXPRESSION")
        is_replaced = retyped or operation.using is not None
        if old.default is not None and (is_replaced or new.default is None):
            steps.append("DROP DEFAULT")
        if is_replaced:
            collation = f" COLLATE {QUOTED[new.collation]}" if new.collation else ""
            using = operation.using or converted(before, old, new)
            steps.append(f"TYPE {new.type}{collation}" + (f" USING {using}" if using else ""))
        if old.nullable != new.nullable:
            steps.append("DROP NOT NULL" if new.nullable else "SET NOT NULL")
        if new.default is not None and (is_replaced or old.default != new.default):
            steps.append(f"SET DEFAULT {new.default}")
        numbered: list[str] = []
        if new.identity is not None and old.identity is None:
            steps.append(f"ADD{self.ddl.identity(new.identity)}")
            numbered = [self.number_on(table, new)]
        elif new.identity is not None and old.identity is not None:
            if old.identity.kind != new.identity.kind:
                steps.append(f"SET GENERATED {new.identity.kind.upper()}")
            steps += [f"SET {each}" for each in changed_options(old.identity.options, new.identity.options)]
        alter = f"ALTER TABLE {self.ddl.name(table)} ALTER COLUMN {QUOTED[new.name]}"
        comments = [] if old.comment == new.comment else [self.comment_on(table, new)]
        return [*guards, *[f"{alter} {each}" for each in steps], *numbered, *comments]

    def guard(self, table: Name, old: Column, new: Column) -> str:
        """What stops when a value would come back as another from its new type."""
        cast = converted(None, old, new) or f"{QUOTED[old.name]}::{new.type}"
        lost = f"({cast})::{old.type} IS DISTINCT FROM {QUOTED[old.name]}"
        message = self.text(f"{table}.{old.name} has values that change as {new.type}")
        return (
            f"DO $qb$ BEGIN IF EXISTS (SELECT FROM {self.ddl.name(table)} WHERE {lost}) THEN "
            f"RAISE EXCEPTION USING MESSAGE = {message}; END IF; END $qb$"
        )

    def number_on(self, table: Name, column: Column) -> str:
        """A new identity goes on after the rows that are there."""
        name, quoted = self.ddl.name(table), QUOTED[column.name]
        sequence = f"pg_get_serial_sequence({self.text(name)}, {self.text(column.name)})"
        return f"SELECT setval({sequence}, max({quoted})) FROM {name} HAVING max({quoted}) IS NOT NULL"

    def replace_enum(self, before: Schema, old: Enum, new: Enum) -> list[str]:
        """A type of the same name; each column goes over to it by its text, and fails where that is no label."""
        aside = Name(f"__old_{old.name.name}", old.name.schema)
        found = [f"ALTER TYPE {self.ddl.name(old.name)} RENAME TO {QUOTED[aside.name]}", self.ddl.create_enum(new)]
        for table in before.tables:
            for column in [each for each in table.columns if is_of(each.type, old.name)]:
                alter = f"ALTER TABLE {self.ddl.name(table.name)} ALTER COLUMN {QUOTED[column.name]}"
                array = "[]" if column.type.endswith("[]") else ""
                cast = f"USING {QUOTED[column.name]}::text{array}::{column.type}"
                default = column.default
                found += [] if default is None else [f"{alter} DROP DEFAULT"]
                found.append(f"{alter} TYPE {column.type} {cast}")
                found += [] if default is None else [f"{alter} SET DEFAULT {default}"]
        return [*found, f"DROP TYPE {self.ddl.name(aside)}"]


def is_concurrent(operation: Operation) -> bool:
    """Whether it is about an index that others use meanwhile."""
    return isinstance(operation, (ops.CreateIndex, ops.DropIndex)) and operation.concurrently


def is_looked_at_later(before: Schema, operation: Operation) -> bool:
    """Whether it writes rows at which a deferred constraint looks when the transaction ends, before which nothing of
    their table could be altered.
    """
    return (
        isinstance(operation, ops.AddColumn)
        and operation.using is not None
        and any(each.is_deferred for each in constraints_of(before.table(operation.table)))
    )


def is_outside(operation: Operation) -> bool:
    """Whether it is done outside of a transaction."""
    return is_concurrent(operation) or (isinstance(operation, ops.Backfill) and operation.key != ())


def ends_between(one: Operation, other: Operation) -> bool:
    """Whether a transaction has to end between two operations."""
    if is_outside(one) or is_outside(other):
        return True
    return isinstance(one, ops.AddLabel) and not isinstance(other, (ops.AddLabel, ops.RenameLabel))
