"""Row values: `tuple_(a, b)`, compared position by position."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, TupleType, Type, TypeOfAny, get_proper_type

from qb_mypy import messages, scope
from qb_mypy.encoding import (
    Expression,
    class_info,
    expr_type,
    expression,
    is_optional,
    optional,
    refs_type,
    strings,
    union_of_refs,
)
from qb_mypy.names import QUERY, ROW_VALUE
from qb_mypy.operators import item_types
from qb_mypy.refs import Ref
from qb_mypy.rows import items_of
from qb_mypy.values import check_comparable, check_types, shown


def tuple_(ctx: FunctionContext) -> Type:
    """`tuple_(a, b)`."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    if any(kind.is_star() for group in ctx.arg_kinds for kind in group) or None in parts:
        return ctx.default_return_type
    if len(parts) < 2:
        messages.report(api, messages.single_row_value(), ctx.context)
    values = [part.value for part in parts if part is not None]
    fallback = api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)])
    refs = refs_type(api, union_of_refs(parts))
    return Instance(class_info(api, ROW_VALUE), [TupleType(list(values), fallback), refs])


def comparison(ctx: MethodContext, operator: str) -> Type:
    """`tuple_(a, b) < (c, d)`."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    left = _row(api, ctx.type)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    other = get_proper_type(ctx.arg_types[0][0])
    refs = _check_row(api, ctx.context, left, other)
    return _condition(api, left, [other], refs)


def membership(ctx: MethodContext, method: str) -> Type:
    """`tuple_(a, b).in_(…)`: of tuples, or a select."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    left = _row(api, ctx.type)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    options = get_proper_type(ctx.arg_types[0][0])
    if isinstance(options, Instance) and options.type.has_base(QUERY):
        scope.check_query(api, options, ctx.context)
        values = items_of(options)
        if values is not None and _check_length(api, ctx.context, left, len(values)):
            for own, value in zip(left, values, strict=True):
                check_types(api, ctx.context, own, value, "the sub-query's column")
        return _condition(api, left, [], scope.free_refs(api, options))
    refs: list[Ref] | None = []
    items = [get_proper_type(item) for item in item_types(api, options, ctx.args[0][0])]
    for item in items:
        read = _check_row(api, ctx.context, left, item)
        refs = None if refs is None or read is None else refs + read
    return _condition(api, left, items, refs)


def _row(api: TypeChecker, type: Type) -> list[Expression] | None:
    """The parts of a row value, the first of which has the refs of all."""
    proper = get_proper_type(type)
    if not isinstance(proper, Instance) or proper.type.fullname != ROW_VALUE:
        return None
    values, texts = get_proper_type(proper.args[0]), strings(proper.args[1])
    if not isinstance(values, TupleType) or not values.items:
        return None
    refs = None if texts is None else [Ref.decode(text) for text in texts]
    parts = [Expression(get_proper_type(value), []) for value in values.items]
    return [parts[0]._replace(refs=refs), *parts[1:]]


def _check_row(api: TypeChecker, where: Context, left: Sequence[Expression], other: Type) -> list[Ref] | None:
    """Report what does not stand beside a row value; what it reads."""
    proper = get_proper_type(other)
    if isinstance(proper, AnyType):
        return []
    row = _row(api, proper)
    if row is None and isinstance(proper, Instance) and proper.type.fullname == ROW_VALUE:
        return None
    if row is not None:
        if _check_length(api, where, left, len(row)):
            for own, part in zip(left, row, strict=True):
                check_types(api, where, own, part.value, "the other one")
        return row[0].refs
    if not isinstance(proper, TupleType):
        if not isinstance(proper, Instance) or proper.type.fullname != "builtins.tuple":
            message = messages.not_a_row(shown(api, proper))
            messages.report_of_operator(api, message, where)
        return []
    if any(is_optional(item) and expression(item, api) is None for item in proper.items):
        messages.report_of_operator(api, messages.null_in_row(), where)
    elif _check_length(api, where, left, len(proper.items)):
        for own, item in zip(left, proper.items, strict=True):
            check_comparable(api, where, own, item)
    return union_of_refs([expression(item, api) for item in proper.items])


def _check_length(api: TypeChecker, where: Context, left: Sequence[Expression], count: int) -> bool:
    if len(left) == count:
        return True
    messages.report_of_operator(api, messages.row_length(len(left), count), where)
    return False


def _condition(api: TypeChecker, left: Sequence[Expression], others: Sequence[Type], refs: list[Ref] | None) -> Type:
    """A bool; None where a position is NULL."""
    given = [part for other in others for part in _parts(api, other)]
    value: Type = api.named_generic_type("builtins.bool", [])
    if any(is_optional(part.value) for part in (*left, *given)):
        value = optional(value)
    own = union_of_refs(left)
    return expr_type(api, value, None if own is None or refs is None else own + refs)


def _parts(api: TypeChecker, other: Type) -> list[Expression]:
    proper = get_proper_type(other)
    if isinstance(proper, TupleType):
        return [part for part in (expression(item, api) for item in proper.items) if part is not None]
    return _row(api, proper) or []
