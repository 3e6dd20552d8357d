"""REGEXP, for which SQLite has a word but no function."""

from __future__ import annotations

import re
from functools import lru_cache
from sqlite3 import Connection

compiled = lru_cache(1000)(re.compile)


def regexp(pattern: str | None, text: str | None) -> bool | None:
    """`text REGEXP pattern`; a point fits a line's end, too, as on PostgreSQL."""
    if pattern is None or text is None:
        return None
    return compiled(pattern, re.DOTALL).search(text) is not None


def register(connection: Connection) -> None:
    """Give the function to a connection."""
    connection.create_function("regexp", 2, regexp, deterministic=True)
