"""Columns, keys and output names."""

from __future__ import annotations

from qb_mypy.rules import NAME, Rule
from qb_mypy.wording import amount, closest, listed

UNKNOWN_COLUMN = Rule("unknown-column", NAME, "a column that the table, the sub-query or the row does not have")


@UNKNOWN_COLUMN.says
def unknown_column(source: str, name: str, known: list[str]) -> str:
    return f'"{source}" has no column "{name}"{closest(name, known) or listed(known)}'


@UNKNOWN_COLUMN.says
def unknown_in_row(name: str, known: list[str]) -> str:
    return f'The row has no column "{name}"{closest(name, known) or listed(known)}'


@UNKNOWN_COLUMN.says
def no_item(table: str, count: int, index: int) -> str:
    return f'"{table}" has {amount(count, "column")}, and no row[{index}]'


UNNAMED_COLUMN = Rule("unnamed-column", NAME, "an expression without a name where the name is needed")


@UNNAMED_COLUMN.says
def unnamed_in_row(name: str, known: list[str]) -> str:
    return f'The row has no column "{name}"{closest(name, known)}: give the expression a name with .as_("{name}")'


@UNNAMED_COLUMN.says
def unnamed_in_subquery(subquery: str, column: str) -> str:
    return f'{column} has no name in "{subquery}": name it with .as_("…")'


@UNNAMED_COLUMN.says
def unnamed_in_select(table: str) -> str:
    return f'from_select() into {table}: name each selected expression with .as_("…"), or give the columns'


DUPLICATE_NAME = Rule("duplicate-name", NAME, "two selected columns of one name")


@DUPLICATE_NAME.says
def duplicate_name(name: str) -> str:
    return f'Two columns of this query are named "{name}": name one of them with .as_("…")'


COLUMN_LIST = Rule("column-list", NAME, "a column list that is shorter or longer than what is selected")


@COLUMN_LIST.says
def column_list(name: str, count: int, given: int) -> str:
    return f'"{name}" has {amount(count, "column")}, but its list names {given}: name each, or leave the list out'


@COLUMN_LIST.says
def twice_in_list(name: str, column: str) -> str:
    return f'The column list of "{name}" has two columns named "{column}"'
