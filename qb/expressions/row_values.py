"""Row values: `tuple_(a, b) == tuple_(c, d)`."""

from __future__ import annotations

from collections.abc import Iterable
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, overload

from qb import types
from qb.errors import CompileError
from qb.expressions import Expr, expression, select_of
from qb.nodes import Compound, Expression, Select, Subquery, TupleComparison, TupleIn
from qb.queries import Query
from qb.types import TEXT
from qb.typevars import Refs, Value

T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")


class RowValue(Generic[Value, Refs]):
    """Several expressions that are compared as one value, position by position; made by `tuple_()`."""

    __slots__ = ("items",)

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, items: tuple[Expression, ...]) -> None:
        self.items = items

    def __eq__(self, other: object) -> Expr[bool, Refs]:  # type: ignore[override]  # builds SQL
        """`(a, b) = (c, d)`."""
        return self._compare("=", other)

    def __ne__(self, other: object) -> Expr[bool, Refs]:  # type: ignore[override]  # builds SQL
        """`(a, b) <> (c, d)`."""
        return self._compare("<>", other)

    def __lt__(self, other: object) -> Expr[bool, Refs]:
        """`(a, b) < (c, d)`: by the first position in which they differ."""
        return self._compare("<", other)

    def __le__(self, other: object) -> Expr[bool, Refs]:
        return self._compare("<=", other)

    def __gt__(self, other: object) -> Expr[bool, Refs]:
        return self._compare(">", other)

    def __ge__(self, other: object) -> Expr[bool, Refs]:
        return self._compare(">=", other)

    __hash__ = object.__hash__

    def in_(self, options: Iterable[object] | Query[Any]) -> Expr[bool, Refs]:
        """`(a, b) IN (…)`: of tuples, or of a select of as many columns. An empty list is false."""
        return self._in(options, False)

    def not_in(self, options: Iterable[object] | Query[Any]) -> Expr[bool, Refs]:
        """`(a, b) NOT IN (…)`. An empty list is true; a row with NULL in a sub-query may make it NULL."""
        return self._in(options, True)

    def __bool__(self) -> NoReturn:
        raise TypeError("a row value has no truth value: write & | ~ for and/or/not, and .in_(…) for in")

    def __repr__(self) -> str:
        from qb.compiler import Compiler

        return f"<RowValue ({', '.join([Compiler().compile(item)[0] for item in self.items])})>"

    def _compare(self, operator: str, other: object) -> Expr[Any, Any]:
        return Expr(TupleComparison(operator, self.items, self._beside(other)))

    def _in(self, options: Iterable[object] | Query[Any], negated: bool) -> Expr[Any, Any]:
        if isinstance(options, Query):
            return Expr(TupleIn(self.items, self._query(select_of(options)), negated))
        return Expr(TupleIn(self.items, tuple([self._beside(option) for option in options]), negated))

    def _beside(self, other: object) -> tuple[Expression, ...]:
        """What the row value is compared with, position by position."""
        if isinstance(other, RowValue):
            values: tuple[object, ...] = tuple([Expr(item) for item in other.items])
        elif isinstance(other, tuple):
            values = other
        else:
            raise TypeError(f"a row value is compared with a tuple, not with {type(other).__name__} ({other!r})")
        self._check_length(len(values))
        if None in [value for value in values if not isinstance(value, Expr)]:
            raise CompileError("a row value with NULL is equal to nothing: compare the columns one by one, with &")
        return tuple([Expr(item)._beside(value) for item, value in zip(self.items, values, strict=True)])

    def _query(self, select: Select | Compound) -> Subquery:
        columns = [item for item in select.projection if isinstance(item, Expression)]
        self._check_length(len(select.projection))
        if len(columns) != len(self.items):
            raise TypeError("a sub-query beside a row value selects columns, not tables")
        for number, (item, column) in enumerate(zip(self.items, columns, strict=True), 1):
            if not types.comparable(item.type, column.type):
                raise CompileError(f"column {number} of the sub-query is {column.type!r}, beside {item.type!r}")
        return Subquery(select, TEXT)

    def _check_length(self, count: int) -> None:
        if count != len(self.items):
            raise CompileError(f"a row value of {len(self.items)} stands beside one of {count}")


@overload
def tuple_(a: Expr[T1], b: Expr[T2], /) -> RowValue[tuple[T1, T2]]: ...
@overload
def tuple_(a: Expr[T1], b: Expr[T2], c: Expr[T3], /) -> RowValue[tuple[T1, T2, T3]]: ...
@overload
def tuple_(*items: Expr[Any]) -> RowValue[Any]: ...
def tuple_(*items: Expr[Any]) -> RowValue[Any]:
    """Several expressions as one value, to be compared with others or looked for.

        tuple_(Album.plays, Album.id) > (9, 5)           -- ("albums"."plays", "albums"."id") > (?, ?)
        tuple_(Album.id, Album.title).in_([(1, "a")])    -- ("albums"."id", "albums"."title") IN ((?, ?))

    Where a position is NULL, the result is NULL unless the others decide: `(1, NULL) = (2, 3)` is false.
    """
    if len(items) < 2:
        raise CompileError("tuple_() takes two expressions or more: a single one is compared by itself")
    return RowValue(tuple([expression(item, "part of a row value") for item in items]))
