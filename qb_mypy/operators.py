"""Operators and methods of expressions: their values, their refs, and what does not go together."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ListExpr, Node, SetExpr, StarExpr
from mypy.plugin import MethodContext
from mypy.types import AnyType, Instance, NoneType, ProperType, TupleType, Type, TypeOfAny, get_proper_type

from qb_mypy import messages, relations, scope, windows
from qb_mypy.encoding import (
    Expression,
    class_info,
    expr_type,
    expression,
    is_optional,
    lax,
    literals,
    optional,
    strings,
    union_of_refs,
    without_none,
    without_reasons,
)
from qb_mypy.names import AGGREGATE, LABELED, QUERY
from qb_mypy.refs import NULL_TEST, ROWS, ROWS_MARK, Ref
from qb_mypy.rows import items_of
from qb_mypy.tables import source_of
from qb_mypy.values import (
    BOOL,
    BYTES,
    NUMBERS,
    STR,
    check_comparable,
    check_never_null,
    check_types,
    class_name,
    describe,
    result_of,
    shown,
)

COMPARISONS = {
    "__eq__": "==",
    "__ne__": "!=",
    "__lt__": "<",
    "__le__": "<=",
    "__gt__": ">",
    "__ge__": ">=",
    "between": "between",
    "not_between": "not_between",
}
ARITHMETIC = {
    "__add__": "+",
    "__radd__": "+",
    "__sub__": "-",
    "__rsub__": "-",
    "__mul__": "*",
    "__rmul__": "*",
    "__truediv__": "/",
    "__rtruediv__": "/",
    "__floordiv__": "//",
    "__rfloordiv__": "//",
    "__mod__": "%",
    "__rmod__": "%",
}
LOGIC = frozenset({"__and__", "__or__"})
TEXT_TESTS = frozenset(
    {"like", "not_like", "ilike", "not_ilike", "startswith", "endswith", "contains", "matches", "not_matches"}
)
DISTINCTIONS = frozenset({"is_distinct_from", "is_not_distinct_from"})
MEMBERSHIP = frozenset({"in_", "not_in"})
NULL_TESTS = frozenset({"is_null", "is_not_null"})


def comparison(ctx: MethodContext, operator: str) -> Type:
    """`a == b` and its like: a bool, or None where an operand is NULL."""
    api, left = _self(ctx)
    types = [type for group in ctx.arg_types for type in group]
    if left is None or not types:
        return ctx.default_return_type
    parts = [left, *[expression(type, api) for type in types]]
    is_equality = operator in ("==", "!=")
    for type in types:
        if is_equality or check_never_null(api, ctx.context, left, operator, type):
            check_comparable(api, ctx.context, left, type)
    if is_equality and isinstance(get_proper_type(types[0]), NoneType):
        return expr_type(api, _bool(api), null_tested(left, is_negated=operator == "!="))
    return expr_type(api, nullable_if(_bool(api), parts), union_of_refs(parts), why=parts)


def null_tested(operand: Expression, is_negated: bool) -> list[Ref] | None:
    """The refs of a test for NULL; with a mark, when only a join could make it true."""
    refs = lax(operand.refs)
    if refs is None or is_negated or not operand.is_column or len(refs) != 1 or is_optional(operand.value):
        return refs
    if isinstance(operand.value, AnyType):
        return refs
    return [*refs, Ref(f"{NULL_TEST}{refs[0].source}.{refs[0].column}", "", lax=True)]


def distinction(ctx: MethodContext) -> Type:
    """`a.is_distinct_from(b)`: never NULL."""
    api, left = _self(ctx)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    other = ctx.arg_types[0][0]
    check_comparable(api, ctx.context, left, other)
    return expr_type(api, _bool(api), lax(union_of_refs([left, expression(other, api)])))


def collated(ctx: MethodContext) -> Type:
    """`a.collate("…")`: the same text."""
    api, own = _self(ctx)
    if own is None:
        return ctx.default_return_type
    if not isinstance(own.value, AnyType) and class_name(without_none(own.value)) != STR:
        message = messages.wrong_operand(describe(own), shown(api, own.value), ".collate()", "text")
        messages.report(api, message, ctx.context)
    return expr_type(api, own.value, own.refs, why=[own])


def membership(ctx: MethodContext, method: str) -> Type:
    """`a.in_(…)`: of values, expressions or a select."""
    api, left = _self(ctx)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    options = get_proper_type(ctx.arg_types[0][0])
    refs: list[Ref] | None = left.refs
    if isinstance(options, Instance) and options.type.has_base(QUERY):
        scope.check_query(api, options, ctx.context)
        relations.check_sub_query(api, options, ctx.context)
        values = items_of(options)
        if values is not None and len(values) != 1:
            message = messages.one_column(f".{method}()", len(values))
            messages.report(api, message, ctx.context)
        elif values is not None:
            check_types(api, ctx.context, left, values[0], "the sub-query's column")
            if method == "not_in" and is_optional(values[0]):
                messages.report(api, messages.not_in_null(describe(left)), ctx.context)
        free = scope.free_refs(api, options)
        refs = None if refs is None or free is None else refs + free
        found = [Expression(value, None) for value in values or ()]  # NULL, too, may be what is looked for
        return expr_type(api, nullable_if(_bool(api), [left, *found]), refs)
    if class_name(options) in (STR, BYTES) or source_of(options) is not None:
        message = messages.not_a_list(method, shown(api, options))
        messages.report(api, message, ctx.context)
        return expr_type(api, nullable_if(_bool(api), [left]), refs)
    items = item_types(api, options, ctx.args[0][0])
    parts = [left, *[expression(item, api) for item in items]]
    for item in items:
        if not check_comparable(api, ctx.context, left, item):
            break  # the others are likely to be alike
    refs = union_of_refs(parts)
    if refs is not None and method == "in_" and any(isinstance(get_proper_type(item), NoneType) for item in items):
        refs += [ref for ref in null_tested(left, is_negated=False) or () if ref.is_mark]
    return expr_type(api, nullable_if(_bool(api), parts), refs, why=parts)


def python_membership(ctx: MethodContext) -> Type:
    """`"x" in Album.title`: Python makes a bool of it, so there is no SQL."""
    api, _ = _self(ctx)
    messages.report(api, messages.python_in(), ctx.context)
    return _bool(api)


def arithmetic(ctx: MethodContext, operator: str, reflected: bool) -> Type:
    """`a + b` and its like."""
    api, own = _self(ctx)
    if own is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    other_type = ctx.arg_types[0][0]
    other = expression(other_type, api)
    other_value = other.value if other is not None else get_proper_type(other_type)
    pair = (other_value, own.value) if reflected else (own.value, other_value)
    value = result_of(api, operator, without_none(pair[0]), without_none(pair[1]))
    if value is None:
        words = [
            (describe(own), shown(api, own.value)),
            ("the value" if other is None else describe(other), shown(api, other_value)),
        ]
        first, second = reversed(words) if reflected else words
        message = messages.no_arithmetic(operator, *first, *second)
        messages.report_of_operator(api, message, ctx.context)
        value = AnyType(TypeOfAny.from_error)
    parts = [own, other if other is not None else Expression(other_value, [])]
    return expr_type(api, nullable_if(value, parts), union_of_refs([own, other]), why=parts)


def negated(ctx: MethodContext) -> Type:
    """`-a`."""
    api, own = _self(ctx)
    if own is None:
        return ctx.default_return_type
    if not isinstance(own.value, AnyType) and class_name(without_none(own.value)) not in NUMBERS:
        message = messages.no_negation(describe(own), shown(api, own.value))
        messages.report(api, message, ctx.context)
    return expr_type(api, own.value, own.refs, why=[own])


def logic(ctx: MethodContext) -> Type:
    """`a & b`, `a | b`."""
    api, left = _self(ctx)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    parts = [left, expression(ctx.arg_types[0][0], api)]
    _check_condition(api, ctx, left)
    return expr_type(api, nullable_if(_bool(api), parts), union_of_refs(parts), why=parts)


def inverted(ctx: MethodContext) -> Type:
    """`~a`."""
    api, operand = _self(ctx)
    if operand is None:
        return ctx.default_return_type
    _check_condition(api, ctx, operand)
    return expr_type(api, nullable_if(_bool(api), [operand]), operand.refs, why=[operand])


def _check_condition(api: TypeChecker, ctx: MethodContext, part: Expression) -> None:
    if isinstance(part.value, AnyType) or class_name(without_none(part.value)) == BOOL:
        return
    message = messages.not_a_condition(describe(part), shown(api, part.value))
    messages.report_of_operator(api, message, ctx.context)


def text_test(ctx: MethodContext, method: str) -> Type:
    """`a.like(…)`, `a.startswith(…)` and their like."""
    api, left = _self(ctx)
    if left is None:
        return ctx.default_return_type
    types = ctx.arg_types[0]  # `ignore_case` is no operand
    parts = [left, *[expression(type, api) for type in types]]
    if not isinstance(left.value, AnyType) and class_name(without_none(left.value)) != STR:
        message = messages.wrong_operand(describe(left), shown(api, left.value), f".{method}()", "text")
        messages.report(api, message, ctx.context)
    else:
        for type in types:
            if check_never_null(api, ctx.context, left, method, type):
                check_comparable(api, ctx.context, left, type)
    return expr_type(api, nullable_if(_bool(api), parts), union_of_refs(parts), why=parts)


def null_test(ctx: MethodContext, name: str) -> Type:
    """`a.is_null()`: always true or false."""
    api, operand = _self(ctx)
    if operand is None:
        return ctx.default_return_type
    return expr_type(api, _bool(api), null_tested(operand, is_negated=name == "is_not_null"))


def labelled(ctx: MethodContext) -> Type:
    """`a.as_("name")`."""
    api, operand = _self(ctx)
    if operand is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    names = strings(ctx.arg_types[0][0])
    name: Type = literals(api, names) if names else AnyType(TypeOfAny.special_form)
    refs = expr_type(api, operand.value, operand.refs, why=[operand]).args[1]
    return Instance(class_info(api, LABELED), [operand.value, refs, name])


def filtered(ctx: MethodContext) -> Type:
    """`fn.count(…).filter(predicate)` reads what the predicates read."""
    api, own = _self(ctx)
    if own is None:
        return ctx.default_return_type
    scope.check_conditions(api, ctx.args)
    predicates = [expression(type, api) for group in ctx.arg_types for type in group]
    windows.check_not_inside(api, ctx.context, predicates, "an aggregate")
    read = union_of_refs(predicates)
    inside = inside_aggregate(read) if read else read
    refs = None if own.refs is None or inside is None else own.refs + inside
    return expr_type(api, own.value, refs, AGGREGATE)


def inside_aggregate(refs: list[Ref] | None) -> list[Ref] | None:
    """The refs of an aggregate over an expression with these."""
    if refs is None:
        return None
    inside = [ref._replace(lax=True, aggregated=ref.aggregated + 1) for ref in without_reasons(refs)]
    return inside if any(not ref.is_mark or ref.source == ROWS for ref in inside) else [*inside, ROWS_MARK]


def nullable_if(value: Type, parts: Sequence[Expression | None]) -> Type:
    """The type of a result that is NULL where a part is."""
    return optional(value) if any(part is not None and is_optional(part.value) for part in parts) else value


def item_types(api: TypeChecker, options: ProperType, node: Node) -> list[Type]:
    """The types of the items of a list, a tuple, or anything else that can be iterated over."""
    if isinstance(options, TupleType):
        return options.items
    if isinstance(node, (ListExpr, SetExpr)):
        # Each on its own: what a list of values and columns has in common is object.
        types = [api.lookup_type_or_none(item) for item in node.items if not isinstance(item, StarExpr)]
        return [type for type in types if type is not None]
    iterable = api.lookup_typeinfo("typing.Iterable")
    if not isinstance(options, Instance) or not options.type.has_base(iterable.fullname):
        return []
    return [map_instance_to_supertype(options, iterable).args[0]]


def _bool(api: TypeChecker) -> Instance:
    return api.named_generic_type("builtins.bool", [])


def _self(ctx: MethodContext) -> tuple[TypeChecker, Expression | None]:
    assert isinstance(ctx.api, TypeChecker)
    return ctx.api, expression(ctx.type, ctx.api)
