"""CREATE statements for the data of a schema. A dialect subclasses `Ddl` and overrides what it spells differently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from qb.identifiers import PATHS, QUOTED
from qb.schema.declared import Declared
from qb.schema.describe import Description
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
    Trigger,
    View,
)
from qb.schema.objects import Sequence as SchemaSequence


class Ddl:
    """Writes the DDL of one dialect."""

    description: ClassVar[Description]
    """What describes declared tables for it."""
    adds_keys: ClassVar[bool] = True
    """Whether ALTER TABLE can add a foreign key; otherwise it may name a table that is created later."""

    def create(self, declared: Iterable[Declared]) -> list[str]:
        """The statements that create declared tables and other objects, referenced tables first."""
        return self.create_all(self.description.describe(declared))

    def create_all(self, schema: Schema) -> list[str]:
        """The statements that create everything, in an order that works."""
        ordered, circular = dependencies(schema.tables)
        late = circular | to_indexes(ordered) if self.adds_keys else set[ForeignKey]()
        return [
            *[self.create_schema(name) for name in schema.schemas],
            *[self.create_enum(enum) for enum in schema.enums],
            *[self.create_sequence(sequence) for sequence in schema.sequences],
            *[self.create_table(without_unchecked(table), late) for table in ordered],
            *[self.create_index(table.name, index) for table in ordered for index in table.indexes],
            *[
                f"ALTER TABLE {self.name(table.name)} ADD {self.foreign_key(key)}"
                for table in ordered
                for key in table.foreign_keys
                if key in late and key.valid
            ],
            *[statement for table in ordered for statement in self.add_unchecked(table)],
            *[self.own(sequence) for sequence in schema.sequences if sequence.table is not None],
            *[statement for view in in_order_of_use(schema.views) for statement in self.create_view(view)],
            *[statement for trigger in schema.triggers for statement in self.create_trigger(trigger)],
            *[comment for table in ordered for comment in self.comments(table)],
        ]

    def name(self, name: Name) -> str:
        """A quoted name, with its schema."""
        return QUOTED[name.name] if name.schema is None else PATHS[name.schema, name.name]

    def create_schema(self, name: str) -> str:
        """CREATE SCHEMA."""
        return f"CREATE SCHEMA {QUOTED[name]}"

    def create_sequence(self, sequence: SchemaSequence) -> str:
        """CREATE SEQUENCE."""
        options = f" {sequence.options}" if sequence.options else ""
        return f"CREATE SEQUENCE {self.name(sequence.name)}{options}"

    def own(self, sequence: SchemaSequence) -> str:
        """The statement that binds a sequence to its column."""
        assert sequence.table is not None
        assert sequence.column is not None
        owner = f"{self.name(sequence.table)}.{QUOTED[sequence.column]}"
        return f"ALTER SEQUENCE {self.name(sequence.name)} OWNED BY {owner}"

    def add_unchecked(self, table: Table) -> list[str]:
        """The statements that add what is NOT VALID, which CREATE TABLE cannot say."""
        rules = [self.check(check) for check in table.checks if not check.valid]
        rules += [self.foreign_key(key) for key in table.foreign_keys if not key.valid]
        return [f"ALTER TABLE {self.name(table.name)} ADD {rule}" for rule in rules]

    def create_view(self, view: View) -> list[str]:
        """CREATE VIEW, and the indexes of a materialized one."""
        return [view.sql, *[self.create_index(view.name, index) for index in view.indexes]]

    def create_trigger(self, trigger: Trigger) -> list[str]:
        """CREATE TRIGGER, and what else is declared with it."""
        return [trigger.sql]

    def comments(self, table: Table) -> list[str]:
        """The statements that comment on a table and its columns."""
        return []

    def create_enum(self, enum: Enum) -> str:
        """CREATE TYPE."""
        raise NotImplementedError

    def create_table(self, table: Table, without: Collection[ForeignKey] = ()) -> str:
        """CREATE TABLE, without those foreign keys that are added later."""
        parts = [self.column(table, column) for column in table.columns]
        key = table.primary_key
        parts += [] if key is None or self.stands_beside(table, key) else [self.primary_key(key)]
        parts += [self.check(check) for check in table.checks if check.column is None]
        parts += [self.unique(key) for key in table.uniques if not is_inline(key)]
        parts += [self.exclusion(each) for each in table.exclusions]
        parts += [self.foreign_key(key) for key in table.foreign_keys if key not in without]
        body = ",\n  ".join(parts)
        options = f" {', '.join(table.options)}" if table.options else ""
        return f"CREATE TABLE {self.name(table.name)} (\n  {body}\n){options}"

    def column(self, table: Table, column: Column) -> str:
        """One column, with what stands beside it."""
        text = f"{QUOTED[column.name]} {column.type}"
        if column.collation is not None:
            text += f" COLLATE {QUOTED[column.collation]}"
        if not column.nullable:
            text += " NOT NULL"
        key = table.primary_key
        if key is not None and key.columns == (column.name,) and self.stands_beside(table, key):
            text += f" {constraint(key.name)}PRIMARY KEY{self.key_options(key)}"
        if column.identity is not None:
            text += self.identity(column.identity)
        if column.default is not None:
            text += f" DEFAULT {column.default}"
        if column.generated is not None:
            kind = "STORED" if column.generated.stored else "VIRTUAL"
            text += f" GENERATED ALWAYS AS ({column.generated.expression}) {kind}"
        for unique in table.uniques:
            if is_inline(unique) and unique.columns == (column.name,):
                text += " UNIQUE"
        for check in table.checks:
            if check.column == column.name:
                text += f" {self.check(check)}"
        return text

    def stands_beside(self, table: Table, key: Key) -> bool:
        """Whether the primary key is written beside its column."""
        return is_inline(key)

    def identity(self, identity: Identity) -> str:
        """How a column is numbered."""
        raise NotImplementedError

    def primary_key(self, key: Key) -> str:
        """A primary key that stands among the constraints."""
        return f"{constraint(key.name)}PRIMARY KEY ({names(key.columns)}){self.key_options(key)}"

    def unique(self, key: Key) -> str:
        """A unique constraint that stands among the constraints."""
        nulls = "" if key.nulls_distinct else " NULLS NOT DISTINCT"
        return f"{constraint(key.name)}UNIQUE{nulls} ({names(key.columns)}){self.key_options(key)}"

    def key_options(self, key: Key) -> str:
        """What follows the columns of a key."""
        text = f" INCLUDE ({names(key.include)})" if key.include else ""
        text += f" ON CONFLICT {key.on_conflict}" if key.on_conflict else ""
        return text + deferrable(key.deferral)

    def check(self, check: Check) -> str:
        """A condition."""
        return f"{constraint(check.name)}CHECK ({check.expression}){'' if check.valid else ' NOT VALID'}"

    def exclusion(self, exclusion: Exclusion) -> str:
        """An exclusion constraint."""
        return constraint(exclusion.name) + exclusion.definition

    def foreign_key(self, key: ForeignKey) -> str:
        """A foreign key."""
        return f"{constraint(key.name)}FOREIGN KEY ({names(key.columns)}) {self.references(key)}"

    def references(self, key: ForeignKey) -> str:
        """What a foreign key points to, and what happens when that goes away."""
        text = f"REFERENCES {self.referenced(key.table)}"
        text += f" ({names(key.references)})" if key.references else ""
        text += f" MATCH {key.match}" if key.match else ""
        text += f" ON DELETE {key.on_delete}" if key.on_delete else ""
        text += f" ON UPDATE {key.on_update}" if key.on_update else ""
        return text + deferrable(key.deferral) + ("" if key.valid else " NOT VALID")

    def referenced(self, table: Name) -> str:
        """The table that a foreign key points to."""
        return self.name(table)

    def create_index(self, table: Name, index: Index) -> str:
        """CREATE INDEX."""
        using = f" USING {QUOTED[index.method]}" if index.method else ""
        keys = ", ".join([self.index_key(key) for key in index.keys])
        text = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {self.index_on(table, index)}{using} ({keys})"
        text += f" INCLUDE ({names(index.include)})" if index.include else ""
        text += "" if index.nulls_distinct else " NULLS NOT DISTINCT"
        text += f" WITH ({index.options})" if index.options else ""
        return text if index.where is None else f"{text} WHERE {index.where}"

    def index_on(self, table: Name, index: Index) -> str:
        """The names of an index and of its table."""
        return f"{QUOTED[index.name]} ON {self.name(table)}"

    def index_key(self, key: IndexKey) -> str:
        """A column or an expression, with its direction."""
        text = key.expression or QUOTED[key.column or ""]
        text += f" COLLATE {QUOTED[key.collation]}" if key.collation else ""
        text += f" {key.operator_class}" if key.operator_class else ""
        text += " DESC" if key.descending else ""
        return text if key.nulls is None else f"{text} NULLS {key.nulls}"


def dependencies(tables: Sequence[Table]) -> tuple[list[Table], set[ForeignKey]]:
    """Referenced tables before those that reference them, and the keys that close a circle."""
    waiting = {table.name: table for table in tables}
    ordered: list[Table] = []
    while waiting:
        ready = [
            table
            for table in waiting.values()
            if all(key.table == table.name or key.table not in waiting for key in table.foreign_keys)
        ]
        if not ready:
            break
        ordered += [waiting.pop(table.name) for table in ready]
    circular = {
        key
        for table in waiting.values()
        for key in table.foreign_keys
        if key.table in waiting and key.table != table.name
    }
    return ordered + list(waiting.values()), circular


def to_indexes(tables: Sequence[Table]) -> set[ForeignKey]:
    """The foreign keys to columns that an index makes unique, which comes after all tables."""
    indexed = {
        (table.name, frozenset([key.column for key in index.keys]))
        for table in tables
        for index in table.indexes
        if index.unique
    }
    keys = {
        (table.name, frozenset(key.columns))
        for table in tables
        for key in (table.primary_key, *table.uniques)
        if key is not None
    }
    return {
        key
        for table in tables
        for key in table.foreign_keys
        if (key.table, frozenset(key.references)) in indexed - keys
    }


def without_unchecked(table: Table) -> Table:
    """The table without what its rows of before need not fulfil."""
    checks = tuple([check for check in table.checks if check.valid])
    return replace(table, checks=checks, foreign_keys=tuple([key for key in table.foreign_keys if key.valid]))


def in_order_of_use(views: Sequence[View]) -> list[View]:
    """Views before those that may read them, because their names are in the text."""
    waiting, ordered = list(views), list[View]()
    while waiting:
        ready = [
            view for view in waiting if not any(other is not view and other.name.name in view.sql for other in waiting)
        ]
        ordered += ready or waiting
        waiting = [view for view in waiting if ready and view not in ready]
    return ordered


def is_inline(key: Key) -> bool:
    """Whether a key is written beside its column."""
    return key.name is None and len(key.columns) == 1 and key == Key(key.columns)


def constraint(name: str | None) -> str:
    """What precedes a constraint that has a name."""
    return f"CONSTRAINT {QUOTED[name]} " if name else ""


def names(columns: Iterable[str]) -> str:
    """Names of columns, quoted, with commas."""
    return ", ".join([QUOTED[name] for name in columns])


def deferrable(deferral: str | None) -> str:
    """When a constraint is checked."""
    return f" DEFERRABLE INITIALLY {deferral.upper()}" if deferral else ""
