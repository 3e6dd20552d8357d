"""Every message of the plugin, and the error codes under which they are reported."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode
from mypy.messages import format_type
from mypy.nodes import ComparisonExpr, Context, FakeExpression
from mypy.types import Type

QB = ErrorCode("qb", "Check queries, tables and rows of qb", "qb")
NAME = ErrorCode("qb-name", "Check that columns exist", "qb", sub_code_of=QB)
SCOPE = ErrorCode("qb-scope", "Check that what a query reads is in its FROM", "qb", sub_code_of=QB)
TYPE = ErrorCode("qb-type", "Check the types of operands and values", "qb", sub_code_of=QB)


def report(api: TypeChecker, message: str, where: Context, code: ErrorCode) -> None:
    """Report an error at a place."""
    api.fail(message, where, code=code)


def report_of_operator(api: TypeChecker, message: str, where: Context, code: ErrorCode) -> None:
    """Report an error of a binary operator.

    Where `Album.id == "x"` has an error, mypy goes on to try `str.__eq__`, which takes anything, answers bool,
    and the error is dropped. So `==` and `!=` report past the watcher that waits for this one attempt.
    """
    watchers = api.errors._watchers
    if not watchers or not isinstance(where, ComparisonExpr):
        return report(api, message, where, code)
    attempt = watchers.pop()
    try:
        report(api, message, where, code)
    finally:
        watchers.append(attempt)


def at_line(line: int) -> Context:
    """A place that is known by its line only."""
    place = FakeExpression()
    place.line = place.end_line = line
    return place


def shown(api: TypeChecker, type: Type) -> str:
    """A type in mypy's own words, quoted."""
    return format_type(type, api.options)


def _closest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f'; did you mean "{near[0]}"?' if near else ""


def unknown_column(source: str, name: str, known: list[str]) -> str:
    return f'"{source}" has no column "{name}"{_closest(name, known) or listed(known)}'


def unknown_in_row(name: str, known: list[str]) -> str:
    return f'The row has no column "{name}"{_closest(name, known) or listed(known)}'


def unnamed_in_row(name: str, known: list[str]) -> str:
    return (
        f'The row has no column "{name}"{_closest(name, known)}: '
        f'give the expression a name with .as_("{name}")'
    )


def listed(known: list[str]) -> str:
    return f"; it has {', '.join(known)}" if known else ""


def compared(left: str, left_type: str, right: str, right_type: str) -> str:
    return f"{left} is {left_type}, but {right} is {right_type}: they cannot be compared"


def no_arithmetic(operator: str, left: str, left_type: str, right: str, right_type: str) -> str:
    return f'{left} is {left_type}, but {right} is {right_type}: there is no "{operator}" between them'


def not_text(method: str, operand: str, type: str) -> str:
    return f'{operand} is {type}, but .{method}() is for text'


def not_in_query(column: str, source: str, clause: str) -> str:
    return (
        f"{column} is used in .{clause}(), but {source} is not in this query: "
        f"add .join({source}, on=…)"
    )


def not_in_from(source: str, sources: list[str]) -> str:
    return (
        f"{source} is selected, but not in FROM ({', '.join(sources)}): add .join({source}, on=…)"
    )


def not_joined(sources: list[str]) -> str:
    names = " and ".join(sources)
    return f"{names} are selected, but not joined: add .join({sources[-1]}, on=…), or name the first in .from_()"


def not_the_table(column: str, table: str, clause: str) -> str:
    return f"{column} is used in .{clause}(), but the statement is about {table} alone"


def twice(source: str) -> str:
    return f'{source} is in this query already: give one of them a name of its own with alias({source}, "…")'


def not_selectable(type: str) -> str:
    return f"select() takes columns, expressions and tables, not {type}; a plain value is literal(…)"


def duplicate_name(name: str) -> str:
    return f'Two columns of this query are named "{name}": name one of them with .as_("…")'


def default_type(column_type: str, value_type: str) -> str:
    return f"The column is {column_type}, but its default is {value_type}"


def no_rows(statement: str) -> str:
    return f"{statement} returns no rows: add .returning(…), or run it with execute()"


def one_column(count: int) -> str:
    return f"fetch_value() takes a query of one column, but this one has {count}"
