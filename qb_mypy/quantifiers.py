"""`any_` and `all_`: what stands beside them is compared with each value."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext, FunctionSigContext
from mypy.types import AnyType, FunctionLike, Instance, Type, TypeOfAny, get_proper_type

from qb_mypy import messages, relations, scope
from qb_mypy.encoding import expr_type, expression, is_optional, lax, optional, without_none
from qb_mypy.names import QUANTIFIER, QUERY
from qb_mypy.rows import items_of
from qb_mypy.values import LIST, class_name, describe, shown


def any_argument(ctx: FunctionSigContext) -> FunctionLike:
    """`any_(values: object)`: the hook looks at the argument itself, in place of the overloads."""
    return ctx.default_signature.copy_modified(arg_types=[ctx.api.named_generic_type("builtins.object", [])])


def quantified(ctx: FunctionContext, name: str) -> Type:
    """`any_(select)`, `all_(array)`: an expression of one of the values."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    given = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    unknown = AnyType(TypeOfAny.from_error)
    nothing = expr_type(api, unknown, None, QUANTIFIER)
    if given is None or isinstance(given, AnyType):
        return nothing
    if isinstance(given, Instance) and given.type.has_base(QUERY):
        scope.check_query(api, given, ctx.context)
        relations.check_sub_query(api, given, ctx.context)
        values = items_of(given)
        if values is not None and len(values) != 1:
            message = messages.one_column(f"{name}()", len(values))
            messages.report(api, message, ctx.context)
            return nothing
        value = unknown if values is None else values[0]
        return expr_type(api, value, lax(scope.free_refs(api, given)), QUANTIFIER)
    array = expression(given, api)
    if array is None:
        messages.report(api, messages.not_quantified(name, messages.quoted(api, given)), ctx.context)
        return nothing
    items = without_none(array.value)
    if class_name(items) != LIST or not isinstance(items, Instance):
        if not isinstance(items, AnyType):
            words = (describe(array), shown(api, array.value), f"{name}()", "selects and arrays")
            messages.report(api, messages.wrong_operand(*words), ctx.context)
        return expr_type(api, unknown, array.refs, QUANTIFIER)
    item = items.args[0]
    return expr_type(api, optional(item) if is_optional(array.value) else item, array.refs, QUANTIFIER)
