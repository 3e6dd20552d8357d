"""What D1 takes at most (developers.cloudflare.com/d1/platform/limits)."""

from __future__ import annotations

PARAMETERS = 100
"""Bound parameters of a statement."""
SQL_BYTES = 100_000
VALUE_BYTES = 2_000_000
"""A text or blob, and a row."""
COLUMNS = 100
"""Columns of a table or of a result."""
ARGUMENTS = 32
"""Arguments of a function."""
PATTERN_BYTES = 50
"""A pattern of LIKE or GLOB."""
TERMS = 5
"""Queries that one set operation combines."""
DEPTH = 100
"""Expressions within expressions."""
EXACT = 2**53 - 1
"""The largest whole number that a number of JSON keeps: what is larger travels as text."""
