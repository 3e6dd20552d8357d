"""SQL files: statements, and how they want to be run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from qb.migrations.errors import MigrationError

if TYPE_CHECKING:
    from qb.schema.tokens import Token

MARK = "-- qb: "
"""What begins a line, ahead of the first statement, that says how the statements want to be run."""
NO_TRANSACTION = "no transaction"
NO_FOREIGN_KEYS = "foreign keys off"
ALLOW = "allow"
"""Begins a mark about the statement that follows it: `-- qb: allow drop-column: nobody reads it any more`."""


@dataclass(frozen=True)
class Script:
    """Statements that belong together.

    -- qb: foreign keys off

    CREATE TABLE "new" (…);
    …
    """

    statements: tuple[str, ...]
    transactional: bool = True
    """False for what PostgreSQL only does outside of a transaction, such as CREATE INDEX CONCURRENTLY."""
    foreign_keys: bool = True
    """False when SQLite must not act on foreign keys meanwhile, as where a table is rebuilt. They are checked before
    the transaction is committed.
    """

    def text(self) -> str:
        """The script as a file: `parsed` reads it."""
        marks = [NO_TRANSACTION] * (not self.transactional) + [NO_FOREIGN_KEYS] * (not self.foreign_keys)
        head = "".join([f"{MARK}{mark}\n" for mark in marks])
        return "\n".join([head] * bool(head) + [f"{statement};\n" for statement in self.statements])


def parsed(text: str, dialect: str) -> Script:
    """The script of a file. Raises MigrationError for a mark that there is none of."""
    marks = set()
    for line in text.splitlines():
        if line.strip() and not line.startswith("--"):
            break
        if line.startswith(MARK.rstrip()):
            mark = line.removeprefix(MARK.rstrip()).strip()
            if mark.startswith(f"{ALLOW} "):
                continue  # which `qb check` reads
            if mark not in (NO_TRANSACTION, NO_FOREIGN_KEYS):
                raise MigrationError(f"{line!r}: there are the marks {NO_TRANSACTION!r} and {NO_FOREIGN_KEYS!r}")
            marks.add(mark)
    return Script(tuple(statements(text, dialect)), NO_TRANSACTION not in marks, NO_FOREIGN_KEYS not in marks)


def unmarked(text: str) -> str:
    """The text of a file without its marks, to be followed by others."""
    body = "\n".join([line for line in text.splitlines() if not line.startswith(MARK.rstrip())]).strip()
    return body if body.endswith(";") else f"{body}\n;"


def statements(text: str, dialect: str) -> list[str]:
    """The statements of a script, without the semicolons between them. What a trigger or a function does between BEGIN
    and END belongs to its statement. Raises SchemaError where a string or a quoted name does not end.
    """
    return [text[start:end] for start, end in spans(text, dialect)]


def spans(text: str, dialect: str) -> list[tuple[int, int]]:
    """Where the statements of a script begin and end."""
    from qb.schema.tokens import tokens  # needs sqlglot, and who makes scripts does not

    found: list[tuple[int, int]] = []
    current: list[Token] = []
    for token in tokens(text, dialect):
        if token.text == ";" and not depth(current):
            if current:
                found.append((current[0].start, current[-1].end))
            current = []
        else:
            current.append(token)
    return [*found, (current[0].start, current[-1].end)] if current else found


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
