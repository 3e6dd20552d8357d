"""Full-text search: `from qb import fts`.

On PostgreSQL columns are searched, on SQLite and D1 a table that was created with FTS5:

    fts.match((Album.title, Album.notes), "kind blue")      # PostgreSQL
    fts.match(AlbumText, "kind blue")                       # SQLite: CREATE VIRTUAL TABLE album_text USING fts5(…)
"""

from __future__ import annotations

import re
from typing import Any

from qb import nodes
from qb.aliases import Alias
from qb.errors import CompileError
from qb.expressions import Expr, expression, operand
from qb.nodes import Expression, Function
from qb.tables import Table
from qb.types import BOOLEAN, INTEGER, REAL, TEXT, TEXTS

Searched = Expr[Any] | tuple[Expr[Any], ...] | type[Table] | Alias[Any, Any]
"""A text, several texts, or an FTS5 table."""

CONFIGURATION = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


def match(what: Searched, query: object, *, config: str = "english", raw: bool = False) -> Expr[bool]:
    """Whether all words of a query are in a text, in several texts together, or in a row of an FTS5 table.

    `query` is what somebody typed, and cannot be wrong: on PostgreSQL in the syntax of `websearch_to_tsquery`, on
    SQLite as words. With `raw=True` it is in the engine's own syntax. `config` is PostgreSQL's configuration, as of an
    index on `to_tsvector('english', title)`.
    """
    words = operand(query, TEXT)
    if words.type.kind not in TEXTS:
        raise CompileError(f"a full-text query is a text, not {words.type!r}")
    name = "fts_match_raw" if raw else "fts_match"
    return Expr(Function(f"{name}_table" if is_table(what) else name, searched(what, config, words), BOOLEAN))


def rank(what: Searched, query: object, *, config: str = "english", raw: bool = False) -> Expr[float]:
    """How well a row matches, for sorting: `.order_by(fts.rank(AlbumText, words).desc())`, the best one first.

    On SQLite it is of the query in the select's own `fts.match`. Numbers of different engines do not compare.
    """
    words = operand(query, TEXT)
    name = "fts_rank_raw" if raw else "fts_rank"
    return Expr(Function(f"{name}_table" if is_table(what) else name, searched(what, config, words), REAL))


def headline(
    text: Expr[Any],
    query: object,
    *,
    before: str = "<b>",
    after: str = "</b>",
    config: str = "english",
    raw: bool = False,
) -> Expr[str]:
    """The passages of a text around the words of a query, which stand between `before` and `after` (PostgreSQL).

    The text is not escaped: in HTML, choose marks that nobody writes, escape, and put the tags in their places.
    """
    words = operand(query, TEXT)
    if words.type.kind not in TEXTS:
        raise CompileError(f"a full-text query is a text, not {words.type!r}")
    for mark in (before, after):
        if '"' in mark or "\\" in mark:
            raise CompileError(f"a mark of headline() has no quotes and no backslash: {mark!r}")
    options = nodes.Parameter(f'StartSel="{before}", StopSel="{after}"', TEXT)
    arguments = (*searched(text, config, words), options)
    return Expr(Function("fts_headline_raw" if raw else "fts_headline", arguments, TEXT))


def highlight(column: Expr[Any], *, before: str = "<b>", after: str = "</b>") -> Expr[str]:
    """A text of an FTS5 table with the words of the select's own `fts.match` between `before` and `after` (SQLite).

    The columns have to be declared in the order of CREATE VIRTUAL TABLE. The text is not escaped, as in `headline`.
    """
    return Expr(Function("fts_highlight", (*place(column), *marks(before, after)), TEXT))


def snippet(
    column: Expr[Any], *, before: str = "<b>", after: str = "</b>", ellipsis: str = "…", words: int = 16
) -> Expr[str]:
    """The passage of at most so many words (64) with most of those that are searched for, otherwise like `highlight`
    (SQLite).
    """
    if not 1 <= words <= 64:
        raise CompileError(f"a snippet has 1 to 64 words, not {words}")
    size = nodes.Parameter(words, INTEGER)
    arguments = (*place(column), *marks(before, after), nodes.Parameter(ellipsis, TEXT), size)
    return Expr(Function("fts_snippet", arguments, TEXT))


def place(column: Expr[Any]) -> tuple[Expression, Expression]:
    """The hidden column of an FTS5 table, and which of its columns is meant."""
    node = expression(column, "column of an FTS5 table")
    if not isinstance(node, nodes.Column) or not isinstance(node.source, nodes.Table) or node.name == "rowid":
        raise CompileError(f"{column} is no column of an FTS5 table")
    own = [each.name for each in node.source.columns if each.name != "rowid"]
    number = nodes.Raw((str(own.index(node.name)),), (), INTEGER)
    return nodes.Column(node.source, node.source.name, node.source.name, TEXT), number


def marks(*texts: str) -> list[Expression]:
    """What stands around a word, as parameters."""
    return [nodes.Parameter(text, TEXT) for text in texts]


def is_table(what: object) -> bool:
    """Whether it is a table or an alias of one."""
    return isinstance(getattr(what, "__qb_source__", None), nodes.Table)


def searched(what: Searched, config: str, words: Expression) -> tuple[Expression, ...]:
    """The arguments: of a table its hidden column, which has the table's name; of texts the configuration, too."""
    source = getattr(what, "__qb_source__", None)
    if isinstance(source, nodes.Table):
        return (nodes.Column(source, source.name, source.name, TEXT), words)
    if not CONFIGURATION.fullmatch(config):
        raise CompileError(f"{config!r} cannot be the name of a text search configuration")
    texts = what if isinstance(what, tuple) else (what,)
    if not texts:
        raise CompileError("no text to search")
    found = [expression(text, "text to search") for text in texts]
    for node in found:
        if node.type.kind not in TEXTS:
            raise CompileError(f"{node.type!r} is no text to search")
    return (nodes.Raw((f"'{config}'",), (), TEXT), words, *found)
