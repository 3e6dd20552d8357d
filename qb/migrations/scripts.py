"""The statements of a SQL file."""

from __future__ import annotations

from itertools import pairwise

from qb.schema.tokens import Token, tokens


def statements(text: str, dialect: str) -> list[str]:
    """The statements of a script, without the semicolons between them. What a trigger or a function does between BEGIN
    and END belongs to its statement. Raises SchemaError where a string or a quoted name does not end.
    """
    found: list[str] = []
    current: list[Token] = []
    for token in tokens(text, dialect):
        if token.text == ";" and not depth(current):
            if current:
                found.append(text[current[0].start : current[-1].end])
            current = []
        else:
            current.append(token)
    return [*found, text[current[0].start : current[-1].end]] if current else found


def depth(statement: list[Token]) -> int:
    """How many blocks are open at the end of a part of a statement."""
    if not has_blocks(statement):
        return 0
    words = [token.text.upper() for token in statement]
    words = [word for before, word in zip(["", *words], words, strict=False) if before != "."]  # no columns
    blocks = [word for word, following in pairwise([*words, ""]) if word == "BEGIN" and following in INSIDE]
    return words.count("CASE") + len(blocks) - words.count("END")


INSIDE = {"ATOMIC", "DELETE", "INSERT", "REPLACE", "SELECT", "UPDATE", "WITH"}
"""What a block begins with; after another BEGIN, it is a name."""


def has_blocks(statement: list[Token]) -> bool:
    """Whether it is a statement that may have statements in it."""
    head = {token.text.upper() for token in statement[:8]}
    return "CREATE" in head and not head.isdisjoint({"TRIGGER", "FUNCTION", "PROCEDURE"})
