"""INSERT, UPDATE and DELETE: what they take, from step to step, and what they return."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    CallExpr,
    Context,
    MemberExpr,
    RefExpr,
    TypeInfo,
)
from mypy.plugin import FunctionContext, MethodContext, MethodSigContext
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    ProperType,
    Type,
    TypedDictType,
    TypeOfAny,
    UnionType,
    get_proper_type,
)

from qb_mypy import groups, messages, relations, rows, scope, windows
from qb_mypy.encoding import class_info, expression, facts_of, is_optional, literals, with_facts
from qb_mypy.facts import Facts, Use
from qb_mypy.keys import known_keys
from qb_mypy.names import EXPR, GENERATED, INSERT, QUERY, REQUIRED, RETURNING, TABLE, short
from qb_mypy.presence import NOTHING_MISSING
from qb_mypy.queries import packed, projection
from qb_mypy.refs import EXCLUDED, NOT_NULL
from qb_mypy.tables import columns, columns_are_known, source_of, table_bound_to, table_of
from qb_mypy.values import describe, shown, storable


def begin(ctx: FunctionContext) -> Type:
    """`insert(Album)`, `update(Album)`, `delete(Album)`."""
    statement = get_proper_type(ctx.default_return_type)
    table = table_of(statement)
    if not isinstance(statement, Instance) or table is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    facts = Facts()
    if statement.type.fullname != INSERT:
        facts.from_.append(table.fullname)
    return with_facts(ctx.api, statement, facts)


# What they take


def values_signature(ctx: MethodSigContext) -> FunctionLike:
    """`.values(…)` with a keyword argument for each column, those without a default required."""
    return _keywords(ctx, table_of(ctx.type), all_optional=False)


def set_signature(ctx: MethodSigContext) -> FunctionLike:
    """`.set(…)` with a keyword argument for each column, none required."""
    statement = get_proper_type(ctx.type)
    table = table_of(statement)
    if table is None and isinstance(statement, Instance):
        table = table_bound_to(statement.args[0])
    return _keywords(ctx, table, all_optional=True)


def update_signature(ctx: MethodSigContext) -> FunctionLike:
    """`.do_update(…)` of an upsert, likewise."""
    return _keywords(ctx, table_of_clause(ctx.type), all_optional=True)


def insert_signature(ctx: MethodSigContext) -> FunctionLike:
    """`.insert(…)` of a merge: those without a default required."""
    return _keywords(ctx, table_of_clause(ctx.type), all_optional=False)


def many_signature(ctx: MethodSigContext) -> FunctionLike:
    """`.values_many(rows)` takes dictionaries with the table's keys."""
    table = table_of(ctx.type)
    assert isinstance(ctx.api, TypeChecker)
    if table is None or not columns_are_known(ctx.api, table, ctx.context):
        return ctx.default_signature
    rows = ctx.api.named_generic_type("typing.Iterable", [row_of(ctx.api, table)])
    return ctx.default_signature.copy_modified(arg_types=[rows])


def row_of(api: TypeChecker, table: TypeInfo) -> TypedDictType:
    """What an insert into a table takes."""
    found = {name: (column.args[0], _insertion(column)) for name, column in columns(table).items()}
    return new_row(found, api.named_generic_type("typing._TypedDict", []), partial=False)


def new_row(columns: dict[str, tuple[Type, str]], fallback: Instance, partial: bool) -> TypedDictType:
    """The dictionary that an insert takes, or (`partial`) an update."""
    items = {name: type for name, (type, insertion) in columns.items() if insertion != GENERATED}
    required = {name for name in items if columns[name][1] == REQUIRED and not partial}
    return TypedDictType(items, required, set(), fallback)


def _keywords(ctx: MethodSigContext, table: TypeInfo | None, all_optional: bool) -> FunctionLike:
    assert isinstance(ctx.api, TypeChecker)
    if table is None or not columns_are_known(ctx.api, table, ctx.context):
        return ctx.default_signature
    signature = ctx.default_signature
    kept = [position for position, kind in enumerate(signature.arg_kinds) if kind in (ARG_POS, ARG_STAR)]
    types = [signature.arg_types[position] for position in kept]
    kinds = [signature.arg_kinds[position] for position in kept]
    names = [signature.arg_names[position] for position in kept]
    expr = class_info(ctx.api, EXPR)
    unknown = AnyType(TypeOfAny.special_form)
    for name, column in columns(table).items():
        value = column.args[0]
        # A generated column is refused by the method's hook, in better words than "unexpected keyword".
        is_generated = _insertion(column) == GENERATED
        types.append(unknown if is_generated else UnionType.make_union([value, Instance(expr, [value, unknown])]))
        required = _insertion(column) == REQUIRED and not all_optional
        kinds.append(ARG_NAMED if required else ARG_NAMED_OPT)
        names.append(name)
    return signature.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)


def _insertion(column: Instance) -> str:
    marker = get_proper_type(column.args[1])
    return marker.type.fullname if isinstance(marker, Instance) else ""


# From step to step


def values(ctx: MethodContext) -> Type:
    """`.values(…)`."""
    table = table_of(ctx.type)
    assert isinstance(ctx.api, TypeChecker)
    check_functions(ctx, "values")
    if table is not None:
        for node, type in keyword_arguments(ctx, table, is_new=True):
            for ref in scope.refs_of(ctx.api, type):
                messages.report(ctx.api, messages.new_row_reads(ref.display()), node)
    return _having(ctx, "values")


def many_values(ctx: MethodContext) -> Type:
    """`.values_many(…)`."""
    return _having(ctx, "values")


def assigned(ctx: MethodContext) -> Type:
    """`.set(…)`."""
    table = table_of(ctx.type)
    statement = _having(ctx, *(["values"] if has_keywords(ctx) else []), clause="set")
    given = [] if table is None else keyword_arguments(ctx, table)
    written = get_proper_type(statement)
    facts = facts_of(written) if isinstance(written, Instance) else None
    if table is None or facts is None or not isinstance(written, Instance):
        return statement
    assert isinstance(ctx.api, TypeChecker)
    known = columns(table)
    for (node, type), name in zip(given, _given_names(ctx, table), strict=True):
        if is_optional(known[name].args[0]):
            continue
        for ref in scope.refs_of(ctx.api, type):
            if ref.source != table.fullname and not ref.lax and not ref.aggregated:
                facts.uses.append(Use(ref, NOT_NULL + name, ctx.api.tree.fullname, node.line))
    _check_not_null(ctx.api, table, facts, ctx.context)
    return with_facts(ctx.api, written, facts)


def _given_names(ctx: MethodContext, table: TypeInfo) -> list[str]:
    """The columns of what `keyword_arguments` gives."""
    known = columns(table)
    return [
        name
        for name, kinds in zip(ctx.callee_arg_names, ctx.arg_kinds, strict=True)
        if name is not None and name in known
        for kind in kinds
        if kind != ARG_STAR2
    ]


def _check_not_null(api: TypeChecker, table: TypeInfo, facts: Facts, where: Context) -> None:
    """Report what columns that are NOT NULL are set to, where an outer join may leave it NULL."""
    for use in [use for use in facts.uses if use.clause.startswith(NOT_NULL)]:
        if use.ref.source in facts.outer:
            facts.uses.remove(use)
            message = messages.written_null(f"{table.name}.{use.clause.removeprefix(NOT_NULL)}", use.ref.display())
            messages.report(api, message, scope.place(api, use, where))


def where(ctx: MethodContext) -> Type:
    """`.where(…)` of an update or a delete."""
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args)
    return _having(ctx, *(["where"] if any(ctx.args) else []), clause="where")


def all_rows(ctx: MethodContext) -> Type:
    """`.all_rows()`."""
    return _having(ctx, "where")


def more_sources(ctx: MethodContext) -> Type:
    """`.from_(…)` of an update, `.using(…)` of a delete."""
    statement = get_proper_type(ctx.default_return_type)
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    if not isinstance(statement, Instance) or facts is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    for type in ctx.arg_types[0]:
        source = source_of(type)
        if source is None:
            return ctx.default_return_type
        if source.name in facts.from_:
            message = messages.twice_in_write(short(source.name), statement.type.name.lower())
            messages.report(ctx.api, message, ctx.context)
        facts.from_.append(source.name)
    return with_facts(ctx.api, statement, facts)


def join(ctx: MethodContext, kind: str) -> Type:
    """`.join(…)` and `.left_join(…)` of an update or a delete."""
    statement = get_proper_type(ctx.default_return_type)
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args[1:])
    check_functions(ctx, kind)
    source = source_of(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    table = table_of(ctx.type)
    if not isinstance(statement, Instance) or facts is None or source is None or table is None:
        return ctx.default_return_type
    if source.name in facts.sources:
        message = messages.twice_in_write(short(source.name), statement.type.name.lower())
        messages.report(ctx.api, message, ctx.context)
    if facts.from_ == [table.fullname]:
        message = messages.joined_to_nothing(short(source.name), statement.type.name.lower())
        messages.report(ctx.api, message, ctx.context)
    facts.joined.append(source.name)
    if kind == "left_join":
        facts.outer.append(source.name)
        _check_not_null(ctx.api, table, facts, ctx.context)
    for group, types in zip(ctx.args[1:], ctx.arg_types[1:], strict=True):
        for node, type in zip(group, types, strict=True):
            for ref in scope.refs_of(ctx.api, type):
                if ref.source == table.fullname:
                    messages.report(ctx.api, messages.join_reads_own(ref.display(), kind), node)
    scope.note_uses(ctx.api, facts, facts.sources, ctx.args[1:], ctx.arg_types[1:], kind)
    return with_facts(ctx.api, statement, facts)


def from_select(ctx: MethodContext) -> Type:
    """`.from_select(query, …)`: as many columns as there are to fill, each of its type."""
    assert isinstance(ctx.api, TypeChecker)
    table = table_of(ctx.type)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if table is None or not isinstance(query, Instance) or not query.type.has_base(QUERY):
        return _having(ctx, "values")
    scope.check_statement(ctx.api, query, ctx.context)
    selection = rows.selection_of(ctx.api, query)
    targets = _targets(ctx.api, table, ctx.arg_types[1], ctx.context) if ctx.arg_types[1] else None
    if selection is not None and (targets is not None or not ctx.arg_types[1]):
        _check_selection(ctx.api, table, selection, targets, ctx.context)
    return _having(ctx, "values")


def _check_selection(
    api: TypeChecker,
    table: TypeInfo,
    selection: Sequence[tuple[str | None, str, Type]],
    targets: list[str] | None,
    where: Context,
) -> None:
    """What is selected, against the columns that it is for: these, or those of the same names."""
    known = columns(table)
    if targets is None:
        names = [name for name, _, _ in selection if name is not None]
        if len(names) < len(selection):
            return messages.report(api, messages.unnamed_in_select(table.name), where)
        for name in names:
            if name not in known:
                message = messages.unknown_column(table.name, name, list(known))
                return messages.report(api, message, where)
        targets = names
    if len(targets) != len(selection):
        message = messages.wrong_count(table.name, len(selection), len(targets))
        return messages.report(api, message, where)
    for name in dict.fromkeys(name for name in targets if targets.count(name) > 1):
        messages.report(api, messages.twice_written(f"{table.name}.{name}"), where)
    for name, (_, words, type) in zip(targets, selection, strict=True):
        column, value = get_proper_type(known[name].args[0]), get_proper_type(type)
        target = f"{table.name}.{name}"
        if is_optional(value) and not is_optional(column):
            messages.report(api, messages.written_null(target, words), where)
        elif not storable(column, value):
            message = messages.written(target, shown(api, column), words, shown(api, value))
            messages.report(api, message, where)
        if _insertion(known[name]) == GENERATED:
            messages.report(api, messages.generated(target), where)
    missing = [name for name, column in known.items() if _insertion(column) == REQUIRED and name not in targets]
    if missing:
        messages.report(api, messages.not_given(table.name, missing), where)
    return None


def conflict(ctx: MethodContext) -> Type:
    """`.on_conflict(…)`: a unique key of the table."""
    table = table_of(ctx.type)
    assert isinstance(ctx.api, TypeChecker)
    if table is None:
        return ctx.default_return_type
    scope.check_conditions(ctx.api, ctx.args[1:2])
    check_functions(ctx, "on_conflict")
    _check_own(ctx, table, "on_conflict", 1)
    names = _targets(ctx.api, table, ctx.arg_types[0], ctx.context) if ctx.arg_types[0] else None
    keys = known_keys(table)
    if names is not None and keys is not None and not any(set(names) == set(key) for key in keys):
        messages.report(ctx.api, messages.not_unique(table.name, names, keys), ctx.context)
    for node in ctx.args[2]:
        owner = node.expr.node if isinstance(node, MemberExpr) and isinstance(node.expr, RefExpr) else None
        if isinstance(owner, TypeInfo) and owner.fullname != table.fullname and owner.has_base(TABLE):
            assert isinstance(node, MemberExpr)
            message = messages.not_a_key(f"{owner.name}.{node.name}", table.name)
            messages.report(ctx.api, message, ctx.context)
    return _having_conflict(ctx.api, get_proper_type(ctx.default_return_type))


def _having_conflict(api: TypeChecker, clause: ProperType) -> Type:
    """The open clause of an insert that has an `.on_conflict(…)` from here on."""
    statement = get_proper_type(clause.args[0]) if isinstance(clause, Instance) and clause.args else None
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    if not isinstance(clause, Instance) or not isinstance(statement, Instance) or facts is None:
        return clause
    facts.said.append("upsert")
    return clause.copy_modified(args=[with_facts(api, statement, facts)])


def all_updated_on_conflict(ctx: MethodContext) -> Type:
    """`.do_update_all(…)`: its conditions, and the columns that it leaves alone."""
    table = table_of_clause(ctx.type)
    assert isinstance(ctx.api, TypeChecker)
    if table is None:
        return ctx.default_return_type
    scope.check_conditions(ctx.api, ctx.args[:1])
    check_functions(ctx, "do_update_all")
    _check_own(ctx, table, "do_update_all", 0)
    for node in [item for group in ctx.args[1] for item in getattr(group, "items", ())]:
        type = ctx.api.lookup_type_or_none(node)
        if type is not None:
            _targets(ctx.api, table, [type], node)
    return ctx.default_return_type


def _check_own(ctx: MethodContext, table: TypeInfo, clause: str, formal: int) -> None:
    """Report an argument of an upsert that reads other tables than that which is written."""
    assert isinstance(ctx.api, TypeChecker)
    for node, type in zip(ctx.args[formal], ctx.arg_types[formal], strict=True):
        for ref in scope.refs_of(ctx.api, type):
            if ref.source.removeprefix(EXCLUDED) != table.fullname:
                message = messages.not_the_table(ref.display(), table.name, clause)
                messages.report(ctx.api, message, node)


def updated_on_conflict(ctx: MethodContext) -> Type:
    """`.do_update(…)`: it reads the row that is there, and the one that the insert tried."""
    table = table_of_clause(ctx.type)
    assert isinstance(ctx.api, TypeChecker)
    if table is None:
        return ctx.default_return_type
    scope.check_conditions(ctx.api, ctx.args[:1])
    keyword_arguments(ctx, table)
    if not has_keywords(ctx):
        messages.report(ctx.api, messages.no_update(), ctx.context)
    check_functions(ctx, "do_update")
    for formal in range(len(ctx.args)):
        _check_own(ctx, table, "do_update", formal)
    return ctx.default_return_type


def _targets(api: TypeChecker, table: TypeInfo, types: Sequence[Type], where: Context) -> list[str] | None:
    """The names of columns of a table that are given as such; None when one is unknown or another table's."""
    names = []
    for type in types:
        column = expression(type, api)
        if column is None or not column.is_column or not column.refs:
            return None
        ref = column.refs[0]
        if ref.source != table.fullname:
            messages.report(api, messages.not_of_table(describe(column), table.name), where)
            return None
        names.append(ref.column)
    return names


def keyword_arguments(ctx: MethodContext, table: TypeInfo, is_new: bool = False) -> list[tuple[Context, Type]]:
    """The arguments that are values of columns, with what mypy's own check of them lets through reported."""
    assert isinstance(ctx.api, TypeChecker)
    found: list[tuple[Context, Type]] = []
    known = columns(table)
    formals = zip(ctx.callee_arg_names, ctx.args, ctx.arg_types, ctx.arg_kinds, strict=True)
    for name, group, types, kinds in formals:
        if name not in known:
            continue
        target = f"{table.name}.{name}"
        for node, type, kind in zip(group, types, kinds, strict=True):
            column, value = get_proper_type(known[name].args[0]), get_proper_type(type)
            if kind == ARG_STAR2:
                needed = is_new and _insertion(known[name]) == REQUIRED
                if needed and isinstance(value, TypedDictType) and name not in value.required_keys:
                    messages.report(ctx.api, messages.may_be_missing(target), node)
                continue
            found.append((node, type))
            part = expression(type, ctx.api)
            if _insertion(known[name]) == GENERATED:
                messages.report(ctx.api, messages.generated(target), node)
            elif part is None and is_subtype(value, column) and not storable(column, value):
                words = (target, shown(ctx.api, column), "the value", shown(ctx.api, value))
                messages.report(ctx.api, messages.written(*words), node)
    return found


def check_functions(ctx: MethodContext, clause: str) -> None:
    """Report aggregates and functions over windows in a clause of a write, which has no groups and no windows."""
    assert isinstance(ctx.api, TypeChecker)
    groups.check_clause(ctx.api, ctx.args, ctx.arg_types, clause)
    windows.check_clause(ctx.api, ctx.args, ctx.arg_types, clause)


def has_keywords(ctx: MethodContext) -> bool:
    """Whether the call names anything, be it right or wrong."""
    return isinstance(ctx.context, CallExpr) and any(kind in (ARG_NAMED, ARG_STAR2) for kind in ctx.context.arg_kinds)


def _having(ctx: MethodContext, *words: str, clause: str | None = None) -> Type:
    """The statement after a step that says something, with what the clause reads."""
    statement = get_proper_type(ctx.default_return_type)
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    if not isinstance(statement, Instance) or facts is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    facts.said += words
    if clause is not None:
        check_functions(ctx, clause)
        scope.note_uses(ctx.api, facts, facts.sources, ctx.args, ctx.arg_types, clause)
    return with_facts(ctx.api, statement, facts)


def table_of_clause(type: Type) -> TypeInfo | None:
    """The table of the statement that an open clause belongs to."""
    proper = get_proper_type(type)
    return table_of(proper.args[0]) if isinstance(proper, Instance) and proper.args else None


# What they return


def returning(ctx: MethodContext) -> Type:
    """`.returning(…)`: the rows of the table that is written, and of what else is in the statement."""
    assert isinstance(ctx.api, TypeChecker)
    statement = get_proper_type(ctx.type)
    scope.check_statement(ctx.api, statement, ctx.context)
    types = [type for group in ctx.arg_types for type in group]
    relations.check_clause(ctx.api, ctx.args, ctx.arg_types, "returning")
    items = projection(ctx.api, types, ctx.context, ".returning()")
    check_functions(ctx, "returning")
    table = table_of(statement)
    if items is None or table is None or not isinstance(statement, Instance):
        return ctx.default_return_type
    facts = facts_of(statement)
    is_insert = statement.type.fullname == INSERT
    known = [table.fullname] if facts is None else [table.fullname, *facts.sources]
    if facts is not None or is_insert:
        for ref in [ref for item in items for ref in rows.item_refs(ctx.api, item) or ()]:
            if ref.source in known:
                continue
            if is_insert:
                message = messages.not_the_table(ref.display(), table.name, "returning")
            else:
                verb = statement.type.name.lower()
                message = messages.not_in_write(ref.display(), short(ref.source), "returning", verb)
            messages.report(ctx.api, message, ctx.context)
    there = NOTHING_MISSING._replace(missing=frozenset(() if facts is None else facts.outer))
    args = [rows.row_type(ctx.api, items, there), packed(ctx.api, items), literals(ctx.api, [])]
    return Instance(class_info(ctx.api, RETURNING), args)
