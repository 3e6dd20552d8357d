"""`keyset`, `column_named`, `sort_keys`: what they sort by must be in the query, or in the table."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext
from mypy.types import Instance, TupleType, Type, get_proper_type

from qb_mypy import messages, scope
from qb_mypy.encoding import facts_of, refs_type, strings, with_facts
from qb_mypy.names import COLUMN, SELECT, short
from qb_mypy.refs import Ref
from qb_mypy.tables import columns_are_known, source_of


def keyset(ctx: FunctionContext) -> Type:
    """`keyset(query, by=(…), …)`: the query, which reads the keys."""
    assert isinstance(ctx.api, TypeChecker)
    query = get_proper_type(ctx.default_return_type)
    if not isinstance(query, Instance) or query.type.fullname != SELECT:
        return ctx.default_return_type
    facts, items = facts_of(query), scope.projected(query)
    if facts is None or items is None:
        return ctx.default_return_type
    before = len(facts.uses)
    known = [*facts.sources, *scope.selected(ctx.api, items)]
    for node, group in zip(ctx.args[1], ctx.arg_types[1], strict=True):
        by = get_proper_type(group)
        keys = by.items if isinstance(by, TupleType) else []
        scope.note_uses(ctx.api, facts, known, [[node] * len(keys)], [keys], "keyset")
    return ctx.default_return_type if len(facts.uses) == before else with_facts(ctx.api, query, facts)


def column_named(ctx: FunctionContext) -> Type:
    """`column_named(Album, name, among=(…))`: one of the columns, nobody knows which."""
    assert isinstance(ctx.api, TypeChecker)
    refs = _allowed(ctx, 2)
    result = get_proper_type(ctx.default_return_type)
    if refs is None or not isinstance(result, Instance) or result.type.fullname != COLUMN:
        return ctx.default_return_type
    return result.copy_modified(args=[*result.args[:2], refs_type(ctx.api, refs)])


def sort_keys(ctx: FunctionContext) -> Type:
    """`sort_keys(Album, text, among=(…))`."""
    _allowed(ctx, 2)
    return ctx.default_return_type


def _allowed(ctx: FunctionContext, position: int) -> list[Ref] | None:
    """The columns that may be named; None when they are unknown."""
    assert isinstance(ctx.api, TypeChecker)
    source = source_of(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if source is None or (source.table is not None and not columns_are_known(ctx.api, source.table, ctx.context)):
        return None
    known = list(source.values())
    among = [type for group in ctx.arg_types[position : position + 1] for type in group]
    if not among:
        return [Ref(source.name, name) for name in known]
    names = [name for type in among for name in _texts(type)]
    for name in names:
        if name not in known:
            message = messages.unknown_column(short(source.name), name, known)
            messages.report(ctx.api, message, ctx.context)
    return [Ref(source.name, name) for name in names] or None


def _texts(type: Type) -> Iterator[str]:
    proper = get_proper_type(type)
    for item in proper.items if isinstance(proper, TupleType) else []:
        yield from strings(item) or ()
