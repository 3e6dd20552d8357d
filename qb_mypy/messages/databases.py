"""Databases: what is called and not awaited."""

from __future__ import annotations

from qb_mypy.rules import TYPE, Rule

NOT_AWAITED = Rule("not-awaited", TYPE, "a call of a database that is not awaited, so that it does nothing")


@NOT_AWAITED.says
def not_awaited(method: str) -> str:
    return f"{method}() does nothing until it is awaited: write await in front of it"


@NOT_AWAITED.says
def awaited_condition(method: str) -> str:
    return f"{method}() is always true until it is awaited: write await in front of it"


@NOT_AWAITED.says
def only_called(method: str) -> str:
    remedies = {
        "stream": "write async for row in db.stream(…)",
        "transaction": "write async with db.transaction() as tx",
    }
    return f"{method}() does nothing by itself: {remedies[method]}"
