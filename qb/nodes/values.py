"""Values, and text that stands for itself."""

from __future__ import annotations

from qb.nodes.base import Column, Expression, Node, Source
from qb.types import TEXT, SqlType


class Unbound(Expression):
    """A column whose table class is still being defined."""

    __slots__ = ()

    def __init__(self, type: SqlType) -> None:
        self.type = type


class Parameter(Expression):
    """A value that is bound, never written into the SQL."""

    __slots__ = ("value",)

    def __init__(self, value: object, type: SqlType) -> None:
        self.value = value
        self.type = type


class Null(Expression):
    """NULL."""

    __slots__ = ()

    def __init__(self, type: SqlType) -> None:
        self.type = type


class Default(Expression):
    """The database's default for a column, in VALUES. `declared` is what the declaration says it is."""

    __slots__ = ("declared",)

    def __init__(self, declared: Expression | None, type: SqlType) -> None:
        self.declared = declared
        self.type = type


class Excluded(Expression):
    """The value that an upsert tried to insert."""

    __slots__ = ("column",)

    def __init__(self, column: Column) -> None:
        self.column = column
        self.type = column.type


class Raw(Expression):
    """SQL text from the caller, with holes: `texts` has one piece more than `holes`. `writes` are the tables that it
    writes; None when nobody has said.
    """

    __slots__ = ("holes", "texts", "writes")

    def __init__(
        self,
        texts: tuple[str, ...],
        holes: tuple[Node, ...],
        type: SqlType = TEXT,
        writes: tuple[Source, ...] | None = None,
    ) -> None:
        self.texts = texts
        self.holes = holes
        self.type = type
        self.writes = writes


class Label(Expression):
    """`operand AS name`, in a projection."""

    __slots__ = ("name", "operand")

    def __init__(self, operand: Expression, name: str) -> None:
        self.operand = operand
        self.name = name
        self.type = operand.type
