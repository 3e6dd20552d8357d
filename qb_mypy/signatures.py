"""Signatures that the plugin puts in place of overloads, and arguments that it looks at before."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import ARG_NAMED, Expression
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.types import AnyType, CallableType, Instance, Type, TypeOfAny


def passed_over(signature: CallableType) -> CallableType:
    """A signature that fits no call: its one argument has a name that cannot be written.

    mypy asks the plugin for each overload, and tries all those that fit: one is enough where the hook looks at the
    arguments itself.
    """
    return signature.copy_modified(arg_types=[AnyType(TypeOfAny.special_form)], arg_kinds=[ARG_NAMED], arg_names=["…"])


def checked(ctx: FunctionSigContext | MethodSigContext, node: Expression, anything: Instance) -> Type:
    """The type of an argument, which is the same where anything is expected.

    mypy asks for it without an expectation and with one, and remembers each answer: this makes both of them one.
    """
    assert isinstance(ctx.api, TypeChecker)
    checker = ctx.api.expr_checker
    with ctx.api.msg.filter_errors():
        found = checker.accept(node)
    known = checker.expr_cache.get((node, None))
    if known is not None:
        checker.expr_cache[(node, anything)] = known
    return found
