"""What is done with a statement in the end: compiled, run, its rows fetched."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.expandtype import expand_type
from mypy.nodes import ARG_STAR2, CallExpr, Context, NameExpr
from mypy.plugin import MethodContext, MethodSigContext
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    ProperType,
    Type,
    TypeOfAny,
    get_proper_type,
    has_type_vars,
)

from qb_mypy import databases, instances, messages, needs, rows, scope
from qb_mypy.encoding import class_info, mapped
from qb_mypy.names import EXECUTOR, QUERY, WRITES
from qb_mypy.signatures import checked
from qb_mypy.tables import source_of, table_of


def compiled(ctx: MethodContext) -> Type:
    """`.compile(dialect)`."""
    assert isinstance(ctx.api, TypeChecker)
    scope.check_statement(ctx.api, get_proper_type(ctx.type), ctx.context)
    needs.check_compiled(ctx)
    return ctx.default_return_type


def fetch_signature(ctx: MethodSigContext) -> FunctionLike:
    """The methods that fetch take anything instead of what is no query: `run` says it in better words than mypy, which
    has several signatures to show.
    """
    database, signature = get_proper_type(ctx.type), ctx.default_signature
    if not isinstance(database, Instance) or not database.type.has_base(EXECUTOR) or not ctx.args or not ctx.args[0]:
        return signature
    assert isinstance(ctx.api, TypeChecker)
    if "into" in signature.arg_names and not _is_given(ctx.context, "into"):
        return signature  # mypy does not try it
    anything = ctx.api.named_generic_type("builtins.object", [])
    given = get_proper_type(checked(ctx, ctx.args[0][0], anything))
    if is_query(ctx.api, given):
        return _solved(ctx, signature, given, anything) or signature
    unknown = AnyType(TypeOfAny.from_error)
    free = expand_type(signature, {variable.id: unknown for variable in signature.variables})
    return free.copy_modified(arg_types=[anything, *free.arg_types[1:]], variables=[])


def _is_given(call: Context, name: str) -> bool:
    """Whether a call may have an argument of this name."""
    return not isinstance(call, CallExpr) or name in call.arg_names or ARG_STAR2 in call.arg_kinds


def _solved(
    ctx: MethodSigContext, signature: CallableType, given: ProperType, anything: Instance
) -> CallableType | None:
    """The signature for a query whose rows are known, where mypy has nothing to infer; None where it has."""
    assert isinstance(ctx.api, TypeChecker)
    # What is expected of the call may be a supertype of the rows.
    if ctx.api.expr_checker.type_context[-1] is not None or not isinstance(ctx.args[0][0], (CallExpr, NameExpr)):
        return None
    formal = get_proper_type(signature.arg_types[0])
    if not isinstance(given, Instance) or not isinstance(formal, Instance) or formal.type.fullname != QUERY:
        return None
    if len(signature.variables) != 1 or not has_type_vars(formal) or any(map(has_type_vars, signature.arg_types[1:])):
        return None
    row = mapped(ctx.api, given, QUERY).args[0]
    result = expand_type(signature.ret_type, {variable.id: row for variable in signature.variables})
    return signature.copy_modified(arg_types=[anything, *signature.arg_types[1:]], ret_type=result, variables=[])


def is_query(api: TypeChecker, type: Type) -> bool:
    """Whether this is a query, as far as it is known."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.type.has_base(QUERY):
        return True
    return is_subtype(type, Instance(class_info(api, QUERY), [AnyType(TypeOfAny.special_form)]))


def run(ctx: MethodContext, name: str) -> Type:
    """`db.fetch_…(query)`, `db.execute(statement)`; methods of these names of other classes are not ours."""
    database = get_proper_type(ctx.type)
    if not isinstance(database, Instance) or not database.type.has_base(EXECUTOR):
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    databases.called(ctx, name)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    returns_rows = name not in ("execute", "explain")
    if returns_rows and isinstance(query, Instance) and query.type.fullname in WRITES:
        table = table_of(query)
        statement = f"{query.type.name.lower()}({'…' if table is None else table.name})"
        messages.report(ctx.api, messages.no_rows(statement), ctx.context)
        return ctx.default_return_type
    if returns_rows and query is not None and not is_query(ctx.api, query):
        message = messages.no_query(name, messages.quoted(ctx.api, query), source_of(query) is not None)
        messages.report(ctx.api, message, ctx.args[0][0])
        return ctx.default_return_type
    if returns_rows and query is not None:
        instances.check_run(ctx, query)
    scope.check_statement(ctx.api, query, ctx.context)
    needs.check_run(ctx, database, name)
    if name != "fetch_value" or not isinstance(query, Instance):
        return ctx.default_return_type
    values = rows.items_of(query)
    if values is None:
        return ctx.default_return_type
    if len(values) != 1:
        message = messages.one_column("fetch_value()", len(values))
        messages.report(ctx.api, message, ctx.context)
        return ctx.default_return_type
    return _awaitable_of(ctx.default_return_type, values[0])


def found(ctx: MethodContext) -> Type:
    """`documents.find(query)`, `documents.list(query)`."""
    assert isinstance(ctx.api, TypeChecker)
    for query in ctx.arg_types[0] if ctx.arg_types else ():
        scope.check_statement(ctx.api, get_proper_type(query), ctx.context)
    return ctx.default_return_type


def _awaitable_of(coroutine: Type, value: Type) -> Type:
    """The return type of an async method, with another result."""
    proper = get_proper_type(coroutine)
    if isinstance(proper, Instance) and proper.args:
        return proper.copy_modified(args=[*proper.args[:-1], value])
    return coroutine
