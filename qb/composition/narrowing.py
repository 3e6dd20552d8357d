"""Statements that see a part of each table only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from qb.compiler import Compiler
from qb.compiler.reads import sources_of
from qb.errors import CompileError
from qb.expressions import Expr, conjunction
from qb.nodes import Delete, Insert, Join, Merge, Node, Raw, Select, Source, Table, Update

Condition = Callable[[Mapping[str, Expr[Any]]], Expr[bool | None] | None]
"""Makes the condition of a table's columns, by attribute; None for tables of which all rows may be seen."""
S = TypeVar("S", bound=Select | Update | Delete)


def narrowed(node: Node, condition: Condition) -> Node:
    """A statement that reads and writes only those rows of its tables for which a condition is true; any other node
    as it is. It is for `transformed`, which gets into sub-queries, common table expressions and nested rows:

        def live(columns: Mapping[str, Expr[Any]]) -> Expr[bool] | None:
            return columns["deleted_at"].is_null() if "deleted_at" in columns else None

        query.transformed(lambda node: narrowed(node, live))

    The condition of a table that an outer join may leave out is in its ON, any other in WHERE; an upsert updates
    only such rows. What is inserted is not looked at. Raises CompileError where it cannot be said: beside a FULL
    JOIN, in a MERGE, and for a table in `sql(…)`.
    """
    if isinstance(node, Select):
        return _restricted(node, [*_sources(node)], condition)
    if isinstance(node, (Update, Delete)):
        if node.where is None and not node.all_rows:
            return node  # and it does not compile
        return _restricted(node, [node.table, *node.sources], condition)
    if isinstance(node, Insert):
        return _upsert(node, condition)
    parts = (node.table, node.source) if isinstance(node, Merge) else node.holes if isinstance(node, Raw) else ()
    for part in parts:
        if _of(part, condition):
            what = "MERGE" if isinstance(node, Merge) else "sql(…)"
            raise CompileError(f'{what} cannot be narrowed: it sees all rows of "{part.label}"')  # type: ignore[union-attr]  # what has a condition is a table
    return node


def _of(source: Node | None, condition: Condition) -> list[Expr[Any]]:
    """The condition for a source, if there is one."""
    if not isinstance(source, Table):
        return []
    found = condition({column.attribute: Expr(column) for column in source.columns})
    return [] if found is None else [found]


def _sources(select: Select) -> list[Source]:
    """What stands in the FROM of a select."""
    joined = [join.source for join in select.joins]
    found = [source for source in sources_of(select) if source not in joined]
    if found:
        return found
    compiler = Compiler()  # which knows what follows from sub-queries
    compiler.projection(select.projection, select)
    return list(compiler.implied_source(select.projection, select.joins))


def _restricted(node: S, sources: list[Source], condition: Condition) -> S:
    where: list[Expr[Any]] = [found for source in sources for found in _of(source, condition)]
    joins = []
    for join in node.joins:
        own = _of(join.source, condition)
        if join.kind == "FULL" and (own or where):
            raise CompileError(
                f'beside the FULL JOIN of "{join.source.label}" nothing can be narrowed: select from the tables '
                f"in sub-queries, and join those"
            )
        if join.kind == "RIGHT":  # which keeps its own rows, and leaves out those before
            if where and len(sources) > 1:
                raise CompileError(f'the RIGHT JOIN of "{join.source.label}" cannot be narrowed: .from_() has others')
            own, where = where, own
        elif join.kind != "LEFT":
            where += own
            own = []
        joins.append(Join(join.kind, join.source, conjunction(join.on, own)) if own else join)
    if not where and all(new is old for new, old in zip(joins, node.joins, strict=True)):
        return node
    new = node.copy()
    new.joins = tuple(joins)
    new.where = conjunction(node.where, where)
    return new  # type: ignore[return-value]  # a copy is of the same class


def _upsert(node: Insert, condition: Condition) -> Insert:
    own = _of(node.table, condition)
    if not own or all(clause.assignments is None for clause in node.on_conflict):
        return node
    new = node.copy()
    new.on_conflict = tuple([
        clause
        if clause.assignments is None
        else type(clause)(clause.target, clause.assignments, conjunction(clause.where, own))
        for clause in node.on_conflict
    ])  # fmt: skip
    return new
