"""ANY and ALL of sub-queries, which SQLite does not have."""

from __future__ import annotations

from qb import nodes
from qb.compiler import Compiler
from qb.compiler.locks import aggregates
from qb.errors import UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Comparison, Compound, In, Label, Quantified, Subquery
from qb.rewriting import own_parts
from qb.rows import output_name

LABEL = "quantified"
DECIDED = {
    "ANY": "CASE WHEN max({0}) THEN 1 WHEN count(*) > count({0}) THEN NULL ELSE 0 END",
    "ALL": "CASE WHEN NOT min({0}) THEN 0 WHEN count(*) > count({0}) THEN NULL ELSE 1 END",
}
"""What follows from the comparisons with each value: one that is NULL leaves open what the others do not decide."""


class QuantifiedCompiler(Compiler):
    """Says them with IN, and with a count of the comparisons."""

    def quantified(self, node: Comparison, right: Quantified) -> str:
        query = right.operand
        if not isinstance(query, Subquery):
            raise UnsupportedError("SQLite has no arrays: declare a list as col.json(list[…])")
        if (node.operator, right.word) in (("=", "ANY"), ("<>", "ALL")):
            return self.visit(In(node.left, query, right.word == "ALL"))
        if aggregates(node.left) or any(isinstance(part, nodes.Over) for part in own_parts(node.left)):
            raise UnsupportedError(
                f"SQLite has no {right.word}, and cannot do without it beside an aggregate: compare with "
                f"fn.min() or fn.max() of a scalar sub-query"
            )
        select = query.query
        name = output_name(select.projection[0])
        if not isinstance(select, Compound):
            name = "value"
            select = select.copy()
            (item,) = select.projection
            assert isinstance(item, nodes.Expression)
            select.projection = (Label(item.operand if isinstance(item, Label) else item, name),)
        elif name is None:
            raise UnsupportedError(f"SQLite has no {right.word}: name the column of the set operation with .as_(…)")
        source = nodes.Derived(select, LABEL, [(name, query.type)])
        text = self.visit(Comparison(node.operator, node.left, source.columns[0]))
        del self.uses[source]
        compared = QUOTED["compared"]
        source_text = self.visit(source)
        return f"(SELECT {DECIDED[right.word].format(compared)} FROM (SELECT {text} AS {compared} FROM {source_text}))"
