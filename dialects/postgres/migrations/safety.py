"""What PostgreSQL locks and rewrites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from dialects.postgres.harmless import FUNCTIONS, WORDS, words
from dialects.postgres.migrations.by_hand import ByHand
from dialects.postgres.migrations.conversions import (
    INTEGERS,
    JSON,
    NETWORKS,
    TEXTS,
    converted,
    is_lossless,
    is_of,
    parsed,
)
from dialects.postgres.migrations.exchanges import exchanged, is_exchange
from dialects.postgres.migrations.reading import PostgresStatementReader
from dialects.postgres.schema.ddl import PostgresDdl
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.checks import rules
from qb.migrations.checks.finding import Finding, Step
from qb.migrations.checks.reading import Statement, StatementReader
from qb.migrations.checks.rules import Rule
from qb.migrations.checks.safety import Safety, is_indexed
from qb.migrations.operations import Operation
from qb.migrations.scripts import Script
from qb.schema.objects import Column, Name, Schema, Table
from qb.schema.tokens import Token, tokens
from qb.types import TEXT

VOLATILE = words(
    """
    clock_timestamp currval gen_random_uuid lastval nextval pg_advisory_xact_lock pg_advisory_xact_lock_shared
    pg_blocking_pids pg_current_wal_insert_lsn pg_current_wal_lsn pg_database_size pg_indexes_size pg_is_in_recovery
    pg_notify pg_relation_size pg_sleep pg_table_size pg_total_relation_size pg_try_advisory_xact_lock
    pg_try_advisory_xact_lock_shared random setval timeofday
    """
)
"""Of PostgreSQL's own functions, those that may give another value in each row, so that a new column cannot do with one
default for all.
"""
UNSEEN = (rules.RENAME_COLUMN, rules.ALLOW_NULL, rules.DROP_DEFAULT, rules.DROP_TRIGGER)
"""What nobody sees of where one column takes the place of another."""


class PostgresSafety(Safety):
    """Knows PostgreSQL's locks."""

    def __init__(self) -> None:
        super().__init__(PostgresDdl())

    def classified(self, steps: Sequence[Step]) -> tuple[Finding, ...]:
        found = super().classified(steps)
        return (*found, *self.held_locks([operation for _, operation in steps], found))

    def reader(self, schema: Schema) -> StatementReader:
        return PostgresStatementReader(schema)

    def of_statements(
        self, script: Script, statements: Mapping[int, Statement], steps: Sequence[Step]
    ) -> Iterator[tuple[int, Finding]]:
        yield from super().of_statements(script, statements, steps)
        yield from ByHand(self, script, steps).findings(statements)

    def of(self, schema: Schema, operation: Operation, operations: Sequence[Operation]) -> Iterator[Finding]:
        is_part = is_exchange(operation, operations)
        for finding in super().of(schema, operation, operations):
            if not is_part or finding.rule not in UNSEEN:
                yield finding
        pair = exchanged(schema, operation, operations)
        if pair is not None:
            yield from self.exchanged_type(schema, operation, *pair)
        match operation:
            case ops.AddColumn(table, column, using):
                yield from self.added_column(operation, table, column, using)
            case ops.AlterColumn():
                yield from self.locked_column(schema, operation)
                yield from self.left_sequence(schema, operation, operations)
            case ops.AddConstraint() if not operation.using_index:
                yield from self.locked_constraint(operation)
            case ops.ValidateConstraint(table, name):
                added = [each for each in operations if isinstance(each, ops.AddConstraint) and each.table == table]
                if any(each.constraint.name == name for each in added):
                    text = f'nobody writes to "{table}" while every row is looked at: it is locked since "{name}" came'
                    yield Finding(rules.VALIDATED_AT_ONCE, operation, table, text, self.rows(table))
            case ops.CreateIndex(table, index, concurrently) if not concurrently:
                text = f'nobody writes to "{table}" while "{index.name}" is built'
                yield Finding(rules.CREATE_INDEX, operation, table, text, self.rows(table))
            case ops.DropIndex(table, index, concurrently) if not concurrently:
                text = f'it waits for everybody who uses "{table}", and everybody else waits for it'
                yield Finding(rules.DROP_INDEX, operation, table, text, self.rows(table))

    def exchanged_type(
        self, schema: Schema, operation: Operation, table: Name, old: Column, new: Column
    ) -> Iterator[Finding]:
        """A column of another type under the name of the old one."""
        if old.type != new.type and (self.lossy(schema, table, old, new) or not self.is_alike(old, new)):
            text = f'programs that run meanwhile still take "{table}.{old.name}" for {old.type}, and it is {new.type}'
            yield Finding(rules.CHANGE_TYPE, operation, table, text)

    def added_column(self, operation: Operation, table: Name, column: Column, using: str | None) -> Iterator[Finding]:
        """A column that every row gets a value of its own for."""
        written = f'the whole table "{table}" is written again, and nobody reads it meanwhile: '
        found: tuple[Rule, str] | None = None
        if column.identity is not None or (column.default is not None and is_counting(column.default)):
            found = rules.NUMBERED_COLUMN, f'"{column.name}" numbers every row'
        elif column.generated is not None and column.generated.stored:
            found = rules.STORED_COLUMN, f'"{column.name}" is computed for every row'
        elif using is not None:
            found = rules.FILLED_COLUMN, f'"{column.name}" is filled in every row'
        elif column.default is not None and is_volatile(column.default):
            found = rules.VOLATILE_DEFAULT, f'the default of "{column.name}" is another one for every row'
        if found is not None:
            yield Finding(found[0], operation, table, written + found[1], self.rows(table))

    def locked_column(self, schema: Schema, operation: ops.AlterColumn) -> Iterator[Finding]:
        """What a changed column costs."""
        table, old, new = operation.table, operation.before, operation.after
        written = f'the whole table "{table}" is written again, and nobody reads it meanwhile'
        if new.generated is not None:
            yield Finding(rules.STORED_COLUMN, operation, table, written, self.rows(table))
        elif operation.using is not None or (old.type != new.type and not is_relabelled(old.type, new.type)):
            probe = self.rows(table)
            if operation.using is None and is_other_zone(old.type, new.type):
                probe += " WHERE current_setting('TimeZone') NOT IN ('UTC', 'Etc/UTC', 'GMT')"
            yield Finding(rules.RETYPE, operation, table, written, probe)
        elif old.collation != new.collation and has_index(schema.table(table), new.name):
            text = f'the indexes on "{table}.{new.name}" are built again, and nobody uses it'
            yield Finding(rules.RECOLLATE, operation, table, text, self.rows(table))
        if new.identity is not None and old.identity is None and not is_indexed(schema.table(table), [new.name]):
            text = f'nobody uses "{table}" while the highest number of "{new.name}" is searched in every row'
            yield Finding(rules.NUMBERING_SCAN, operation, table, text, self.rows(table))
        if old.nullable and not new.nullable and not self.is_given(schema, table, new.name):
            text = f'nobody uses "{table}" while every row is looked at'
            recipe = f"a CHECK ({QUOTED[new.name]} IS NOT NULL) NOT VALID first, validated in the next migration"
            yield Finding(rules.NOT_NULL_SCAN, operation, table, text, self.rows(table), recipe)

    def left_sequence(
        self, schema: Schema, operation: ops.AlterColumn, operations: Sequence[Operation]
    ) -> Iterator[Finding]:
        """The sequence of a serial column that gets larger numbers than it counts to."""
        place = (operation.table, operation.after.name)
        altered = [each.before for each in operations if isinstance(each, ops.AlterSequence)]
        for sequence in schema.sequences:
            is_small = any(f"AS {type}" in sequence.options for type in INTEGERS[: INTEGERS.index("bigint")])
            if (sequence.table, sequence.column) == place and is_small and sequence not in altered:
                text = f'the sequence "{sequence.name}" still ends where {operation.before.type} does'
                recipe = f"ALTER SEQUENCE {self.ddl.name(sequence.name)} AS {operation.after.type}"
                yield Finding(rules.SERIAL_SEQUENCE, operation, operation.table, text, None, recipe)

    def locked_constraint(self, operation: ops.AddConstraint) -> Iterator[Finding]:
        """Every row is looked at under a lock."""
        table, constraint = operation.table, operation.constraint
        built = f'nobody uses "{table}" while the index of the {constraint} is built'
        if constraint.key is not None:
            yield Finding(rules.KEY_INDEX, operation, table, built, self.rows(table))
        elif constraint.exclusion is not None:
            yield Finding(rules.EXCLUSION_INDEX, operation, table, built, self.rows(table))
        elif getattr(constraint.rule, "valid", True):
            key = constraint.foreign_key
            if key is None:
                rule, text = rules.CHECK_SCAN, f'nobody uses "{table}" while every row is looked at'
            else:
                both = f'"{table}" and "{key.table}"'
                rule, text = rules.FOREIGN_KEY_SCAN, f"nobody writes to {both} while every row is looked at"
            yield Finding(rule, operation, table, text, self.rows(table))

    def held_locks(self, operations: Sequence[Operation], found: Sequence[Finding]) -> Iterator[Finding]:
        """What new tables reference is locked until the last operation is done."""
        new = {each.table.name for each in operations if isinstance(each, ops.CreateTable)}
        for at, each in enumerate(operations):
            if not isinstance(each, ops.CreateTable):
                continue
            later = [one for one in found if one.danger in ("locks", "rewrites") and one.operation in operations[at:]]
            targets = dict.fromkeys([key.table for key in each.table.foreign_keys if key.table not in new])
            for target in targets if later else ():
                text = f'nobody writes to "{target}", which "{each.table.name}" references, until all of this is done'
                yield Finding(rules.FOREIGN_KEY_TARGET, each, target, text, later[-1].probe)

    def is_alike(self, old: Column, new: Column) -> bool:
        one, other = parsed(old.type), parsed(new.type)
        families = (INTEGERS, TEXTS, JSON, NETWORKS)
        return one.is_array == other.is_array and (
            one.name == other.name or any(one.name in family and other.name in family for family in families)
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
                if gone:
                    text = f'it fails where "{table.name}.{column.name}" is {labels}'
                    probe = f"{self.rows(table.name)} WHERE {QUOTED[column.name]}::text IN ({labels})"
                    yield Finding(rules.GONE_LABELS, operation, table.name, text, probe)
                    text = (
                        f'programs that run meanwhile may write {labels} to "{table.name}.{column.name}", which fails'
                    )
                    yield Finding(rules.DROP_LABEL, operation, table.name, text)
                text = f'the whole table "{table.name}" is written again, and nobody reads it meanwhile'
                yield Finding(rules.REPLACE_ENUM, operation, table.name, text, self.rows(table.name))


def has_index(table: Table, column: str) -> bool:
    """Whether a column is in an index, also in that of a key."""
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [tuple([each.column or "" for each in index.keys]) for index in table.indexes]
    return any(column in key for key in keys)


def is_volatile(default: str) -> bool:
    """Whether a default may be another one in each row. A function that somebody has written is taken for such: it is
    one unless it was declared as another.
    """
    pairs = pairwise(tokens(default, "postgres"))
    names = [token for token, following in pairs if following.text == "(" and is_name(token)]
    called = {(token.name or token.text).lower() for token in names}
    return bool(called & VOLATILE or called - FUNCTIONS - WORDS)


def is_name(token: Token) -> bool:
    """Whether a word may name a function."""
    return token.text[0] == '"' or token.text[0].isidentifier()


def is_counting(default: str) -> bool:
    """Whether a default takes the next number of a sequence, as that of a serial column does."""
    return any(token.text.strip('"').lower() == "nextval" for token in tokens(default, "postgres"))


def is_other_zone(old: str, new: str) -> bool:
    """Whether a type differs only in that it has a time zone, or has none."""
    one, other = parsed(old), parsed(new)
    names = {name.replace("timestamp with time zone", "timestamptz").split(" ")[0] for name in (one.name, other.name)}
    return names == {"timestamp", "timestamptz"} and one[1:] == other[1:]


def is_relabelled(old: str, new: str) -> bool:
    """Whether PostgreSQL changes a type without looking at the rows."""
    one, other = parsed(old), parsed(new)
    if one.is_array != other.is_array:
        return False
    varying = ("character varying", "varchar")
    if one.is_array and one != other:  # the elements are looked at, unless they may only be longer without an end
        return one.name == other.name and other.name in (*varying, "numeric") and not other.numbers
    if one.name in (*varying, "text") and other.name in (*varying, "text"):
        return not other.numbers or (bool(one.numbers) and one.numbers[0] <= other.numbers[0])
    if one.name == other.name == "numeric":
        if not other.numbers:
            return True
        scales = [(*each.numbers, 0)[1] for each in (one, other)] if one.numbers else [0, 1]
        return scales[0] == scales[1] and one.numbers[0] <= other.numbers[0]
    return one == other or (one.name, other.name) == ("cidr", "inet")
