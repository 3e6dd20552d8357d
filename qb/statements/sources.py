"""What the builders take: tables and aliases as sources, columns and whole tables as projections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qb.expressions import Expr
from qb.nodes import Column, Expression, Projection, Table, WholeSource
from qb.tables import Alias
from qb.tables import Table as TableClass

AnySource = type[TableClass] | Alias[Any, Any]
Selectable = Expr[Any, Any] | AnySource


def source_of(source: AnySource) -> Table:
    """The node of a table class or an alias."""
    try:
        return source.__qb_source__
    except AttributeError:
        raise TypeError(f"a source is a table or an alias, not {source!r}") from None


def projection_of(items: Iterable[Selectable]) -> Projection:
    """The nodes of what is selected or returned."""
    return tuple([item.node if isinstance(item, Expr) else whole_source(item) for item in items])


def whole_source(source: AnySource) -> WholeSource:
    """All columns of a table, as a row under the table's name in snake case, or the alias."""
    node = source_of(source)
    return WholeSource(node, node.alias or source.__qb_definition__.row_name)


def column_node(column: Expr[Any, Any]) -> Column:
    """The node of something that must be a column."""
    node: Expression = column.node
    if not isinstance(node, Column):
        raise TypeError(f"{column!r} is not a column")
    return node
