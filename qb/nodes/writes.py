"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qb.nodes.base import Column, Expression, Node, Source, Statement
from qb.nodes.compound import Compound
from qb.nodes.select import Select
from qb.nodes.sources import Join, Table


class Values(Node):
    """The rows of an insert. A cell is a plain value (bound with its column's type) or an expression; `plain`
    says that none is an expression.
    """

    __slots__ = ("plain", "rows")

    def __init__(self, rows: Sequence[tuple[Any, ...]], plain: bool = False) -> None:
        self.rows = rows
        self.plain = plain


class ConflictTarget(Node):
    """The unique key of an upsert: columns, for an index also expressions and its WHERE; `constraint` is the name
    by which PostgreSQL knows it.
    """

    __slots__ = ("constraint", "keys", "where")

    def __init__(
        self, keys: tuple[Expression, ...], where: Expression | None = None, constraint: str | None = None
    ) -> None:
        self.keys = keys
        self.where = where
        self.constraint = constraint


class OnConflict(Node):
    """ON CONFLICT: no target means any conflict, `assignments` None means DO NOTHING."""

    __slots__ = ("assignments", "target", "where")

    def __init__(
        self,
        target: ConflictTarget | None,
        assignments: tuple[Assignment, ...] | None,
        where: Expression | None = None,
    ) -> None:
        self.target = target
        self.assignments = assignments
        self.where = where


class Assignment(Node):
    """`column = value`."""

    __slots__ = ("column", "value")

    def __init__(self, column: Column, value: Expression) -> None:
        self.column = column
        self.value = value


class Insert(Statement):
    """INSERT. Neither values nor select means DEFAULT VALUES."""

    __slots__ = ("columns", "on_conflict", "select", "table", "values")

    is_insert = True

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.ctes = ()
        self.table = table
        self.columns: tuple[Column, ...] = ()
        self.values: Values | None = None
        self.select: Select | Compound | None = None
        self.on_conflict: tuple[OnConflict, ...] = ()


class Update(Statement):
    """UPDATE."""

    __slots__ = ("all_rows", "assignments", "joins", "sources", "table", "where")

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.ctes = ()
        self.table = table
        self.assignments: tuple[Assignment, ...] = ()
        self.sources: tuple[Source, ...] = ()
        self.joins: tuple[Join, ...] = ()
        self.where: Expression | None = None
        self.all_rows = False


class Delete(Statement):
    """DELETE."""

    __slots__ = ("all_rows", "joins", "sources", "table", "where")

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.ctes = ()
        self.table = table
        self.sources: tuple[Source, ...] = ()
        self.joins: tuple[Join, ...] = ()
        self.where: Expression | None = None
        self.all_rows = False
