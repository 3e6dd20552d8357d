"""MERGE: its source, and what its clauses read and write."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import MethodContext
from mypy.types import Instance, Type, get_proper_type

from qb_mypy import messages, scope
from qb_mypy.encoding import facts_of, with_facts
from qb_mypy.names import NOT_MATCHED, NOT_MATCHED_BY_SOURCE, short
from qb_mypy.tables import source_of, table_of
from qb_mypy.writes import check_functions, has_keywords, keyword_arguments, table_of_clause

CASES = ("when_matched", "when_not_matched", "when_not_matched_by_source")


def using(ctx: MethodContext) -> Type:
    """`.using(source, on=…)`."""
    statement = get_proper_type(ctx.default_return_type)
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    source = source_of(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args[1:])
    check_functions(ctx, "using")
    if not isinstance(statement, Instance) or facts is None or source is None:
        return ctx.default_return_type
    if source.name in facts.from_:
        messages.report(ctx.api, messages.twice_in_write(short(source.name), "merge"), ctx.context)
    facts.from_[1:] = [source.name]
    scope.note_uses(ctx.api, facts, facts.sources, ctx.args[1:], ctx.arg_types[1:], "using")
    return with_facts(ctx.api, statement, facts)


def when(ctx: MethodContext, name: str) -> Type:
    """`.when_matched(…)` and its like: the clause that is open now."""
    clause = get_proper_type(ctx.default_return_type)
    assert isinstance(ctx.api, TypeChecker)
    scope.check_conditions(ctx.api, ctx.args)
    return _having(ctx, clause, name) if isinstance(clause, Instance) else ctx.default_return_type


def update(ctx: MethodContext) -> Type:
    """`.update(…)` of a row of the table."""
    assert isinstance(ctx.api, TypeChecker)
    if not has_keywords(ctx):
        messages.report(ctx.api, messages.sets_nothing(_case(ctx)), ctx.context)
    return _written(ctx)


def insert(ctx: MethodContext) -> Type:
    """`.insert(…)` of a row of the source."""
    return _written(ctx, is_new=True)


def done(ctx: MethodContext) -> Type:
    """`.delete()` and `.do_nothing()`."""
    return _closed(ctx)


def _written(ctx: MethodContext, is_new: bool = False) -> Type:
    table = table_of_clause(ctx.type)
    if table is not None:
        keyword_arguments(ctx, table, is_new)
    return _closed(ctx)


def _case(ctx: MethodContext) -> str:
    clause = get_proper_type(ctx.type)
    name = clause.type.fullname if isinstance(clause, Instance) else ""
    return {NOT_MATCHED: CASES[1], NOT_MATCHED_BY_SOURCE: CASES[2]}.get(name, CASES[0])


def _closed(ctx: MethodContext) -> Type:
    """The statement after a clause that says what it does."""
    clause = get_proper_type(ctx.type)
    if not isinstance(clause, Instance):
        return ctx.default_return_type
    clause = _having(ctx, clause, _case(ctx), "values")
    return clause.args[0]


def _having(ctx: MethodContext, clause: Instance, case: str, *said: str) -> Instance:
    """An open clause of a statement that reads what this call does. What is not there in its case is reported."""
    statement = get_proper_type(clause.args[0]) if clause.args else None
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    table = table_of(statement) if isinstance(statement, Instance) else None
    if not isinstance(statement, Instance) or facts is None or table is None:
        return clause
    assert isinstance(ctx.api, TypeChecker)
    check_functions(ctx, case)
    sources = facts.from_[1:]
    absent = {"when_not_matched": [table.fullname], "when_not_matched_by_source": sources}.get(case, [])
    for group, types in zip(ctx.args, ctx.arg_types, strict=True):
        for node, type in zip(group, types, strict=True):
            for ref in scope.refs_of(ctx.api, type):
                if ref.source in absent:
                    messages.report(ctx.api, messages.not_in_case(ref.display(), short(ref.source), case), node)
    facts.said += said
    if said and case == "when_not_matched_by_source":
        facts.outer += sources
    scope.note_uses(ctx.api, facts, facts.sources, ctx.args, ctx.arg_types, case)
    return clause.copy_modified(args=[with_facts(ctx.api, statement, facts)])
