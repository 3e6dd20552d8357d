"""Functions that make expressions: those of `fn`, and `exists`, `sql`, `literal`, `excluded`."""

from __future__ import annotations

import re

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext
from mypy.types import AnyType, Instance, Type, TypeOfAny, get_proper_type

from qb_mypy import messages, relations, scope, windows
from qb_mypy.encoding import (
    expr_type,
    expression,
    is_optional,
    lax,
    optional,
    reasons,
    refs_type,
    strings,
    union_of_refs,
    without_none,
)
from qb_mypy.names import AGGREGATE, FRAME_FUNCTION, WINDOW_FUNCTION
from qb_mypy.operators import inside_aggregate, nullable_if
from qb_mypy.refs import EXCLUDED, GROUP_MARK, RAW_MARK
from qb_mypy.values import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    INT,
    INTERVAL,
    LIST,
    NUMBERS,
    STR,
    TIME,
    check_comparable,
    class_name,
    describe,
    result_of,
    shown,
)

TEXT = (frozenset({STR}), "text")
NUMBER = (NUMBERS, "numbers")
DAY = (frozenset({DATE, DATETIME}), "dates and timestamps")
CLOCK = (frozenset({TIME, DATETIME}), "times and timestamps")
TAKES: dict[str, tuple[frozenset[str], str]] = {
    **dict.fromkeys(("lower", "upper", "trim", "ltrim", "rtrim", "replace", "substring"), TEXT),
    **dict.fromkeys(("match", "rank", "headline", "highlight", "snippet"), TEXT),
    **dict.fromkeys(("avg", "abs", "round"), NUMBER),
    **dict.fromkeys(("year", "month", "day"), DAY),
    **dict.fromkeys(("hour", "minute", "second"), CLOCK),
    **dict.fromkeys(
        ("array_append", "array_get", "array_length", "array_position", "array_remove"), (frozenset({LIST}), "arrays")
    ),
    **dict.fromkeys(("stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance"), NUMBER),
    **dict.fromkeys(("bool_and", "bool_or"), (frozenset({BOOL}), "conditions")),
    "string_agg": TEXT,
    **dict.fromkeys(("left", "right", "lpad", "rpad", "repeat", "position", "reverse", "initcap", "split_part"), TEXT),
    **dict.fromkeys(("ceil", "floor", "trunc", "sign", "power", "sqrt", "exp", "ln", "log10"), NUMBER),
    **dict.fromkeys(("date", "add_months"), DAY),
    "days_between": (frozenset({DATE}), "dates"),
    "make_date": (frozenset({INT}), "whole numbers"),
    "octet_length": (frozenset({STR, BYTES}), "text"),
    "length": (frozenset({STR, BYTES}), "text"),
    "sum": (NUMBERS | {INTERVAL}, "numbers"),
}
"""What the first argument of a function is."""
OF_ANY_VALUE = frozenset({"sum", "avg", "min", "max", "bool_and", "bool_or", "stddev_pop", "var_pop"})
"""Aggregates that are NULL only where all values are."""
CALL = re.compile(r"\w\s*\(")
"""What may be an aggregate in SQL that is given as text."""


def function(ctx: FunctionContext, name: str, module: str = "fn") -> Type:
    """Any function of `fn`: its plain return type, with the refs of its arguments."""
    api = _checker(ctx)
    result = get_proper_type(ctx.default_return_type)
    if isinstance(result, Instance) and result.type.fullname in (WINDOW_FUNCTION, FRAME_FUNCTION):
        return windows.function(ctx, result, name)
    own = expression(result, api)
    if own is None:
        return ctx.default_return_type
    assert isinstance(result, Instance)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    parts += windows.sort_keys(ctx)
    first = parts[0] if parts else None
    if name in TAKES and first is not None and not isinstance(first.value, AnyType):
        classes, words = TAKES[name]
        if class_name(without_none(first.value)) not in classes:
            message = messages.wrong_operand(describe(first), shown(api, first.value), f"{module}.{name}()", words)
            messages.report(api, message, ctx.context)
        elif name in ("replace", "days_between", "position"):
            for type in types[1:]:
                check_comparable(api, ctx.context, first, type)
    refs = union_of_refs(parts)
    value: Type = own.value
    if isinstance(own.value, AnyType) and first is not None:  # mypy took it from where the result goes
        value = optional(first.value) if result.type.fullname == AGGREGATE else first.value
    if result.type.fullname == AGGREGATE:
        windows.check_not_inside(api, ctx.context, parts, "an aggregate")
        refs = inside_aggregate(refs)
        if name == "array_agg" and first is not None:
            value = optional(api.named_generic_type("builtins.list", [first.value]))
        why = reasons(parts[:1]) if name in OF_ANY_VALUE else None
        if refs is not None and why is not None:
            refs += [GROUP_MARK, *why]
    elif name in ("concat", "grouping"):  # NULL is an empty text to one, and nothing to the other
        refs = lax(refs)
    else:
        if refs is not None and not is_optional(value):
            refs += reasons(parts) or []
        value = nullable_if(value, parts)
    return result.copy_modified(args=[value, refs_type(api, refs)])


def coalesce(ctx: FunctionContext) -> Type:
    """`fn.coalesce(a, b, …)`: NULL only where all of them are."""
    api = _checker(ctx)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    first = parts[0] if parts else None
    if first is None:
        return ctx.default_return_type
    result = without_none(first.value)
    values = []
    for type, part in zip(types, parts, strict=True):
        value = get_proper_type(type) if part is None else part.value
        if check_comparable(api, ctx.context, first, type):  # whole numbers beside a float are a float
            wider = result_of(api, "+", result, without_none(value))
            result = result if wider is None else get_proper_type(wider)
        values.append(value)
    always = any(part is None and not is_optional(value) for part, value in zip(parts, values, strict=True))
    nullable = not always and all(is_optional(value) for value in values)
    refs = lax(union_of_refs(parts))
    known = [part for part in parts if part is not None]
    # Where it is NULL, this one is, too.
    last = [part for part in known if nullable or not is_optional(part.value)][-1:]
    if refs is not None and not always and last and last[0].refs:
        refs = [ref for ref in refs if ref not in (lax(last[0].refs) or [])] + last[0].refs
    return expr_type(api, optional(result) if nullable else result, refs, why=last)


def nullif(ctx: FunctionContext) -> Type:
    """`fn.nullif(a, b)`: may be NULL, whatever its arguments."""
    api = _checker(ctx)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    first = parts[0] if parts else None
    if first is None:
        return ctx.default_return_type
    for type in types[1:]:
        check_comparable(api, ctx.context, first, type)
    return expr_type(api, optional(first.value), union_of_refs(parts))


def exists(ctx: FunctionContext) -> Type:
    """`exists(select)` reads what the select takes from the query around it."""
    api = _checker(ctx)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if not isinstance(query, Instance):
        return ctx.default_return_type
    scope.check_query(api, query, ctx.context)
    relations.check_sub_query(api, query, ctx.context)
    return expr_type(api, api.named_generic_type("builtins.bool", []), lax(scope.free_refs(api, query)))


def raw(ctx: FunctionContext) -> Type:
    """`sql("…{}…", …)` reads what its holes read."""
    api = _checker(ctx)
    result = get_proper_type(ctx.default_return_type)
    if not isinstance(result, Instance) or len(ctx.arg_types) < 2:
        return ctx.default_return_type
    texts = strings(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    starred = any(kind.is_star() for kind in ctx.arg_kinds[1])
    if texts and not starred:
        holes = texts[0].replace("{{", "").replace("}}", "").count("{}")
        if holes != len(ctx.arg_types[1]):
            message = messages.holes(holes, len(ctx.arg_types[1]))
            messages.report(api, message, ctx.context)
    refs = lax(union_of_refs([expression(type, api) for type in ctx.arg_types[1]]))
    if refs and (not texts or CALL.search(texts[0])):
        refs.append(RAW_MARK)
    # An Any that mypy does not take for one that it should be careful with: it would give up on overloads.
    is_any = isinstance(get_proper_type(result.args[0]), AnyType)
    value = AnyType(TypeOfAny.special_form) if is_any else result.args[0]
    return result.copy_modified(args=[value, refs_type(api, refs)])


def literal(ctx: FunctionContext) -> Type:
    """`literal(value)` reads nothing."""
    api = _checker(ctx)
    own = expression(ctx.default_return_type, api)
    return ctx.default_return_type if own is None else expr_type(api, own.value, [])


def excluded(ctx: FunctionContext) -> Type:
    """`excluded(column)`: the column's type; it belongs to the row that an insert tried."""
    api = _checker(ctx)
    column = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    if column is None or column.refs is None:
        return ctx.default_return_type
    refs = [ref._replace(source=EXCLUDED + ref.source) for ref in column.refs]
    return expr_type(api, column.value, refs)


def _checker(ctx: FunctionContext) -> TypeChecker:
    assert isinstance(ctx.api, TypeChecker)
    return ctx.api
