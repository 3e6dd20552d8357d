"""Expressions: Python operators and methods that build SQL syntax; a file for each of the rarer kinds."""

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
from qb.expressions.escape import Sql, sql

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
