"""Inserts of more values than an engine takes parameters: several statements in place of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from qb.dialect import Dialect
from qb.errors import TooManyParameters
from qb.nodes import Insert, Values
from qb.queries import Compilable, Compiled


class BulkInsert(Compilable):
    """An insert that has to be split."""

    __slots__ = ()
    node: Insert


def is_bulk(statement: Compilable, dialect: Dialect) -> TypeGuard[BulkInsert]:
    """Whether a statement is an insert that has to be split: no prepared one, whose text is made."""
    if statement.is_prepared:
        return False
    node = statement.node
    if not isinstance(node, Insert):
        return False
    values = node.values
    if values is None:
        return False
    if values.plain and dialect.max_plain_rows is not None:
        return len(values.rows) > dialect.max_plain_rows
    return len(values.rows) * len(node.columns) > dialect.max_parameters


def portions(node: Insert, dialect: Dialect) -> Iterator[Compiled]:
    """The insert as statements that the engine takes, in the order of the rows; each is encoded when its turn comes.

    Raises TooManyParameters when one row is too large.
    """
    assert node.values is not None
    rows, limit = node.values.rows, dialect.max_parameters
    if node.values.plain and dialect.max_plain_rows is not None:
        size = dialect.max_plain_rows
    else:
        width = len(node.columns)
        beside = max(0, len(_compiled(node, rows[:1], dialect).parameters) - width)  # those of DO UPDATE, for one
        size = max(1, (limit - beside) // width)
    waiting = [rows[start : start + size] for start in range(0, len(rows), size)]
    waiting.reverse()
    while waiting:
        part = waiting.pop()
        try:
            compiled = within_limit(_compiled(node, part, dialect), dialect)
        except TooManyParameters:  # a cell that is an expression may have many
            if len(part) == 1:
                raise
            half = len(part) // 2
            waiting += [part[half:], part[:half]]
        else:
            yield compiled


def _compiled(node: Insert, rows: Sequence[tuple[Any, ...]], dialect: Dialect) -> Compiled:
    part = node.copy()
    assert node.values is not None
    part.values = Values(rows, node.values.plain)
    return tuple.__new__(Compiled, dialect.compiler().compile(part))


def within_limit(compiled: Compiled, dialect: Dialect) -> Compiled:
    """The statement. Raises TooManyParameters when the engine would refuse it for their number."""
    count = len(compiled.parameters)
    if count > dialect.max_parameters:
        raise TooManyParameters(
            f"this statement has {count} parameters, and {dialect.name} takes {dialect.max_parameters}: compare with "
            f"a sub-query of a table that holds the values, or run it for parts of them"
        )
    return compiled
