"""Sub-queries in FROM, common table expressions and VALUES: sources whose columns are those of a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mypy.checker import TypeChecker
from mypy.nodes import Context, Expression, ListExpr, StrExpr, TupleExpr
from mypy.plugin import AttributeContext, FunctionContext, MethodContext, MethodSigContext
from mypy.types import AnyType, CallableType, FunctionLike, Instance, TupleType, Type, TypeOfAny, get_proper_type

from qb_mypy import groups, messages, needs, relations, scope, windows
from qb_mypy.compound import merged
from qb_mypy.encoding import class_info, expression, is_optional, lax, literals, optional, refs_type, strings
from qb_mypy.names import COLUMN, DERIVED, LABELED, RETURNING, SOURCE_COLUMN, short
from qb_mypy.queries import packed
from qb_mypy.refs import Ref
from qb_mypy.rows import selection_of
from qb_mypy.tables import not_there, source_of
from qb_mypy.values import shown, storable

Fields = Sequence[tuple[str, Type]]


def derived_type(api: TypeChecker, name: str | None, fields: Fields, free: Sequence[Ref] | None) -> Instance:
    """`Derived[columns, name, refs]`; the refs are what it reads of the query around it, lax when
    it may (LATERAL).
    """
    items = [Instance(class_info(api, LABELED), [value, literals(api, []), literals(api, [f])]) for f, value in fields]
    names: Type = AnyType(TypeOfAny.special_form) if name is None else literals(api, [name])
    return Instance(class_info(api, DERIVED), [packed(api, items), names, refs_type(api, free)])


def derived(ctx: MethodContext, lateral: bool = False) -> Type:
    """`.subquery(name)`, `.lateral(name)`, `.cte(name)`."""
    assert isinstance(ctx.api, TypeChecker)
    query = get_proper_type(ctx.type)
    name = _name(ctx)
    if not isinstance(query, Instance):
        return ctx.default_return_type
    scope.check_query(ctx.api, query, ctx.context)
    relations.check_sub_query(ctx.api, query, ctx.context)
    renamed = _column_list(ctx)
    fields = fields_of(ctx.api, query, name, ctx.context, renamed is not None)
    if fields is None:
        return ctx.default_return_type
    free = [] if query.type.fullname == RETURNING else scope.free_refs(ctx.api, query)
    if lateral:
        free = lax(free)
    if renamed is not None and len(renamed) != len(fields):
        message = messages.column_list(name or "…", len(fields), len(renamed))
        messages.report(ctx.api, message, ctx.context)
    elif renamed is not None:
        for column in dict.fromkeys(column for column in renamed if renamed.count(column) > 1):
            messages.report(ctx.api, messages.twice_in_list(name or "…", column), ctx.context)
        fields = [(new, value) for new, (_, value) in zip(renamed, fields, strict=True)]
    return derived_type(ctx.api, name, fields, free)


def fields_of(
    api: TypeChecker, query: Instance, name: str | None, where: Context, is_renamed: bool = False
) -> Fields | None:
    """The names and values of what a query gives; None when they are unknown, or one has no name and gets none."""
    selection = selection_of(api, query)
    if selection is None:
        return None
    items = scope.projected(query) or []
    for item in items if len(items) > 1 else ():
        whole = source_of(item)
        if whole is not None:
            message = messages.whole_in_subquery(name or "…", short(whole.name))
            messages.report(api, message, where)
            return None
    for column, words, _ in selection:
        if column is None and not is_renamed:
            messages.report(api, messages.unnamed_in_subquery(name or "…", words), where)
            return None
    return [(column or "", value) for column, _, value in selection]


def step_signature(ctx: MethodSigContext) -> FunctionLike:
    """`.recursive_cte(name, step)`: the step is given the common table expression itself."""
    assert isinstance(ctx.api, TypeChecker)
    query = get_proper_type(ctx.type)
    selection = selection_of(ctx.api, query) if isinstance(query, Instance) else None
    names = [arg for group in ctx.args[:1] for arg in group]
    if selection is None or not names or any(name is None for name, _, _ in selection):
        return ctx.default_signature
    own = names[0].value if isinstance(names[0], StrExpr) else None
    fields = [(name, value) for name, _, value in selection if name is not None]
    signature = ctx.default_signature
    step = get_proper_type(signature.arg_types[1])
    assert isinstance(step, CallableType)
    given = step.copy_modified(arg_types=[derived_type(ctx.api, own, fields, [])])
    return signature.copy_modified(arg_types=[signature.arg_types[0], given, *signature.arg_types[2:]])


def recursive(ctx: MethodContext) -> Type:
    """`.recursive_cte(name, step)`: both parts have the same columns."""
    assert isinstance(ctx.api, TypeChecker)
    query, name = get_proper_type(ctx.type), _name(ctx)
    step = get_proper_type(ctx.arg_types[1][0]) if len(ctx.arg_types) > 1 and ctx.arg_types[1] else None
    if not isinstance(query, Instance):
        return ctx.default_return_type
    scope.check_query(ctx.api, query, ctx.context)
    fields = fields_of(ctx.api, query, name, ctx.context)
    if fields is None:
        return ctx.default_return_type
    following = get_proper_type(step.ret_type) if isinstance(step, CallableType) else None
    if isinstance(following, Instance):
        scope.check_statement(ctx.api, following, ctx.context)
        selection = merged(ctx.api, query, following, f'the recursive "{name}"', ctx.context)
        if selection is not None:
            fields = [(column, value) for (column, _), (_, value) in zip(fields, selection, strict=True)]
            fields = _after_many_steps(ctx.api, name, fields, scope.projected(following) or [])
    return derived_type(ctx.api, name, fields, [])


def _after_many_steps(api: TypeChecker, name: str | None, fields: Fields, items: Sequence[Type]) -> Fields:
    """The columns of a recursive query, where what a step reads of itself may be NULL after another step."""
    while True:
        null = {f"{name}.{column}" for column, value in fields if is_optional(value)}
        found = []
        for (column, value), item in zip(fields, items, strict=False):
            part = expression(item, api)
            refs = (part.refs or []) if part is not None else []
            reads = any(not ref.lax and f"{ref.source}.{ref.column}" in null for ref in refs)
            found.append((column, optional(value) if reads else value))
        if len(found) < len(fields) or found == fields:  # a whole table is one item
            return fields
        fields = found


def attribute(ctx: AttributeContext, name: str) -> Type:
    """`top.most`: a column of a sub-query."""
    assert isinstance(ctx.api, TypeChecker)
    source = source_of(ctx.type)
    if source is None:
        return ctx.default_attr_type
    values = source.values()
    if name not in values:
        return not_there(ctx, messages.unknown_column(source.name, name, list(values)))
    refs = refs_type(ctx.api, [Ref(source.name, name)])
    column = Instance(class_info(ctx.api, SOURCE_COLUMN), [values[name], refs])
    return needs.with_needs(ctx.api, column, needs.needs_of(ctx.type), name)


def values(ctx: FunctionContext) -> Type:
    """`values(name, rows, column=kind, …)`."""
    assert isinstance(ctx.api, TypeChecker)
    names = strings(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    fields = []
    for column, type in zip(ctx.arg_names[2], ctx.arg_types[2], strict=True):
        kind = get_proper_type(type)
        if column is None or not isinstance(kind, Instance) or kind.type.fullname != COLUMN:
            return ctx.default_return_type
        fields.append((column, kind.args[0]))
    for position, node, given in _cells(ctx):
        part = expression(given, ctx.api)
        value = get_proper_type(given) if part is None else part.value
        if part is not None:
            windows.check_clause(ctx.api, [[node]], [[given]], "values")
            groups.check_clause(ctx.api, [[node]], [[given]], "values")
            for ref in scope.refs_of(ctx.api, given):
                if not ref.aggregated:
                    messages.report(ctx.api, messages.values_read(ref.display()), node)
        if position < len(fields):
            column, held = fields[position]
            if not storable(get_proper_type(held), value):
                message = messages.written(column, shown(ctx.api, held), "the value", shown(ctx.api, value))
                messages.report(ctx.api, message, ctx.context)
    return derived_type(ctx.api, names[0] if names else None, fields, [])


def _cells(ctx: FunctionContext) -> Iterator[tuple[int, Expression, Type]]:
    """The types of the values in the rows that are written out, with their positions."""
    assert isinstance(ctx.api, TypeChecker)
    rows = ctx.args[1][0] if len(ctx.args) > 1 and ctx.args[1] else None
    for row in rows.items if isinstance(rows, ListExpr) else ():
        for position, cell in enumerate(row.items if isinstance(row, TupleExpr) else ()):
            type = ctx.api.lookup_type_or_none(cell)
            if type is not None:
                yield position, cell, type


def _name(ctx: MethodContext) -> str | None:
    names = strings(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    return names[0] if names else None


def _column_list(ctx: MethodContext) -> list[str] | None:
    """The names given as `columns=(…)`."""
    for name, types in zip(ctx.callee_arg_names, ctx.arg_types, strict=True):
        items = get_proper_type(types[0]) if name == "columns" and types else None
        if isinstance(items, TupleType):
            found = [strings(item) for item in items.items]
            return [texts[0] for texts in found if texts]
    return None
