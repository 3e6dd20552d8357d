"""Full-text search on PostgreSQL: tsvector and tsquery."""

from __future__ import annotations

from qb import nodes
from qb.compiler import ATOM, Compiler
from qb.errors import UnsupportedError


class FtsCompiler(Compiler):
    """`@@` and ts_rank()."""

    def vector(self, node: nodes.Function) -> str:
        """The searched texts, one after the other."""
        config, _, *texts = node.arguments
        name = self.visit(config)
        if len(texts) == 1:
            return f"to_tsvector({name}, {self.visit(texts[0])})"
        joined = " || ' ' || ".join([f"coalesce({self.visit(text)}, '')" for text in texts])
        return f"to_tsvector({name}, {joined})"

    def query(self, node: nodes.Function) -> str:
        """The words that are searched for."""
        config, words = node.arguments[:2]
        function = "to_tsquery" if "_raw" in node.name else "websearch_to_tsquery"
        return f"{function}({self.visit(config)}, {self.operand(words, ATOM)})"

    def function_fts_match(self, node: nodes.Function) -> str:
        return f"({self.vector(node)} @@ {self.query(node)})"

    def function_fts_rank(self, node: nodes.Function) -> str:
        return f"ts_rank({self.vector(node)}, {self.query(node)})::double precision"

    def no_fts_table(self, node: nodes.Function) -> str:
        """An FTS5 table."""
        raise UnsupportedError("PostgreSQL has no FTS5 tables: name the columns, fts.match((Album.title,), …)")

    def function_fts_headline(self, node: nodes.Function) -> str:
        config, _, text, options = node.arguments
        return (
            f"ts_headline({self.visit(config)}, {self.visit(text)}, {self.query(node)}, {self.operand(options, ATOM)})"
        )

    def no_fts_place(self, node: nodes.Function) -> str:
        """What only FTS5 has."""
        raise UnsupportedError("PostgreSQL has no FTS5 tables: fts.headline(column, query) shows the words")

    function_fts_highlight = function_fts_snippet = no_fts_place
    function_fts_headline_raw = function_fts_headline
    function_fts_match_raw, function_fts_rank_raw = function_fts_match, function_fts_rank
    function_fts_match_table = function_fts_match_raw_table = no_fts_table
    function_fts_rank_table = function_fts_rank_raw_table = no_fts_table
