"""Windows: the functions that need one, `.over(…)` and `window(…)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mypy.checker import TypeChecker
from mypy.constant_fold import constant_fold_expr
from mypy.nodes import Context, ListExpr, NameExpr, Node, StrExpr, TupleExpr
from mypy.nodes import Expression as Written
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, NoneType, ProperType, TupleType, Type, TypeOfAny, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import (
    Expression,
    expr_type,
    expression,
    is_optional,
    is_reason,
    lax,
    literals,
    optional,
    refs_type,
    strings,
    union_of_refs,
    without_none,
)
from qb_mypy.names import AGGREGATE, ORDERING, WINDOW, WINDOWED
from qb_mypy.refs import GROUP_MARK, ROWS_MARK, WINDOW_MARK, Ref
from qb_mypy.values import check_comparable, result_of

NULLABLE = frozenset({"lag", "lead"})
WHOLE, PARTIAL = "whole", "partial"
"""Whether a frame always has a row."""
WITH_CURRENT_ROW = frozenset({"ties", "no others"})
FRAMES = frozenset({"rows", "range_", "groups"})


def function(ctx: FunctionContext, result: Instance, name: str) -> Type:
    """A window function, before its `.over(…)`."""
    assert isinstance(ctx.api, TypeChecker)
    api = ctx.api
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    check_not_inside(api, ctx.context, parts, "another one")
    value: Type = result.args[0]
    first = parts[0] if parts else None
    if first is not None and name != "ntile":
        value = first.value
        default = ctx.arg_types[2] if len(ctx.arg_types) > 2 else []
        if name == "nth_value" or (name in NULLABLE and not default):
            value = optional(value)
        elif default:
            value = _with_default(api, ctx.context, first, default[0])
    return result.copy_modified(args=[value, refs_type(api, union_of_refs(parts))])


def _with_default(api: TypeChecker, where: Context, first: Expression, default: Type) -> Type:
    """The value of `lag` or `lead` with a default."""
    part = expression(default, api)
    other = get_proper_type(default) if part is None else part.value
    result: Type = without_none(first.value)
    if check_comparable(api, where, first, default) and not isinstance(other, NoneType):
        wider = result_of(api, "+", without_none(first.value), without_none(other))
        result = result if wider is None else wider
    return optional(result) if is_optional(first.value) or is_optional(other) else result


def over(ctx: MethodContext, of_frame: bool = False) -> Type:
    """`function.over(…)`: the function's value, which reads what its window reads."""
    assert isinstance(ctx.api, TypeChecker)
    api = ctx.api
    own = get_proper_type(ctx.type)
    if not isinstance(own, Instance):
        return ctx.default_return_type
    texts = strings(own.args[1])
    refs = None if texts is None else [Ref.decode(text) for text in texts]
    value = own.args[0]
    why: list[Expression] = []
    if refs is not None and own.type.fullname == AGGREGATE:  # it groups nothing
        if is_optional(value) and GROUP_MARK in refs and _extent(ctx) == WHOLE and all(r.aggregated < 2 for r in refs):
            # The frame has a row, so it is NULL only where what it aggregates is.
            nulls = [ref for ref in refs if is_reason(ref) and ref != GROUP_MARK]
            value = value if nulls else without_none(value)
            refs = [ref._replace(lax=ref.is_mark) for ref in refs]
            why = [Expression(get_proper_type(value), nulls)]
        refs = [ref._replace(aggregated=max(0, ref.aggregated - 1)) for ref in refs if ref != ROWS_MARK]
    below = lax(_refs_of_window(ctx))
    if of_frame and _extent(ctx) != WHOLE:
        value = optional(value)
    read = None if refs is None or below is None else [*refs, *below, WINDOW_MARK]
    return expr_type(api, value, read, WINDOWED, why)


def window(ctx: FunctionContext) -> Type:
    """`window("w", …)`: what it reads, and whether its frame always has a row."""
    assert isinstance(ctx.api, TypeChecker)
    result = get_proper_type(ctx.default_return_type)
    if not isinstance(result, Instance):
        return ctx.default_return_type
    refs = refs_type(ctx.api, _refs_of_window(ctx))
    return result.copy_modified(args=[refs, literals(ctx.api, [_extent(ctx)])])


def sort_keys(ctx: FunctionContext) -> list[Expression]:
    """The `order_by=` of an aggregate, as far as it is no expression by itself."""
    assert isinstance(ctx.api, TypeChecker)
    keys = []
    for name, node, type in _arguments(ctx):
        if name == "order_by" and not isinstance(type, NoneType) and expression(type, ctx.api) is None:
            keys.append(Expression(AnyType(TypeOfAny.special_form), _refs_of_keys(ctx.api, node, type)))
    return keys


def check_not_inside(api: TypeChecker, where: Context, parts: Iterable[Expression | None], what: str) -> None:
    """Report a function over a window inside an aggregate or another window function."""
    if any(part is not None and WINDOW_MARK in (part.refs or ()) for part in parts):
        messages.report(api, messages.window_inside(what), where)


def check_clause(
    api: TypeChecker, args: Sequence[Sequence[Written]], arg_types: Sequence[Sequence[Type]], clause: str
) -> None:
    """Report a function over a window in a clause that is done before windows are."""
    for group, types in zip(args, arg_types, strict=True):
        for node, type in zip(group, types, strict=True):
            part = expression(type, api)
            if part is not None and WINDOW_MARK in (part.refs or ()):
                messages.report(api, messages.window_in_clause(clause), node)


def _arguments(ctx: FunctionContext | MethodContext) -> Iterator[tuple[str, Written, ProperType]]:
    """The arguments of `.over(…)` and `window(…)` by name."""
    for name, nodes, types in zip(ctx.callee_arg_names, ctx.args, ctx.arg_types, strict=True):
        for node, type in zip(nodes, types, strict=True):
            yield name or "window", node, get_proper_type(type)


def _refs_of_window(ctx: FunctionContext | MethodContext) -> list[Ref] | None:
    """What the keys of a window read; None when that is unknown."""
    assert isinstance(ctx.api, TypeChecker)
    refs: list[Ref] = []
    for name, node, type in _arguments(ctx):
        if isinstance(type, NoneType):
            continue
        found: list[Ref] | None = []
        if name in ("window", "base"):
            texts = strings(type.args[0]) if isinstance(type, Instance) and type.type.fullname == WINDOW else None
            found = None if texts is None else [Ref.decode(text) for text in texts]
        elif name in ("partition_by", "order_by"):
            found = _refs_of_keys(ctx.api, node, type)
        if found is None:
            return None
        refs += found
    if WINDOW_MARK in refs:
        messages.report(ctx.api, messages.window_inside("another one"), ctx.context)
        refs.remove(WINDOW_MARK)
    return refs


def _refs_of_keys(api: TypeChecker, node: Node, type: ProperType) -> list[Ref] | None:
    """The refs of one key or several."""
    types: list[Type | None] = [type]
    if isinstance(node, (ListExpr, TupleExpr)):
        # Each on its own: what a list of columns has in common is little.
        types = [api.lookup_type_or_none(item) for item in node.items]
    elif isinstance(type, TupleType):
        types = list(type.items)
    refs: list[Ref] = []
    for item in types:
        proper = get_proper_type(item) if item is not None else None
        if isinstance(proper, Instance) and proper.type.fullname == ORDERING:
            texts = strings(proper.args[0])
            found = None if texts is None else [Ref.decode(text) for text in texts]
        else:
            part = expression(proper, api) if proper is not None else None
            found = None if part is None else part.refs
        if found is None:
            return None
        refs += found
    return refs


def _extent(ctx: FunctionContext | MethodContext) -> str:
    """Whether a window's frame always has a row: the current one, as far as that can be read."""
    assert isinstance(ctx.api, TypeChecker)
    for name, node, type in _arguments(ctx):
        if isinstance(type, NoneType):
            continue
        if name == "window":
            extents = strings(type.args[1]) if isinstance(type, Instance) and type.type.fullname == WINDOW else None
            if extents != [WHOLE]:
                return PARTIAL
        elif name in FRAMES:
            if not isinstance(node, TupleExpr) or len(node.items) != 2:
                return PARTIAL
            start, end = node.items
            if not (_reaches(ctx.api, start, -1) and _reaches(ctx.api, end, 1)):
                return PARTIAL
        elif name == "exclude" and not (isinstance(node, StrExpr) and node.value in WITH_CURRENT_ROW):
            return PARTIAL
    return WHOLE


def _reaches(api: TypeChecker, node: Written, direction: int) -> bool:
    """Whether an end of a frame is at the current row or past it, for all that can be read."""
    if isinstance(node, NameExpr) and node.fullname == "builtins.None":
        return True
    offset = constant_fold_expr(node, api.tree.fullname)
    return isinstance(offset, (int, float)) and offset * direction >= 0
