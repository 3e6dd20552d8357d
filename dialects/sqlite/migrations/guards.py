"""Statements that stop a migration of SQLite before anything is lost: a SELECT that fails, and takes the transaction
with it.

SQLite can raise an error of one's own in triggers only. A JSON path that is none does it anywhere, on D1, too, and its
text is in the message.
"""

from __future__ import annotations

from collections.abc import Iterable

from qb.identifiers import QUOTED
from qb.schema.objects import Name, Table


def text(value: str) -> str:
    """A string."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Strings, for IN."""
    return ", ".join([text(value) for value in values])


def stop(message: str, more: str | None = None) -> str:
    """The expression that fails."""
    return f"json_extract('{{}}', {text(message)}{'' if more is None else f' || {more}'})"


def master(name: Name) -> str:
    """The table that lists what is in the schema of a table."""
    return "sqlite_master" if name.schema is None else f"{QUOTED[name.schema]}.sqlite_master"


def pragma(name: str, table: Name) -> str:
    """What a PRAGMA says of a table."""
    schema = "" if table.schema is None else f", {text(table.schema)}"
    return f"pragma_{name}({text(table.name)}{schema})"


def foreign_keys_are_off() -> str:
    """With foreign keys on, dropping a table deletes what references its rows."""
    message = "this migration needs PRAGMA foreign_keys = off, before its transaction begins"
    legacy = "this migration needs PRAGMA legacy_alter_table = off"
    return (
        f"SELECT CASE WHEN (SELECT foreign_keys FROM pragma_foreign_keys) THEN {stop(message)} "
        f"WHEN (SELECT legacy_alter_table FROM pragma_legacy_alter_table) THEN {stop(legacy)} END"
    )


def none_was_applied(history: str, names: Iterable[str]) -> str:
    """What was squashed would be done twice. `history` is the table of the migrations that were applied."""
    message = "this database has a part of what this migration was squashed of: apply the rest of it first, with qb"
    return f"SELECT {stop(message)} FROM {QUOTED[history]} WHERE name IN ({texts(names)})"


def columns_are_known(table: Table) -> str:
    """A column that the migration does not copy would be lost."""
    known = texts([column.name for column in table.columns])
    message = f'"{table.name}" has a column that this migration does not know: '
    return (
        f"SELECT {stop(message, 'name')} FROM {pragma('table_xinfo', table.name)} "
        f"WHERE name COLLATE NOCASE NOT IN ({known})"
    )


def belongings_are_known(table: Table) -> str:
    """Indexes and triggers go with their table, and only those that the migration knows come back."""
    known = texts([index.name for index in table.indexes])
    message = f'"{table.name}" has an index or a trigger that this migration does not know: '
    return (
        f"SELECT {stop(message, 'name')} FROM {master(table.name)} WHERE type IN ('index', 'trigger') "
        f"AND sql IS NOT NULL AND tbl_name = {text(table.name.name)} COLLATE NOCASE "
        f"AND name COLLATE NOCASE NOT IN ({known})"
    )


def references_are_known(table: Name, known: Iterable[Name]) -> str:
    """With foreign keys on, what references a table loses rows when that is dropped."""
    message = f'this migration does not know a table that may reference "{table}": '
    return (
        f"SELECT {stop(message, 'name')} FROM {master(table)} WHERE type = 'table' "
        f"AND name COLLATE NOCASE NOT IN ({texts([each.name for each in known])}) "
        f"AND instr(lower(sql), 'references') AND instr(lower(sql), lower({text(table.name)}))"
    )


def all_rows_are_copied(old: str, new: str) -> str:
    """As many rows as before."""
    message = f"not every row of {old} was copied"
    return f"SELECT CASE WHEN (SELECT count(*) FROM {old}) <> (SELECT count(*) FROM {new}) THEN {stop(message)} END"


def values_are_kept(table: str, column: str, lost: str) -> str:
    """There is no value for which a condition holds: it would change."""
    message = f"a value of {table}.{QUOTED[column]} changes in its new type"
    return f"SELECT {stop(message)} FROM {table} WHERE {lost} LIMIT 1"


def keys_hold(table: Name) -> str:
    """Every row references a row that is there."""
    message = f'a row of "{table}" references a row that is not in '
    return f"SELECT {stop(message, 'parent')} FROM {pragma('foreign_key_check', table)} LIMIT 1"
