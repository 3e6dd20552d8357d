"""What the methods that declare a column are given: values and columns of its type."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import MethodContext
from mypy.types import CallableType, NoneType, ProperType, Type, get_proper_type

from qb_mypy import constraints, messages
from qb_mypy.encoding import Expression, expression, without_none
from qb_mypy.values import shown, storable


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
        constraints.check_default(api, ctx.args[0][0], ".default_sql()")
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
    constraints.check_row(api, ctx.args[0], ".generated()")
    if not storable(without_none(column.value), without_none(part.value)):
        message = messages.generated_type(shown(api, column.value), shown(api, part.value))
        messages.report(api, message, ctx.context)
    return ctx.default_return_type


def check(ctx: MethodContext) -> Type:
    """`.check(lambda column: condition)`."""
    api, _ = _self(ctx)
    constraints.check_row(api, ctx.args[0], ".check()")
    return ctx.default_return_type


def references(ctx: MethodContext) -> Type:
    """`.references(lambda: Artist.id)`: a column of the same type, which is a key."""
    api, column = _self(ctx)
    find = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if column is None or not isinstance(find, CallableType):
        return ctx.default_return_type
    constraints.check_reference(api, ctx.context, ctx.type, find.ret_type)
    constraints.check_key(api, ctx.context, [find.ret_type])
    return ctx.default_return_type


def _self(ctx: MethodContext) -> tuple[TypeChecker, Expression | None]:
    assert isinstance(ctx.api, TypeChecker)
    return ctx.api, expression(ctx.type, ctx.api)
