"""SELECT: the row of a query from step to step, and what is done with it in the end."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import ARG_STAR, CallExpr, Context
from mypy.nodes import Expression as Written
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.typeops import make_simplified_union
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    LiteralType,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from qb_mypy import grouping, groups, messages, presence, proofs, relations, rows, scope, windows
from qb_mypy.encoding import (
    class_info,
    expr_type,
    expression,
    facts_of,
    facts_to_read,
    facts_type,
    optional,
    refs_type,
    strings,
    union_of_refs,
    with_facts,
)
from qb_mypy.facts import Facts, Proof, Use
from qb_mypy.memory import OfTypes
from qb_mypy.names import AGGREGATE, DERIVED, EXPR, LABELED, ROW, SELECT, WINDOW_FUNCTION, WINDOWED, short
from qb_mypy.refs import RAW_MARK, ROWS, Ref
from qb_mypy.signatures import checked, passed_over
from qb_mypy.tables import source_of

OUTER_KINDS = {"left_join": "left", "right_join": "right", "full_join": "full"}
CHANGING = frozenset({"where", "having", "group_by"})
"""Clauses that may change the row."""


_SIGNATURES: OfTypes[FunctionLike] = OfTypes()


def any_items(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """`select(*items: object)`: the hook looks at the items itself, in place of a dozen overloads."""
    given = ctx.default_signature
    known = _SIGNATURES.get(id(given))
    if ARG_STAR not in given.arg_kinds:
        return _SIGNATURES.of(given, passed_over(given)) if known is None else known[1]
    anything = ctx.api.named_generic_type("builtins.object", [])
    for node in ctx.args[0] if ctx.args else ():
        if isinstance(node, CallExpr):
            checked(ctx, node, anything)
    if known is not None:
        return known[1]
    made = given.copy_modified(arg_types=[anything], arg_kinds=[ARG_STAR], arg_names=[None])
    return _SIGNATURES.of(given, made)


def select(ctx: FunctionContext) -> Type:
    """`select(…)`: the query with its row and its projection."""
    assert isinstance(ctx.api, TypeChecker)
    types = [get_proper_type(type) for group in ctx.arg_types for type in group]
    unknown = AnyType(TypeOfAny.special_form)
    row: Type = unknown
    if not types:
        messages.report(ctx.api, messages.nothing_selected(), ctx.context)
    elif any(kind.is_star() for group in ctx.arg_kinds for kind in group):
        pass  # nobody knows how many
    elif len(types) == 1 and isinstance(types[0], TypeType) and isinstance(types[0].item, TypeVarType):
        row = Instance(class_info(ctx.api, ROW), [types[0].item])
    elif any(isinstance(type, TypeType) and isinstance(type.item, TypeVarType) for type in types):
        row = _row_of_any(ctx.api, types)
    else:
        items = projection(ctx.api, types, ctx.context, "select()")
        if items is not None:
            facts = Facts()
            nodes = [arg for group in ctx.args for arg in group]
            relations.note_reads(ctx.api, facts, nodes, types)
            scope.note_inner(ctx.api, facts, nodes, types)
            scope.note_null_tests(ctx.api, facts, nodes, types)
            groups.check_clause(ctx.api, ctx.args, ctx.arg_types, "select")
            return query_type(ctx.api, items, facts)
    return Instance(class_info(ctx.api, SELECT), [row, unknown, unknown])


def _row_of_any(api: TypeChecker, types: Sequence[ProperType]) -> Type:
    """The row of a select with tables of which only the type variable is known, and so not the name."""
    values: list[Type] = []
    for type in types:
        if isinstance(type, TypeType) and isinstance(type.item, TypeVarType):
            values.append(Instance(class_info(api, ROW), [type.item]))
        elif source_of(type) is not None or expression(type, api) is not None:
            values.append(rows.item_value(api, type))
        else:
            return AnyType(TypeOfAny.special_form)
    return rows.named_row(api, [rows.item_name(type) for type in types], values)


def projection(api: TypeChecker, types: Sequence[Type], where: Context, call: str) -> list[Type] | None:
    """What is selected, as the types that a projection keeps; None when one of them is unknown."""
    items: list[Type] = []
    for type in types:
        proper = either(api, get_proper_type(type))
        if isinstance(proper, AnyType):
            return None
        source = source_of(proper)
        if source is not None:
            is_class = source.table is not None and not isinstance(proper, Instance)
            items.append(TypeType(Instance(source.table, [])) if is_class else proper)  # type: ignore[arg-type]  # a class
        elif isinstance(proper, Instance) and proper.type.fullname == DERIVED:
            return None  # a sub-query of unknown columns
        elif expression(proper, api) is not None:
            items.append(proper)
        elif isinstance(proper, TypeType) and isinstance(proper.item, TypeVarType):
            return None
        else:
            message = messages.not_selectable(call, messages.quoted(api, proper))
            if isinstance(proper, Instance) and proper.type.has_base(WINDOW_FUNCTION):
                message = messages.over_is_missing()
            messages.report(api, message, where)
            return None
    seen: set[str] = set()
    for item in items:
        name = rows.item_name(item)
        if name is not None and name in seen:
            messages.report(api, messages.duplicate_name(name), where)
        if name is not None:
            seen.add(name)
    return items


def either(api: TypeChecker, type: ProperType) -> ProperType:
    """One of several expressions of a kind, as one type; any other type as it is."""
    if not isinstance(type, UnionType):
        return type
    first, *others = [get_proper_type(item) for item in type.items]
    if not isinstance(first, Instance) or first.type.fullname not in (EXPR, LABELED, AGGREGATE, WINDOWED):
        return type
    parts = [expression(first, api)]
    for other in others:
        if not isinstance(other, Instance) or other.type != first.type or other.args[2:] != first.args[2:]:
            return type
        parts.append(expression(other, api))
    refs = union_of_refs(parts)
    value = make_simplified_union([part.value for part in parts if part is not None])
    # Which of them are read, and whether one is an aggregate, is not known.
    read = None if refs is None else [ref._replace(aggregated=0) for ref in refs if ref.source != ROWS]
    return first.copy_modified(
        args=[value, refs_type(api, None if read is None else [*read, RAW_MARK]), *first.args[2:]]
    )


def packed(api: TypeChecker, items: Sequence[Type]) -> TupleType:
    """A projection as one type."""
    fallback = api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)])
    return TupleType(list(items), fallback)


_ROWS: OfTypes[presence.Present] = OfTypes()


def query_type(api: TypeChecker, items: Sequence[Type], facts: Facts, like: Instance | None = None) -> Instance:
    """A Select of these items with these facts."""
    there = rows.present_in(api, facts, items)
    if like is None:
        made = rows.row_type(api, items, there)
        _ROWS.of(made, there)
        return Instance(class_info(api, SELECT), [made, packed(api, items), facts_type(api, facts)])
    # From step to step the items are the same, and mostly the row.
    row, projection = like.args[:2]
    known = _ROWS.get(id(row))
    if known is None or known[1] != there:
        row = rows.row_type(api, items, there)
        _ROWS.of(row, there)
    return Instance(like.type, [row, projection, facts_type(api, facts)])


def from_(ctx: MethodContext) -> Type:
    """`.from_(…)`."""
    query, facts, items = _parts(ctx)
    if query is None or facts is None or items is None:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    facts.from_.clear()
    for type in ctx.arg_types[0]:
        source = source_of(type)
        if source is None:
            return ctx.default_return_type
        _add(ctx.api, facts, facts.from_, source.name, ctx.context)
        scope.note_reads(ctx.api, facts, facts.from_, type, ctx.context, "from_")
    return query_type(ctx.api, items, facts, query)


def join(ctx: MethodContext, kind: str) -> Type:
    """The joins: a source comes in, and one side or both may be NULL from here on."""
    query, facts, items = _parts(ctx)
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args[1:])
    windows.check_clause(ctx.api, ctx.args[1:], ctx.arg_types[1:], kind)
    source = source_of(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if query is None or facts is None or items is None or source is None:
        return ctx.default_return_type
    place = len(facts.joined)
    _add(ctx.api, facts, facts.joined, source.name, ctx.context)
    if kind in OUTER_KINDS:
        facts.kinds[source.name] = OUTER_KINDS[kind]
    for node in [node for group in ctx.args[1:] for node in group]:
        _note_proofs(ctx.api, facts, items, node, str(place))
    known = [*facts.sources, *scope.selected(ctx.api, items)]
    groups.check_clause(ctx.api, ctx.args[1:], ctx.arg_types[1:], kind, known)
    scope.note_reads(ctx.api, facts, known, ctx.arg_types[0][0], ctx.context, kind)
    scope.note_uses(ctx.api, facts, known, ctx.args[1:], ctx.arg_types[1:], kind)
    return query_type(ctx.api, items, facts, query)


def clause(ctx: MethodContext, name: str) -> Type:
    """WHERE, GROUP BY, HAVING, ORDER BY: what they read must be in the query."""
    query, facts, items = _parts(ctx)
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args)
    if name != "order_by":
        windows.check_clause(ctx.api, ctx.args, ctx.arg_types, name)
    relations.check_clause(ctx.api, ctx.args, ctx.arg_types, name)
    known = [] if facts is None or items is None else [*facts.sources, *scope.selected(ctx.api, items)]
    groups.check_clause(ctx.api, ctx.args, ctx.arg_types, name, known)
    if query is None or facts is None or items is None:
        return ctx.default_return_type
    before = facts_to_read(query)
    scope.note_uses(ctx.api, facts, known, ctx.args, ctx.arg_types, name)
    if name in ("having", "order_by", "distinct_on"):
        groups.note_reads(ctx.api, facts, items, ctx.args, ctx.arg_types, name)
    if name == "order_by" and "distinct" in facts.said:
        _check_sorts(ctx.api, items, ctx)
    elif name == "distinct_on" and "distinct" in facts.said:
        facts.said.remove("distinct")
    rolled = grouping.rolled(ctx.api, ctx.arg_types) if name == "group_by" else []
    if name == "group_by":
        groups.note_keys(ctx.api, facts, ctx.args, ctx.arg_types)
    facts.rolled += [column for column in rolled if column not in facts.rolled]
    if name in presence.ON_ROWS:
        for node in [node for group in ctx.args for node in group]:
            _note_proofs(ctx.api, facts, items, node, name)
    if name == "having":
        _limit(ctx.api, facts, items, name)
    if facts == before:
        return ctx.default_return_type
    return query_type(ctx.api, items, facts, query) if name in CHANGING else with_facts(ctx.api, query, facts)


def distinct(ctx: MethodContext) -> Type:
    """`.distinct()` compares rows, which those with rows inside do not, and is sorted by what is selected."""
    query, facts, _ = _parts(ctx)
    assert isinstance(ctx.api, TypeChecker)
    if query is None:
        return ctx.default_return_type
    if relations.has_nested(ctx.api, query):
        messages.report(ctx.api, messages.nested_in_clause("distinct"), ctx.context)
    if facts is None or "distinct" in facts.said:
        return ctx.default_return_type
    facts.said.append("distinct")
    return with_facts(ctx.api, query, facts)


def lock(ctx: MethodContext) -> Type:
    """`.with_for_update(of=…)`: sources of the query."""
    query, facts, items = _parts(ctx)
    assert isinstance(ctx.api, TypeChecker)
    if query is None or facts is None or items is None:
        return ctx.default_return_type
    known = [*facts.sources, *scope.selected(ctx.api, items)]
    before = len(facts.uses)
    for formal, nodes, types in zip(ctx.callee_arg_names, ctx.args, ctx.arg_types, strict=True):
        for node, given in zip(nodes, types, strict=True) if formal == "of" else ():
            several = get_proper_type(given)
            for type in several.items if isinstance(several, TupleType) else [several]:
                source = source_of(type)
                if source is not None and source.name not in known:
                    whole = Ref(source.name, "*")
                    facts.uses.append(Use(whole, "with_for_update", ctx.api.tree.fullname, node.line))
    return with_facts(ctx.api, query, facts) if len(facts.uses) > before else ctx.default_return_type


def _check_sorts(api: TypeChecker, items: Sequence[Type], ctx: MethodContext) -> None:
    """Report the sort keys of a DISTINCT that read what no selected item does."""
    whole = {source.name for source in map(source_of, items) if source is not None}
    read = {groups.name_of(ref) for item in items if source_of(item) is None for ref in rows.item_refs(api, item) or ()}
    for nodes, types in zip(ctx.args, ctx.arg_types, strict=True):
        for node, type in zip(nodes, types, strict=True):
            for ref in scope.refs_of(api, type):
                if ref.source not in whole and groups.name_of(ref) not in read and not ref.inner:
                    messages.report(api, messages.distinct_order(ref.display()), node)


def limit(ctx: MethodContext, name: str) -> Type:
    """`.limit(…)`, `.offset(…)`, `.fetch(…)`: they may leave out even the one row of a query's aggregates."""
    assert isinstance(ctx.api, TypeChecker)
    count = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    query, facts, items = _parts(ctx)
    is_read = count is not None and _note_number(ctx, facts, items, name)
    literal = count.last_known_value if isinstance(count, Instance) else count
    if name != "offset" and isinstance(literal, LiteralType) and isinstance(literal.value, int) and literal.value > 0:
        return ctx.default_return_type
    if query is None or facts is None or items is None or not (_limit(ctx.api, facts, items, name) or is_read):
        return ctx.default_return_type
    return with_facts(ctx.api, query, facts)


def _note_number(ctx: MethodContext, facts: Facts | None, items: list[Type] | None, name: str) -> bool:
    """Check a number of rows that is an expression: it reads no row of the query. Whether it reads one around it."""
    assert isinstance(ctx.api, TypeChecker)
    api, args, types = ctx.api, ctx.args[:1], ctx.arg_types[:1]
    if expression(types[0][0], api) is None:
        return False
    windows.check_clause(api, args, types, name)
    groups.check_clause(api, args, types, name)
    known = [] if facts is None or items is None else [*facts.sources, *scope.selected(api, items)]
    for ref in scope.refs_of(api, types[0][0]):
        if ref.source in known and not ref.aggregated:
            messages.report(api, messages.number_reads(ref.display(), name), args[0][0])
            return False
    if facts is None:
        return False
    before = len(facts.uses)
    scope.note_uses(api, facts, known, args, types, "limit" if name == "fetch" else name)
    return len(facts.uses) > before


def _limit(api: TypeChecker, facts: Facts, items: Sequence[Type], clause: str) -> bool:
    if clause in facts.limited or not groups.is_one_group(api, facts, items):
        return False
    facts.limited.append(clause)
    return True


def _note_proofs(api: TypeChecker, facts: Facts, items: Sequence[Type], node: Written, clause: str) -> None:
    """Remember which columns a condition keeps from being NULL, as far as they may be: of most, nothing is kept."""
    found = [proof for proof in proofs.when_true(api, node) if Proof(proof.column, clause) not in facts.proven]
    if not found:
        return
    there = rows.present_in(api, facts, items)
    sure = {*facts.sources, *(() if facts.from_ else scope.selected(api, items))} - there.missing
    for proof in found:
        if (proof.is_nullable or proof.source not in sure) and proof.column not in there.proven:
            facts.proven.append(Proof(proof.column, clause))


def clear(ctx: MethodContext) -> Type:
    """`.clear("where")`: what the clause reads is read no more."""
    query, facts, items = _parts(ctx)
    assert isinstance(ctx.api, TypeChecker)
    if query is None or facts is None or items is None:
        return ctx.default_return_type
    names = [name for group in ctx.arg_types for type in group for name in strings(type) or ()]
    if "distinct" in names:
        names.append("distinct_on")
    facts.uses = [use for use in facts.uses if use.clause not in names]
    facts.needs = [need for need in facts.needs if need.clause not in names]
    facts.ungrouped = [use for use in facts.ungrouped if use.clause not in names]
    facts.null_tests = [use for use in facts.null_tests if use.clause not in names]
    facts.said = [] if "distinct" in names else facts.said
    facts.proven = [proof for proof in facts.proven if proof.clause not in names]
    facts.limited = [clause for clause in facts.limited if clause not in names]
    if "group_by" in names:
        facts.grouped, facts.whole, facts.keys, facts.rolled = [], [], [], []
    return query_type(ctx.api, items, facts, query)


def scalar_subquery(ctx: MethodContext) -> Type:
    """`.scalar_subquery()`: one column, and NULL where there is no row."""
    query = get_proper_type(ctx.type)
    assert isinstance(ctx.api, TypeChecker)
    values = rows.items_of(query) if isinstance(query, Instance) else None
    if not isinstance(query, Instance) or values is None:
        return ctx.default_return_type
    scope.check_query(ctx.api, query, ctx.context)
    relations.check_sub_query(ctx.api, query, ctx.context)
    if len(values) != 1:
        message = messages.one_column(".scalar_subquery()", len(values))
        messages.report(ctx.api, message, ctx.context)
        return ctx.default_return_type
    free = scope.free_refs(ctx.api, query)
    refs = None if free is None else [ref._replace(lax=True) for ref in free]
    value = values[0] if _is_one_row(ctx.api, query) else optional(values[0])
    return expr_type(ctx.api, value, refs)


def _is_one_row(api: TypeChecker, query: Instance) -> bool:
    """Whether a query always finds exactly one row: that of its aggregates."""
    facts, items = (facts_of(query), scope.projected(query)) if query.type.fullname == SELECT else (None, None)
    return facts is not None and items is not None and not facts.limited and groups.is_one_group(api, facts, items)


def _parts(ctx: MethodContext) -> tuple[Instance | None, Facts | None, list[Type] | None]:
    query = get_proper_type(ctx.type)
    if not isinstance(query, Instance) or query.type.fullname != SELECT:
        return None, None, None
    return query, facts_of(query), scope.projected(query)


def _add(api: TypeChecker, facts: Facts, to: list[str], name: str, where: Context) -> None:
    if name in facts.sources:
        messages.report(api, messages.twice_in_query(short(name)), where)
    to.append(name)
