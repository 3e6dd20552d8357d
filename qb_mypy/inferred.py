"""`@inferred`: the return type of a function, taken from its body.

mypy checks a function's body after the interface of its module, so the body is checked here once more, early and
silently, with no declared return type in its way. This is mypy's inside (seen working in 2.2 to 2.4): all of it
is in this file, and any surprise falls back to the declared type.
"""

from __future__ import annotations

from collections.abc import Iterator

from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import Decorator, Expression, FuncDef, NameExpr
from mypy.plugin import FunctionContext
from mypy.traverser import (
    NameAndMemberCollector,
    YieldFromCollector,
    all_return_statements,
    all_yield_expressions,
)
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, Instance, NoneType, Type, get_proper_type

from qb_mypy import messages

_running: list[FuncDef] = []
"""The functions whose bodies are being checked here, each needed by the one before it."""


def inferred(ctx: FunctionContext) -> Type:
    """The decorated function, with the return type that its body has."""
    signature = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if not isinstance(ctx.context, Decorator) or not isinstance(signature, CallableType):
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    function = ctx.context.func
    _running.append(function)
    try:
        _infer_before(ctx.api, function)
        result = body_type(ctx.api, function, signature)
    finally:
        _running.pop()
    return signature if result is None else with_result(signature, function, result)


def _infer_before(api: TypeChecker, function: FuncDef) -> None:
    """Infer the functions that a body calls, where mypy has not come to them: they are further down."""
    own = f"{api.tree.fullname}."
    for other in _decorated(function):
        if other.var.type is None and other.func not in _running and other.fullname.startswith(own):
            with api.msg.filter_errors():
                api.visit_decorator(other)


def _decorated(function: FuncDef) -> Iterator[Decorator]:
    """The decorated functions that a function mentions, and methods of its own class."""
    names = NameAndMemberCollector()
    function.body.accept(names)
    for name in names.name_exprs:
        if isinstance(name.node, Decorator):
            yield name.node
    for member in names.member_exprs:
        if not isinstance(member.expr, NameExpr) or not function.info or not function.arg_names:
            continue
        if member.expr.name == function.arg_names[0]:
            symbol = function.info.names.get(member.name)
            if symbol is not None and isinstance(symbol.node, Decorator):
                yield symbol.node


def body_type(api: TypeChecker, function: FuncDef, signature: CallableType) -> Type | None:
    """The union of what a function returns or yields; None when its body cannot be decided yet, which is noted."""
    # Any would find its way into what is returned (`list[Any]`); object fits all, and asks for nothing.
    free = with_result(signature, function, api.named_generic_type("builtins.object", []))
    deferred = len(api.deferred_nodes)
    with api.msg.filter_errors(), api.local_type_map as types:
        with api.set_recurse_into_functions(), api.tscope.function_scope(function):
            api.check_func_item(function, type_override=free, name=function.name)
        found = _yielded(api, function, types) if is_generator(function) else _returned(function, types)
    undecided = len(api.deferred_nodes) > deferred
    del api.deferred_nodes[deferred:]
    known = [type for type in found if type is not None]
    if undecided:
        api.note(messages.undecided(function.name), function)
    if undecided or not known:
        return None
    return make_simplified_union(known)


def _returned(function: FuncDef, types: dict[Expression, Type]) -> list[Type | None]:
    """What its return statements give, without those of functions inside it."""
    return [
        NoneType() if statement.expr is None else types.get(statement.expr)
        for statement in all_return_statements(function)
    ]


def _yielded(api: TypeChecker, function: FuncDef, types: dict[Expression, Type]) -> list[Type | None]:
    found: list[Type | None] = [
        NoneType() if expression.expr is None else types.get(expression.expr)
        for expression, _ in all_yield_expressions(function)
    ]
    iterable = api.lookup_typeinfo("typing.Iterable")
    others = YieldFromCollector()
    function.accept(others)
    for inner, _ in others.yield_from_expressions:
        type = get_proper_type(types.get(inner.expr))
        if isinstance(type, Instance) and type.type.has_base(iterable.fullname):
            found.append(map_instance_to_supertype(type, iterable).args[0])
    return found


def is_generator(function: FuncDef) -> bool:
    """Whether it yields."""
    return function.is_generator or function.is_async_generator


def with_result(signature: CallableType, function: FuncDef, result: Type) -> CallableType:
    """The signature with another result: an async function's is inside its coroutine, a generator's in its iterator."""
    declared = get_proper_type(signature.ret_type)
    if is_generator(function):
        if not isinstance(declared, Instance) or not declared.args:
            return signature
        return signature.copy_modified(ret_type=declared.copy_modified(args=[result, *declared.args[1:]]))
    if function.is_coroutine and isinstance(declared, Instance) and len(declared.args) == 3:
        return signature.copy_modified(ret_type=declared.copy_modified(args=[*declared.args[:2], result]))
    return signature.copy_modified(ret_type=result)
