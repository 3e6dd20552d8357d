"""`many` and `one`: their values are rows of the inner query; what that takes from around it is read there.

The refs of such an expression are marks: one that says what it is, and one for each column that the inner query reads
of the query around it. `select` takes these for uses of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import Context, Expression
from mypy.plugin import FunctionContext
from mypy.types import Instance, Type, get_proper_type

from qb_mypy import messages, scope
from qb_mypy.encoding import expression, facts_of, refs_type
from qb_mypy.facts import Facts, Use
from qb_mypy.names import INSTANCES, QUERY, SELECT
from qb_mypy.refs import NESTED_MARK, READ, TIED, Ref


def nested(ctx: FunctionContext, name: str) -> Type:
    """`many(select, on=…)`: its plain type, a list of the select's rows, with what it reads."""
    assert isinstance(ctx.api, TypeChecker)
    api = ctx.api
    result = get_proper_type(ctx.default_return_type)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if not isinstance(result, Instance) or not isinstance(query, Instance) or not query.type.has_base(QUERY):
        return ctx.default_return_type
    if query.type.fullname not in (SELECT, INSTANCES):
        if query.type.fullname != QUERY:  # which may be any
            message = messages.nested_statement(query.type.name)
            messages.report(api, message, ctx.context)
        return ctx.default_return_type
    scope.check_query(api, query, ctx.context)
    scope.check_conditions(api, ctx.args[1:])
    free = scope.free_refs(api, query) or []
    condition = expression(ctx.arg_types[1][0], api) if ctx.arg_types[1] else None
    tied: list[Ref] = []
    if condition is None and not ctx.arg_types[1]:
        tied = [Ref(f"{TIED}{name} {' '.join(_tying_sources(api, query))}", "")]
    elif condition is not None:
        own = _own_sources(api, query)
        free += [ref for ref in condition.refs or () if ref.source not in own and not ref.is_mark]
    marks = [NESTED_MARK, *tied, *[Ref(READ + ref.encode(), "") for ref in free]]
    return result.copy_modified(args=[result.args[0], refs_type(api, marks)])


def note_reads(api: TypeChecker, facts: Facts, args: Sequence[Expression], types: Sequence[Type]) -> None:
    """Remember what the rows inside of a select's rows read of it."""
    for node, type in zip(args, types, strict=True):
        for ref in _refs(api, type):
            if ref.source.startswith(READ):
                read = Ref.decode(ref.source.removeprefix(READ))
                facts.uses.append(Use(read, "select", api.tree.fullname, node.line))


def check_clause(
    api: TypeChecker, args: Sequence[Sequence[Expression]], types: Sequence[Sequence[Type]], clause: str
) -> None:
    """Report rows where a clause needs a value."""
    for nodes, group in zip(args, types, strict=True):
        for node, type in zip(nodes, group, strict=True):
            if NESTED_MARK in _refs(api, type):
                messages.report(api, messages.nested_in_clause(clause), node)


def check_sub_query(api: TypeChecker, query: Instance, where: Context) -> None:
    """Report a sub-query whose rows have rows inside."""
    if has_nested(api, query):
        messages.report(api, messages.nested_in_sub_query(), where)


def has_nested(api: TypeChecker, query: Instance) -> bool:
    """Whether the rows of a select have rows inside."""
    if query.type.fullname != SELECT:
        return False
    return any(NESTED_MARK in _refs(api, item) for item in scope.projected(query) or ())


def _refs(api: TypeChecker, type: Type) -> list[Ref]:
    part = expression(type, api)
    return [] if part is None else part.refs or []


def _tying_sources(api: TypeChecker, query: Instance) -> list[str]:
    """Those that are there in each of its rows: what a join may leave out ties nothing."""
    facts = facts_of(query)
    return [] if facts is None else [name for name in _own_sources(api, query) if name not in facts.kinds]


def _own_sources(api: TypeChecker, query: Instance) -> list[str]:
    """The sources that the inner query has itself."""
    facts, items = facts_of(query), scope.projected(query)
    if facts is None or items is None:
        return []
    return facts.sources if facts.from_ else [*facts.sources, *scope.selected(api, items)]
