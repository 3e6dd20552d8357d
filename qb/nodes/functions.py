"""Functions."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.types import BIGINT, SqlType


class Function(Expression):
    """A function by qb's name for it; each dialect knows its own spelling."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: tuple[Expression, ...], type: SqlType) -> None:
        self.name = name
        self.arguments = arguments
        self.type = type


class Aggregate(Function):
    """An aggregate function; no arguments means `count(*)`."""

    __slots__ = ("distinct", "filter")

    def __init__(
        self,
        name: str,
        arguments: tuple[Expression, ...],
        type: SqlType,
        distinct: bool = False,
        filter: Expression | None = None,
    ) -> None:
        super().__init__(name, arguments, type)
        self.distinct = distinct
        self.filter = filter


COUNT_ALL = Aggregate("count", (), BIGINT)
