"""What is selected, and where it can stand."""

from __future__ import annotations

from qb_mypy.rules import NAME, SCOPE, TYPE, Rule
from qb_mypy.wording import amount

KINDS = {"Compound": "a set operation", "Returning": "the rows that a write returns"}


def kind(statement: str) -> str:
    """The class of a statement in words."""
    return KINDS.get(statement, statement)


SELECTION = Rule("selection", TYPE, "a selected thing that is no column, expression or table")


@SELECTION.says
def not_selectable(call: str, type: str) -> str:
    return f"{call} takes columns, expressions and tables, not {type}; a plain value is literal(…)"


@SELECTION.says
def nothing_selected() -> str:
    return "select() needs a column, an expression or a table"


NESTED_ROWS = Rule("nested-rows", TYPE, "`many()` or `one()` where only SQL can stand")


@NESTED_ROWS.says
def nested_statement(statement: str) -> str:
    remedy = ": select from its .subquery(…)" if statement == "Compound" else ""
    return f"Nested rows are those of a select, not of {kind(statement)}{remedy}"


@NESTED_ROWS.says
def nested_in_clause(clause: str) -> str:
    return f"Nested rows cannot stand in .{clause}(): they can only be selected"


@NESTED_ROWS.says
def nested_in_sub_query() -> str:
    return "Nested rows cannot stand in a sub-query: select them in the query around it"


SINGLE_COLUMN = Rule("single-column", TYPE, "more than one column where one value is needed")


@SINGLE_COLUMN.says
def one_column(call: str, count: int) -> str:
    return f"{call} takes a query of one column, but this one has {count}"


@SINGLE_COLUMN.says
def select_as_value() -> str:
    return "A select is a value only as .scalar_subquery()"


WHOLE_TABLE = Rule("whole-table", TYPE, "a sub-query that selects a table as a whole beside others")


@WHOLE_TABLE.says
def whole_in_subquery(subquery: str, source: str) -> str:
    return f'"{subquery}" selects {source} as a whole beside others: select its columns'


WINDOW = Rule("window", TYPE, "a function over a window where none can stand, or without its window")


@WINDOW.says
def window_in_clause(clause: str) -> str:
    return f"A function over a window cannot stand in .{clause}(): select it in a sub-query"


@WINDOW.says
def window_inside(what: str) -> str:
    return f"A function over a window cannot stand inside {what}: select it in a sub-query"


@WINDOW.says
def window_in_declaration(call: str) -> str:
    return f"A function over a window cannot stand in {call}, which is about one row"


@WINDOW.says
def over_is_missing() -> str:
    return "A window function needs its window: add .over(…)"


SET_OPERATION = Rule("set-operation", TYPE, "a set operation of queries that differ in their columns")


@SET_OPERATION.says
def no_operand(operator: str, statement: str) -> str:
    return f"{operator} puts selects together, not {kind(statement)}"


@SET_OPERATION.says
def other_width(what: str, left: int, right: int) -> str:
    return f"{what} puts {amount(left, 'column')} together with {right}: both queries select as many"


@SET_OPERATION.says
def put_together(what: str, left: str, left_type: str, right: str, right_type: str) -> str:
    return f"{what} puts {left} ({left_type}) together with {right} ({right_type}): cast(…) one of them"


SET_NAMES = Rule("set-names", NAME, "a set operation of the same names in another order")


@SET_NAMES.says
def other_order(what: str, left: list[str], right: list[str]) -> str:
    orders = f"{', '.join(left)}, and {', '.join(right)}"
    return f"{what} goes by position, but the names are in another order ({orders}): select them in one"


@SET_NAMES.says
def unknown_order(what: str, names: list[str]) -> str:
    listed = ", ".join(sorted(names))
    return (
        f"{what} goes by position, but a select that depends on a condition has {listed} in an order that is not "
        f'known: name them with .as_("…") in each branch'
    )


SET_ORDER_BY = Rule("set-order-by", SCOPE, "a set operation that is sorted by what its first query does not select")


@SET_ORDER_BY.says
def not_in_result(column: str, known: list[str]) -> str:
    return f"A set operation is sorted by what its first query selects ({', '.join(known)}): {column} is not there"
