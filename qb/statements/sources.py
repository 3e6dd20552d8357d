"""What the builders take: tables and aliases as sources, columns and whole tables as projections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from qb.expressions import Expr
from qb.nodes import Column, Cte, CteReference, Expression, Projection, Source, Table, WholeSource

if TYPE_CHECKING:
    from qb.aliases import Alias
    from qb.derived import Derived
    from qb.tables import Table as TableClass

AnyTable: TypeAlias = "type[TableClass] | Alias[Any, Any]"
AnySource: TypeAlias = "AnyTable | Derived[Any, Any]"
Selectable: TypeAlias = "Expr[Any, Any] | AnySource"


def source_of(source: AnySource) -> Source:
    """The node of a table class, an alias, a sub-query or a common table expression."""
    try:
        return source.__qb_source__
    except AttributeError:
        what = f"the abstract {source!r}" if hasattr(source, "__qb_abstract__") else repr(source)
        raise TypeError(f"a source is a table, an alias or a sub-query, not {what}") from None


def table_of(table: type[TableClass], verb: str) -> Table:
    """The node of a table that is written."""
    source = source_of(table)
    if not isinstance(source, Table):
        raise TypeError(f"{verb} takes a table, not {table!r}")
    if source.alias is not None:
        raise TypeError(f"{verb} takes a table, not its alias {source.alias!r}")
    return source


def projection_of(items: Iterable[Selectable]) -> Projection:
    """The nodes of what is selected or returned."""
    return tuple([item.node if isinstance(item, Expr) else whole_source(item) for item in items])


def whole_source(source: AnySource) -> WholeSource:
    """All columns of a source, as a row under the table's name in snake case, or the alias."""
    node = source_of(source)
    if not isinstance(node, Table) or node.alias is not None:
        return WholeSource(node, node.label)
    definition: Any = source.__qb_definition__  # what is a table without an alias is a class
    return WholeSource(node, definition.row_name)


def common_table_expressions(sources: Iterable[Derived[Any, Any]]) -> tuple[Cte, ...]:
    """The definitions behind sources made with `.cte(…)`."""
    found = []
    for source in sources:
        node = source_of(source)
        if not isinstance(node, CteReference):
            raise TypeError(f"with_() takes what .cte(…) makes, not {source!r}")
        found.append(node.cte)
    return tuple(found)


def column_node(column: Expr[Any, Any]) -> Column:
    """The node of something that must be a column."""
    node: Expression = column.node
    if not isinstance(node, Column):
        raise TypeError(f"{column!r} is not a column")
    return node
