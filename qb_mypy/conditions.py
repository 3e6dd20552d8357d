"""`when`, `all_of`, `any_of`: conditions that read what their parts read."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.plugin import FunctionContext
from mypy.types import AnyType, CallableType, Instance, NoneType, TupleType, Type, UninhabitedType, get_proper_type

from qb_mypy import messages, scope
from qb_mypy.encoding import Expression, expr_type, expression, union_of_refs, without_none
from qb_mypy.operators import nullable_if
from qb_mypy.values import BOOL, class_name, shown


def when(ctx: FunctionContext) -> Type:
    """`when(flag, condition)`, `when(value, lambda value: condition)`."""
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args[1:])
    made = get_proper_type(ctx.arg_types[1][0]) if len(ctx.arg_types) > 1 and ctx.arg_types[1] else None
    if isinstance(made, CallableType):
        made = get_proper_type(made.ret_type)
    elif made is not None and expression(made, ctx.api) is not None:
        _check_flag(ctx.api, ctx)
    return ctx.default_return_type if made is None else _condition(ctx.api, ctx, [expression(made, ctx.api)])


def _check_flag(api: TypeChecker, ctx: FunctionContext) -> None:
    value = without_none(ctx.arg_types[0][0])
    if not isinstance(value, (AnyType, NoneType, UninhabitedType)) and class_name(value) != BOOL:
        messages.report(api, messages.not_a_flag(shown(api, value)), ctx.context)


def combined(ctx: FunctionContext) -> Type:
    """`all_of(…)`, `any_of(…)`."""
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args)
    parts: list[Expression | None] = []
    for types, kinds in zip(ctx.arg_types, ctx.arg_kinds, strict=True):
        for type, kind in zip(types, kinds, strict=True):
            found = _items(ctx.api, type) if kind.is_star() else [type]
            parts += [expression(item, ctx.api) for item in found]
    return _condition(ctx.api, ctx, parts)


def _items(api: TypeChecker, type: Type) -> list[Type]:
    """What `*conditions` gives."""
    proper = get_proper_type(type)
    if isinstance(proper, TupleType):
        return proper.items
    iterable = api.lookup_typeinfo("typing.Iterable")
    if isinstance(proper, Instance) and proper.type.has_base(iterable.fullname):
        return [map_instance_to_supertype(proper, iterable).args[0]]
    return [type]


def _condition(api: TypeChecker, ctx: FunctionContext, parts: list[Expression | None]) -> Type:
    if any(part is None for part in parts):
        return ctx.default_return_type
    value = nullable_if(api.named_generic_type("builtins.bool", []), parts)
    return expr_type(api, value, union_of_refs(parts))
