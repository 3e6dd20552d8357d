"""What every node is."""

from __future__ import annotations

from typing import ClassVar, Self

from qb.types import SqlType


class Node:
    """A piece of SQL syntax."""

    __slots__ = ()
    is_insert: ClassVar[bool] = False
    """Whether it is an INSERT, which may have very many rows."""


class Expression(Node):
    """A node that has a value."""

    __slots__ = ("type",)
    type: SqlType


class Source(Node):
    """Something with columns; `label` is what they are qualified with. Compared by identity."""

    __slots__ = ("columns", "label")
    label: str
    columns: tuple[Column, ...]


class Column(Expression):
    """A column of a source. `attribute` is its name in Python, `name` its name in the database; `nullable` says
    that it may be NULL, as far as that is known.
    """

    __slots__ = ("attribute", "name", "nullable", "path", "source")

    def __init__(self, source: Source, name: str, attribute: str, type: SqlType, nullable: bool = True) -> None:
        self.source = source
        self.name = name
        self.attribute = attribute
        self.nullable = nullable
        self.path = (source.label, name)
        self.type = type


class WholeSource(Node):
    """All columns of a source in a projection; `name` is the row's attribute when it is one of several."""

    __slots__ = ("name", "source")

    def __init__(self, source: Source, name: str) -> None:
        self.source = source
        self.name = name


Projection = tuple[Expression | WholeSource, ...]
"""What a statement returns, column by column."""


class Statement(Node):
    """A whole statement. `ctes` are those that it has even when nothing reads them."""

    __slots__ = ("ctes", "projection")
    ctes: tuple[Node, ...]
    projection: Projection

    def copy(self) -> Self:
        """A new statement with the same clauses."""
        cls = type(self)
        new = object.__new__(cls)
        new.ctes = self.ctes
        new.projection = self.projection
        for clause in cls.__slots__:
            setattr(new, clause, getattr(self, clause))
        return new
