"""Constraints and indexes of a table, declared in its class body over its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qb.columns import Action, Column, Reference
from qb.errors import SchemaError
from qb.expressions import Expr, Ordering, conjunction
from qb.nodes import Expression, Node


class Constraint:
    """A rule over several columns. Its name is the table's and the attribute's, unless it is given."""

    __slots__ = ("name",)
    name: str | None

    @property
    def key(self) -> tuple[Expression, ...]:
        """The columns of a primary key; none of other constraints."""
        return ()


class PrimaryKey(Constraint):
    """A primary key of several columns."""

    __slots__ = ("columns",)

    def __init__(self, columns: tuple[Expression, ...], name: str | None = None) -> None:
        self.columns = columns
        self.name = name

    @property
    def key(self) -> tuple[Expression, ...]:
        return self.columns


class Unique(Constraint):
    """No two rows agree in all of the columns."""

    __slots__ = ("columns",)

    def __init__(self, columns: tuple[Expression, ...], name: str | None = None) -> None:
        self.columns = columns
        self.name = name


class Check(Constraint):
    """A condition that every row fulfils."""

    __slots__ = ("condition",)

    def __init__(self, condition: Expression, name: str | None = None) -> None:
        self.condition = condition
        self.name = name


class ForeignKey(Constraint):
    """The columns hold a key of another table."""

    __slots__ = ("columns", "reference")

    def __init__(self, columns: tuple[Expression, ...], reference: Reference, name: str | None = None) -> None:
        self.columns = columns
        self.reference = reference
        self.name = name


class Index(Constraint):
    """An index."""

    __slots__ = ("include", "keys", "unique", "where")

    def __init__(
        self,
        keys: tuple[Node, ...],
        unique: bool,
        where: Expression | None,
        include: tuple[Expression, ...],
        name: str | None = None,
    ) -> None:
        self.keys = keys
        self.unique = unique
        self.where = where
        self.include = include
        self.name = name


def primary_key(*columns: Column[Any, Any, Any], name: str | None = None) -> PrimaryKey:
    """A primary key of several columns: `key = primary_key(album_id, position)`."""
    return PrimaryKey(_nodes("primary_key", columns), name)


def unique(*columns: Column[Any, Any, Any], name: str | None = None) -> Unique:
    """A unique constraint over several columns: `unique(artist_id, title)`."""
    return Unique(_nodes("unique", columns), name)


def check(*conditions: Expr[bool | None], name: str | None = None) -> Check:
    """A condition over the row: `check(ends > starts)`."""
    condition = conjunction(None, conditions)
    if condition is None:
        raise SchemaError("check() needs a condition")
    return Check(condition, name)


def foreign_key(
    *columns: Column[Any, Any, Any],
    references: Callable[[], tuple[Column[Any, Any, Any], ...]],
    on_delete: Action | None = None,
    on_update: Action | None = None,
    name: str | None = None,
) -> ForeignKey:
    """A foreign key of several columns: `foreign_key(a, b, references=lambda: (Other.a, Other.b))`."""
    reference = Reference(references, on_delete, on_update)
    return ForeignKey(_nodes("foreign_key", columns), reference, name)


def index(
    *keys: Expr[Any, Any] | Ordering[Any],
    unique: bool = False,
    where: Expr[bool | None] | None = None,
    include: tuple[Column[Any, Any, Any], ...] = (),
    name: str | None = None,
) -> Index:
    """An index over columns or expressions, in either direction.

        by_artist = index(artist_id, released.desc())
        by_title = index(fn.lower(title), unique=True, where=deleted_at.is_null())

    `include` are columns that PostgreSQL keeps in the index for index-only reads; SQLite has no such thing and
    leaves them out.
    """
    if not keys:
        raise SchemaError("index() needs a column or an expression")
    return Index(
        tuple([key.node for key in keys]),
        unique,
        None if where is None else where.node,
        _nodes("include", include) if include else (),
        name,
    )


def _nodes(what: str, columns: tuple[Column[Any, Any, Any], ...]) -> tuple[Expression, ...]:
    if not columns or not all(isinstance(column, Column) for column in columns):
        raise SchemaError(f"{what}() takes columns of this table")
    return tuple([column.node for column in columns])
