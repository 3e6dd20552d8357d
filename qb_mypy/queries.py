"""SELECT: the row of a query from step to step, and whether all that it reads is in its FROM."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    TypeType,
    get_proper_type,
)
from mypy.nodes import ARG_STAR

from qb_mypy import messages, rows
from qb_mypy.encoding import (
    ALIAS,
    RETURNING,
    SELECT,
    Facts,
    Ref,
    Use,
    class_info,
    expr_type,
    expression,
    facts_of,
    literals,
    optional,
    short,
)
from qb_mypy.tables import source_of


def any_items(ctx: FunctionSigContext) -> FunctionLike:
    """`select(*items: object)`: the hook looks at the items itself, in place of a dozen overloads."""
    return ctx.default_signature.copy_modified(
        arg_types=[ctx.api.named_generic_type("builtins.object", [])],
        arg_kinds=[ARG_STAR],
        arg_names=[None],
    )


def select(ctx: FunctionContext) -> Type:
    """`select(…)`: the query with its row and its projection."""
    assert isinstance(ctx.api, TypeChecker)
    items = projection(ctx.api, [type for group in ctx.arg_types for type in group], ctx.context)
    if items is None:
        return Instance(
            class_info(ctx.api, SELECT), [AnyType(TypeOfAny.special_form) for _ in range(3)]
        )
    return query_type(ctx.api, items, Facts([]))


def projection(
    api: TypeChecker, types: Sequence[Type], where: Context
) -> list[Type] | None:
    """What is selected, as the types that a projection keeps; None when one of them is unknown."""
    items: list[Type] = []
    for type in types:
        proper = get_proper_type(type)
        if isinstance(proper, AnyType):
            return None
        source = source_of(proper)
        if source is not None:
            items.append(proper if isinstance(proper, Instance) else TypeType(Instance(source.table, [])))
        elif expression(proper, api) is not None:
            items.append(proper)
        elif isinstance(proper, (TypeType, CallableType)):
            return None  # a type variable over tables
        else:
            messages.report(api, messages.not_selectable(messages.shown(api, proper)), where, messages.TYPE)
            return None
    seen: set[str] = set()
    for item in items:
        name = rows.item_name(item)
        if name is not None and name in seen:
            messages.report(api, messages.duplicate_name(name), where, messages.NAME)
        if name is not None:
            seen.add(name)
    return items


def query_type(api: TypeChecker, items: Sequence[Type], facts: Facts, like: Instance | None = None) -> Instance:
    """A Select of these items with these facts."""
    tuple_fallback = api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)])
    packed = TupleType(list(items), tuple_fallback)
    info = class_info(api, SELECT) if like is None else like.type
    query = Instance(info, [AnyType(TypeOfAny.special_form), packed, literals(api, facts.encode())])
    row = rows.row_type(api, items, rows.outer_sources(api, query, items))
    return query.copy_modified(args=[row, *query.args[1:]])


def projected(query: Instance) -> list[Type] | None:
    """The projection of a query; None when it is unknown."""
    packed = get_proper_type(query.args[1])
    return list(packed.items) if isinstance(packed, TupleType) else None


def from_(ctx: MethodContext) -> Type:
    """`.from_(…)`."""
    query, facts, items = _parts(ctx)
    if facts is None or items is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    for type in ctx.arg_types[0]:
        source = source_of(type)
        if source is None:
            return ctx.default_return_type
        _add(ctx.api, facts, facts.from_, source.name, ctx.context)
    return query_type(ctx.api, items, facts, query)


def join(ctx: MethodContext, kind: str) -> Type:
    """The joins: a source comes in, and one side or both may be NULL from here on."""
    query, facts, items = _parts(ctx)
    source = source_of(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if facts is None or items is None or source is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    if kind in ("right_join", "full_join"):
        facts.outer += [name for name in facts.sources if name not in facts.outer]
        if not facts.from_ and "*" not in facts.outer:
            facts.outer.append("*")
    _add(ctx.api, facts, facts.joined, source.name, ctx.context)
    if kind in ("left_join", "full_join"):
        facts.outer.append(source.name)
    if len(ctx.arg_types) > 1:
        _note_uses(ctx.api, facts, items, ctx.arg_types[1], kind, ctx.context)
    return query_type(ctx.api, items, facts, query)


def clause(ctx: MethodContext, name: str) -> Type:
    """WHERE, GROUP BY, HAVING, ORDER BY: what they read must be in the query."""
    query, facts, items = _parts(ctx)
    if facts is None or items is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    before = len(facts.uses)
    types = [type for group in ctx.arg_types for type in group]
    _note_uses(ctx.api, facts, items, types, name, ctx.context)
    if len(facts.uses) == before:
        return ctx.default_return_type
    assert query is not None
    return query.copy_modified(args=[*query.args[:2], literals(ctx.api, facts.encode())])


def scalar_subquery(ctx: MethodContext) -> Type:
    """`.scalar_subquery()`: one column, and NULL where there is no row."""
    query = get_proper_type(ctx.type)
    if not isinstance(query, Instance):
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    values = rows.items_of(query)
    scope = scope_of(query)
    if values is None or scope is None:
        return ctx.default_return_type
    if len(values) != 1:
        message = f"A scalar sub-query selects one column, but this one has {len(values)}"
        messages.report(ctx.api, message, ctx.context, messages.TYPE)
        return ctx.default_return_type
    return expr_type(ctx.api, optional(values[0]), [use.ref._replace(lax=True) for use in scope.free])


def terminal(ctx: MethodContext) -> Type:
    """A query is about to be compiled: all that it reads must be there."""
    assert isinstance(ctx.api, TypeChecker)
    check_scope(ctx.api, get_proper_type(ctx.type), ctx.context)
    return ctx.default_return_type


def fetch(ctx: MethodContext, name: str) -> Type:
    """`db.fetch_…(query)`."""
    assert isinstance(ctx.api, TypeChecker)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    check_scope(ctx.api, query, ctx.context)
    if name != "fetch_value" or not isinstance(query, Instance):
        return ctx.default_return_type
    values = rows.items_of(query)
    if values is None:
        return ctx.default_return_type
    if len(values) != 1:
        messages.report(ctx.api, messages.one_column(len(values)), ctx.context, messages.TYPE)
        return ctx.default_return_type
    return _awaitable_of(ctx.default_return_type, values[0])


def _awaitable_of(coroutine: Type, value: Type) -> Type:
    """The return type of an async method, with another result."""
    proper = get_proper_type(coroutine)
    if isinstance(proper, Instance) and proper.args:
        return proper.copy_modified(args=[*proper.args[:-1], value])
    return coroutine


class Scope(NamedTuple):
    """What a query has for its FROM, and what it reads from elsewhere."""

    implied: list[str]
    """Selected sources that nothing names: one is the FROM, more are a mistake."""
    free: list[Use]


def scope_of(query: Instance) -> Scope | None:
    """The scope of a Select; None when too little is known of it."""
    if query.type.fullname != SELECT:
        return None
    facts, items = facts_of(query), projected(query)
    if facts is None or items is None:
        return None
    selected = _selected(items)
    implied = [name for name in selected if name not in facts.sources]
    known = {*facts.sources, *implied}
    return Scope(implied, [use for use in facts.uses if use.ref.source not in known])


def check_scope(api: TypeChecker, query: ProperType | None, where: Context) -> None:
    """Report what a query selects or reads but does not have in its FROM."""
    if not isinstance(query, Instance):
        return
    scope, facts = scope_of(query), facts_of(query) if query.type.fullname == SELECT else None
    if scope is None or facts is None:
        return
    if facts.from_:
        for name in scope.implied:
            message = messages.not_in_from(short(name), [short(source) for source in facts.sources])
            messages.report(api, message, where, messages.SCOPE)
    elif len(scope.implied) > 1:
        message = messages.not_joined([short(name) for name in scope.implied])
        messages.report(api, message, where, messages.SCOPE)
    for use in scope.free:
        message = messages.not_in_query(use.ref.display(), short(use.ref.source), use.clause)
        here = use.module == api.tree.fullname
        messages.report(api, message, messages.at_line(use.line) if here else where, messages.SCOPE)


def returning(ctx: MethodContext) -> Type:
    """`.returning(…)` of a write: its rows."""
    from qb_mypy.writes import table_of

    assert isinstance(ctx.api, TypeChecker)
    items = projection(ctx.api, [type for group in ctx.arg_types for type in group], ctx.context)
    table = table_of(ctx.type)
    if items is None or table is None:
        return ctx.default_return_type
    for name in _selected(items):
        if name != table.fullname and short(name) != table.fullname:
            message = f"{short(name)} is in .returning(), but only {table.name} is written"
            messages.report(ctx.api, message, ctx.context, messages.SCOPE)
    packed = TupleType(items, ctx.api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)]))
    args = [rows.row_type(ctx.api, items, frozenset()), packed, literals(ctx.api, [])]
    return Instance(class_info(ctx.api, RETURNING), args)


def _parts(ctx: MethodContext) -> tuple[Instance | None, Facts | None, list[Type] | None]:
    query = get_proper_type(ctx.type)
    if not isinstance(query, Instance) or query.type.fullname != SELECT:
        return None, None, None
    return query, facts_of(query), projected(query)


def _add(api: TypeChecker, facts: Facts, to: list[str], name: str, where: Context) -> None:
    if name in facts.sources:
        messages.report(api, messages.twice(short(name)), where, messages.SCOPE)
    to.append(name)


def _note_uses(
    api: TypeChecker, facts: Facts, items: Sequence[Type], types: Iterable[Type], clause: str, where: Context
) -> None:
    """Remember what a clause reads of sources that are not in the query: they may still be joined, or come
    from the query around it.
    """
    known = {*facts.sources, *_selected(items)}
    for type in types:
        for ref in _refs(api, type):
            if ref.source not in known:
                facts.uses.append(Use(ref, clause, api.tree.fullname, where.line))


def _refs(api: TypeChecker, type: Type) -> list[Ref]:
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.type.fullname == "qb.expressions.Ordering":
        from qb_mypy.encoding import strings

        return [Ref.decode(text) for text in strings(proper.args[0]) or ()]
    part = expression(proper, api)
    return part.refs or [] if part is not None else []


def _selected(items: Sequence[Type]) -> list[str]:
    """The sources of a projection, each once."""
    from mypy.checker_state import checker_state

    api = checker_state.type_checker
    names: dict[str, None] = {}
    if isinstance(api, TypeChecker):
        for item in items:
            names.update(dict.fromkeys(ref.source for ref in rows.item_refs(api, item) or ()))
    return list(names)
