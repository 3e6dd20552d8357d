"""What the methods that declare a column are given: values and columns of its type."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import MethodContext
from mypy.types import CallableType, NoneType, ProperType, Type, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import Expression, expression, without_none
from qb_mypy.values import NUMBERS, class_name, comparable, describe, shown, storable


def default(ctx: MethodContext) -> Type:
    """`.default(value)`."""
    api, column = _self(ctx)
    value = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if column is not None and value is not None and expression(value, api) is None:
        _check_default(api, ctx, column, value)
    return ctx.default_return_type


def default_sql(ctx: MethodContext) -> Type:
    """`.default_sql(expression)`."""
    api, column = _self(ctx)
    part = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    if column is not None and part is not None:
        _check_default(api, ctx, column, part.value)
    return ctx.default_return_type


def _check_default(api: TypeChecker, ctx: MethodContext, column: Expression, value: ProperType) -> None:
    if not storable(column.value, value):
        kind = "None" if isinstance(value, NoneType) else shown(api, value)
        message = messages.default_type(shown(api, column.value), kind)
        messages.report(api, message, ctx.context)


def generated(ctx: MethodContext) -> Type:
    """`.generated(expression)`."""
    api, column = _self(ctx)
    part = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    if column is None or part is None:
        return ctx.default_return_type
    if not storable(without_none(column.value), without_none(part.value)):
        message = messages.generated_type(shown(api, column.value), shown(api, part.value))
        messages.report(api, message, ctx.context)
    return ctx.default_return_type


def references(ctx: MethodContext) -> Type:
    """`.references(lambda: Artist.id)`: a column of the same type."""
    api, column = _self(ctx)
    find = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    other = expression(find.ret_type, api) if isinstance(find, CallableType) else None
    if column is None or other is None:
        return ctx.default_return_type
    ours, theirs = without_none(column.value), without_none(other.value)
    numbers = {class_name(ours), class_name(theirs)} & NUMBERS
    if not comparable(ours, theirs) or len(numbers) > 1:
        message = messages.reference_type(shown(api, ours), describe(other), shown(api, theirs))
        messages.report(api, message, ctx.context)
    return ctx.default_return_type


def _self(ctx: MethodContext) -> tuple[TypeChecker, Expression | None]:
    assert isinstance(ctx.api, TypeChecker)
    return ctx.api, expression(ctx.type, ctx.api)
