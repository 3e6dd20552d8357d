"""The constraints and indexes of a table, looked at as one kind of thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from qb.migrations.apply import edited
from qb.migrations.expressions import mentions
from qb.migrations.operations import Constraint, constraints_of
from qb.schema.objects import Index, IndexKey, Table

Part = Constraint | Index


def parts(table: Table) -> list[Part]:
    """The constraints and indexes of a table."""
    return [*constraints_of(table), *table.indexes]


def part_name(part: Part) -> str:
    """The name of a constraint or an index. On PostgreSQL all have one."""
    return part.name or ""


def named(part: Part, name: str) -> Part:
    """The same by another name."""
    return replace(part, name=name) if isinstance(part, Index) else edited(part, name=name)


def columns_of(part: Part, columns: Iterable[str]) -> set[str]:
    """Those of some columns that a constraint or an index names."""
    if isinstance(part, Index):
        found = {*index_columns(part), *part.include}
        texts = [part.where, *[key.expression for key in part.keys]]
    else:
        found = {*getattr(part.rule, "columns", ()), *getattr(part.rule, "include", ())}
        texts = [getattr(part.rule, "expression", None), getattr(part.rule, "definition", None)]
    return {
        column
        for column in columns
        if column in found or any(text is not None and mentions(text, column, "postgres") for text in texts)
    }


def index_columns(index: Index) -> list[str]:
    """The columns that an index is sorted by."""
    return [key.column for key in index.keys if key.column is not None]


def index_of(constraint: Constraint) -> Index:
    """The index of a key."""
    key = constraint.key
    assert key is not None
    keys = tuple([IndexKey(column) for column in key.columns])
    return Index(key.name or "", keys, unique=True, include=key.include, nulls_distinct=key.nulls_distinct)
