"""Which tables a statement reads and writes, from its syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from qb import nodes
from qb.columns import Action
from qb.errors import SchemaError
from qb.nodes import Node
from qb.rewriting import fields
from qb.tables import Table, resolve

Name = tuple[str | None, str]
"""The schema of a table, or what stands for any or all of them, and its name."""

ANYTHING: Name = (None, "")
"""Is touched by every write."""
EVERYTHING: Name = ("*", "")
"""Is touched by a write of which nobody knows what it writes."""

READING = re.compile(r"\b(from|join|select|table|with)\b", re.IGNORECASE)
"""What SQL text has that may read tables."""


class Effects:
    """What a statement does. A name in `reads` that is in the `writes` of another statement says that the one may read
    what the other has written; a table is there under several names, as its schema may be left out.
    """

    __slots__ = ("is_plain", "reads", "writes")

    def __init__(self, reads: frozenset[Name], writes: frozenset[Name], is_plain: bool) -> None:
        self.reads = reads
        self.writes = writes
        self.is_plain = is_plain
        """Whether it only reads: no row is written or locked."""

    def and_those_of(self, other: Effects) -> Effects:
        """What one of two statements does, or the other."""
        return Effects(self.reads | other.reads, self.writes | other.writes, self.is_plain and other.is_plain)


UNKNOWN = Effects(frozenset({ANYTHING, EVERYTHING}), frozenset({ANYTHING, EVERYTHING}), False)


def effects_of(root: Node) -> Effects:
    """The effects of a statement. Functions and triggers of the database may have others; nobody can know."""
    if isinstance(root, nodes.Raw):
        return UNKNOWN if root.writes is None else Effects(UNKNOWN.reads, with_anything(written_by(root)), False)
    reads: set[Name] = set()
    writes: set[Name] = set()
    is_plain = True
    for node in parts(root):
        if isinstance(node, nodes.Table):
            reads |= read_names(node)
        elif isinstance(node, (nodes.Insert, nodes.Update, nodes.Delete, nodes.Merge)):
            is_plain = False
            writes |= written_by(node)
        elif isinstance(node, nodes.Lock):
            is_plain = False
        elif isinstance(node, nodes.Raw):
            if any(map(READING.search, node.texts)):
                reads.add(ANYTHING)
            if node.writes:
                is_plain = False
                writes |= written_by(node)
    return Effects(frozenset({*reads, EVERYTHING}), with_anything(writes), is_plain)


def with_anything(writes: set[Name]) -> frozenset[Name]:
    """What is touched when these are written."""
    return frozenset({*writes, ANYTHING} if writes else ())


def parts(root: Node) -> Iterator[Node]:
    """All nodes of a tree, each once: those of sub-queries as well, and sources that only columns lead to."""
    seen: set[int] = set()
    waiting: list[Any] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (tuple, list)):
            waiting += item
        elif isinstance(item, Node) and id(item) not in seen:
            seen.add(id(item))
            yield item
            if isinstance(item, nodes.Values) and item.plain:
                continue
            if not isinstance(item, nodes.Table):
                waiting += [getattr(item, field) for field in fields(item)]


def read_names(table: nodes.Table) -> set[Name]:
    """What a table is read as. One whose schema is not told may be in any schema."""
    name = table.name.lower()
    return {("*", name)} if table.schema is None else {(table.schema.lower(), name), (None, name)}


def write_names(table: nodes.Table) -> set[Name]:
    """What a table is written as."""
    name = table.name.lower()
    return {("*", name), (None if table.schema is None else table.schema.lower(), name)}


def names_of(tables: Iterable[type[Table]]) -> frozenset[Name]:
    """What declared tables are written as."""
    return frozenset(name for table in tables for name in write_names(table.__qb_source__))


# Writes, and what foreign keys make of them

UPDATES, DELETES = "updates", "deletes"
Write = tuple[str, str]
"""What happens to rows, and the name of their table."""


def written_by(node: nodes.Insert | nodes.Update | nodes.Delete | nodes.Merge | nodes.Raw) -> set[Name]:
    """What a statement writes, the rows included that follow the foreign keys of others."""
    if isinstance(node, nodes.Raw):
        tables = [table for table in node.writes or () if isinstance(table, nodes.Table)]
        return {name for table in tables for name in reached(table, {DELETES, UPDATES})}
    if isinstance(node, nodes.Merge):
        kinds = {DELETES, UPDATES}
    elif isinstance(node, nodes.Insert):
        kinds = {UPDATES} if node.on_conflict else set()
    else:
        kinds = {DELETES if isinstance(node, nodes.Delete) else UPDATES}
    return reached(node.table, kinds)


def reached(table: nodes.Table, kinds: set[str]) -> set[Name]:
    """A table whose rows are written so, and those whose rows follow."""
    found = write_names(table)
    waiting = [(kind, table.name.lower()) for kind in kinds]
    done: set[Write] = set()
    while waiting:
        kind, name = write = waiting.pop()
        if write in done:
            continue
        done.add(write)
        for parent, child, on_delete, on_update in references():
            action = on_delete if kind == DELETES else on_update
            if parent == name and action not in (None, "no action", "restrict"):
                found |= write_names(child)
                is_deleted = kind == DELETES and action == "cascade"
                waiting.append((DELETES if is_deleted else UPDATES, child.name.lower()))
    return found


def references() -> Iterator[tuple[str, nodes.Table, Action | None, Action | None]]:
    """The foreign keys of all tables that are declared: the table that is referenced, the one that has the key, and
    what happens to its rows when the other one's are deleted or updated.
    """
    for table in declared():
        definition = table.__qb_definition__
        for key in definition.foreign_keys:
            try:
                target, *_ = resolve(key.reference, key.columns, definition.name)
            except (NameError, SchemaError):  # not declared yet, so nothing can write it; or not rightly
                continue
            source = target.node.source if isinstance(target.node, nodes.Column) else None
            if isinstance(source, nodes.Table):
                reference = key.reference
                yield source.name.lower(), nodes.Table(definition.name), reference.on_delete, reference.on_update


def declared() -> Iterator[type[Table]]:
    """All tables that are declared so far."""
    waiting: list[type[Table]] = Table.__subclasses__()
    while waiting:
        table = waiting.pop()
        waiting += table.__subclasses__()
        if "__qb_definition__" in vars(table):
            yield table
