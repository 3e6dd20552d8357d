"""Functions of the database, declared with their types."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, TupleType, Type, TypeOfAny, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import expression, refs_type, union_of_refs, without_none
from qb_mypy.names import AGGREGATE
from qb_mypy.operators import inside_aggregate, nullable_if
from qb_mypy.values import comparable, shown


def declared(ctx: FunctionContext) -> Type:
    """`function("name", col.text(), returns=…)`: keeps what it takes."""
    api, result = ctx.api, get_proper_type(ctx.default_return_type)
    assert isinstance(api, TypeChecker)
    kinds = ctx.arg_types[ctx.callee_arg_names.index("takes") if "takes" in ctx.callee_arg_names else 1]
    if not isinstance(result, Instance) or any(kind.is_star() for group in ctx.arg_kinds for kind in group):
        return ctx.default_return_type
    parts = [expression(kind, api) for kind in kinds]
    values: list[Type] = [part.value for part in parts if part is not None]
    if len(values) != len(kinds):
        return ctx.default_return_type
    fallback = api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)])
    return result.copy_modified(args=[result.args[0], TupleType(values, fallback)])


def called(ctx: MethodContext) -> Type:
    """`levenshtein(Artist.name, "x")`: NULL where an argument is."""
    api, own, result = ctx.api, get_proper_type(ctx.type), get_proper_type(ctx.default_return_type)
    assert isinstance(api, TypeChecker)
    if not isinstance(own, Instance) or not isinstance(result, Instance) or not ctx.arg_types:
        return ctx.default_return_type
    types, takes = ctx.arg_types[0], get_proper_type(own.args[1])
    starred = any(kind.is_star() for kind in ctx.arg_kinds[0])
    if isinstance(takes, TupleType) and not starred:
        if len(types) != len(takes.items):
            message = messages.argument_count(len(takes.items), len(types))
            messages.report(api, message, ctx.context)
        else:
            for number, (kind, type) in enumerate(zip(takes.items, types, strict=True), 1):
                part = expression(type, api)
                value = get_proper_type(type) if part is None else part.value
                if not comparable(without_none(kind), without_none(value)):
                    message = messages.argument_type(number, shown(api, kind), shown(api, value))
                    messages.report(api, message, ctx.context)
    parts = [expression(type, api) for type in types]
    refs = union_of_refs(parts)
    if result.type.fullname == AGGREGATE:
        refs = inside_aggregate(refs)
    return result.copy_modified(args=[nullable_if(result.args[0], parts), refs_type(api, refs)])
