"""SELECT, and the scope of what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from qb import nodes
from qb.compiler.aggregates import ELSEWHERE, GROUP_BY, HAVING, INNER_WHERE, LIMIT, ON, ORDER_BY, WHERE
from qb.compiler.distinct import DistinctCompiler
from qb.compiler.expressions import ATOM
from qb.compiler.json import JsonCompiler
from qb.compiler.locks import LockCompiler
from qb.compiler.reads import sources_of, sources_read
from qb.compiler.sources import SourceCompiler
from qb.compiler.windows import NONE_YET, WindowCompiler
from qb.errors import CompileError
from qb.nodes import Node, Parameter, Source
from qb.types import ROW_COUNT


class SelectCompiler(SourceCompiler, WindowCompiler, DistinctCompiler, JsonCompiler, LockCompiler):
    """Renders selects and their sources."""

    no_limit: ClassVar[str] = ""
    """What an OFFSET needs before it."""
    limit_reads_around: ClassVar[bool] = False
    """Whether the LIMIT of a sub-query can read columns of the query around it."""

    def visit_select(self, node: nodes.Select) -> str:
        outer, self.uses = self.uses, {}
        around, self.clause = self.clause, ELSEWHERE
        windows, self.windows = self.windows, NONE_YET
        if node.ctes:
            self.need_all(node)
        if node.group_by or node.distinct:
            node = self.grouped(node)
        text = "SELECT " if not node.distinct else self.distinct(node)
        text += self.projection(node.projection, node)
        sources = node.sources or self.implied_source(node.projection, node.joins)
        if sources:
            text += " FROM " + self.visit_all(sources)
        if node.joins:
            self.clause = ON
            text += "".join([self.visit_join(join) for join in node.joins])
        own = (*sources, *[join.source for join in node.joins]) if node.joins else sources
        if node.where is not None:
            self.clause = WHERE if around is None else INNER_WHERE
            text += " WHERE " + self.visit(node.where)
        if node.group_by:
            self.clause = GROUP_BY
            text += " GROUP BY "
            text += self.visit_all(node.group_by) if around is None else self.keys(GROUP_BY, node.group_by, own)
        if node.having is not None:
            self.clause = HAVING
            text += " HAVING " + self.visit(node.having)
        if self.windows is not None:
            text += self.window_clause(self.windows)
        if node.order_by:
            self.clause = ORDER_BY
            text += " ORDER BY "
            text += self.visit_all(node.order_by) if around is None else self.keys(ORDER_BY, node.order_by, own)
        if node.limit is not None or node.offset is not None:
            text += self.limit(node)
        if node.lock is not None:
            text += self.lock(node, node.lock, sources)
        self.clause, self.windows = around, windows
        self.leave(outer, own)
        return text

    def keys(self, clause: str, keys: Sequence[Node], own: Sequence[Source]) -> str:
        """The keys of GROUP BY or ORDER BY in a sub-query, which has these sources of its own."""
        return self.visit_all(keys)

    def grouped(self, node: nodes.Select) -> nodes.Select:
        """A select with GROUP BY or DISTINCT, as the engine has to read it to tell its keys."""
        return node

    def implied_source(self, projection: nodes.Projection, joins: Sequence[nodes.Join]) -> tuple[Source, ...]:
        """The FROM of a select that names none: the one selected source that is not joined."""
        selected = tuple(self.uses)
        if len(selected) == 1 and not joins:  # as it mostly is
            return selected
        if joins:
            joined = {join.source for join in joins}
            selected = tuple([source for source in selected if source not in joined])
            if not selected:
                raise CompileError("a select of nothing but joined sources needs a .from_() for the first of them")
        if len(selected) > 1:  # what only sub-queries read may come from the query around this one
            direct = list(sources_read(projection))
            selected = tuple([source for source in selected if source in direct]) or selected
        if len(selected) > 1:
            names = " and ".join([f'"{source.label}"' for source in selected])
            raise CompileError(f"{names} are selected, but not joined: join them, or name the first in .from_()")
        return selected

    def limit(self, node: nodes.Select | nodes.Compound) -> str:
        """LIMIT and OFFSET."""
        around, self.clause = self.clause, LIMIT
        for count in (node.limit, node.offset):
            if count is not None and count.__class__ is not Parameter:
                self.check_count(node, count)
        text = self.counts(node)
        self.clause = around
        return text

    def counts(self, node: nodes.Select | nodes.Compound) -> str:
        """LIMIT and OFFSET with their numbers."""
        if isinstance(node, nodes.Select) and node.with_ties:
            return self.limit_with_ties(node)
        text = self.no_limit if node.limit is None else f" LIMIT {self.operand(node.limit, 0, ROW_COUNT)}"
        return text if node.offset is None else f"{text} OFFSET {self.operand(node.offset, 0, ROW_COUNT)}"

    def check_count(self, node: nodes.Select | nodes.Compound, count: Node) -> None:
        """Raise CompileError for a number of rows that reads the rows which it is the number of."""
        own = sources_of(node) if isinstance(node, nodes.Select) else ()
        for source in sources_read(count):
            if source in own or not self.limit_reads_around:
                raise CompileError(
                    f'LIMIT and OFFSET are one number for all rows, and this one reads "{source.label}": compute it in '
                    f"a sub-query"
                )

    def limit_with_ties(self, node: nodes.Select) -> str:
        """FETCH FIRST … WITH TIES, and OFFSET."""
        assert node.limit is not None
        if not node.order_by:
            raise CompileError("fetch(with_ties=True) needs an .order_by(…): ties are rows that sort alike")
        if node.lock is not None and node.lock.wait == "SKIP LOCKED":
            raise CompileError("fetch(with_ties=True) does not go together with skip_locked=True")
        text = "" if node.offset is None else f" OFFSET {self.operand(node.offset, 0, ROW_COUNT)}"
        return f"{text} FETCH FIRST {self.operand(node.limit, ATOM, ROW_COUNT)} ROWS WITH TIES"
