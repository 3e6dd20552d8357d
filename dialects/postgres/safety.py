"""What PostgreSQL locks and rewrites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dialects.postgres.conversions import INTEGERS, TEXTS, converted, is_lossless, is_of, parsed
from dialects.postgres.ddl import PostgresDdl
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.operations import Operation
from qb.migrations.safety import Finding, Safety
from qb.schema.objects import Column, Name, Schema
from qb.schema.tokens import tokens
from qb.types import TEXT

VOLATILE = {"random", "gen_random_uuid", "uuid_generate_v4", "clock_timestamp", "nextval", "timeofday"}
"""Functions that give another value in each row, so that a new column cannot do with one default for all."""


class PostgresSafety(Safety):
    """Knows PostgreSQL's locks."""

    def __init__(self) -> None:
        super().__init__(PostgresDdl())

    def of(self, schema: Schema, operation: Operation, operations: Sequence[Operation]) -> Iterator[Finding]:
        yield from super().of(schema, operation, operations)
        match operation:
            case ops.AddColumn(table, column, using):
                yield from self.added_column(operation, table, column, using)
            case ops.AlterColumn():
                yield from self.locked_column(schema, operation)
            case ops.AddConstraint():
                yield from self.locked_constraint(operation)
            case ops.CreateIndex(table, index, concurrently) if not concurrently:
                yield Finding(
                    operation,
                    "locks",
                    f'nobody writes to "{table}" while "{index.name}" is built',
                    None,
                    "CREATE INDEX CONCURRENTLY, outside of a transaction",
                )
            case ops.DropIndex(table, index, concurrently) if not concurrently:
                yield Finding(
                    operation,
                    "locks",
                    f'it waits for everybody who uses "{table}", and everybody else waits for it',
                    None,
                    "DROP INDEX CONCURRENTLY, outside of a transaction",
                )

    def added_column(self, operation: Operation, table: Name, column: Column, using: str | None) -> Iterator[Finding]:
        """A column that every row gets a value of its own for."""
        why = None
        if column.identity is not None:
            why = "every row gets a number"
        elif column.generated is not None and column.generated.stored:
            why = "it is computed for every row"
        elif using is not None:
            why = "every row is filled"
        elif column.default is not None and is_volatile(column.default):
            why = "its default is another one for every row"
        if why is not None:
            yield Finding(
                operation,
                "rewrites",
                f'the whole table "{table}" is written again, and nobody reads it meanwhile: {why}',
                f"SELECT count(*) FROM {self.ddl.name(table)}",
                "add it without, set the default for new rows, and fill the others in batches",
            )

    def locked_column(self, schema: Schema, operation: ops.AlterColumn) -> Iterator[Finding]:
        """What a changed column costs."""
        table, old, new = operation.table, operation.before, operation.after
        probe = f"SELECT count(*) FROM {self.ddl.name(table)}"
        computed = new.generated is not None
        retyped = operation.using is not None or (old.type != new.type and not is_relabelled(old.type, new.type))
        if computed or retyped:
            yield Finding(
                operation,
                "rewrites",
                f'the whole table "{table}" is written again, and nobody reads it meanwhile',
                probe,
                "add another column, write both, fill it in batches, and drop this one later",
            )
        elif old.collation != new.collation:
            yield Finding(
                operation,
                "rewrites",
                f'the indexes on "{table}.{new.name}" are built again, and nobody reads it',
                probe,
            )
        if old.nullable and not new.nullable:
            yield Finding(
                operation,
                "locks",
                f'nobody uses "{table}" while every row is looked at',
                probe,
                f"a CHECK ({QUOTED[new.name]} IS NOT NULL) NOT VALID first, validated in the next migration",
            )

    def locked_constraint(self, operation: ops.AddConstraint) -> Iterator[Finding]:
        """Every row is looked at under a lock."""
        table, constraint = operation.table, operation.constraint
        probe = f"SELECT count(*) FROM {self.ddl.name(table)}"
        if constraint.key is not None:
            yield Finding(
                operation,
                "locks",
                f'nobody uses "{table}" while the index of the {constraint} is built',
                probe,
                "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX",
            )
        elif constraint.exclusion is not None:
            yield Finding(operation, "locks", f'nobody uses "{table}" while the {constraint} is built', probe)
        elif getattr(constraint.rule, "valid", True):
            key = constraint.foreign_key
            tables = f'"{table}"' if key is None else f'"{table}" and "{key.table}"'
            verb = "uses" if key is None else "writes to"
            yield Finding(
                operation,
                "locks",
                f"nobody {verb} {tables} while every row is looked at",
                probe,
                "add it NOT VALID, and validate it in the next migration, which only keeps other migrations out",
            )

    def lossy(self, schema: Schema, table: Name, old: Column, new: Column) -> str | None:
        one, other = parsed(old.type), parsed(new.type)
        where = f"FROM {self.ddl.name(table)}"
        if other.name in TEXTS and other.numbers and not is_relabelled(old.type, new.type):
            return f"SELECT count(*) {where} WHERE length({QUOTED[old.name]}::text) > {other.numbers[0]}"
        if one.name in INTEGERS and other.name in INTEGERS and INTEGERS.index(one.name) > INTEGERS.index(other.name):
            highest = 2 ** (15 if other.name == "smallint" else 31) - 1
            return f"SELECT count(*) {where} WHERE {QUOTED[old.name]} NOT BETWEEN {-highest - 1} AND {highest}"
        enums = [enum for enum in schema.enums if is_of(new.type, enum.name)]
        if enums and one.name != other.name:
            literal = self.ddl.description.expressions().literal
            labels = ", ".join([literal(label, TEXT) for label in enums[0].labels])
            return f"SELECT count(*) {where} WHERE {QUOTED[old.name]}::text NOT IN ({labels})"
        if is_lossless(schema, old.type, new.type):
            return None
        cast = converted(None, old, new) or f"{QUOTED[old.name]}::{new.type}"
        return f"SELECT count(*) {where} WHERE ({cast})::{old.type} IS DISTINCT FROM {QUOTED[old.name]}"

    def replaced_enum(self, schema: Schema, operation: Operation, name: Name, gone: set[str]) -> Iterator[Finding]:
        literal = self.ddl.description.expressions().literal
        labels = ", ".join([literal(label, TEXT) for label in sorted(gone)])
        for table in schema.tables:
            for column in table.columns:
                if not is_of(column.type, name):
                    continue
                where = f"FROM {self.ddl.name(table.name)}"
                if gone:
                    yield Finding(
                        operation,
                        "needs check",
                        f'it fails where "{table.name}.{column.name}" is {labels}',
                        f"SELECT count(*) {where} WHERE {QUOTED[column.name]}::text IN ({labels})",
                        "give these rows other labels first",
                    )
                yield Finding(
                    operation,
                    "rewrites",
                    f'the whole table "{table.name}" is written again, and nobody reads it meanwhile',
                    f"SELECT count(*) {where}",
                )


def is_volatile(default: str) -> bool:
    """Whether a default is another one in each row."""
    return any(token.text.strip('"').lower() in VOLATILE for token in tokens(default, "postgres"))


def is_relabelled(old: str, new: str) -> bool:
    """Whether PostgreSQL changes a type without looking at the rows."""
    one, other = parsed(old), parsed(new)
    if one.is_array != other.is_array:
        return False
    varying = ("character varying", "varchar")
    if one.name in (*varying, "text") and other.name in (*varying, "text"):
        return not other.numbers or (bool(one.numbers) and one.numbers[0] <= other.numbers[0])
    if one.name == other.name == "numeric":
        if not other.numbers:
            return True
        scales = [(*each.numbers, 0)[1] for each in (one, other)] if one.numbers else [0, 1]
        return scales[0] == scales[1] and one.numbers[0] <= other.numbers[0]
    return one == other or (one.name, other.name) == ("cidr", "inet")
