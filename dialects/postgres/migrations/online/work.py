"""What is known of a change of tables that are in use, and what of it has found its form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from dialects.postgres.migrations.conversions import is_of
from dialects.postgres.migrations.parts import Part, columns_of, part_name, parts
from dialects.postgres.migrations.safety import is_relabelled, is_volatile
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.operations import Operation
from qb.migrations.plan import is_owned
from qb.migrations.render import Renderer
from qb.schema.objects import Column, Index, Name, Schema

Kind = TypeVar("Kind", bound=Operation)

FIRST = (
    *(ops.CreateSchema, ops.CreateEnum, ops.RenameEnum),
    *(ops.CreateSequence, ops.RenameSequence, ops.AlterSequence),
    *(ops.RenameTable, ops.RenameColumn, ops.RenameLabel, ops.AddLabel, ops.AddColumn),
)
"""What others may need, and is done ahead of them where it has no form of its own."""


class NotOnline(Exception):  # noqa: N818  # no error, but an answer
    """An operation has no online form; why."""


class Unnamed(NamedTuple):
    """A constraint or an index that was begun by another name than its own one."""

    table: Name
    meanwhile: str
    part: Part

    def rename(self) -> Operation:
        """What gives it its name."""
        kind = ops.RenameIndex if isinstance(self.part, Index) else ops.RenameConstraint
        return kind(self.table, self.meanwhile, part_name(self.part))


class Work:
    """The operations between two schemas, each waiting until its form is found."""

    def __init__(self, renderer: Renderer, before: Schema, operations: Sequence[Operation]) -> None:
        self.renderer = renderer
        self.before = before
        self.after = applied(before, operations)
        self.operations = operations
        self.waiting = list(operations)
        """What is done as ever, unless it finds another form."""
        self.refused: list[tuple[Operation, str]] = []
        """What has none, and why."""
        self.expand: list[Operation] = []
        self.rows: list[Operation] = []
        self.gone: list[Operation] = []
        """The beginning of the switch."""
        self.switch: list[Operation] = []
        self.keys: list[Operation] = []
        """The end of the switch."""
        self.unnamed: list[Unnamed] = []
        """What gets its name when nothing else has it any more."""
        self.late: tuple[list[Operation], list[Operation]] = ([], [])
        """Foreign keys to what comes at the end: for new rows, and for those that are there."""
        self.remade: set[Name] = set()
        """Tables whose views are made again at the switch."""
        new = [each.table.name for each in operations if isinstance(each, ops.CreateTable)]
        self.there = {table.name for table in self.after.tables if table.name not in new}
        """Tables that may have rows, by the names that they have in the end."""
        self.middle = applied(before, self.first(with_renames=False))
        """With what is done first."""

    def first(self, with_renames: bool = True) -> list[Operation]:
        """What is done ahead of all else, of that which waits."""
        found: list[Operation] = [
            each
            for each in self.waiting
            if isinstance(each, FIRST)
            and not (isinstance(each, ops.AddColumn) and each.table in self.there and self.why_later(each))
            and not (isinstance(each, ops.AlterSequence) and is_owned(each))  # by a column that may come later
            and (with_renames or not isinstance(each, (ops.RenameColumn, ops.AlterSequence)))  # which has new names
        ]
        renames = (ops.RenameTable, ops.RenameColumn, ops.RenameSequence)
        if any(isinstance(each, renames) for each in found):  # which they know by old names
            found = [*[each for each in self.waiting if isinstance(each, (ops.DropView, ops.DropTrigger))], *found]
        return found

    def consider(self, way: Callable[[Any], None], operation: Operation) -> None:
        """Do an operation in its online form, or note why not."""
        try:
            way(operation)
        except NotOnline as answer:
            self.refused.append((operation, str(answer)))
        else:
            self.waiting.remove(operation)

    def those(self, kind: type[Kind], table: Name | None = None) -> list[Kind]:
        """The operations of a kind that wait, of one table or of all."""
        return [
            each
            for each in self.waiting
            if isinstance(each, kind) and (table is None or getattr(each, "table", None) == table)
        ]

    # Columns

    def why_later(self, operation: ops.AddColumn) -> str:
        """Why a new column is no change of the catalog alone; empty when it is."""
        return why_written(operation) or self.why_unknown(operation.column)

    def why_unknown(self, column: Column) -> str:
        """Why a column cannot have its values yet; empty when it can."""
        is_replaced = any(is_of(column.type, each.before.name) for each in self.those(ops.ReplaceEnum))
        return "its type gets other labels" if is_replaced else ""

    def unfinished(self, table: Name) -> set[str]:
        """The columns of a table that are there, but not as what they will be."""
        found = {each.after.name for each in self.those(ops.AlterColumn, table) if is_rewritten(each)}
        there = {column.name for column in self.middle.table(table).columns}
        return found | {
            each.name for each in self.after.table(table).columns if each.name in there and self.why_unknown(each)
        }

    def key_of(self, table: Name) -> tuple[str, ...]:
        """The columns by whose order batches are made. Raises NotOnline when none can be."""
        found = self.middle.table(table)
        if found.primary_key is None:
            raise NotOnline("the table has no primary key, by whose order batches could be made")
        for check in found.checks:
            if not check.valid:
                raise NotOnline(
                    f"rows may break the check {check.name}, which is not valid, and cannot be written then"
                )
        return found.primary_key.columns

    # Constraints and indexes

    def parts_with(self, schema: Schema, table: Name, column: str) -> list[Part]:
        """The constraints and indexes of a table that name a column."""
        return [each for each in parts(schema.table(table)) if columns_of(each, [column])]

    def about(self, table: Name, part: Part) -> Operation | None:
        """What happens to a constraint or an index that is there, if anything does."""
        return next((each for each in self.operations if self.is_about(each, table, part)), None)

    def is_about(self, operation: Operation, table: Name, part: Part) -> bool:
        """Whether an operation drops, renames or validates a constraint or an index."""
        if getattr(operation, "table", None) != table:
            return False
        name = part_name(part)
        match operation:
            case ops.DropIndex(_, index):
                return isinstance(part, Index) and index.name == name
            case ops.RenameIndex(_, old):
                return isinstance(part, Index) and old == name
            case ops.DropConstraint(_, constraint):
                return not isinstance(part, Index) and constraint.name == name
            case ops.RenameConstraint(_, old) | ops.ValidateConstraint(_, old):
                return not isinstance(part, Index) and old == name
        return False

    def in_the_end(self, table: Name, part: Part) -> Part | None:
        """What becomes of a constraint or an index that is there; None when it goes."""
        change = self.about(table, part)
        if isinstance(change, (ops.DropConstraint, ops.DropIndex)):
            return None
        name = change.new if isinstance(change, (ops.RenameConstraint, ops.RenameIndex)) else part_name(part)
        is_index = isinstance(part, Index)
        (found,) = [
            each
            for each in parts(self.after.table(table))
            if part_name(each) == name and isinstance(each, Index) == is_index
        ]
        return found

    def is_key(self, table: Name, columns: Sequence[str]) -> bool:
        """Whether foreign keys can point to columns before anything else is done, and stay as they are."""
        if table not in self.there:
            return False
        found = self.middle.table(table)
        if self.unfinished(table) & set(columns):
            return False
        if not columns:
            return found.primary_key is not None and self.in_the_end(table, parts(found)[0]) is not None
        keys = [part for part in parts(found) if set(unique_columns(part)) == set(columns)]
        return bool(keys) and all(self.in_the_end(table, key) is not None for key in keys)

    def pointing(self, table: Name, columns: Sequence[str]) -> Iterator[Name]:
        """The tables that have foreign keys to columns before anything else is done."""
        for each in self.middle.tables:
            for key in each.foreign_keys:
                if key.table == table and set(key.references) == set(columns):
                    yield each.name


def unique_columns(part: Part) -> tuple[str, ...]:
    """What foreign keys may point to, if they may point to a constraint or an index."""
    if not isinstance(part, Index):
        return part.key.columns if part.key is not None else ()
    is_plain = part.unique and part.where is None and all(key.column is not None for key in part.keys)
    return tuple([key.column or "" for key in part.keys]) if is_plain else ()


def why_written(operation: ops.AddColumn) -> str:
    """Why a new column is written into every row; empty when it is not."""
    column = operation.column
    if column.identity is not None:
        return "every row gets a number"
    if column.generated is not None:
        return "it is computed for every row" if column.generated.stored else ""
    if operation.using is not None or (column.default is not None and is_volatile(column.default)):
        return "every row gets a value of its own"
    return ""


def is_retyped(old: Column, new: Column) -> bool:
    """Whether every row is written again, or every index on it."""
    return (old.type != new.type and not is_relabelled(old.type, new.type)) or old.collation != new.collation


def is_rewritten(operation: ops.AlterColumn) -> bool:
    """Whether a column has other values afterwards, or others of the same values."""
    old, new = operation.before, operation.after
    return operation.using is not None or is_retyped(old, new) or (new.generated or old.generated) != old.generated
