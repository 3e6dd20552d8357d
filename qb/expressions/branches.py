"""CASE: one of several values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, overload

from qb import type_rules, types
from qb.errors import CompileError
from qb.expressions import Expr, expression, operand
from qb.nodes import Case, Expression, When
from qb.types import SqlType

T = TypeVar("T")
E = TypeVar("E")


@overload
def case(*whens: tuple[Expr[bool | None], Expr[T]], else_: Expr[E]) -> Expr[T | E]: ...
@overload
def case(*whens: tuple[Expr[bool | None], Expr[T]], else_: E) -> Expr[T | E]: ...
@overload
def case(*whens: tuple[Expr[bool | None], Expr[T] | T], else_: Expr[T] | T) -> Expr[T]: ...
@overload
def case(*whens: tuple[Expr[bool | None], Expr[T]]) -> Expr[T | None]: ...
@overload
def case(*whens: tuple[Expr[bool | None], Expr[T] | T]) -> Expr[T | None]: ...
@overload
def case(*whens: tuple[object, Expr[T] | T], value: Expr[Any], else_: Expr[T] | T) -> Expr[T]: ...
@overload
def case(*whens: tuple[object, Expr[T] | T], value: Expr[Any]) -> Expr[T | None]: ...
@overload
def case(whens: Mapping[Any, Expr[T] | T], /, *, value: Expr[Any], else_: Expr[T] | T) -> Expr[T]: ...
@overload
def case(whens: Mapping[Any, Expr[T] | T], /, *, value: Expr[Any]) -> Expr[T | None]: ...
@overload
def case(
    *whens: tuple[Expr[bool | None], Any], else_: Any = ...
) -> Expr[Any]: ...  # what is left: values of several types
def case(*whens: Any, value: Expr[Any] | None = None, else_: object = None) -> Expr[Any]:
    """The value of the first condition that is true, or else `else_`, or else NULL.

        case((Album.plays > 100, "hit"), else_="flop")      -- CASE WHEN "albums"."plays" > ? THEN ? ELSE ? END
        case({1: "one", 2: "two"}, value=Album.id)          -- CASE "albums"."id" WHEN ? THEN ? WHEN ? THEN ? END

    With `value`, each pair is what it is compared with, and the result; NULL matches nothing. Plain values take
    the type of the expressions beside them. Raises CompileError when the results do not fit together.
    """
    pairs = list(_pairs(whens, value is not None))
    tested = None if value is None else expression(value, "value of case()")
    results = [*[result for _, result in pairs], else_]
    kind = beside_all(results, "case()", tested)
    made = []
    for condition, result in pairs:
        if value is not None:
            if condition is None:
                raise CompileError("nothing is equal to NULL: write case((x.is_null(), …)) instead of value=")
            test = value._beside(condition)
        else:
            test = expression(condition, "condition")
        made.append(When(test, operand(result, kind)))
    otherwise = None if else_ is None else operand(else_, kind)
    nodes = [when.value for when in made] + ([] if otherwise is None else [otherwise])
    return Expr(Case(tested, tuple(made), otherwise, fitting(nodes, "case()")))


def _pairs(whens: tuple[Any, ...], simple: bool) -> Iterable[tuple[Any, Any]]:  # whatever was given
    if len(whens) == 1 and isinstance(whens[0], Mapping):
        if not simple:
            raise TypeError("case() of a dictionary compares: give it the value=… that is looked up")
        whens = tuple(whens[0].items())
    if not whens:
        raise CompileError("case() needs a condition and a value")
    for when in whens:
        if not isinstance(when, tuple) or len(when) != 2:
            raise TypeError(f"case() takes pairs of a condition and a value, not {when!r}")
        yield when


def beside_all(values: Iterable[object], what: str, tested: Expression | None = None) -> SqlType:
    """The type that plain values take beside the others: that of the first expression, or else their own.

    Raises CompileError when all are None.
    """
    given = [value for value in values if value is not None]
    if not given:
        raise CompileError(f"{what} has no value but NULL")
    for value in given:
        if isinstance(value, Expr):
            return value.node.type
    if tested is not None and tested.type.kind == "enum" and isinstance(given[0], tested.type.python):
        return tested.type  # no enum is known by its value alone
    return types.of_value(given[0])


def fitting(nodes: Iterable[Expression], what: str) -> SqlType:
    """The common type of values, one of which is the result. Raises CompileError when there is none."""
    known = [node.type for node in nodes]
    for kind in known:
        if not types.comparable(known[0], kind):
            raise CompileError(f"the values of {what} do not fit together: {known[0]!r} and {kind!r}")
    return type_rules.common(known)
