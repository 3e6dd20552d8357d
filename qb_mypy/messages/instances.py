"""Classes that rows are made into."""

from __future__ import annotations

from qb_mypy.rules import TYPE, Rule
from qb_mypy.wording import closest

INTO = Rule("into", TYPE, "a class whose fields are not the columns of the rows that are made into it")


@INTO.says
def no_class_for_rows(cls: str) -> str:
    return (
        f"Rows are made into a dataclass, a NamedTuple, a TypedDict, or a class of attrs, msgspec or pydantic, and "
        f"{cls} is none of these"
    )


@INTO.says
def no_field(cls: str, columns: list[str], known: list[str]) -> str:
    quoted = ", ".join([f'"{column}"' for column in columns])
    has = f" (it has {', '.join(known)})" if known else ""
    if len(columns) > 1:
        return f"{cls} has no fields for the columns {quoted}{has}: leave them out, or declare the fields"
    remedy = closest(columns[0], known) or f"{has}: leave it out, or declare the field"
    return f"{cls} has no field for the column {quoted}{remedy}"


@INTO.says
def nameless_for_field(cls: str) -> str:
    return f'A selected expression has no name: name it with .as_("…") after a field of {cls}'


@INTO.says
def no_column_for(cls: str, fields: list[str], columns: list[str]) -> str:
    names, has = " and ".join([f"{cls}.{field}" for field in fields]), f"(the query has {', '.join(columns)})"
    if len(fields) > 1:
        return f"{names} have no defaults, and there are no columns for them {has}: select them, or give them defaults"
    return f"{names} has no default, and there is no column for it {has}: select it, or give it a default"


INTO_TYPE = Rule("into-type", TYPE, "a field of such a class that cannot hold what its column has")


@INTO_TYPE.says
def other_field_type(field: str, field_type: str, column_type: str) -> str:
    return f"{field} is {field_type}, but the column is {column_type}: declare it {column_type}"


@INTO_TYPE.says
def null_in_field(field: str, field_type: str) -> str:
    return f"{field} is {field_type}, but the column may be NULL: declare it {field_type} | None"


@INTO_TYPE.says
def absent_in_field(field: str, field_type: str) -> str:
    return f"{field} is {field_type}, but there may be no such row: declare it {field_type} | None"


@INTO_TYPE.says
def rows_in_field(field: str, field_type: str, is_list: bool) -> str:
    kind = "a list of rows: declare it a list of a class with their columns"
    if not is_list:
        kind = "a whole row: declare it a class with its columns"
    return f"{field} is {field_type}, but the column is {kind}"
