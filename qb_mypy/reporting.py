"""The one place through which every error is reported, unless its rule is turned off."""

from __future__ import annotations

from typing import Protocol

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode
from mypy.nodes import ComparisonExpr, Context, FakeExpression, OpExpr

from qb_mypy import settings
from qb_mypy.rules import Message


class Reporter(Protocol):
    """mypy's checkers and analyzers."""

    def fail(self, msg: str, /, ctx: Context, *, code: ErrorCode | None = None) -> object: ...


def report(api: Reporter, message: Message, where: Context) -> None:
    """Report an error at a place."""
    if message.rule.name not in settings.current.disabled:
        api.fail(message.text, where, code=message.rule.code)


def report_of_operator(api: TypeChecker, message: Message, where: Context) -> None:
    """Report an error of a binary operator.

    Where `Album.id == "x"` has an error, mypy goes on to try `str.__eq__`, which takes anything, answers bool,
    and the error is dropped. So operators report past the watcher that waits for this one attempt.
    """
    watchers = api.errors._watchers
    if not watchers or not isinstance(where, (ComparisonExpr, OpExpr)):
        return report(api, message, where)
    attempt = watchers.pop()
    try:
        report(api, message, where)
    finally:
        watchers.append(attempt)


def at_line(line: int) -> Context:
    """A place that is known by its line only."""
    place = FakeExpression()
    place.line = place.end_line = line
    return place
