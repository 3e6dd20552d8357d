"""Which sources a statement has, and who may read them."""

from __future__ import annotations

from qb_mypy.rules import SCOPE, Rule

MISSING_SOURCE = Rule("missing-source", SCOPE, "a column or table whose source is not in the statement")


@MISSING_SOURCE.says
def not_in_query(column: str, source: str, clause: str, is_empty: bool) -> str:
    remedy = f".from_({source})" if is_empty else f".join({source}, on=…)"
    place = "select()" if clause == "select" else f".{clause}()"
    return f"{column} is used in {place}, but {source} is not in this query: add {remedy}"


@MISSING_SOURCE.says
def not_in_from(source: str, sources: list[str]) -> str:
    return f"{source} is selected, but not in FROM ({', '.join(sources)}): add .join({source}, on=…)"


@MISSING_SOURCE.says
def not_joined(sources: list[str]) -> str:
    names = " and ".join(sources)
    return f"{names} are selected, but not joined: add .join({sources[-1]}, on=…), or name the first in .from_()"


@MISSING_SOURCE.says
def not_in_write(column: str, source: str, clause: str, verb: str) -> str:
    remedies = {"update": f".from_({source})", "delete": f".using({source})", "merge": f".using({source}, on=…)"}
    remedy = remedies[verb]
    return f"{column} is used in .{clause}(), but {source} is not in this {verb}: add {remedy}"


JOINED_TO_NOTHING = Rule("joined-to-nothing", SCOPE, "a join without a first source")


@JOINED_TO_NOTHING.says
def all_joined(source: str) -> str:
    return (
        f"{source} is joined, but to nothing: name the first source in .from_(); "
        f'a table joined to itself needs alias({source}, "…")'
    )


@JOINED_TO_NOTHING.says
def joined_to_nothing(source: str, verb: str) -> str:
    method = {"update": "from_", "delete": "using"}[verb]
    return f"{source} is joined, but to nothing: name the first source in .{method}() before"


DUPLICATE_SOURCE = Rule("duplicate-source", SCOPE, "a source that is there already, under the same name")


@DUPLICATE_SOURCE.says
def twice_in_query(source: str) -> str:
    return f'{source} is in this query already: give one of them a name of its own with alias({source}, "…")'


@DUPLICATE_SOURCE.says
def twice_in_write(source: str, verb: str) -> str:
    return f'{source} is in this {verb} already: to read it once more, name it with alias({source}, "…")'


LATERAL = Rule("lateral", SCOPE, "a sub-query in FROM that reads what stands beside it")


@LATERAL.says
def not_lateral(subquery: str, column: str, source: str) -> str:
    return f'"{subquery}" reads {column}, but {source} stands beside it in FROM: write .lateral("{subquery}")'


UNREADABLE_SOURCE = Rule("unreadable-source", SCOPE, "a column in a clause that cannot read its table")


@UNREADABLE_SOURCE.says
def join_reads_own(column: str, method: str) -> str:
    return f"{column} is used in .{method}(), but belongs to the table that is written: tie it in .where()"


@UNREADABLE_SOURCE.says
def not_the_table(column: str, table: str, clause: str) -> str:
    return f"{column} is used in .{clause}(), but the statement is about {table} alone"


@UNREADABLE_SOURCE.says
def new_row_reads(column: str) -> str:
    return f"{column} is used in .values(), but a new row has no columns to read: write .from_select(…)"


@UNREADABLE_SOURCE.says
def stray_excluded() -> str:
    return "excluded() is the row that an insert tried: it is there in .do_update() alone"


@UNREADABLE_SOURCE.says
def not_of_table(column: str, table: str) -> str:
    return f"{column} is not a column of {table}: name one that is"


@UNREADABLE_SOURCE.says
def not_in_case(column: str, source: str, case: str) -> str:
    return f"{column} is used in .{case}(), where there is no row of {source}"


@UNREADABLE_SOURCE.says
def not_a_key(constraint: str, table: str) -> str:
    return f"{constraint} is not a constraint of {table}: name one that is"


@UNREADABLE_SOURCE.says
def number_reads(column: str, clause: str) -> str:
    return f"{column} is used in .{clause}(), which is one number for all rows: compute it in a sub-query"


@UNREADABLE_SOURCE.says
def other_table(column: str, call: str) -> str:
    return f"{column} is used in {call}, which is about the columns of this table alone"


@UNREADABLE_SOURCE.says
def default_reads(column: str) -> str:
    return f"{column} is used in .default_sql(), but a new row has no columns to read: write .generated(…)"


@UNREADABLE_SOURCE.says
def values_read(column: str) -> str:
    return f"{column} is used in values(), which reads no source: write a select"


NESTED_KEY = Rule("nested-key", SCOPE, "`many()` or `one()` without a condition, and not one foreign key to follow")


@NESTED_KEY.says
def no_foreign_key(word: str, inner: list[str], outer: list[str]) -> str:
    return f"No foreign key joins {' or '.join(inner)} with {' or '.join(outer)}: say what does, {word}(…, on=…)"


@NESTED_KEY.says
def several_keys(word: str, source: str, target: str, keys: list[list[str]]) -> str:
    known = " and ".join([f"({', '.join(key)})" for key in keys])
    return f"{source} has several foreign keys to {target}, {known}: say which, {word}(…, on=…)"
