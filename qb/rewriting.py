"""Rewriting a syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from qb.nodes import Column, Cte, CteReference, Derived, Node, Source, Statement

N = TypeVar("N", bound=Node)


def transform(node: N, replace: Callable[[Node], Node], *, sources: bool = True) -> N:
    """The tree with `replace` called on each node, children first; parts that do not change are shared. Without
    `sources`, sub-queries in FROM and WITH stay as they are: for a part of a statement, as others may read them, too.

    Tables are leaves. Columns follow their source: when `replace` gives another table for one, or a sub-query in
    FROM is rewritten, its columns become those of the same names there.
    """
    return _Rewriting(replace, sources).of(node)


class _Rewriting:
    """One pass over a tree."""

    def __init__(self, replace: Callable[[Node], Node], sources: bool) -> None:
        self.replace = replace
        self.sources = sources
        self.shared: dict[Node, Node] = {}
        """What may stand in several places, as it was and as it is."""

    def of(self, node: N) -> N:
        if isinstance(node, Column):
            return self.replace(self.column(node))  # type: ignore[return-value]  # the caller replaces like by like
        if isinstance(node, (Source, Cte)):
            if not self.sources:
                return node
            new = self.shared.get(node)
            if new is None:
                new = self.cte(node) if isinstance(node, Cte) else self.source(node)
                self.shared[node] = new
            return new  # type: ignore[return-value]  # a source for a source
        return self.replace(self.rebuilt(node))  # type: ignore[return-value]  # likewise

    def rebuilt(self, node: N) -> N:
        """The node with its parts rewritten; itself when none of them changes."""
        changes = {}
        for field in fields(node):
            value = getattr(node, field)
            new = self.value(value)
            if new is not value:
                changes[field] = new
        return changed(node, changes) if changes else node

    def value(self, value: Any) -> Any:  # any field of any node
        if isinstance(value, Node):
            return self.of(value)
        if isinstance(value, (tuple, list)):
            items = tuple([self.value(item) for item in value])
            if any(new is not old for new, old in zip(items, value, strict=True)):
                return items
        return value

    def column(self, node: Column) -> Column:
        source = self.of(node.source)
        if source is node.source:
            return node
        return next(column for column in source.columns if column.name == node.name)

    def source(self, node: Source) -> Source:
        """A source whose query or rows may change: its columns then belong to the new one."""
        field = {Derived: "query", CteReference: "cte"}.get(type(node), "rows")
        old = getattr(node, field, None)
        new = self.value(old)
        if new is not old:
            node = changed(node, {field: new})
            node.columns = tuple([Column(node, c.name, c.attribute, c.type, c.nullable) for c in node.columns])
        return self.replace(node)  # type: ignore[return-value]  # the caller replaces like by like

    def cte(self, node: Cte) -> Cte:
        """A common table expression, which may read itself."""
        self.shared[node] = node
        before = dict(self.shared)
        query = self.of(node.query)
        if query is not node.query:
            self.shared = before  # what reads it has to read the new one
            new = self.shared[node] = changed(node, {})
            new.query = self.of(node.query)
            node = new
        return self.replace(node)  # type: ignore[return-value]  # the caller replaces like by like


def alike(one: Any, other: Any) -> bool:  # any field of any node
    """Whether two trees say the same: of the same columns, and with equal values."""
    if isinstance(one, Node):
        if one is other or type(one) is not type(other) or isinstance(one, (Column, Source)):
            return one is other
        return all(alike(getattr(one, field), getattr(other, field)) for field in fields(one))
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(alike, one, other))
    return one is other or (type(one) is type(other) and bool(one == other))


def own_parts(node: Any) -> Iterator[Node]:  # any field of any node
    """A node and all that is in it, sub-queries and what columns belong to apart."""
    if isinstance(node, (tuple, list)):
        for item in node:
            yield from own_parts(item)
    elif isinstance(node, Node) and not isinstance(node, Statement):
        yield node
        if not isinstance(node, (Column, Source)):
            for field in fields(node):
                yield from own_parts(getattr(node, field))


def fields(node: Node) -> Iterable[str]:
    """The names of a node's fields."""
    return [slot for cls in type(node).__mro__ for slot in getattr(cls, "__slots__", ())]


def changed(node: N, changes: dict[str, Any]) -> N:
    """A copy of the node with some fields replaced."""
    new = object.__new__(type(node))
    for field in fields(node):
        setattr(new, field, changes.get(field, getattr(node, field)))
    return new
