"""Rows for the first schema of a case, which the second one takes, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dialects.sqlite.migrations.guards import text
from qb.identifiers import QUOTED
from qb.schema.objects import Column, Identity, Table
from tests.migrations.random_cases import Case
from tests.migrations.random_columns import KIND, is_text, literal
from tests.migrations.random_schemas import LOG

STOOD = 1000
"""Where sequences stand before."""


def filling(case: Case, more: int = 0) -> Iterator[str]:
    """Statements that fill all tables, with a parent for every child, whatever order they are in. `more` says how many
    rows there are besides those of the case.
    """
    for sequence in case.before.sequences:
        yield f"SELECT setval('{QUOTED[sequence.name.name]}', {STOOD})"
    for table in case.before.tables:
        if table.name == LOG:
            continue
        columns = {column.name: QUOTED[column.name] for column in table.columns if column.generated is None}
        for number in range(case.rows + more, 0, -1):  # so that a row's place is not its number
            yield inserted(case, table, number, QUOTED[table.name.name], columns)
        if any(column.identity == Identity("autoincrement") for column in table.columns):  # as after deleted rows
            yield f"UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = {text(table.name.name)}"


def inserted(case: Case, table: Table, number: int, name: str, columns: Mapping[str, str]) -> str:
    """The statement that inserts a row of a table: the name of that, and those of its columns by what they were before,
    are as they are written.
    """
    later = {old: kept.new.column(new) for kept in case.kept if kept.old is table for old, new in kept.columns.items()}
    force = " OVERRIDING SYSTEM VALUE" if case.before.dialect == "postgres" else ""
    values = [value(table.column(each), later.get(each, table.column(each)), number, case) for each in columns]
    return f"INSERT INTO {name} ({', '.join(columns.values())}){force} VALUES ({', '.join(values)})"


def value(column: Column, later: Column, number: int, case: Case) -> str:
    """A value that both types of a column can hold, and that is the same when it has come back."""
    kind = KIND[column.name]
    may_be_null = kind not in ("key", "part") and later.generated is None
    if number == 2 and may_be_null and column.nullable and later.nullable:
        return "NULL"
    if kind.startswith("parent"):
        number = 1 + number % case.rows
    if is_text(column.type) and later.type == "REAL":
        return f"'{number}.0'"
    if is_text(column.type) and later.type == "numeric(12,2)":
        return f"'{number}.00'"
    if column.type == "text" and later.type.startswith("timestamp"):
        return f"'2020-01-{number:02} 00:00:00'"
    return literal(kind, column.type, number).partition("::")[0]  # the type may have another name by then


def plain(kind: str, text: str | None) -> str | None:
    """A value such that it is the same in every type."""
    if text is None or kind in ("text", "mood"):
        return text
    if kind == "flag":
        return {"true": "1", "false": "0"}.get(text, text)
    return text[:10] if kind == "day" else str(float(text))
