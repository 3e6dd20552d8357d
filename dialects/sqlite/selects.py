"""SELECT on SQLite: what it overlooks in HAVING and ORDER BY, and what its sub-queries cannot be sorted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qb import nodes
from qb.compiler import Compiler
from qb.errors import UnsupportedError
from qb.nodes import Case, Expression, IsNull, Label, Node, Source, When
from qb.rewriting import own_parts
from qb.rows import output_name


class SelectCompiler(Compiler):
    """Renders selects."""

    def visit_select(self, node: nodes.Select) -> str:
        if not node.group_by and (node.having is not None or node.order_by):
            elsewhere = node.having is not None or has_aggregates(node.order_by)
            if elsewhere and not has_aggregates(node.projection):
                node = with_an_aggregate(node)
        return super().visit_select(node)

    def visit_exists(self, node: nodes.Exists) -> str:
        query = node.query
        if isinstance(query, nodes.Select) and query.distinct and query.offset is not None:
            # Straight in EXISTS, DISTINCT is overlooked, and equal rows count for the OFFSET.
            return f"EXISTS (SELECT * FROM ({self.visit(query)}))"
        return super().visit_exists(node)

    def keys(self, clause: str, keys: Sequence[Node], own: Sequence[Source]) -> str:
        before, self.uses = self.uses, {}
        text = super().keys(clause, keys, own)
        for source in self.uses:
            if source not in own:
                raise UnsupportedError(
                    f'SQLite finds nothing of the query around in {clause}, and this sub-query has "{source.label}" '
                    f"there: join that table in the sub-query, or leave it out of {clause}"
                )
        self.uses = {**before, **self.uses}
        return text


def has_aggregates(parts: Iterable[Node]) -> bool:
    """Whether there is an aggregate that is not over a window."""
    found = [part for part in own_parts(tuple(parts)) if isinstance(part, (nodes.Aggregate, nodes.Over))]
    over_windows = {id(part.function) for part in found if isinstance(part, nodes.Over)}
    return any(isinstance(part, nodes.Aggregate) and id(part) not in over_windows for part in found)


def with_an_aggregate(node: nodes.Select) -> nodes.Select:
    """The select of one group with an aggregate among the selected values, where SQLite looks for them."""
    first, *others = node.projection
    if not isinstance(first, Expression):
        return node
    value = first.operand if isinstance(first, Label) else first
    always = IsNull(nodes.COUNT_ALL, True)
    case: Expression = Case(None, (When(always, value),), None, value.type)
    name = output_name(first)
    node = node.copy()
    node.projection = (case if name is None else Label(case, name), *others)
    return node
