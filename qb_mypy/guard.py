"""A mistake in a hook must not end mypy: it becomes an error at the line, and mypy's own answer stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, overload

from mypy.checker import TypeChecker
from mypy.errors import CompileError
from mypy.nodes import Context
from mypy.types import AnyType, TypeOfAny

from qb_mypy import dependencies, messages

C = TypeVar("C")
R = TypeVar("R")


@overload
def guarded(hook: None) -> None: ...
@overload
def guarded(hook: Callable[[C], R] | None) -> Callable[[C], R] | None: ...
def guarded(hook: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The hook, or None where there is none."""
    return None if hook is None else partial(_call, hook)


def _call(hook: Callable[[Any], Any], ctx: Any) -> Any:  # any of mypy's contexts, each with its own answer
    try:
        answer = hook(ctx)
    except CompileError:
        raise  # mypy's own way to stop
    except Exception as error:
        name = getattr(getattr(hook, "func", hook), "__name__", "hook")
        where: Context = ctx.cls if hasattr(ctx, "cls") else ctx.context
        message = messages.broken(name, error)
        if isinstance(ctx.api, TypeChecker):
            messages.report_of_operator(ctx.api, message, where)
        else:
            messages.report(ctx.api, message, where)
    else:
        if dependencies.read:
            dependencies.keep(ctx.api)
        return answer
    for default in ("default_return_type", "default_signature", "default_attr_type"):
        if hasattr(ctx, default):
            return getattr(ctx, default)
    return None if hasattr(ctx, "cls") else AnyType(TypeOfAny.from_error)
