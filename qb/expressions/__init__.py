"""Expressions: Python operators and methods that build SQL syntax; a file for each of the rarer kinds."""

from typing import TYPE_CHECKING

from qb.expressions.core import (
    Expr,
    Labeled,
    Ordering,
    SourceColumn,
    conjunction,
    exists,
    expression,
    joined,
    literal,
    one_column,
    operand,
    refuse_nested,
    select_of,
)
from qb.lazy import lazily

if TYPE_CHECKING:
    from qb.expressions.escape import Sql, sql
else:
    __getattr__ = lazily(__name__, dict.fromkeys(("Sql", "sql"), "qb.expressions.escape"))

__all__ = [
    "Expr",
    "Labeled",
    "Ordering",
    "SourceColumn",
    "Sql",
    "conjunction",
    "exists",
    "expression",
    "joined",
    "literal",
    "one_column",
    "operand",
    "refuse_nested",
    "select_of",
    "sql",
]
