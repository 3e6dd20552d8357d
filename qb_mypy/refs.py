"""Refs: the columns that an expression reads, and marks of what else is known of it, as texts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from qb_mypy.names import short

ANY_SOURCE = "?"
"""The source of a column of `type[T]`, in a helper that takes any table: only its name is known."""
NOT_NULL = "set="
"""In front of a column that is NOT NULL, in place of a clause: what it is set to must not be NULL."""
EXCLUDED = "excluded:"
"""In front of the source of a ref: the row that an INSERT tried."""
ROWS = "@rows"


class Ref(NamedTuple):
    """A column that an expression reads. Written `source.column`, with its marks in front."""

    source: str
    """The full name of the table class, or the name of an alias."""
    column: str
    lax: bool = False
    """Whether the expression has a value where the column is NULL (`coalesce`, `count`, `IS NULL`)."""
    aggregated: int = 0
    """In how many aggregate functions the column is read: one inside the other, where the outer is over a window."""
    inner: bool = False
    """Whether a sub-query reads it, which may mean the query around."""

    @property
    def is_mark(self) -> bool:
        """Whether this is no column, but says something of the expression."""
        return self.source.startswith("@")

    def encode(self) -> str:
        if self.is_mark:
            return "#" * (self.aggregated if self.source == ROWS else 0) + self.source
        marks = ("~" if self.lax else "") + "#" * self.aggregated + ("^" if self.inner else "")
        return f"{marks}{self.source}.{self.column}"

    @staticmethod
    @lru_cache(4096)  # every clause reads the same few texts again
    def decode(text: str) -> Ref:
        if text.startswith("@"):
            return Ref(text, "", lax=True)
        name = text.lstrip("~#^")
        marks = text[: len(text) - len(name)]
        if name == ROWS:
            return Ref(name, "", True, len(marks))
        source, _, column = name.rpartition(".")
        return Ref(source, column, "~" in marks, marks.count("#"), "^" in marks)

    def display(self) -> str:
        """As the person wrote it: `Album.title`, and `Album` for all of it."""
        if self.column == "*":
            return short(self.source)
        name = f"{short(self.source.removeprefix(EXCLUDED))}.{self.column}"
        return f"excluded({name})" if self.source.startswith(EXCLUDED) else name


WINDOW_MARK = Ref("@window", "", lax=True)
"""Among the refs of an expression that has a function over a window in it."""
NESTED_MARK = Ref("@nested", "", lax=True)
"""Among the refs of an expression that has rows for its value: `many`, `one`."""
ROWS_MARK = Ref(ROWS, "", lax=True, aggregated=1)
"""Among the refs of an aggregate that reads no column: `count(*)`."""
RAW_MARK = Ref("@raw", "", lax=True)
"""Among the refs of SQL as text that calls a function, which may be an aggregate."""
GROUP_MARK = Ref("@group", "", lax=True)
"""Among the refs of an aggregate: it is NULL where there are no rows."""
NULL = "@null "
"""In front of a column that may be NULL, among the refs of an expression that is NULL where it is. An expression that
may be NULL has no such mark, and no `@group`, when nobody knows why.
"""
READ = NESTED_MARK.source + " "
"""In front of a ref that rows inside of a row read of the query around them."""
TIED = NESTED_MARK.source + "-by-key "
"""In front of `many` or `one` and the sources of rows inside of a row, which a foreign key ties to the query around."""
NEEDS = "@needs "
"""In front of the name of a feature that an expression or a source has, and not every dialect."""
NULL_TEST = "@tests "
"""In front of a column that is NOT NULL, among the refs of an expression that asks whether it is NULL."""
