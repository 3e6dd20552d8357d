"""CASE, and all else whose value is that of one of several expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.erasetype import remove_instance_last_known_values
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ARG_NAMED_OPT, ARG_STAR, Context, DictExpr, Node, TupleExpr
from mypy.nodes import Expression as ExpressionNode
from mypy.plugin import FunctionContext, FunctionSigContext
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    NoneType,
    TupleType,
    Type,
    TypeOfAny,
    UninhabitedType,
    get_proper_type,
)

from qb_mypy import messages, scope
from qb_mypy.encoding import Expression, expr_type, expression, is_optional, lax, optional, union_of_refs, without_none
from qb_mypy.signatures import passed_over
from qb_mypy.values import BOOL, check_comparable, class_name, comparable, describe, result_of, shown


class Branch(NamedTuple):
    """A pair of a condition and a value; None is what mypy cannot tell."""

    condition: Type | None
    value: Type | None
    node: ExpressionNode | None = None
    """The condition as it was written."""


def any_branches(ctx: FunctionSigContext) -> FunctionLike:
    """`case(*whens: object, value: object, else_: object)`: the hook looks at them itself. One overload is enough."""
    if ARG_NAMED_OPT not in ctx.default_signature.arg_kinds:
        return passed_over(ctx.default_signature)
    anything = ctx.api.named_generic_type("builtins.object", [])
    return ctx.default_signature.copy_modified(
        arg_types=[anything] * 3,
        arg_kinds=[ARG_STAR, ARG_NAMED_OPT, ARG_NAMED_OPT],
        arg_names=[None, "value", "else_"],
    )


def case(ctx: FunctionContext) -> Type:
    """`case((condition, value), …)`."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    types, value_types, else_types = ctx.arg_types
    unknown = expr_type(api, AnyType(TypeOfAny.special_form), None)
    if any(kind.is_star() for group in ctx.arg_kinds for kind in group):
        return unknown  # nobody knows which
    tested = expression(value_types[0], api) if value_types else None
    if not types:
        messages.report(api, messages.case_of_nothing(), ctx.context)
        return unknown
    branches = [branch for node, type in zip(ctx.args[0], types, strict=True) for branch in _branches(api, node, type)]
    if tested is None and _mapped(api, types[0]) is not None:
        messages.report(api, messages.case_without_value(), ctx.context)
        return unknown
    for branch in branches:
        if branch.condition is not None and tested is None:
            _check_condition(api, ctx.context, branch)
        elif branch.condition is not None and tested is not None:
            _check_match(api, ctx.context, tested, branch.condition)
    values = [branch.value for branch in branches]
    if None in values:
        return unknown
    results = [value for value in values if value is not None] + else_types
    value = common(api, ctx.context, "case()", results)
    if not else_types:
        value = optional(value)
    conditions = [expression(branch.condition, api) for branch in branches if branch.condition is not None]
    read = lax(union_of_refs([tested, *conditions]))
    given = union_of_refs([expression(type, api) for type in results])
    return expr_type(api, value, None if read is None or given is None else read + given)


def common(api: TypeChecker, where: Context, call: str, types: Sequence[Type]) -> Type:
    """The type of a value that is one of these, expressions or plain; reports those that do not fit together."""
    parts = [expression(type, api) for type in types]
    values = [
        get_proper_type(remove_instance_last_known_values(type)) if part is None else part.value
        for type, part in zip(types, parts, strict=True)
    ]
    known = [value for value in values if not isinstance(value, NoneType)]
    if not known:
        messages.report(api, messages.only_null(call), where)
        return AnyType(TypeOfAny.from_error)
    expressions = [part.value for part in parts if part is not None and not isinstance(part.value, NoneType)]
    first = without_none((expressions or known)[0])  # whose type plain values take
    result: Type = first
    for value in known:
        bare = without_none(value)
        if not comparable(first, bare):
            message = messages.unlike_results(call, shown(api, first), shown(api, value))
            messages.report(api, message, where)
            return AnyType(TypeOfAny.from_error)
        wider = result_of(api, "+", get_proper_type(result), bare)  # whole numbers beside a float are a float
        result = result if wider is None else wider
    return optional(result) if any(is_optional(value) for value in values) else result


def _branches(api: TypeChecker, node: Node, type: Type) -> list[Branch]:
    proper = get_proper_type(type)
    if isinstance(proper, AnyType):
        return [Branch(None, None)]
    if isinstance(node, DictExpr):
        # Each on its own: what values and columns have in common is object.
        pairs = [(api.lookup_type_or_none(key) if key else None, api.lookup_type_or_none(v)) for key, v in node.items]
        return [Branch(key, value) for key, value in pairs]
    if isinstance(proper, TupleType) and len(proper.items) == 2:
        written = node.items[0] if isinstance(node, TupleExpr) else None
        return [Branch(proper.items[0], proper.items[1], written)]
    mapped = _mapped(api, proper)
    if mapped is not None:
        return [Branch(mapped.args[0], mapped.args[1])]
    part = expression(proper, api)
    words = describe(part) if part is not None and part.is_column else messages.quoted(api, proper)
    messages.report(api, messages.not_a_pair(words), node)
    return [Branch(None, None)]


def _mapped(api: TypeChecker, type: Type) -> Instance | None:
    """A dictionary as a Mapping."""
    proper, mapping = get_proper_type(type), api.lookup_typeinfo("typing.Mapping")
    if isinstance(proper, Instance) and proper.type.has_base(mapping.fullname):
        return map_instance_to_supertype(proper, mapping)
    return None


def _check_condition(api: TypeChecker, where: Context, branch: Branch) -> None:
    assert branch.condition is not None
    if branch.node is not None:
        scope.check_conditions(api, [[branch.node]])
        where = branch.node
    part = expression(branch.condition, api)
    value = get_proper_type(branch.condition) if part is None else part.value
    if isinstance(value, (AnyType, UninhabitedType)) or (part is not None and class_name(without_none(value)) == BOOL):
        return
    message = messages.not_a_condition("the value" if part is None else describe(part), shown(api, value))
    messages.report(api, message, where)


def _check_match(api: TypeChecker, where: Context, tested: Expression, type: Type) -> None:
    if isinstance(get_proper_type(type), NoneType):
        messages.report(api, messages.case_of_null(), where)
    else:
        check_comparable(api, where, tested, type)
