"""Which foreign key ties rows inside of a row to it, where `many` and `one` are given no condition."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.types import Type

from qb_mypy import messages
from qb_mypy.encoding import expression
from qb_mypy.keys import known_foreign_keys
from qb_mypy.names import short
from qb_mypy.refs import TIED
from qb_mypy.rules import Message
from qb_mypy.tables import table_named


def check(api: TypeChecker, items: Sequence[Type], sources: Sequence[str], where: Context) -> None:
    """Report rows inside of a select's rows that no foreign key ties to the select's sources, or more than one."""
    for item in items:
        part = expression(item, api)
        for ref in part.refs or () if part is not None else ():
            if ref.source.startswith(TIED):
                word, *inner = ref.source.removeprefix(TIED).split()
                message = _untied(api, word, inner, sources)
                if message is not None:
                    messages.report(api, message, where)


def _untied(api: TypeChecker, word: str, inner: Sequence[str], outer: Sequence[str]) -> Message | None:
    """What is wrong with `many` or `one` without a condition; None as well where that is not known."""
    keys: dict[str, list[list[str]]] = {}
    for name in (*inner, *outer):
        table = table_named(api, name)
        known = None if table is None else known_foreign_keys(table)
        if known is None:
            return None
        keys[name] = known
    if not inner or not outer:
        return None
    for own in inner:
        for other in [name for name in outer if name not in inner]:
            ways = [(own, other), (other, own)]
            for source, target in reversed(ways) if word == "one" else ways:
                found = [columns for table, *columns in keys[source] if table == target]
                if len(found) > 1:
                    return messages.several_keys(word, short(source), short(target), found)
                if found:
                    return None
    return messages.no_foreign_key(word, [short(name) for name in inner], [short(name) for name in outer])
