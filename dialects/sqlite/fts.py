"""Full-text search on SQLite: FTS5 tables."""

from __future__ import annotations

from dialects.sqlite.codecs import FTS_WORDS
from qb import nodes
from qb.compiler import Compiler
from qb.errors import UnsupportedError
from qb.nodes import Parameter


class FtsCompiler(Compiler):
    """MATCH and bm25()."""

    def function_fts_match_table(self, node: nodes.Function) -> str:
        table, words = node.arguments
        if not isinstance(words, Parameter):
            raise UnsupportedError("on SQLite a full-text query is a value, or in FTS5's own syntax: raw=True")
        return f"({self.visit(table)} MATCH {self.bind(words.value, FTS_WORDS)})"

    def function_fts_match_raw_table(self, node: nodes.Function) -> str:
        table, words = node.arguments
        return f"({self.visit(table)} MATCH {self.visit(words)})"

    def function_fts_rank_table(self, node: nodes.Function) -> str:
        return f"(-bm25({self.visit(node.arguments[0])}))"  # which is the lower, the better the row

    def function_fts_highlight(self, node: nodes.Function) -> str:
        return f"highlight({self.visit_all(node.arguments)})"

    def function_fts_snippet(self, node: nodes.Function) -> str:
        return f"snippet({self.visit_all(node.arguments)})"

    def no_fts_headline(self, node: nodes.Function) -> str:
        """Passages of a text outside of an FTS5 table."""
        raise UnsupportedError(
            "SQLite has no ts_headline: fts.snippet(column) or fts.highlight(column) of an FTS5 table"
        )

    function_fts_headline = function_fts_headline_raw = no_fts_headline

    def no_fts(self, node: nodes.Function) -> str:
        """Texts outside of an FTS5 table."""
        raise UnsupportedError("SQLite searches FTS5 tables only: create one, declare it as a Table and match that")

    function_fts_rank_raw_table = function_fts_rank_table
    function_fts_match = function_fts_match_raw = function_fts_rank = function_fts_rank_raw = no_fts
