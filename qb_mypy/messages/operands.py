"""Operands and arguments of operators and functions."""

from __future__ import annotations

from qb_mypy.rules import TYPE, Rule
from qb_mypy.wording import amount

COMPARISON = Rule("comparison", TYPE, "a comparison of values of different types")


@COMPARISON.says
def compared(left: str, left_type: str, right: str, right_type: str) -> str:
    if left == right:
        right = "the other one"
    return f"{left} is {left_type}, but {right} is {right_type}: they cannot be compared"


@COMPARISON.says
def row_length(own: int, other: int) -> str:
    return f"A row value of {own} is compared with one of {other}: both have as many values"


@COMPARISON.says
def not_a_row(type: str) -> str:
    return f"A row value is compared with a tuple, not with {type}"


NEVER_TRUE = Rule("never-true", TYPE, "a comparison with None, which SQL never finds true")


@NEVER_TRUE.says
def never_true(left: str, operator: str, certainly: bool) -> str:
    test = f"{left}.{operator}(None)" if operator.isidentifier() else f"{left} {operator} None"
    doubt = "" if certainly else "the value may be None, and "
    return f"{doubt}{test} is never true: write == None or .is_null()"


@NEVER_TRUE.says
def null_in_row() -> str:
    return "A row value with NULL is equal to nothing: compare the columns one by one, with &"


@NEVER_TRUE.says
def case_of_null() -> str:
    return "Nothing is equal to NULL: write case((x.is_null(), …)) instead of value="


NEVER_NULL = Rule("never-null", TYPE, "a test for NULL of a column that is never NULL")


@NEVER_NULL.says
def never_null(column: str) -> str:
    return f"{column} is never NULL here: the column is NOT NULL, and no outer join leaves it out"


NOT_IN_NULL = Rule("not-in-null", TYPE, "a `.not_in()` of a sub-query that may give NULL")


@NOT_IN_NULL.says
def not_in_null(operand: str) -> str:
    return (
        f"The sub-query may give NULL, and then {operand}.not_in(…) is true for no row: leave NULL out with "
        f".where(….is_not_null()), or write ~exists(…)"
    )


PYTHON_OPERATOR = Rule("python-operator", TYPE, "`and`, `or`, `in` and chained comparisons, which are Python's alone")


@PYTHON_OPERATOR.says
def python_logic(word: str) -> str:
    operator = {"and": "&", "or": "|"}[word]
    return f'"{word}" is not SQL: write (a) {operator} (b)'


@PYTHON_OPERATOR.says
def chained() -> str:
    return "A chained comparison is not SQL: write (a < b) & (b < c), or .between(…)"


@PYTHON_OPERATOR.says
def python_in() -> str:
    return '"in" is not SQL: write .contains(…) for a part of a text, .in_(…) for one of several'


CONDITION = Rule("condition", TYPE, "a condition that is not a bool")


@CONDITION.says
def not_a_condition(operand: str, type: str) -> str:
    return f"{operand} is {type}, not a condition: compare it with something"


@CONDITION.says
def not_a_flag(type: str) -> str:
    return (
        f"when() takes a bool beside a condition, not {type}: for a condition on a value that may be None, write a "
        f"function of it, when(value, lambda value: …)"
    )


ARITHMETIC = Rule("arithmetic", TYPE, "an operator between types that have none")


@ARITHMETIC.says
def no_arithmetic(operator: str, left: str, left_type: str, right: str, right_type: str) -> str:
    if left == right:
        right = "the other one"
    return f'{left} is {left_type}, but {right} is {right_type}: there is no "{operator}" between them'


@ARITHMETIC.says
def no_negation(operand: str, type: str) -> str:
    return f'{operand} is {type}: there is no "-" of it'


OPERAND = Rule("operand", TYPE, "an operand of a type that the method or function is not for")


@OPERAND.says
def wrong_operand(operand: str, type: str, function: str, kind: str) -> str:
    return f"{operand} is {type}, but {function} is for {kind}"


@OPERAND.says
def not_quantified(function: str, type: str) -> str:
    return f"{function}() takes a select or an array, not {type}; of a list of values there is .in_(…)"


@OPERAND.says
def not_a_list(method: str, type: str) -> str:
    return f".{method}() takes a list of values, not one {type}: write .{method}([…])"


@OPERAND.says
def single_row_value() -> str:
    return "tuple_() takes two expressions or more: a single one is compared by itself"


CAST = Rule("cast", TYPE, "a cast that means something else to each engine")


@CAST.says
def no_cast(operand: str, type: str, target: str) -> str:
    return f"{operand} is {type}, and engines do not agree on a cast of it to {target}: say it with sql(…)"


FUNCTION_ARGUMENT = Rule("function-argument", TYPE, "arguments that do not fit a function of the database, or `sql()`")


@FUNCTION_ARGUMENT.says
def argument_count(expected: int, given: int) -> str:
    return f"The function takes {amount(expected, 'argument')} and was given {given}"


@FUNCTION_ARGUMENT.says
def argument_type(number: int, kind: str, given: str) -> str:
    return f"Argument {number} of the function is {kind}, not {given}"


@FUNCTION_ARGUMENT.says
def holes(count: int, given: int) -> str:
    return f"sql() has {amount(count, 'hole')} and was given {amount(given, 'value')}"


RESULT_TYPE = Rule("result-type", TYPE, "values of `case()` or `coalesce()` that do not fit together")


@RESULT_TYPE.says
def unlike_results(call: str, first: str, other: str) -> str:
    return f"The values of {call} do not fit together: one is {first}, another {other}: cast(…) them to one type"


@RESULT_TYPE.says
def only_null(call: str) -> str:
    return f"{call} has no value but NULL: cast(…) it to the type that it is to have"


CASE_FORM = Rule("case-form", TYPE, "a `case()` that is not made of pairs")


@CASE_FORM.says
def not_a_pair(type: str) -> str:
    return f"case() takes pairs, as in case((condition, value)), not {type}"


@CASE_FORM.says
def case_of_nothing() -> str:
    return "case() needs a condition and a value: write case((condition, value))"


@CASE_FORM.says
def case_without_value() -> str:
    return "case() of a dictionary compares: give it the value=… that is looked up"
