"""`@inferred`: the return type of a function, taken from its body.

mypy checks a function's body after the interface of its module, so the body is checked here once more, early and
silently, with no declared return type in its way. This is mypy's inside (seen working in 2.2 to 2.4): all of it
is in this file, and any surprise falls back to the declared type.
"""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import Decorator, FuncDef
from mypy.plugin import FunctionContext
from mypy.traverser import all_return_statements
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, Instance, NoneType, Type, get_proper_type


def inferred(ctx: FunctionContext) -> Type:
    """The decorated function, with the return type that its body has."""
    signature = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if not isinstance(ctx.context, Decorator) or not isinstance(signature, CallableType):
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    function = ctx.context.func
    if function.is_generator or function.is_async_generator:
        return signature
    result = body_type(ctx.api, function, signature)
    return signature if result is None else with_result(signature, function, result)


def body_type(api: TypeChecker, function: FuncDef, signature: CallableType) -> Type | None:
    """The union of what a function returns; None when its body cannot be decided yet."""
    # Any would find its way into what is returned (`list[Any]`); object fits all, and asks for nothing.
    free = with_result(signature, function, api.named_generic_type("builtins.object", []))
    deferred = len(api.deferred_nodes)
    with api.msg.filter_errors(), api.local_type_map as types:
        with api.set_recurse_into_functions(), api.tscope.function_scope(function):
            api.check_func_item(function, type_override=free, name=function.name)
        found = [
            NoneType() if statement.expr is None else types.get(statement.expr)
            for statement in all_return_statements(function)  # without those of functions inside it
        ]
    undecided = len(api.deferred_nodes) > deferred
    del api.deferred_nodes[deferred:]
    known = [type for type in found if type is not None]
    if undecided or not known:
        return None
    return make_simplified_union(known)


def with_result(signature: CallableType, function: FuncDef, result: Type) -> CallableType:
    """The signature with another result; an async function's is inside its coroutine."""
    declared = get_proper_type(signature.ret_type)
    if function.is_coroutine and isinstance(declared, Instance) and len(declared.args) == 3:
        return signature.copy_modified(ret_type=declared.copy_modified(args=[*declared.args[:2], result]))
    return signature.copy_modified(ret_type=result)
