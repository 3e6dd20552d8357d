"""MERGE."""

from __future__ import annotations

from qb import nodes
from qb.compiler.aggregates import MERGE
from qb.compiler.writes import WriteCompiler
from qb.errors import CompileError
from qb.identifiers import QUOTED
from qb.nodes import Source


class MergeCompiler(WriteCompiler):
    """Renders MERGE."""

    def visit_merge(self, node: nodes.Merge) -> str:
        if node.source is None or node.on is None:
            raise CompileError(f'the merge into "{node.table.label}" has no source: add .using(source, on=…)')
        if not node.clauses:
            raise CompileError(
                f'the merge into "{node.table.label}" does nothing: add .when_matched(…) or .when_not_matched(…)'
            )
        outer, self.uses = self.uses, {}
        around, self.clause = self.clause, MERGE
        self.need_all(node)
        parts = [f"MERGE INTO {self.visit_table(node.table)} USING {self.visit(node.source)} ON {self.visit(node.on)}"]
        always = set[str]()
        for clause in node.clauses:
            if clause.event in always:
                raise CompileError(
                    f"a clause of this merge is never reached: {method(clause.event)}() without a condition comes "
                    f"before it"
                )
            if clause.condition is None:
                always.add(clause.event)
            parts.append(self.merge_clause(node, clause))
        parts.append(self.returning(node))
        self.clause = around
        self.leave(outer, (node.table, node.source))
        return "".join(parts)

    def merge_clause(self, node: nodes.Merge, clause: nodes.MergeClause) -> str:
        """`WHEN … THEN …`, which reads what there is in its case."""
        outer, self.uses = self.uses, {}
        condition = "" if clause.condition is None else f" AND {self.visit(clause.condition)}"
        text = f" WHEN {clause.event}{condition} THEN {self.merge_action(clause)}"
        absent: Source | None = {"NOT MATCHED": node.table, "NOT MATCHED BY SOURCE": node.source}.get(clause.event)
        if absent in self.uses:
            raise CompileError(f'there is no row of "{absent.label}" to read in {method(clause.event)}()')
        self.uses = {**outer, **self.uses}
        return text

    def merge_action(self, clause: nodes.MergeClause) -> str:
        """What follows THEN."""
        if clause.action == "UPDATE":
            return f"UPDATE SET {self.visit_all(clause.assignments)}"
        if clause.action != "INSERT":
            return clause.action
        if not clause.assignments:
            return "INSERT DEFAULT VALUES"
        columns = ", ".join([QUOTED[change.column.name] for change in clause.assignments])
        values = ", ".join([self.assignment_value(change) for change in clause.assignments])
        return f"INSERT ({columns}) VALUES ({values})"


def method(event: str) -> str:
    """The builder's name for a case."""
    return f"when_{event.lower().replace(' ', '_')}"
