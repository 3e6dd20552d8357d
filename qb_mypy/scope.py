"""Scope: what the clauses of a statement read must be in its FROM, or come from the query around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.nodes import ComparisonExpr, Context, Expression, OpExpr, UnaryExpr
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from qb_mypy import groups, messages, ties
from qb_mypy.encoding import expression, facts_to_read, strings
from qb_mypy.facts import Facts, Use
from qb_mypy.memory import OfTypes
from qb_mypy.names import DERIVED, INSTANCES, ORDERING, SELECT, SELECTIONS, WRITES, short
from qb_mypy.presence import NOTHING_MISSING, Present
from qb_mypy.refs import EXCLUDED, NOT_NULL, NULL_TEST, Ref
from qb_mypy.rows import item_refs, present_in
from qb_mypy.tables import table_of

READING = (*SELECTIONS, INSTANCES)


class Scope(NamedTuple):
    """What a query has for its FROM, and what it reads from elsewhere."""

    implied: list[str]
    """Selected sources that nothing names: one is the FROM, more are a mistake."""
    free: list[Use]


_REFS: OfTypes[list[Ref]] = OfTypes()


def refs_of(api: TypeChecker, type: Type) -> list[Ref]:
    """What an expression or a sort key reads, as far as it is known."""
    known = _REFS.get(id(type))
    return _REFS.of(type, _refs_of(api, type)) if known is None else known[1]


def _refs_of(api: TypeChecker, type: Type) -> list[Ref]:
    return [ref for ref in all_refs(api, type) if not ref.is_mark]


def all_refs(api: TypeChecker, type: Type) -> list[Ref]:
    """Likewise, with the marks."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.type.fullname == ORDERING:
        return [Ref.decode(text) for text in strings(proper.args[0]) or ()]
    part = expression(proper, api)
    return part.refs or [] if part is not None else []


def selected(api: TypeChecker, items: Sequence[Type], with_inner: bool = True) -> list[str]:
    """The sources of a projection, each once; those that only its sub-queries read when there are no others, since
    they may be of the query around.
    """
    direct, every = _selected(api, items)
    return direct if direct or not with_inner else every


_SELECTED: OfTypes[tuple[list[str], list[str]]] = OfTypes()


def _selected(api: TypeChecker, items: Sequence[Type]) -> tuple[list[str], list[str]]:
    known = _SELECTED.get(id(items))
    if known is not None:
        return known[1]
    refs = [ref for item in items for ref in item_refs(api, item) or ()]
    direct = dict.fromkeys([ref.source for ref in refs if not ref.inner])
    return _SELECTED.of(items, (list(direct), list(dict.fromkeys([ref.source for ref in refs]))))


def note_inner(api: TypeChecker, facts: Facts, args: Sequence[Expression], types: Sequence[Type]) -> None:
    """Remember what sub-queries among the selected items read: of this query, or of one around it."""
    for node, type in zip(args, types, strict=True):
        facts.uses += [Use(ref, "select", api.tree.fullname, node.line) for ref in refs_of(api, type) if ref.inner]


def note_null_tests(
    api: TypeChecker, facts: Facts, args: Sequence[Expression], types: Sequence[Type], clause: str = "select"
) -> None:
    """Remember which NOT NULL columns a clause asks whether they are NULL."""
    for node, type in zip(args, types, strict=True):
        for ref in all_refs(api, type):
            if ref.source.startswith(NULL_TEST):
                tested = Ref.decode(ref.source.removeprefix(NULL_TEST))
                facts.null_tests.append(Use(tested, clause, api.tree.fullname, node.line))


def projected(query: Instance) -> list[Type] | None:
    """The projection of a query; None when it is unknown."""
    packed = get_proper_type(query.args[1])
    return packed.items if isinstance(packed, TupleType) else None


def note_uses(
    api: TypeChecker,
    facts: Facts,
    known: Sequence[str],
    args: Sequence[Sequence[Expression]],
    arg_types: Sequence[Sequence[Type]],
    clause: str,
) -> None:
    """Remember what a clause reads of sources that are not in the statement: they may still be joined, or come
    from the query around it.
    """
    for group, types in zip(args, arg_types, strict=True):
        for node, type in zip(group, types, strict=True):
            for ref in refs_of(api, type):
                if ref.source not in known:
                    facts.uses.append(Use(ref, clause, api.tree.fullname, node.line))
        note_null_tests(api, facts, group, types, clause)


def note_reads(api: TypeChecker, facts: Facts, known: Sequence[str], source: Type, where: Context, clause: str) -> None:
    """Likewise for what a sub-query in FROM reads: of the sources beside it only when it is LATERAL."""
    derived = get_proper_type(source)
    if not isinstance(derived, Instance) or derived.type.fullname != DERIVED:
        return
    for ref in [Ref.decode(text) for text in strings(derived.args[2]) or ()]:
        if ref.is_mark:
            continue
        if ref.source not in known:
            facts.uses.append(Use(ref, clause, api.tree.fullname, where.line))
        elif not ref.lax:
            name, *_ = strings(derived.args[1]) or ["…"]
            messages.report(api, messages.not_lateral(name, ref.display(), short(ref.source)), where)


def check_conditions(api: TypeChecker, args: Sequence[Sequence[Expression]]) -> None:
    """Report Python's `and`, `or` and chained comparisons in conditions: they lose a part of what was written."""
    for group in args:
        for node in group:
            _check_condition(api, node)


def _check_condition(api: TypeChecker, node: Expression) -> None:
    if isinstance(node, UnaryExpr):
        _check_condition(api, node.expr)
    elif isinstance(node, OpExpr) and node.op in ("and", "or"):
        left = api.lookup_type_or_none(node.left)
        if left is not None and expression(left, api) is not None:
            messages.report(api, messages.python_logic(node.op), node)
    elif isinstance(node, OpExpr):
        _check_condition(api, node.left)
        _check_condition(api, node.right)
    elif isinstance(node, ComparisonExpr) and len(node.operators) > 1:
        types = [api.lookup_type_or_none(operand) for operand in node.operands]
        if any(type is not None and expression(type, api) is not None for type in types):
            messages.report(api, messages.chained(), node)


_SCOPES: OfTypes[Scope | None] = OfTypes()


def scope_of(api: TypeChecker, query: Instance) -> Scope | None:
    """The scope of a Select; None when too little is known of it."""
    known = _SCOPES.get(id(query))
    return _SCOPES.of(query, _scope_of(api, query)) if known is None else known[1]


def _scope_of(api: TypeChecker, query: Instance) -> Scope | None:
    if query.type.fullname not in READING:
        return None
    facts, items = facts_to_read(query), projected(query)
    if facts is None or items is None or any(item_refs(api, item) is None for item in items):
        return None
    names = selected(api, items, with_inner=not facts.from_)
    implied = [name for name in names if name not in facts.sources]
    known = set(facts.sources) if facts.from_ else {*facts.sources, *implied}
    return Scope(implied, [use for use in facts.uses if use.ref.source not in known])


def free_refs(api: TypeChecker, query: Instance) -> list[Ref] | None:
    """What a sub-query reads of the query around it; None when that is unknown."""
    scope = scope_of(api, query)
    facts, items = (facts_to_read(query), projected(query)) if scope is not None else (None, None)
    if scope is None or facts is None or items is None:
        return None
    # An aggregate of nothing but columns of the query around is one of that query, with others it is the sub-query's.
    free = [use.ref._replace(aggregated=0) if use.clause in groups.OF_GROUPS else use.ref for use in scope.free]
    for item in items if facts.from_ else ():
        refs = item_refs(api, item) or []
        is_own = any(ref.aggregated and ref.source not in scope.implied for ref in refs)
        outer = [ref for ref in refs if ref.source in scope.implied]
        free += [ref._replace(aggregated=0) for ref in outer] if is_own else outer
    return [ref._replace(inner=True) for ref in free]


def check_query(api: TypeChecker, query: Instance, where: Context) -> None:
    """Report a query whose FROM does not follow from what it selects, or that reads the rows of its groups."""
    scope = scope_of(api, query)
    facts = facts_to_read(query) if scope is not None else None
    if scope is None or facts is None:
        return
    is_clear = facts.from_ or len(scope.implied) < 2
    if is_clear and query.type.fullname in (SELECT, INSTANCES):
        items = projected(query) or []
        own = {*facts.sources, *(() if facts.from_ else selected(api, items, with_inner=False))}
        groups.check(api, facts, items, own, where)
        ties.check(api, items, [*(facts.from_ or scope.implied), *facts.joined], where)
        if facts.null_tests:
            _check_null_tests(api, facts, own, present_in(api, facts, items), where)
    if facts.from_:
        return
    if len(scope.implied) > 1:
        message = messages.not_joined([short(name) for name in scope.implied])
        messages.report(api, message, where)
    elif facts.joined and not scope.implied:
        message = messages.all_joined(short(facts.joined[0]))
        messages.report(api, message, where)


def _check_null_tests(api: TypeChecker, facts: Facts, own: set[str], there: Present, where: Context) -> None:
    """Report tests for NULL of columns that no join makes NULL. `own` are the statement's sources: of those around it,
    nothing is known.
    """
    for use in facts.null_tests:
        is_rolled = use.clause in groups.OF_GROUPS and groups.name_of(use.ref) in there.rolled
        if use.ref.source in own and use.ref.source not in there.missing and not is_rolled:
            messages.report(api, messages.never_null(use.ref.display()), place(api, use, where))


def check_statement(api: TypeChecker, statement: ProperType | None, where: Context) -> None:
    """A statement is about to be run: all that it reads must be there, and a write must say what it does."""
    if not isinstance(statement, Instance):
        return
    if statement.type.fullname in READING:
        _check_select(api, statement, where)
    elif statement.type.fullname in WRITES:
        _check_write(api, statement, where)


def _check_select(api: TypeChecker, query: Instance, where: Context) -> None:
    scope = scope_of(api, query)
    facts = facts_to_read(query) if scope is not None else None
    if scope is None or facts is None:
        return
    if facts.from_:
        for name in scope.implied:
            if name.startswith(EXCLUDED):
                message = messages.stray_excluded()
            else:
                message = messages.not_in_from(short(name), [short(source) for source in facts.sources])
            messages.report(api, message, where)
    check_query(api, query, where)
    nothing_yet = not facts.sources and not scope.implied
    for use in scope.free:
        if use.ref.source.startswith(EXCLUDED):
            message = messages.stray_excluded()
        else:
            message = messages.not_in_query(use.ref.display(), short(use.ref.source), use.clause, nothing_yet)
        messages.report(api, message, place(api, use, where))


def _check_write(api: TypeChecker, write: Instance, where: Context) -> None:
    table, facts = table_of(write), facts_to_read(write)
    if table is None or facts is None:
        return
    verb = write.type.name.lower()
    if verb == "merge" and facts.from_ == [table.fullname]:
        messages.report(api, messages.no_source(table.name), where)
    elif verb != "delete" and "values" not in facts.said:
        messages.report(api, messages.nothing_written(verb, table.name), where)
    elif verb in ("update", "delete") and "where" not in facts.said:
        messages.report(api, messages.every_row(verb, table.name), where)
    if verb != "merge":
        there = NOTHING_MISSING._replace(missing=frozenset(facts.outer))
        _check_null_tests(api, facts, set(facts.sources), there, where)
    for use in facts.uses:
        if use.ref.source not in facts.sources and not use.clause.startswith(NOT_NULL):
            if use.ref.source.startswith(EXCLUDED):
                message = messages.stray_excluded()
            else:
                message = messages.not_in_write(use.ref.display(), short(use.ref.source), use.clause, verb)
            messages.report(api, message, place(api, use, where))


def place(api: TypeChecker, use: Use, where: Context) -> Context:
    """Where a use was written, if that is in the module that is being checked."""
    return messages.at_line(use.line) if use.module == api.tree.fullname else where
