"""`many` and `one`: the values are rows of the inner query; what it takes from around it is read there."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext
from mypy.types import Instance, Type, get_proper_type

from qb_mypy import messages, scope
from qb_mypy.encoding import QUERY, SELECT, expression, facts_of, lax, refs_type


def nested(ctx: FunctionContext) -> Type:
    """`many(select, on=…)`: its plain type, a list of the select's rows, with what it reads."""
    assert isinstance(ctx.api, TypeChecker)
    api = ctx.api
    result = get_proper_type(ctx.default_return_type)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if not isinstance(result, Instance) or not isinstance(query, Instance) or not query.type.has_base(QUERY):
        return ctx.default_return_type
    if query.type.fullname != SELECT:
        if query.type.fullname != QUERY:  # which may be any
            message = messages.nested_statement(query.type.name, query.type.name == "Compound")
            messages.report(api, message, ctx.context, messages.TYPE)
        return ctx.default_return_type
    scope.check_from(api, query, ctx.context)
    scope.check_conditions(api, ctx.args[1:])
    free = scope.free_refs(api, query)
    if free is None:
        return ctx.default_return_type
    own = _own_sources(api, query)
    condition = expression(ctx.arg_types[1][0], api) if ctx.arg_types[1] else None
    if condition is not None:
        if condition.refs is None:
            return ctx.default_return_type
        free = free + [ref for ref in condition.refs if ref.source not in own]
    # An empty list stands where a join around it found nothing: the value is there in any case.
    return result.copy_modified(args=[result.args[0], refs_type(api, lax(free))])


def _own_sources(api: TypeChecker, query: Instance) -> list[str]:
    """The sources that the inner query has itself."""
    facts, items = facts_of(query), scope.projected(query)
    if facts is None or items is None:
        return []
    return facts.sources if facts.from_ else [*facts.sources, *scope.selected(api, items)]
