"""What is done outside of a transaction: the indexes that are built and dropped beside the application, and what could
be in a transaction as well.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

from qb.migrations.scripts import Script
from qb.schema.tokens import Token, tokens

ORDINARY = {
    *("INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "SELECT", "TRUNCATE"),
    *("CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE"),
}
"""What such statements begin with that PostgreSQL does in a transaction, too,"""
ALONE = {"DATABASE", "SUBSCRIPTION", "SYSTEM", "TABLESPACE"}
"""unless one of these comes next."""
CONTROL = {"ABORT", "BEGIN", "COMMIT", "END", "PREPARE", "RELEASE", "ROLLBACK", "SAVEPOINT", "START"}
"""What a script begins and ends transactions with by itself."""
ROWLESS = {"INDEX", "TRIGGER", "FUNCTION"}
"""What is created and dropped, and no row is another,"""
ADJECTIVES = {"OR", "REPLACE", "UNIQUE", "CONSTRAINT"}
"""with what may stand before it."""
CONSTRAINTS = {("ADD", "CONSTRAINT"), ("DROP", "CONSTRAINT"), ("VALIDATE", "CONSTRAINT")}
"""The same of a table."""


def goes_with_its_note(script: Script, place: int) -> bool:
    """Whether a statement can be in one transaction with the note that it is done."""
    words = upper_words(script.statements[place])
    if words[0] not in ORDINARY or "CONCURRENTLY" in words or not ALONE.isdisjoint(words[1:2]):
        return False
    return all(upper_words(each)[0] not in CONTROL for each in script.statements)


def upper_words(sql: str) -> list[str]:
    """The tokens of a statement, as they compare."""
    return [token.text.upper() for token in tokens(sql, "postgres")]


def is_concurrent(sql: str) -> bool:
    """Whether a statement creates or drops an index beside the application, which is never in a transaction."""
    return "CONCURRENTLY" in upper_words(sql)[:4]


def created_index(sql: str) -> str | None:
    """The name of the index, as it is written, that a statement creates."""
    rest = after_index(sql, "CREATE")
    on = next((place for place, token in enumerate(rest) if token.is_word("ON")), 0)
    return schema_of(rest[on + 1 :]) + rest[0].text if on else None


def dropped_index(sql: str) -> str | None:
    """The name of the index, as it is written, that a statement drops; None where there are several."""
    rest = after_index(sql, "DROP")
    name = "".join([token.text for token in rest if not token.is_word("CASCADE", "RESTRICT")])
    return name if name and "," not in [token.text for token in rest] else None


def after_index(sql: str, verb: str) -> list[Token]:
    """What follows CREATE INDEX, or DROP, with or without CONCURRENTLY; nothing where it is something else."""
    found = tokens(sql, "postgres")
    words = [token.text.upper() for token in found]
    if words[:1] != [verb] or "INDEX" not in words[1:3]:
        return []
    place = words.index("INDEX") + 1
    place += words[place : place + 1] == ["CONCURRENTLY"]
    if words[place : place + 1] != ["IF"]:
        return found[place:]
    return found[place + (3 if verb == "CREATE" else 2) :]


def schema_of(table: list[Token]) -> str:
    """The schema of a table, which is that of its index, with a dot; empty where none is written."""
    table = table[1:] if table[0].is_word("ONLY") else table
    return f"{table[0].text}." if len(table) > 1 and table[1].text == "." else ""


def touches_no_row(sql: str) -> bool:
    """Whether a statement is of one index, trigger, function or constraint, or of comments: no row is another by it."""
    words = upper_words(sql)
    if words[0] in ("CREATE", "DROP"):
        return next((word for word in words[1:] if word not in ADJECTIVES), "") in ROWLESS
    depths = accumulate([(word == "(") - (word == ")") for word in words])
    is_one = all(depth or word != "," for word, depth in zip(words, depths, strict=True))
    is_constraint = words[:2] == ["ALTER", "TABLE"] and not CONSTRAINTS.isdisjoint(pairwise(words))
    return words[0] == "COMMENT" or (is_constraint and is_one)
