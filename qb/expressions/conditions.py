"""Conditions put together: some of them only where a value is given, many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from qb.expressions import Expr, expression, joined
from qb.nodes import ABSENT, Expression, In, Null
from qb.symbols import Symbol
from qb.types import BOOLEAN

T = TypeVar("T")


def when(value: T | None, condition: Expr[bool | None] | Callable[[T], Expr[bool | None]], /) -> Expr[bool]:
    """A condition that is left out when something is not given: by a flag, or with a value that may be None.

        when(only_live, Album.live)
        when(since, lambda since: Album.released >= since)

    The function is called with the value unless it is None (False, 0 and "" are values). What is left out
    disappears from `where`, `having` and `filter`, and from `&`, `|` and `~`; anywhere else it raises
    CompileError. An update or delete whose conditions are all left out has no WHERE, and is refused.
    """
    # One signature, because mypy does not infer the parameter of a lambda in an overloaded call.
    is_flag = isinstance(condition, Expr)
    if is_flag and isinstance(value, Symbol):
        value = value.decide()
    if not is_flag and not callable(condition):
        raise TypeError(f"when() takes a condition, or a function that makes one of the value, not {condition!r}")
    if not is_given(value, is_flag):
        return Expr(ABSENT)
    made = condition if isinstance(condition, Expr) else condition(value)  # type: ignore[arg-type]  # it is given
    return Expr(expression(made, "condition"))


def is_given(value: object, is_flag: bool) -> bool:
    """Whether a condition stands: nothing else than None is no value, but a flag may be False, too."""
    return value is not None and not (is_flag and value is False)


def all_of(*conditions: Expr[bool | None]) -> Expr[bool]:
    """All of the conditions, with AND. Of none it is left out, as by `when`: there is nothing to ask for.

    all_of(Album.plays > 5, Album.id < 9)      -- "albums"."plays" > ? AND "albums"."id" < ?
    """
    return _all("AND", ABSENT, conditions)


def any_of(*conditions: Expr[bool | None]) -> Expr[bool]:
    """Any of the conditions, with OR. Of none it is false: nothing is one of no possibilities. Where all of them
    are left out, so is this.

        any_of(Album.plays > 5, Album.id < 9)      -- "albums"."plays" > ? OR "albums"."id" < ?
        any_of()                                   -- 1 = 0
    """
    return _all("OR", ABSENT if conditions else In(Null(BOOLEAN), (), False), conditions)


def _all(operator: str, found: Expression, conditions: tuple[Expr[bool | None], ...]) -> Expr[bool]:
    for condition in conditions:
        found = joined(operator, found, expression(condition, "condition"))
    return Expr(found)
