"""What the schema of a database holds, as data that compares by value.

Types and expressions are texts in the SQL of one dialect. Whatever a dialect fills in by itself (the name of a
constraint on PostgreSQL, a STRICT table on SQLite) is written out: nothing here has to be guessed later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Deferral = Literal["immediate", "deferred"]
"""A constraint that may be checked at the end of a transaction, and when it is unless a transaction says."""


class Name(NamedTuple):
    """The name of a table or of what stands beside tables."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Generated:
    """How the database computes a column."""

    expression: str
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Identity:
    """Who numbers the rows."""

    kind: Literal["always", "by default", "autoincrement"]
    """GENERATED ALWAYS or BY DEFAULT AS IDENTITY on PostgreSQL, AUTOINCREMENT on SQLite."""
    options: str = ""
    """Of the sequence: `START WITH 10 INCREMENT BY 2`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    """What follows DEFAULT."""
    generated: Generated | None = None
    identity: Identity | None = None
    collation: str | None = None
    comment: str | None = None
    form: str | None = field(default=None, compare=False)
    """What its values are where the type does not say so, as SQLite's: `decimals of 2 places`. A database does not know
    it, so it is no part of what compares.
    """


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key or a unique constraint."""

    columns: tuple[str, ...]
    name: str | None = None
    deferral: Deferral | None = None
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    on_conflict: str | None = None
    """What SQLite does with a row that breaks it: `REPLACE`."""


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that every row fulfils."""

    expression: str
    name: str | None = None
    column: str | None = None
    """The column beside which it stands, and with which SQLite drops it. On PostgreSQL all are the table's."""
    valid: bool = True
    """False when the rows of before were not looked at (NOT VALID)."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """The columns hold a key of another table."""

    columns: tuple[str, ...]
    table: Name
    """The table that is referenced."""
    references: tuple[str, ...]
    """The columns that are referenced; empty for the primary key."""
    on_delete: str | None = None
    on_update: str | None = None
    name: str | None = None
    deferral: Deferral | None = None
    match: str | None = None
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An exclusion constraint of PostgreSQL."""

    name: str
    definition: str
    """`EXCLUDE USING gist (room WITH =, during WITH &&)`."""


@dataclass(frozen=True, slots=True)
class IndexKey:
    """What an index is sorted by: a column or an expression."""

    column: str | None = None
    expression: str | None = None
    descending: bool = False
    nulls: str | None = None
    """FIRST or LAST, where that is not what the direction implies."""
    collation: str | None = None
    operator_class: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a table."""

    name: str
    keys: tuple[IndexKey, ...]
    unique: bool = False
    where: str | None = None
    include: tuple[str, ...] = ()
    method: str | None = None
    """None for a B-tree."""
    nulls_distinct: bool = True
    options: str = ""
    """Storage parameters: `fillfactor=70`."""
    concurrently: bool = field(default=False, compare=False)
    """Whether a migration builds it without blocking writes: how, not what, so that it makes no difference."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with its constraints and indexes."""

    name: Name
    columns: tuple[Column, ...]
    primary_key: Key | None = None
    uniques: tuple[Key, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    options: tuple[str, ...] = ()
    """What follows the columns: `STRICT`, `WITHOUT ROWID`."""
    comment: str | None = None

    def column(self, name: str) -> Column:
        """The column of a name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum type of PostgreSQL."""

    name: Name
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence that numbers no identity column."""

    name: Name
    options: str = ""
    table: Name | None = None
    """With `column`: what it is dropped with (OWNED BY), as that of a `serial` column is."""
    column: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A view, by the statement that creates it."""

    name: Name
    sql: str
    materialized: bool = False
    indexes: tuple[Index, ...] = ()
    """Of a materialized view."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger, by the statement that creates it."""

    name: str
    table: Name
    sql: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that is there and that is not modelled: it is named, and left alone."""

    kind: str
    name: str
    table: Name | None = None
    """The table that has it, whose rebuilding would lose it."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything, in the SQL of a dialect."""

    dialect: str
    schemas: tuple[str, ...] = ()
    enums: tuple[Enum, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    def table(self, name: Name) -> Table:
        """The table of a name. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(str(name))
