"""Defaults that SQLite takes for a new column of a table with rows."""

from __future__ import annotations

from qb.schema.tokens import tokens


def is_constant(default: str | None) -> bool:
    """Whether a default is a literal, signed or in parentheses or not, and no expression, nor the time."""
    if default is None:
        return True
    found = [token.text for token in tokens(default, "sqlite")]
    while len(found) > 2 and found[0] == "(" and found[-1] == ")":
        found = found[1:-1]
    if found[:1] in (["-"], ["+"]):
        found = found[1:]
        return len(found) == 1 and found[0][:1].isdigit()
    if len(found) != 1:
        return False
    (text,) = found
    return text[:1].isdigit() or text.endswith("'") or text.upper() in ("NULL", "TRUE", "FALSE")
