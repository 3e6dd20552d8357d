"""FOR UPDATE and its like."""

from __future__ import annotations

from collections.abc import Sequence

from qb import nodes
from qb.compiler.expressions import ExpressionCompiler
from qb.errors import CompileError
from qb.identifiers import QUOTED
from qb.nodes import Node, Source
from qb.rewriting import own_parts


class LockCompiler(ExpressionCompiler):
    """Renders row locks."""

    def lock(self, node: nodes.Select, lock: nodes.Lock, sources: Sequence[Source]) -> str:
        """`FOR UPDATE …`, after everything else."""
        check_lockable(node)
        optional = outer(sources, node.joins)
        present = [*sources, *[join.source for join in node.joins]]
        for source in lock.sources:
            if source not in present:
                raise CompileError(f'with_for_update(of=…) names "{source.label}", which is not in this query')
        for source in lock.sources or present:
            if source in optional:
                raise CompileError(
                    f'rows of "{source.label}" cannot be locked, because an outer join may find none: name the '
                    f"tables to lock, with_for_update(of=…)"
                )
        of = f" OF {', '.join([QUOTED[source.label] for source in lock.sources])}" if lock.sources else ""
        return f" FOR {lock.strength}{of}{'' if lock.wait is None else ' ' + lock.wait}"


def check_lockable(node: nodes.Select) -> None:
    """Raise CompileError where a row of the result is no row of a table."""
    clauses = {"distinct": node.distinct, "group_by": node.group_by, "having": node.having is not None}
    for clause, is_given in clauses.items():
        if is_given:
            raise CompileError(f"with_for_update() does not go together with {clause}(): it locks rows of tables")
    if any(isinstance(part, (nodes.Aggregate, nodes.Over)) for part in own_parts(node.projection)):
        raise CompileError(
            "with_for_update() does not go together with aggregates and windows: it locks rows of tables"
        )


def aggregates(node: Node) -> bool:
    """Whether an aggregate function is in an expression, sub-queries apart."""
    return any(isinstance(part, nodes.Aggregate) for part in own_parts(node))


def outer(sources: Sequence[Source], joins: Sequence[nodes.Join]) -> set[Source]:
    """The sources of which a joined row may have none."""
    before, found = list(sources), set[Source]()
    for join in joins:
        if join.kind in ("RIGHT", "FULL"):
            found.update(before)
        if join.kind in ("LEFT", "FULL"):
            found.add(join.source)
        before.append(join.source)
    return found
