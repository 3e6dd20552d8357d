"""Which sources a piece of syntax reads, found without rendering it."""

from __future__ import annotations

from collections.abc import Iterator

from qb import nodes
from qb.nodes import Column, Nested, Node, Select, Source


def sources_of(select: Select) -> list[Source]:
    """The sources of a select, that of its FROM first."""
    joined = [join.source for join in select.joins]
    first = list(select.sources)
    if not first:
        read = dict.fromkeys([source for item in select.projection for source in sources_read(item)])
        first = [source for source in read if source not in joined]
    return [*first, *joined]


def sources_read(value: object) -> Iterator[Source]:
    """The sources that an expression reads, apart from those of queries inside of it."""
    if isinstance(value, (Column, nodes.WholeSource)):
        yield value.source
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from sources_read(item)
    elif isinstance(value, Node) and not isinstance(value, (nodes.Statement, Source, Nested)):
        for cls in type(value).__mro__:
            for slot in getattr(cls, "__slots__", ()):
                yield from sources_read(getattr(value, slot))
