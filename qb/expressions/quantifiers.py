"""ANY and ALL: a comparison with many values at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from qb import nodes, types
from qb.errors import CompileError
from qb.expressions import Expr, one_column, operand
from qb.nodes import Comparison
from qb.queries import Query
from qb.types import Array
from qb.typevars import Refs, Value

T = TypeVar("T")


class Quantifier(Expr[Value, Refs]):
    """The values of a sub-query or of an array, as one side of a comparison; made by `any_()` and `all_()`."""

    __slots__ = ()

    if not TYPE_CHECKING:
        # SQL wants it on the right, where Python puts it on the left, too: it tries the subclass first.

        def __eq__(self, other):
            return _compared("=", other, self)

        def __ne__(self, other):
            return _compared("<>", other, self)

        def __lt__(self, other):
            return _compared(">", other, self)

        def __le__(self, other):
            return _compared(">=", other, self)

        def __gt__(self, other):
            return _compared("<", other, self)

        def __ge__(self, other):
            return _compared("<=", other, self)

        __hash__ = object.__hash__

    def __str__(self) -> str:
        assert isinstance(self.node, nodes.Quantified)
        return f"{self.node.word.lower()}_(…)"


def _compared(operator: str, value: object, quantifier: Quantifier[Any]) -> Expr[bool]:
    """A comparison whose value is on the left."""
    kind = quantifier.node.type
    assert isinstance(kind, types.Quantified)
    left: Expr[Any] = Expr(operand(value, kind.item))
    if value is None:
        raise CompileError("NULL is equal to nothing, whatever any_() and all_() are made of")
    return Expr(Comparison(operator, left.node, left._beside(quantifier)))


@overload
def any_(values: Query[tuple[T]]) -> Quantifier[T]: ...
@overload
def any_(values: Expr[list[T]] | Expr[list[T] | None]) -> Quantifier[T]: ...
@overload
def any_(values: Query[Any]) -> Quantifier[Any]: ...
def any_(values: Any) -> Quantifier[Any]:
    """One of the values of a one-column select, or of an array, in a comparison:

        Album.plays > any_(select(Track.seconds))      # "albums"."plays" > ANY (SELECT …)
        literal("live") == any_(Album.tags)            # $1 = ANY ("albums"."tags")

    False where there is no value. NULL where none fits and one is NULL.
    """
    return _quantified("ANY", values)


@overload
def all_(values: Query[tuple[T]]) -> Quantifier[T]: ...
@overload
def all_(values: Expr[list[T]] | Expr[list[T] | None]) -> Quantifier[T]: ...
@overload
def all_(values: Query[Any]) -> Quantifier[Any]: ...
def all_(values: Any) -> Quantifier[Any]:
    """Each of the values of a one-column select, or of an array: `Album.plays >= all_(select(…))`.

    True where there is no value. NULL where none does not fit and one is NULL.
    """
    return _quantified("ALL", values)


def _quantified(word: str, values: Any) -> Quantifier[Any]:
    name = f"{word.lower()}_()"
    if isinstance(values, Query):
        query = one_column(values)
        return Quantifier(nodes.Quantified(word, query, types.Quantified(query.type)))
    if not isinstance(values, Expr):
        remedy = ": of plain values there is .in_([…])" if isinstance(values, (list, tuple, set)) else ""
        raise TypeError(f"{name} takes a select or an array, not {values!r}{remedy}")
    kind = values.node.type
    if not isinstance(kind, Array):
        raise CompileError(f"{name} takes a select or an array, but {values} is {kind!r}")
    return Quantifier(nodes.Quantified(word, values.node, types.Quantified(kind.item)))
