"""Rollups, cubes and grouping sets; and aggregates of sorted values."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import Expression as Written
from mypy.nodes import TupleExpr
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, TupleType, Type, TypeOfAny, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import (
    Expression,
    expr_type,
    expression,
    optional,
    refs_type,
    strings,
    union_of_refs,
    without_none,
)
from qb_mypy.names import AGGREGATE, GROUPING, ORDERING
from qb_mypy.operators import inside_aggregate
from qb_mypy.refs import Ref
from qb_mypy.values import NUMBERS, class_name, describe, shown


def keys(ctx: FunctionContext) -> Type:
    """`rollup(…)` and its like read their keys."""
    assert isinstance(ctx.api, TypeChecker)
    result = get_proper_type(ctx.default_return_type)
    if not isinstance(result, Instance):
        return ctx.default_return_type
    parts: list[Expression | None] = []
    for nodes, types in zip(ctx.args, ctx.arg_types, strict=True):
        for node, type in zip(nodes, types, strict=True):
            parts += _keys(ctx.api, node, type)
    unknown = any(part is None for part in parts)
    refs = None if unknown else union_of_refs(parts)
    return result.copy_modified(args=[AnyType(TypeOfAny.special_form), refs_type(ctx.api, refs)])


def _keys(api: TypeChecker, node: Written, type: Type) -> list[Expression | None]:
    """The keys of one set."""
    proper = get_proper_type(type)
    if isinstance(node, TupleExpr):
        types = [api.lookup_type_or_none(item) for item in node.items]
        return [None if item is None else expression(item, api) for item in types]
    if isinstance(proper, TupleType):
        return [expression(item, api) for item in proper.items]
    return [expression(proper, api)]


def rolled(api: TypeChecker, arg_types: Sequence[Sequence[Type]]) -> list[str]:
    """The columns among group keys of which a row may be without."""
    found: list[Ref] = []
    for type in [type for group in arg_types for type in group]:
        proper = get_proper_type(type)
        if isinstance(proper, Instance) and proper.type.fullname == GROUPING:
            part = expression(proper, api)
            found += part.refs or [] if part is not None else []
    return list(dict.fromkeys([f"{ref.source}.{ref.column}" for ref in found if not ref.is_mark]))


def within_group(ctx: MethodContext, continuous: bool = False) -> Type:
    """`.within_group(key)`: one of the key's values, or a number between them."""
    assert isinstance(ctx.api, TypeChecker)
    api = ctx.api
    key = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if key is None:
        return ctx.default_return_type
    if isinstance(key, Instance) and key.type.fullname == ORDERING:
        texts = strings(key.args[0])
        part = Expression(AnyType(TypeOfAny.special_form), None if texts is None else list(map(Ref.decode, texts)))
    else:
        found = expression(key, api)
        if found is None:
            return ctx.default_return_type
        part = found
    value: Type = part.value
    if continuous:
        if not isinstance(part.value, AnyType) and class_name(without_none(part.value)) not in NUMBERS:
            words = (describe(part), shown(api, part.value), "fn.percentile_cont()", "numbers")
            messages.report(api, messages.wrong_operand(*words), ctx.context)
        value = api.named_generic_type("builtins.float", [])
    if not isinstance(get_proper_type(value), AnyType):
        value = optional(value)
    return expr_type(api, value, inside_aggregate(part.refs), AGGREGATE)
