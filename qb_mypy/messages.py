"""Every message of the plugin, and the error codes under which they are reported."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode
from mypy.messages import format_type
from mypy.nodes import ComparisonExpr, Context, FakeExpression, OpExpr
from mypy.types import Type

QB = ErrorCode("qb", "Check queries, tables and rows of qb", "qb")
NAME = ErrorCode("qb-name", "Check that columns exist", "qb", sub_code_of=QB)
SCOPE = ErrorCode("qb-scope", "Check that what a query reads is in its FROM", "qb", sub_code_of=QB)
TYPE = ErrorCode("qb-type", "Check the types of operands and values", "qb", sub_code_of=QB)

DIALECT = ErrorCode("qb-dialect", "Check that a database's dialect has what a query needs", "qb", sub_code_of=QB)
GROUP = ErrorCode("qb-group", "Check that what a grouped query reads is grouped or aggregated", "qb", sub_code_of=QB)


def report(api: TypeChecker, message: str, where: Context, code: ErrorCode) -> None:
    """Report an error at a place."""
    api.fail(message, where, code=code)


def report_of_operator(api: TypeChecker, message: str, where: Context, code: ErrorCode) -> None:
    """Report an error of a binary operator.

    Where `Album.id == "x"` has an error, mypy goes on to try `str.__eq__`, which takes anything, answers bool,
    and the error is dropped. So operators report past the watcher that waits for this one attempt.
    """
    watchers = api.errors._watchers
    if not watchers or not isinstance(where, (ComparisonExpr, OpExpr)):
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


def quoted(api: TypeChecker, type: Type) -> str:
    """A type in mypy's own words, quoted."""
    return format_type(type, api.options)


def broken(hook: str, error: Exception) -> str:
    return f"qb's plugin failed here, which is a mistake of its own ({hook}: {type(error).__name__}: {error})"


# Names


def _closest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _listed(known: list[str]) -> str:
    return f"; it has {', '.join(known)}" if known else ""


def unknown_column(source: str, name: str, known: list[str]) -> str:
    return f'"{source}" has no column "{name}"{_closest(name, known) or _listed(known)}'


def unknown_in_row(name: str, known: list[str]) -> str:
    return f'The row has no column "{name}"{_closest(name, known) or _listed(known)}'


def unnamed_in_row(name: str, known: list[str]) -> str:
    return f'The row has no column "{name}"{_closest(name, known)}: give the expression a name with .as_("{name}")'


def unknown_key(document: str, name: str, known: list[str]) -> str:
    return f'{document} has no key "{name}"{_closest(name, known) or _listed(known)}'


def no_index(operand: str, count: int, index: int) -> str:
    return f"{operand} has {count} items: there is no [{index}]"


def no_parts(operand: str, type: str) -> str:
    return f"{operand} is {type}: only a JSON document has parts"


def not_in_json(operand: str, type: str) -> str:
    return f"{operand} is {type}, which JSON does not have: make a text of it"


def not_a_part(operand: str) -> str:
    return f"{operand} is not a part of a JSON document: write document[key]"


def wrong_key(operand: str, type: str, keys: str, key: str) -> str:
    return f"{operand} is {type}, whose parts are found by {keys}, not by {key}"


def no_key(key: str) -> str:
    return f"a part of a JSON document has a text for its key or a whole number for its index, not {key}"


def no_item(table: str, count: int, index: int) -> str:
    return f'"{table}" has {count} columns: there is no row[{index}]'


def duplicate_name(name: str) -> str:
    return f'Two columns of this query are named "{name}": name one of them with .as_("…")'


# Types


def compared(left: str, left_type: str, right: str, right_type: str) -> str:
    if left == right:
        right = "the other one"
    return f"{left} is {left_type}, but {right} is {right_type}: they cannot be compared"


def never_true(left: str, operator: str, certainly: bool) -> str:
    test = f"{left}.{operator}(None)" if operator.isidentifier() else f"{left} {operator} None"
    doubt = "" if certainly else "the value may be None, and "
    return f"{doubt}{test} is never true: write == None or .is_null()"


def select_as_value() -> str:
    return "a select is a value only as .scalar_subquery()"


def no_arithmetic(operator: str, left: str, left_type: str, right: str, right_type: str) -> str:
    if left == right:
        right = "the other one"
    return f'{left} is {left_type}, but {right} is {right_type}: there is no "{operator}" between them'


def no_negation(operand: str, type: str) -> str:
    return f'{operand} is {type}: there is no "-" of it'


def not_quantified(function: str, type: str) -> str:
    return f"{function}() takes a select or an array, not {type}; of a list of values there is .in_(…)"


def wrong_operand(operand: str, type: str, function: str, kind: str) -> str:
    return f"{operand} is {type}, but {function} is for {kind}"


def not_a_condition(operand: str, type: str) -> str:
    return f"{operand} is {type}, not a condition"


def not_a_flag(type: str) -> str:
    return (
        f"when() takes a bool beside a condition, not {type}: for a condition on a value that may be None, write a "
        f"function of it, when(value, lambda value: …)"
    )


def not_a_list(method: str, type: str) -> str:
    return f".{method}() takes a list of values, not one {type}"


def unlike_results(call: str, first: str, other: str) -> str:
    return f"The values of {call} do not fit together: one is {first}, another {other}"


def only_null(call: str) -> str:
    return f"{call} has no value but NULL"


def not_a_pair(type: str) -> str:
    return f"case() takes pairs of a condition and a value, not {type}"


def case_of_nothing() -> str:
    return "case() needs a condition and a value"


def case_without_value() -> str:
    return "case() of a dictionary compares: give it the value=… that is looked up"


def case_of_null() -> str:
    return "Nothing is equal to NULL: write case((x.is_null(), …)) instead of value="


def row_length(own: int, other: int) -> str:
    return f"A row value of {own} stands beside one of {other}"


def not_a_row(type: str) -> str:
    return f"A row value is compared with a tuple, not with {type}"


def null_in_row() -> str:
    return "A row value with NULL is equal to nothing: compare the columns one by one, with &"


def single_row_value() -> str:
    return "tuple_() takes two expressions or more: a single one is compared by itself"


def argument_count(expected: int, given: int) -> str:
    return f"The function takes {expected} arguments and was given {given}"


def argument_type(number: int, kind: str, given: str) -> str:
    return f"Argument {number} of the function is {kind}, not {given}"


def no_cast(operand: str, type: str, target: str) -> str:
    return f"{operand} is {type}, and engines do not agree on a cast of it to {target}: say it with sql(…)"


def python_logic(word: str) -> str:
    operator = {"and": "&", "or": "|"}[word]
    return f'"{word}" is not SQL: write (a) {operator} (b)'


def chained() -> str:
    return "a chained comparison is not SQL: write (a < b) & (b < c), or .between(…)"


def python_in() -> str:
    return '"in" is not SQL: write .contains(…) for a part of a text, .in_(…) for one of several'


def holes(count: int, given: int) -> str:
    return f"sql() has {count} holes and was given {given} values"


def not_selectable(call: str, type: str) -> str:
    return f"{call} takes columns, expressions and tables, not {type}; a plain value is literal(…)"


def nested_statement(statement: str, is_compound: bool) -> str:
    remedy = ": select from its .subquery(…)" if is_compound else ""
    return f"nested rows are those of a select, not of {statement}{remedy}"


def nested_in_clause(clause: str) -> str:
    return f"Nested rows cannot stand in .{clause}(): they are for the program, and not for SQL"


def nested_in_sub_query() -> str:
    return "Nested rows are for the program, and a sub-query has no use for them"


def nothing_selected() -> str:
    return "select() needs a column, an expression or a table"


def one_column(beginning: str, count: int) -> str:
    return f"{beginning} one column, but this one has {count}"


# Windows


def window_in_clause(clause: str) -> str:
    return f"A function over a window cannot stand in .{clause}(): select it in a sub-query"


def window_inside(what: str) -> str:
    return f"A function over a window cannot stand inside {what}: select it in a sub-query"


def not_grouped(columns: list[str], keys: list[str]) -> str:
    several = len(columns) > 1
    names = f"{', '.join(columns[:-1])} and {columns[-1]} are" if several else f"{columns[0]} is"
    aggregates = "aggregates" if several else "an aggregate"
    column = next((column for column in columns if "." in column), None)
    example = "" if column is None else f" such as fn.max({column})"
    return f"{names} neither grouped nor aggregated: add .group_by({', '.join(keys)}), or {aggregates}{example}"


def aggregate_in_clause(clause: str, is_write: bool) -> str:
    remedies = {"where": ".having(…) is for conditions on groups", "group_by": "group the rows of a sub-query"}
    remedy = "compute it in a sub-query" if is_write else remedies.get(clause, "compute it in a sub-query")
    return f"An aggregate cannot stand in .{clause}(): {remedy}"


def aggregate_inside() -> str:
    return "An aggregate cannot stand in an aggregate: compute it in a sub-query"


def over_is_missing() -> str:
    return "A window function is an expression only with .over(…)"


# Scope


def not_in_query(column: str, source: str, clause: str, is_empty: bool) -> str:
    remedy = f".from_({source})" if is_empty else f".join({source}, on=…)"
    place = "select()" if clause == "select" else f".{clause}()"
    return f"{column} is used in {place}, but {source} is not in this query: add {remedy}"


def not_in_from(source: str, sources: list[str]) -> str:
    return f"{source} is selected, but not in FROM ({', '.join(sources)}): add .join({source}, on=…)"


def not_joined(sources: list[str]) -> str:
    names = " and ".join(sources)
    return f"{names} are selected, but not joined: add .join({sources[-1]}, on=…), or name the first in .from_()"


def all_joined(source: str) -> str:
    return (
        f"{source} is joined, but to nothing: name the first source in .from_(); "
        f'a table joined to itself needs alias({source}, "…")'
    )


def twice_in_query(source: str) -> str:
    return f'{source} is in this query already: give one of them a name of its own with alias({source}, "…")'


def twice_in_write(source: str, verb: str) -> str:
    return f'{source} is in this {verb} already: to read it once more, name it with alias({source}, "…")'


def joined_to_nothing(source: str, verb: str) -> str:
    method = {"update": "from_", "delete": "using"}[verb]
    return f"{source} is joined, but to nothing: name the first source in .{method}() before"


def join_reads_own(column: str, method: str) -> str:
    return f"{column} is used in .{method}(), but belongs to the table that is written: tie it in .where()"


def not_in_write(column: str, source: str, clause: str, verb: str) -> str:
    remedies = {"update": f".from_({source})", "delete": f".using({source})", "merge": f".using({source}, on=…)"}
    remedy = remedies[verb]
    return f"{column} is used in .{clause}(), but {source} is not in this {verb}: add {remedy}"


def not_the_table(column: str, table: str, clause: str) -> str:
    return f"{column} is used in .{clause}(), but the statement is about {table} alone"


def new_row_reads(column: str) -> str:
    return f"{column} is used in .values(), but a new row has no columns to read: write .from_select(…)"


def stray_excluded() -> str:
    return "excluded() is the row that an insert tried: it is there in .do_update() alone"


def not_of_table(column: str, table: str) -> str:
    return f"{column} is not a column of {table}"


# Writes


def unnamed_in_subquery(subquery: str, column: str) -> str:
    return f'{column} has no name in "{subquery}": name it with .as_("…")'


def not_lateral(subquery: str, column: str, source: str) -> str:
    return f'"{subquery}" reads {column}, but {source} stands beside it in FROM: .lateral("{subquery}")'


def whole_in_subquery(subquery: str, source: str) -> str:
    return f'"{subquery}" selects {source} as a whole beside others: select its columns'


def column_list(name: str, count: int, given: int) -> str:
    return f'"{name}" has {count} columns, but its column list {given}'


# Set operations


def no_operand(operator: str, kind: str) -> str:
    return f"{operator} puts selects together, and {kind} is none"


def other_width(what: str, left: int, right: int) -> str:
    return f"{what} puts {left} columns together with {right}: both queries need as many"


def other_order(what: str, left: list[str], right: list[str]) -> str:
    return f"{what} goes by position, but the names are in another order: {', '.join(left)}, and {', '.join(right)}"


def put_together(what: str, left: str, left_type: str, right: str, right_type: str) -> str:
    return f"{what} puts {left} ({left_type}) together with {right} ({right_type})"


def not_in_result(column: str, known: list[str]) -> str:
    return f"A set operation is sorted by what its first query selects ({', '.join(known)}), and {column} is not there"


def written(column: str, column_type: str, value: str, value_type: str) -> str:
    return f"{column} is {column_type}, but {value} is {value_type}"


def written_null(column: str, value: str) -> str:
    return f"{column} is NOT NULL, but {value} may be NULL"


def generated(column: str) -> str:
    return f"{column} is generated by the database: leave it out"


def may_be_missing(column: str) -> str:
    return f"{column} must be given, but may be missing in the dictionary"


def nothing_written(verb: str, table: str) -> str:
    if verb == "insert":
        return f"insert({table}) has no rows: add .values(…), .values_many(…) or .from_select(…)"
    if verb == "merge":
        return f"merge({table}) does nothing: add .when_matched() or .when_not_matched()"
    return f"update({table}) sets nothing: add .set(…)"


def no_source(table: str) -> str:
    return f"merge({table}) has no source: add .using(…, on=…)"


def not_in_case(column: str, case: str) -> str:
    return f"{column} is used in .{case}(), where there is no such row"


def sets_nothing(case: str) -> str:
    return f".{case}().update() sets nothing: name a column, or write .do_nothing()"


def every_row(verb: str, table: str) -> str:
    does = {"update": "changes", "delete": "deletes"}[verb]
    return f"{verb}({table}) {does} every row: add .where(…), or .all_rows() if that is meant"


def no_update() -> str:
    return ".do_update() sets nothing: name a column, or write .do_update_all() or .do_nothing()"


def not_unique(table: str, columns: list[str], keys: list[list[str]]) -> str:
    known = " or ".join([f"({', '.join(key)})" for key in keys])
    remedy = f"on_conflict() takes {known}" if known else "declare one with .unique() or unique(…)"
    return f"{table} has no unique key ({', '.join(columns)}): {remedy}"


def not_a_key(constraint: str, table: str) -> str:
    return f"{constraint} is not a constraint of {table}"


def unnamed_in_select(table: str) -> str:
    return f'from_select() into {table}: name each selected expression with .as_("…"), or give the columns'


def wrong_count(table: str, given: int, expected: int) -> str:
    return f"from_select() into {table}: the select gives {given} columns for {expected}"


def not_given(table: str, columns: list[str]) -> str:
    return f"from_select() into {table} gives no value for {', '.join(columns)}"


def no_rows(statement: str) -> str:
    return f"{statement} returns no rows: add .returning(…), or run it with execute()"


# Dialects


def not_in_dialect(feature: str, dialect: str, remedy: str) -> str:
    return f"{feature} is not in {dialect}: {remedy}"


# Declarations and annotations


def default_type(column_type: str, value_type: str) -> str:
    return f"The column is {column_type}, but its default is {value_type}"


def generated_type(column_type: str, value_type: str) -> str:
    return f"The column is {column_type}, but it is generated as {value_type}"


def reference_type(column_type: str, other: str, other_type: str) -> str:
    return f"The column is {column_type}, but {other} is {other_type}"


def one_table(name: str) -> str:
    return f"{name}[…] takes one table"


def no_table(name: str, other: str) -> str:
    return f'{name}[…] takes a table, not "{other}"'
