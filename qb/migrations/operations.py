"""What is done to a schema, one thing at a time, as data that compares by value and is JSON.

A name says what it names at the moment of the operation: before RenameTable the old one, after it the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from qb.errors import SchemaError
from qb.migrations.snapshot import decoded, encoded
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Name,
    Sequence,
    Table,
    Trigger,
    View,
)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a table: the one of the fields that is not None."""

    primary_key: Key | None = None
    unique: Key | None = None
    check: Check | None = None
    foreign_key: ForeignKey | None = None
    exclusion: Exclusion | None = None

    @property
    def rule(self) -> Key | Check | ForeignKey | Exclusion:
        """The constraint itself."""
        found = self.primary_key or self.unique or self.check or self.foreign_key or self.exclusion
        assert found is not None
        return found

    @property
    def name(self) -> str | None:
        """Its name; None where it has none."""
        return self.rule.name

    @property
    def key(self) -> Key | None:
        """The primary key or the unique constraint, to which foreign keys may point."""
        return self.primary_key or self.unique

    @property
    def kind(self) -> str:
        """What SQL calls it."""
        (kind,) = [field.name for field in fields(self) if getattr(self, field.name) is not None]
        return kind.replace("_", " ")

    @property
    def is_deferred(self) -> bool:
        """Whether it is looked at when a transaction ends."""
        if self.exclusion is not None:
            return self.exclusion.definition.upper().endswith("INITIALLY DEFERRED")
        key = self.key or self.foreign_key
        return key is not None and key.deferral == "deferred"

    def __str__(self) -> str:
        if self.name is not None:
            return f"{self.kind} {self.name}"
        inside = self.check.expression if self.check is not None else ", ".join(getattr(self.rule, "columns", ()))
        return f"{self.kind} ({inside})"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change."""

    kinds: ClassVar[dict[str, type[Operation]]] = {}
    """All operations by the name that they have in JSON."""

    def __init_subclass__(cls) -> None:
        Operation.kinds[cls.__name__] = cls


@dataclass(frozen=True, slots=True)
class CreateSchema(Operation):
    """A schema, in which tables may stand."""

    name: str


@dataclass(frozen=True, slots=True)
class RenameSchema(Operation):
    """A schema gets another name; all that is in it stays there."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DropSchema(Operation):
    """An empty schema goes."""

    name: str


@dataclass(frozen=True, slots=True)
class CreateEnum(Operation):
    """An enum type."""

    enum: Enum


@dataclass(frozen=True, slots=True)
class DropEnum(Operation):
    """An enum type goes."""

    enum: Enum


@dataclass(frozen=True, slots=True)
class RenameEnum(Operation):
    """An enum type gets another name, or another schema, and with it every column that is of it."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class AddLabel(Operation):
    """A label of an enum type, before another one or at the end."""

    enum: Name
    label: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class RenameLabel(Operation):
    """A label of an enum type gets another name, and with it every value."""

    enum: Name
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ReplaceEnum(Operation):
    """An enum type with other labels, or the same ones in another order. Fails when a row has a label that goes."""

    before: Enum
    after: Enum


@dataclass(frozen=True, slots=True)
class CreateSequence(Operation):
    """A sequence that belongs to no column."""

    sequence: Sequence


@dataclass(frozen=True, slots=True)
class DropSequence(Operation):
    """A sequence goes, and with it where it stood."""

    sequence: Sequence


@dataclass(frozen=True, slots=True)
class RenameSequence(Operation):
    """A sequence gets another name, or another schema; it goes on from where it stands."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class AlterSequence(Operation):
    """Other options of a sequence, or another column that owns it; it goes on from where it stands."""

    before: Sequence
    after: Sequence


@dataclass(frozen=True, slots=True)
class CreateTable(Operation):
    """A table with its constraints and indexes."""

    table: Table


@dataclass(frozen=True, slots=True)
class DropTable(Operation):
    """A table goes with its rows."""

    table: Table


@dataclass(frozen=True, slots=True)
class RenameTable(Operation):
    """A table gets another name, or another schema."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class AlterTable(Operation):
    """Other options of a table (STRICT, WITHOUT ROWID), or another comment."""

    table: Name
    before: tuple[str, ...]
    after: tuple[str, ...]
    comment_before: str | None = None
    comment_after: str | None = None


@dataclass(frozen=True, slots=True)
class AddColumn(Operation):
    """A column. `using` is an expression over the other columns that fills it in the rows that are there."""

    table: Name
    column: Column
    using: str | None = None


@dataclass(frozen=True, slots=True)
class DropColumn(Operation):
    """A column goes with its values."""

    table: Name
    column: Column


@dataclass(frozen=True, slots=True)
class RenameColumn(Operation):
    """A column gets another name."""

    table: Name
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Backfill(Operation):
    """A column gets values in the rows that are there, in batches, each of which is a transaction of its own.

    `value` and `where` are expressions over the row; a row that has its value does not fulfil `where` any more.
    """

    table: Name
    column: str
    value: str
    where: str
    key: tuple[str, ...]
    """The columns by whose order the batches are made; with none of them it is all done at once."""
    rows: int = 1000
    pause: float = 0.1
    """Seconds after each batch, for others."""


@dataclass(frozen=True, slots=True)
class AlterColumn(Operation):
    """Another type, nullability, default, collation, comment, or way to be generated or numbered.

    `using` is an expression over the row as it was, for the new values; without it they are cast.
    """

    table: Name
    before: Column
    after: Column
    using: str | None = None


@dataclass(frozen=True, slots=True)
class AddConstraint(Operation):
    """A constraint; a key may be that of a unique index, which is there and has its name."""

    table: Name
    constraint: Constraint
    using_index: bool = False


@dataclass(frozen=True, slots=True)
class DropConstraint(Operation):
    """A constraint goes."""

    table: Name
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class RenameConstraint(Operation):
    """A constraint gets another name."""

    table: Name
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ValidateConstraint(Operation):
    """The rows that were there before a constraint NOT VALID are looked at."""

    table: Name
    name: str


@dataclass(frozen=True, slots=True)
class CreateIndex(Operation):
    """An index; `concurrently` without stopping writes, outside of a transaction."""

    table: Name
    index: Index
    concurrently: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex(Operation):
    """An index goes."""

    table: Name
    index: Index
    concurrently: bool = False


@dataclass(frozen=True, slots=True)
class RenameIndex(Operation):
    """An index gets another name."""

    table: Name
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CreateView(Operation):
    """A view."""

    view: View


@dataclass(frozen=True, slots=True)
class DropView(Operation):
    """A view goes."""

    view: View


@dataclass(frozen=True, slots=True)
class CreateTrigger(Operation):
    """A trigger."""

    trigger: Trigger


@dataclass(frozen=True, slots=True)
class DropTrigger(Operation):
    """A trigger goes."""

    trigger: Trigger


def constraints_of(table: Table) -> tuple[Constraint, ...]:
    """All constraints of a table, foreign keys last."""
    return (
        *[Constraint(primary_key=key) for key in filter(None, [table.primary_key])],
        *[Constraint(unique=key) for key in table.uniques],
        *[Constraint(check=check) for check in table.checks],
        *[Constraint(exclusion=each) for each in table.exclusions],
        *[Constraint(foreign_key=key) for key in table.foreign_keys],
    )


def dump_operations(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """Operations as what JSON has."""
    return [{"operation": type(each).__name__, **encoded(each)} for each in operations]


def load_operations(data: Iterable[dict[str, Any]]) -> tuple[Operation, ...]:
    """What `dump_operations` wrote. Raises SchemaError for anything else."""
    return tuple([load_operation(dict(each)) for each in data])


def load_operation(data: dict[str, Any]) -> Operation:
    """One operation."""
    kind = Operation.kinds.get(data.pop("operation", ""))
    if kind is None:
        raise SchemaError("this is no operation of a migration that this qb knows")
    try:
        found = decoded(kind, data)
    except (ValueError, KeyError, TypeError) as error:
        raise SchemaError(f"this is no {kind.__name__} of a migration: {error}") from error
    assert isinstance(found, Operation)
    return found
