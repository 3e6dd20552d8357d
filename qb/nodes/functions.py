"""Functions."""

from __future__ import annotations

from typing import Any, Self

from qb.nodes.base import Expression
from qb.nodes.order import Order
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

    __slots__ = ("distinct", "filter", "order_by")

    def __init__(
        self,
        name: str,
        arguments: tuple[Expression, ...],
        type: SqlType,
        distinct: bool = False,
        filter: Expression | None = None,
        order_by: tuple[Order, ...] = (),
    ) -> None:
        super().__init__(name, arguments, type)
        self.distinct = distinct
        self.filter = filter
        self.order_by = order_by

    @property
    def ordered_by(self) -> str:
        """The words for its ORDER BY, if it has one."""
        return "ORDER BY" if self.order_by else ""

    def changed(self, **changes: Any) -> Self:  # values of the fields
        """A copy with some fields set."""
        fields = ("name", "arguments", "type", "distinct", "filter", "order_by")
        return type(self)(*[changes.get(field, getattr(self, field)) for field in fields])


class OrderedSet(Aggregate):
    """An aggregate of sorted values: `name(arguments) WITHIN GROUP (ORDER BY …)`."""

    __slots__ = ()

    @property
    def ordered_by(self) -> str:
        return "WITHIN GROUP"


COUNT_ALL = Aggregate("count", (), BIGINT)
