"""Functions, aggregates and collations that are written in Python."""

from __future__ import annotations

import inspect
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, Protocol

from dialects.sqlite.setups import Setup
from qb.errors import QbError
from qb.expressions.user_functions import UserFunction

Value = str | int | float | bytes | None
"""What SQLite has: dates and decimals come in the form in which they are stored."""

RAISED = threading.local()
"""The exception that a function raised last in a thread, of which SQLite tells nobody."""


class Aggregate(Protocol):
    """One group of an aggregate. A class that has `value()` and `inverse(…)`, too, is one for windows."""

    def step(self, *args: Any, **kwargs: Any) -> Any:
        """Take the next row."""

    def finalize(self) -> Any:
        """The result: a Value."""


def function(name: str | UserFunction[Any, Any], call: Callable[..., Any], deterministic: bool) -> Setup:
    """What gives a function to a connection."""
    found, count = named(name, call)
    kept = keeping(call)
    return lambda raw: raw.create_function(found, count, kept, deterministic=deterministic)


def aggregate(name: str | UserFunction[Any, Any], cls: type[Aggregate]) -> Setup:
    """What gives an aggregate to a connection."""
    step = getattr(cls, "step", None)
    if not callable(step) or not callable(getattr(cls, "finalize", None)):
        raise QbError(f"an aggregate is a class with step(…) and finalize(), and {cls!r} is none")
    found, count = named(name, step, skip=1)
    made = type(
        found,
        (cls,),
        {
            method: keeping(getattr(cls, method))
            for method in ("__init__", "step", "finalize", "value", "inverse")
            if method in dir(cls)
        },
    )
    if hasattr(cls, "inverse") and hasattr(cls, "value"):
        return lambda raw: raw.create_window_function(found, count, made)
    return lambda raw: raw.create_aggregate(found, count, made)


def collation(name: str, compare: Callable[[str, str], int]) -> Setup:
    """What gives a collation to a connection."""
    return lambda raw: raw.create_collation(name, compare)


def named(name: str | UserFunction[Any, Any], call: Callable[..., Any], skip: int = 0) -> tuple[str, int]:
    """The name, and how many arguments it takes; -1 stands for any number."""
    if isinstance(name, UserFunction):
        if len(name.name.split(".")) > 1:
            raise QbError(f"functions of SQLite belong to no schema: {name.name}")
        return name.name, len(name.takes)
    try:
        parameters = list(inspect.signature(call).parameters.values())[skip:]
    except ValueError as error:  # some of those that are written in C
        raise QbError(f"{call!r} does not say what it takes: declare it with function(…), and give that") from error
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return name, -1
    return name, len([parameter for parameter in parameters if parameter.default is parameter.empty])


def keeping(call: Callable[..., Any]) -> Callable[..., Any]:
    """The function, of which an exception is kept for the error that SQLite makes of it."""

    def kept(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except Exception as error:
            RAISED.error = error
            raise

    return kept


def raised(error: sqlite3.Error) -> BaseException | None:
    """The exception of a function behind an error; asked in the thread that has it."""
    if "user-defined" not in str(error):
        return None
    found: BaseException | None = RAISED.__dict__.pop("error", None)
    return found
