"""COPY: the way of PostgreSQL for many rows."""

from __future__ import annotations

from collections.abc import Sequence

from qb.nodes import Column

KINDS = frozenset(
    {
        *("integer", "bigint", "smallint", "boolean", "text", "varchar", "numeric", "real", "blob", "uuid", "json"),
        *("date", "time", "timestamp", "interval", "enum", "array"),
    }
)
"""Kinds of columns for which COPY and INSERT take the same values."""

TAKES_COPY = """
    SELECT relkind IN ('r', 'p') AND NOT relhasrules AND NOT row_security_active(pg_class.oid) AND NOT EXISTS (
        SELECT FROM pg_attribute
            JOIN pg_type AS type ON type.oid = atttypid
            LEFT JOIN pg_type AS item ON item.oid = type.typelem
        WHERE attrelid = pg_class.oid AND attname = ANY ($2) AND (
            attidentity = 'a' OR attgenerated <> ''
            OR (type.typnamespace <> 'pg_catalog'::regnamespace AND 'e' <> ALL (ARRAY[type.typtype, item.typtype]))
        )
    )
    FROM pg_class WHERE pg_class.oid = to_regclass($1)
"""
"""Whether COPY means the same as INSERT for a table: not where rules or row security are about INSERT, nor where a
column is always the database's, or of a type that asyncpg has no binary form for."""


def is_copied(columns: Sequence[Column]) -> bool:
    """Whether values of these columns can be sent by COPY."""
    return all(column.type.kind in KINDS for column in columns)
