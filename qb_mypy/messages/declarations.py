"""Tables, annotations, dialects, and the plugin itself."""

from __future__ import annotations

from qb_mypy.rules import DIALECT, QB, TYPE, Rule
from qb_mypy.wording import one_of

DEFAULT_TYPE = Rule("default-type", TYPE, "a default or a generated value of another type than its column")


@DEFAULT_TYPE.says
def default_type(column_type: str, value_type: str) -> str:
    return f"The column is {column_type}, but its default is {value_type}: give it one of type {column_type}"


@DEFAULT_TYPE.says
def generated_type(column_type: str, value_type: str) -> str:
    return f"The column is {column_type}, but it is generated as {value_type}: cast(…) what it is made of"


REFERENCE_TYPE = Rule("reference-type", TYPE, "a foreign key of another type than the column that it references")


@REFERENCE_TYPE.says
def reference_type(column_type: str, other: str, other_type: str) -> str:
    return f"The foreign key is {column_type}, but {other} is {other_type}: declare both with one kind of column"


@REFERENCE_TYPE.says
def reference_width(count: int, other_count: int) -> str:
    return f"The foreign key has {count} column{'' if count == 1 else 's'}, but references {other_count}"


REFERENCE_KEY = Rule("reference-key", TYPE, "a foreign key to columns that no unique key covers")


@REFERENCE_KEY.says
def reference_key(table: str, columns: list[str], keys: list[list[str]]) -> str:
    remedy = f"reference {one_of(keys)}" if keys else "it has no key"
    return f"{table} has no unique key ({', '.join(columns)}) that could be referenced: {remedy}"


ROW_ANNOTATION = Rule("row-annotation", TYPE, "`Row[…]`, `NewRow[…]` or `RowPatch[…]` of what is no table")


@ROW_ANNOTATION.says
def one_table(name: str) -> str:
    return f"{name}[…] takes one table, as in {name}[Album]"


@ROW_ANNOTATION.says
def no_table(name: str, other: str) -> str:
    return f'{name}[…] takes a table, not "{other}"'


DIALECT_FEATURE = Rule("dialect-feature", DIALECT, "a feature that the database's dialect lacks")


@DIALECT_FEATURE.says
def not_in_dialect(feature: str, dialect: str, remedy: str) -> str:
    return f"{feature} is not in {dialect}: {remedy}"


PLUGIN_FAILURE = Rule("plugin-failure", QB, "a mistake of the plugin itself")


@PLUGIN_FAILURE.says
def broken(hook: str, error: Exception) -> str:
    return f"qb's plugin failed here, which is a mistake of its own ({hook}: {type(error).__name__}: {error})"
