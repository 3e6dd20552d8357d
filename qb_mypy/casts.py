"""CAST."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext
from mypy.types import AnyType, Instance, ProperType, Type

from qb_mypy import messages
from qb_mypy.encoding import expr_type, expression, without_none
from qb_mypy.operators import nullable_if
from qb_mypy.values import BOOL, DATE, DATETIME, DECIMAL, FLOAT, INT, STR, TIME, UUID, class_name, describe, shown

CASTS = {
    STR: {INT, BOOL, DECIMAL, DATE, TIME, DATETIME, UUID},
    INT: {INT, FLOAT, DECIMAL, STR, BOOL},
    DECIMAL: {INT, FLOAT, STR},
    FLOAT: {INT, DECIMAL, STR},
    BOOL: {INT},
    DATE: {DATETIME, STR},
    TIME: {DATETIME, STR},
    DATETIME: {DATE},
    UUID: {STR},
}
"""By the class of the new value: the classes of which it can be made with one meaning."""


def cast(ctx: FunctionContext) -> Type:
    """`cast(x, col.text())`: NULL where x is."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    if not all(ctx.arg_types):
        return ctx.default_return_type
    part, target = (expression(group[0], api) for group in ctx.arg_types)
    if part is None or target is None:
        return ctx.default_return_type
    bare = without_none(target.value)
    if not isinstance(part.value, AnyType) and not castable(without_none(part.value), bare):
        message = messages.no_cast(describe(part), shown(api, part.value), shown(api, bare))
        messages.report(api, message, ctx.context)
    return expr_type(api, nullable_if(bare, [part]), part.refs, why=[part])


def castable(own: ProperType, target: ProperType) -> bool:
    """Whether the engines agree on a cast."""
    first, second = class_name(own), class_name(target)
    if first is None or second is None or first == second or first in CASTS.get(second, ()):
        return True
    other = target if first == STR else own
    return STR in (first, second) and isinstance(other, Instance) and other.type.is_enum
