"""Many statements, and many rows: `db.batch(…)`, `db.insert_many(…)`, `db.upsert_many(…)` and `seed(…)`."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import ListComprehension, ListExpr, TupleExpr
from mypy.plugin import FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import FunctionLike, Instance, TupleType, Type, UnionType, get_proper_type

from qb_mypy import databases, needs, scope
from qb_mypy.encoding import mapped
from qb_mypy.names import COMPILABLE, EXECUTOR
from qb_mypy.tables import columns_are_known, source_of
from qb_mypy.writes import row_of


def batch(ctx: MethodContext) -> Type:
    """`db.batch(q1, q2, …)`: a tuple of what each statement gives."""
    database = get_proper_type(ctx.type)
    if not isinstance(database, Instance) or not database.type.has_base(EXECUTOR):
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    databases.called(ctx, "batch")
    results: list[Type] = []
    for group, arguments in zip(ctx.arg_types, ctx.args, strict=True):
        for type, node in zip(group, arguments, strict=True):
            statement = get_proper_type(type)
            scope.check_statement(ctx.api, statement, node)
            needs.check(ctx.api, needs.dialects_of(ctx.api, database), needs.needs_of(type), node)
            if isinstance(statement, Instance) and statement.type.has_base(COMPILABLE):
                results.append(mapped(ctx.api, statement, COMPILABLE).args[0])
    awaitable = get_proper_type(ctx.default_return_type)
    if not isinstance(awaitable, Instance) or not awaitable.args or len(results) != sum(map(len, ctx.args)):
        return ctx.default_return_type
    fallback = ctx.api.named_generic_type("builtins.tuple", [UnionType.make_union(results)])
    return awaitable.copy_modified(args=[*awaitable.args[:-1], TupleType(results, fallback)])


def many_signature(ctx: MethodSigContext) -> FunctionLike:
    """`db.insert_many(Album, rows)` takes dictionaries with the table's keys."""
    database = get_proper_type(ctx.type)
    if not isinstance(database, Instance) or not database.type.has_base(EXECUTOR):
        return ctx.default_signature
    return rows_signature(ctx)


def rows_signature(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """What takes a table and rows takes dictionaries with the table's keys."""
    if len(ctx.args) < 2 or not ctx.args[0]:
        return ctx.default_signature
    assert isinstance(ctx.api, TypeChecker)
    source = source_of(ctx.api.expr_checker.accept(ctx.args[0][0]))
    if source is None or source.table is None or not columns_are_known(ctx.api, source.table, ctx.context):
        return ctx.default_signature
    row = row_of(ctx.api, source.table)
    # A display is no async iterable; with both in question, mypy would report what is wrong in it twice.
    is_display = bool(ctx.args[1]) and isinstance(ctx.args[1][0], (ListExpr, TupleExpr, ListComprehension))
    types = list(ctx.default_signature.arg_types)
    kinds = ["typing.Iterable"]
    if isinstance(get_proper_type(types[1]), UnionType) and not is_display:
        kinds.append("typing.AsyncIterable")
    types[1] = UnionType.make_union([ctx.api.named_generic_type(kind, [row]) for kind in kinds])
    return ctx.default_signature.copy_modified(arg_types=types)
