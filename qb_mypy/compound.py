"""UNION, INTERSECT and EXCEPT: both queries have the same columns, in the same order."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.plugin import MethodContext
from mypy.types import AnyType, Instance, ProperType, Type, TypeOfAny, get_proper_type

from qb_mypy import messages, needs, relations, rows, scope
from qb_mypy.encoding import class_info, expression, facts_of, is_optional, literals, optional, without_none
from qb_mypy.facts import Facts, Need
from qb_mypy.names import COMPOUND, EXPR, LABELED, SELECTIONS
from qb_mypy.queries import packed
from qb_mypy.values import NUMBERS, class_name, comparable, result_of, shown

OPERATORS = {
    "union": "UNION",
    "union_all": "UNION ALL",
    "intersect": "INTERSECT",
    "intersect_all": "INTERSECT ALL",
    "except_": "EXCEPT",
    "except_all": "EXCEPT ALL",
}


def set_operation(ctx: MethodContext, method: str) -> Type:
    """`a.union(b)` and its like."""
    assert isinstance(ctx.api, TypeChecker)
    left = get_proper_type(ctx.type)
    right = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if not isinstance(left, Instance) or not isinstance(right, Instance):
        return ctx.default_return_type
    if right.type.fullname not in SELECTIONS:
        messages.report(ctx.api, messages.no_operand(OPERATORS[method], right.type.name), ctx.context)
        return ctx.default_return_type
    for query in (left, right):
        scope.check_query(ctx.api, query, ctx.context)
        if relations.has_nested(ctx.api, query):
            messages.report(ctx.api, messages.nested_in_clause(method), ctx.context)
    columns = merged(ctx.api, left, right, OPERATORS[method], ctx.context)
    if columns is None:
        return ctx.default_return_type
    facts, known = Facts(), [facts_of(left), facts_of(right)]
    for query, own in zip((left, right), known, strict=True):
        inner = scope.scope_of(ctx.api, query)
        if own is None or inner is None:
            return ctx.default_return_type
        facts.uses += inner.free
    facts.said += sortable(ctx.api, left)
    facts.needs += [Need(method, feature) for feature in needs.needs_of(left)]
    same_table = rows.whole_table(get_proper_type(left.args[0])) == rows.whole_table(get_proper_type(right.args[0]))
    is_whole = same_table and rows.whole_table(get_proper_type(left.args[0])) is not None
    row: Type = left.args[0] if is_whole else rows.named_row(ctx.api, *zip(*columns, strict=True))
    items = [item_type(ctx.api, name, value) for name, value in columns]
    args = [row, packed(ctx.api, items), literals(ctx.api, facts.encode())]
    return Instance(class_info(ctx.api, COMPOUND), args)


def item_type(api: TypeChecker, name: str | None, value: Type) -> Instance:
    """A column of the result, which reads nothing of the query around it."""
    if name is None:
        return Instance(class_info(api, EXPR), [value, literals(api, [])])
    return Instance(class_info(api, LABELED), [value, literals(api, []), literals(api, [name])])


def merged(
    api: TypeChecker, left: Instance, right: Instance, what: str, where: Context
) -> list[tuple[str | None, Type]] | None:
    """The columns of two queries put together, named as in the first; None when they do not fit, which is reported,
    or are unknown.
    """
    ours, theirs = rows.selection_of(api, left), rows.selection_of(api, right)
    if ours is None or theirs is None:
        return None
    if len(ours) != len(theirs):
        messages.report(api, messages.other_width(what, len(ours), len(theirs)), where)
        return None
    names, others = [name for name, _, _ in ours], [name for name, _, _ in theirs]
    if names != others and None not in names and set(names) == set(others):
        message = messages.other_order(what, [n for n in names if n], [n for n in others if n])
        messages.report(api, message, where)
    elif None in names or None in others:
        _check_order(api, what, (left, names), (right, others), [value for _, _, value in ours], where)
    found: list[tuple[str | None, Type]] = []
    for (name, words, mine), (_, other_words, other) in zip(ours, theirs, strict=True):
        value = common(api, mine, other)
        if value is None:
            message = messages.put_together(what, words, shown(api, mine), other_words, shown(api, other))
            messages.report(api, message, where)
            return None
        found.append((name, value))
    return found


Named = tuple[Instance, list[str | None]]
"""A query, and the names of its columns as far as their order is known."""


def _check_order(
    api: TypeChecker, what: str, left: Named, right: Named, values: Sequence[ProperType], where: Context
) -> None:
    """Report queries of the same names of which nobody knows the order: one of two selects, by a condition."""
    known = [set(rows.field_names(query)) | {name for name in names if name} for query, names in (left, right)]
    if known[0] != known[1] or any(len(names) != len(known[0]) for _, names in (left, right)):
        return
    bare = [without_none(value) for value in values]
    pairs = ((one, other) for place, one in enumerate(bare) for other in bare[:place])
    if any(comparable(one, other) for one, other in pairs):  # otherwise their types would tell
        ordered = rows.field_names(left[0] if None in left[1] else right[0])
        messages.report(api, messages.unknown_order(what, ordered), where)


def common(api: TypeChecker, left: ProperType, right: ProperType) -> Type | None:
    """The type of a value that comes from either; None when there is none."""
    bare, other = without_none(left), without_none(right)
    if not comparable(bare, other):
        return None
    value: Type = bare
    if class_name(bare) != class_name(other) and {class_name(bare), class_name(other)} <= NUMBERS:
        value = result_of(api, "+", bare, other) or AnyType(TypeOfAny.special_form)
    return optional(value) if is_optional(left) or is_optional(right) else value


def order_by(ctx: MethodContext) -> Type:
    """`.order_by(…)` of a set operation: by what its first query selects."""
    assert isinstance(ctx.api, TypeChecker)
    query = get_proper_type(ctx.type)
    selection = rows.selection_of(ctx.api, query) if isinstance(query, Instance) else None
    if selection is None:
        return ctx.default_return_type
    facts = facts_of(query) if isinstance(query, Instance) else None
    known = [name for name, _, _ in selection if name is not None]
    for group, types in zip(ctx.args, ctx.arg_types, strict=True):
        for node, type in zip(group, types, strict=True):
            part = expression(type, ctx.api)
            name = None if part is None else rows.item_name(type)
            refs = scope.refs_of(ctx.api, type)
            selects = facts is None or any(ref.encode() in facts.said for ref in refs)
            if refs and not selects and name not in known:
                message = messages.not_in_result(refs[0].display() if name is None else name, known)
                messages.report(ctx.api, message, node)
    return ctx.default_return_type


def sortable(api: TypeChecker, query: Instance) -> list[str]:
    """What a query selects, as refs: a set operation can be sorted by what its first query selects."""
    facts, items = facts_of(query), scope.projected(query)
    if query.type.fullname == COMPOUND:
        return facts.said if facts is not None else []
    return [ref.encode() for item in items or () for ref in rows.item_refs(api, item) or ()]
