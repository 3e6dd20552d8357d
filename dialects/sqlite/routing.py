"""Which statements a reader can run, and which ones set up a connection."""

from __future__ import annotations

import re
from collections.abc import Sequence

READING = re.compile(r"\s*(?:(?P<plain>SELECT|VALUES|EXPLAIN)|WITH)\b", re.IGNORECASE)
WRITING = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
OF_THE_WRITER = re.compile(r"\b(?:last_insert_rowid|changes|total_changes)\b|\btemp\b", re.IGNORECASE)
"""What only the connection that writes can tell."""

SETTINGS = frozenset(
    {
        *("analysis_limit", "automatic_index", "cache_size", "cache_spill", "case_sensitive_like", "cell_size_check"),
        *("full_column_names", "legacy_alter_table", "mmap_size", "read_uncommitted", "recursive_triggers"),
        *("reverse_unordered_selects", "short_column_names", "temp_store", "threads", "trusted_schema"),
    }
)
"""The pragmas that hold for one connection and matter to one that reads."""

PRAGMA = re.compile(r"\s*PRAGMA\s+(?:\w+\.)?(?P<name>\w+)\s*[=(]", re.IGNORECASE)
ATTACH = re.compile(r"\s*(?:ATTACH|DETACH)\b", re.IGNORECASE)
NAMELESS = re.compile(r"""(['"])(?::memory:|)\1""")
NAMED = {"", ":memory:"}
TEMPORARY = re.compile(r"\s*CREATE\s+(?:TEMP|TEMPORARY)\b", re.IGNORECASE)


def is_read(sql: str) -> bool:
    """Whether a statement only reads, as far as its text tells for certain."""
    match = READING.match(sql)
    if match is None or OF_THE_WRITER.search(sql):
        return False
    return match["plain"] is not None or not WRITING.search(sql)


def sets_up(sql: str) -> bool:
    """Whether a statement does something to its connection that the others of the database need as well."""
    pragma = PRAGMA.match(sql)
    return ATTACH.match(sql) is not None if pragma is None else pragma["name"].lower() in SETTINGS


def is_private(sql: str, parameters: Sequence[object]) -> bool:
    """Whether a statement makes something that no other connection can have: temporary tables, databases in memory."""
    if TEMPORARY.match(sql):
        return True
    return ATTACH.match(sql) is not None and (NAMELESS.search(sql) is not None or not NAMED.isdisjoint(parameters))
