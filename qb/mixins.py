"""Columns and rules that many tables have: bases to declare tables with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from qb import col, fn
from qb.composition.narrowing import narrowed
from qb.errors import SchemaError
from qb.expressions import Expr
from qb.nodes import Assignment, Insert, Node, OnConflict, Update
from qb.nodes import Table as TableNode
from qb.running.database import Database
from qb.statements.update import Update as UpdateStatement
from qb.statements.update import update
from qb.tables import Table, definition_of

TB = TypeVar("TB", bound=Table)
D = TypeVar("D", bound="Database[str]")


class Timestamps:
    """When a row was made and when it was changed last.

        class Album(Table, Timestamps, name="albums"): ...

        db = Database.connect(url, rewrites=[touch_updated])

    The database fills in both when a row is inserted; `touch_updated` has every update set `updated_at`, too.
    """

    created_at = col.timestamp().default(fn.now())
    updated_at = col.timestamp().default(fn.now())


class SoftDelete:
    """Rows that are marked as deleted in place of being deleted.

        class Album(Table, SoftDelete, name="albums"): ...

        db = Database.connect(url, rewrites=[hide_deleted])
        await db.execute(soft_delete(Album).where(Album.id == 7))

    `hide_deleted` has every statement see and change only the others; `with_deleted(db)` is the same database with all.
    """

    deleted_at = col.timestamp().nullable()


def touch_updated(node: Node) -> Node:
    """Have an update, and what an upsert updates, set `updated_at` of tables with `Timestamps`, unless it does so
    itself. It is for `rewrites`.
    """
    if isinstance(node, Update) and _has(node.table, Timestamps):
        changes = _touched(node.table, node.assignments)
        if changes is not node.assignments:
            node = node.copy()
            node.assignments = changes
    elif isinstance(node, Insert) and node.on_conflict and _has(node.table, Timestamps):
        clauses = [
            clause
            if clause.assignments is None
            else OnConflict(clause.target, _touched(node.table, clause.assignments), clause.where)
            for clause in node.on_conflict
        ]
        node = node.copy()
        node.on_conflict = tuple(clauses)
    return node


def _touched(table: TableNode, changes: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    column = next(column for column in table.columns if column.attribute == "updated_at")
    if any(change.column.name == column.name for change in changes):
        return changes
    return (*changes, Assignment(column, fn.now().node))


def hide_deleted(node: Node) -> Node:
    """Have a statement see and change only those rows of tables with `SoftDelete` that are not marked as deleted. It is
    for `rewrites`.
    """
    return narrowed(node, _is_there)


def _is_there(columns: Mapping[str, Expr[object]]) -> Expr[bool | None] | None:
    mark = columns.get("deleted_at")
    if mark is None or not _has(mark.node.source, SoftDelete):  # type: ignore[attr-defined]  # the node of a column
        return None
    return mark.is_null()


def soft_delete(table: type[TB]) -> UpdateStatement[TB]:
    """An UPDATE that marks rows as deleted: `soft_delete(Album).where(Album.id == 7)`. Raises SchemaError for a table
    that is declared without `SoftDelete`.
    """
    return _marking(table, "soft_delete").set(deleted_at=fn.now())


def restore(table: type[TB]) -> UpdateStatement[TB]:
    """An UPDATE that takes the mark back: `restore(Album).where(Album.id == 7)`, run on `with_deleted(db)`."""
    return _marking(table, "restore").set(deleted_at=None)


def _marking(table: type[TB], function: str) -> UpdateStatement[TB]:
    model = definition_of(table).model
    if not issubclass(model, SoftDelete):
        raise SchemaError(f"{function}({model.__name__}): declare it as class {model.__name__}(Table, SoftDelete)")
    return update(table)


def with_deleted(db: D) -> D:
    """The same database with the rows that are marked as deleted."""
    return db.without(hide_deleted)


def _has(table: object, mixin: type) -> bool:
    """Whether a table was declared with a mixin."""
    if not isinstance(table, TableNode) or not _attributes(mixin) <= {column.attribute for column in table.columns}:
        return False
    return any(definition_of(model).name == table.name for model in _subclasses(mixin) if issubclass(model, Table))


def _attributes(mixin: type) -> set[str]:
    return {name for name in vars(mixin) if not name.startswith("_")}


def _subclasses(cls: type) -> list[type]:
    found: list[type] = cls.__subclasses__()
    return [*found, *(below for sub in found for below in _subclasses(sub))]
