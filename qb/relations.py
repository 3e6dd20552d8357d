"""Nested results in one statement: the rows of another query inside of each row."""

from __future__ import annotations

from typing import Any, Literal, TypeVar, overload

from qb.errors import CompileError
from qb.expressions import Expr, expression
from qb.nodes import Compound, Nested, Select
from qb.queries import Query

T = TypeVar("T")


def many(query: Query[T], *, on: Expr[bool | None] | None = None) -> Expr[list[T]]:
    """The rows of a select that belong to the row around it, as a list; an empty one when there are none.

        select(Artist.name, many(select(Album.title).order_by(Album.title)).as_("albums"))

    Without `on`, they belong to it by the foreign key between the two: from the inner select's table to the
    first table around it that has one, or else the other way. The inner select may be any, with sort keys, a
    limit, joins and nested rows of its own.

    Raises CompileError, when compiled, where no foreign key or more than one of them could be meant.
    """
    return _nested(query, on, False, False)


@overload
def one(query: Query[T], *, on: Expr[bool | None] | None = None, required: Literal[True]) -> Expr[T]: ...
@overload
def one(query: Query[T], *, on: Expr[bool | None] | None = None, required: bool = False) -> Expr[T | None]: ...
def one(query: Query[T], *, on: Expr[bool | None] | None = None, required: bool = False) -> Expr[Any]:
    """The row of a select that belongs to the row around it, or None; with `required=True` there must be one.

        select(Album.title, one(select(Artist.name), required=True).as_("artist"))

    Without `on`, it belongs to it by the foreign key between the two: from a table around it to the inner
    select's table, or else the other way. When rows are fetched, raises MultipleRowsFound where there are
    several (say `.order_by(…).limit(1)` to take the first), NoRowFound where a required one is missing.
    """
    return _nested(query, on, True, required)


def _nested(query: Query[Any], on: Expr[bool | None] | None, single: bool, required: bool) -> Expr[Any]:
    condition = None if on is None else expression(on, "condition")
    node = query.node
    if not isinstance(node, Select):
        remedy = ": select from its .subquery(…)" if isinstance(node, Compound) else ""
        raise CompileError(f"nested rows are those of a select, not of {type(query).__name__}{remedy}")
    return Expr(Nested(node, condition, single, required, query.instances_of))
