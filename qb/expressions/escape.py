"""SQL that qb has no words for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from qb import types
from qb.dialect import Affected
from qb.errors import CompileError
from qb.expressions.core import Expr, select_of
from qb.nodes import Node, Null, Parameter, Raw, Subquery
from qb.nodes import Table as TableNode
from qb.queries import Compilable, Query
from qb.types import TEXT
from qb.typevars import Refs, Value

if TYPE_CHECKING:
    from qb.tables import Table

T = TypeVar("T")


class Sql(Expr[Value, Refs], Compilable[Affected]):
    """SQL text with holes: an expression, or a whole statement for `db.execute`."""

    __slots__ = ()
    node: Raw


@overload
def sql(text: str, *holes: object, writes: Iterable[type[Table]] | None = None) -> Sql[Any]: ...
@overload
def sql(text: str, *holes: object, returns: type[T], writes: Iterable[type[Table]] | None = None) -> Sql[T]: ...
def sql(
    text: str, *holes: object, returns: type[Any] = object, writes: Iterable[type[Table]] | None = None
) -> Sql[Any]:
    """SQL that qb has no words for. Each `{}` is a hole: an expression or a table is written in place, any
    other value becomes a parameter, never text. `{{` and `}}` are braces.

        sql("soundex({})", Artist.name, returns=str)      -- soundex("artists"."name")

    `returns` is the Python type of the value. `writes` tells caches which tables a statement writes, `[]` for none;
    else it counts as one that may write any of them. Raises CompileError when holes and values differ in number.
    """
    if "\0" in text or "\1" in text:
        raise CompileError("the text of sql() holds a control character")
    pieces = text.replace("{{", "\0").replace("}}", "\1").split("{}")
    texts = tuple([piece.replace("\0", "{").replace("\1", "}") for piece in pieces])
    if len(texts) != len(holes) + 1:
        raise CompileError(f"sql() has {len(texts) - 1} holes and was given {len(holes)} values: {text!r}")
    kind = types.of_class(returns)
    if isinstance(writes, type):  # which type checkers let through
        raise CompileError(f"sql(writes={writes.__name__}) takes a list: writes=[{writes.__name__}]")
    written = None if writes is None else tuple(map(_written, writes))
    return Sql(Raw(texts, tuple(map(_hole, holes)), kind, written))


def _written(table: object) -> TableNode:
    source = getattr(table, "__qb_source__", None)
    if not isinstance(source, TableNode):
        raise CompileError(f"sql(writes=[…]) takes the tables that the text writes, and {table!r} is none")
    return source


def _hole(value: object) -> Node:
    if isinstance(value, Expr):
        return value.node
    if isinstance(value, Query):
        return Subquery(select_of(value), TEXT)
    source = getattr(value, "__qb_source__", None)
    if isinstance(source, Node):
        return source
    return Null(TEXT) if value is None else Parameter(value, types.of_value(value))
