"""What stands in FROM, and WITH in front of it all."""

from __future__ import annotations

from qb import nodes
from qb.compiler.aggregates import VALUES, AggregateCompiler
from qb.errors import CompileError
from qb.identifiers import PATHS, QUOTED, seen, twin
from qb.nodes import Column, Cte, Node, Source, Statement


class SourceCompiler(AggregateCompiler):
    """Renders sources and joins."""

    reads: dict[Source, set[Source]] | None = None
    """What sub-queries in FROM read of the query around them."""

    def after_with(self, node: Node, ctes: dict[Cte, bool]) -> str:
        # They are known only now, but their text and their parameters come first.
        self.restart()
        return f"{self.with_clause(ctes)} {self.visit(node)}"

    def restart(self) -> None:
        """Forget the parameters, to render the statement once more."""
        self.parameters = []
        self.uses = {}

    def with_clause(self, ctes: dict[Cte, bool]) -> str:
        """WITH and what is defined there."""
        again = twin([cte.name for cte in ctes])
        if again is not None:
            raise CompileError(f'two common table expressions of this statement are named "{again}"')
        word = "WITH RECURSIVE" if any(cte.recursive for cte in ctes) else "WITH"
        return f"{word} {', '.join([self.visit_cte(cte) for cte in ctes])}"

    def visit_cte(self, node: Cte) -> str:
        renamed = f" ({', '.join([QUOTED[name] for name in node.renamed])})" if node.renamed else ""
        hint = {None: "", True: "MATERIALIZED ", False: "NOT MATERIALIZED "}[node.materialized]
        return f"{QUOTED[node.name]}{renamed} AS {hint}({self.visit(node.query)})"

    def need(self, cte: Cte) -> None:
        """Have a common table expression, and those that it needs, in front of the statement."""
        if self.ctes is None:
            self.ctes = {}
        if cte in self.ctes:
            return
        self.ctes[cte] = False
        outer, self.uses = self.uses, {}
        self.visit(cte.query)
        if self.uses:
            column = next(iter(self.uses.values()))
            raise CompileError(
                f'the common table expression "{cte.name}" reads "{column.source.label}"."{column.name}", which is '
                f"not in it: it stands in front of the statement, and sees nothing of it"
            )
        self.uses = outer
        del self.ctes[cte]  # what it needs comes before it
        self.ctes[cte] = True

    def need_all(self, node: Statement) -> None:
        """Those that a statement names itself."""
        for cte in node.ctes:
            assert isinstance(cte, Cte)
            self.need(cte)

    def visit_cte_reference(self, node: nodes.CteReference) -> str:
        self.need(node.cte)
        name = QUOTED[node.cte.name]
        return name if node.alias is None else f"{name} AS {QUOTED[node.alias]}"

    def visit_table(self, node: nodes.Table) -> str:
        if (
            self.ctes is not None
            and node.schema is None
            and any(seen(cte.name) == seen(node.name) for cte in self.ctes)
        ):
            raise CompileError(f'"{node.name}" is a table and a common table expression here: rename the latter')
        name = QUOTED[node.name] if node.schema is None else PATHS[node.schema, node.name]
        return name if node.alias is None else f"{name} AS {QUOTED[node.alias]}"

    def visit_derived(self, node: nodes.Derived) -> str:
        outer, self.uses = self.uses, {}
        text = f"({self.visit(node.query)}) AS {QUOTED[node.label]}"
        if self.uses:
            if not node.lateral:
                self.reads = self.reads or {}
                self.reads[node] = set(self.uses)
            self.uses = {**self.uses, **outer}
        else:
            self.uses = outer
        return f"LATERAL {text}" if node.lateral else text

    def check_siblings(self, own: tuple[Source, ...]) -> None:
        """Raise CompileError where a sub-query in FROM reads what stands beside it."""
        for source in own:
            for read in (self.reads or {}).get(source, ()):
                if read in own:
                    raise CompileError(
                        f'the sub-query "{source.label}" reads "{read.label}", which stands beside it in FROM: '
                        f"make it with .lateral() in place of .subquery()"
                    )

    def visit_values_table(self, node: nodes.ValuesTable) -> str:
        """For engines that name the columns behind it."""
        names = ", ".join([QUOTED[column.name] for column in node.columns])
        return f"(VALUES {self.values_rows(node)}) AS {QUOTED[node.label]} ({names})"

    def values_rows(self, node: nodes.ValuesTable) -> str:
        """What stands behind VALUES in FROM."""
        around, self.clause = self.clause, VALUES
        text = self.table_rows(node)
        self.clause = around
        return text

    def table_rows(self, node: nodes.ValuesTable) -> str:
        """The rows of VALUES in FROM."""
        return ", ".join([f"({self.visit_all(row)})" for row in node.rows])

    def visit_join(self, node: nodes.Join) -> str:
        source = self.visit(node.source)
        on = "" if node.on is None else f" ON {self.visit(node.on)}"
        return f" {node.kind} JOIN {source}{on}"

    def leave(self, outer: dict[Source, Column], own: tuple[Source, ...]) -> None:
        """Close a statement's scope: what it reads but does not have must come from the statement around it."""
        inner, self.uses = self.uses, outer
        if len(own) > 1 and len({source.label.lower() for source in own}) < len(own):  # SQLite ignores case
            raise CompileError(
                f"a source is twice in this query: give one of them a name of its own with alias() "
                f"({', '.join([source.label for source in own])})"
            )
        if self.reads is not None:
            self.check_siblings(own)
        for source in inner:
            if source not in own:
                if any(seen(source.label) == seen(hidden.label) for hidden in own):
                    raise CompileError(
                        f'"{source.label}" is not in this query, but another source of that name is: give one of them '
                        f"a name of its own with alias()"
                    )
                outer[source] = inner[source]
