"""What is done outside of a transaction: the indexes that are built and dropped beside the application, and what could
be in a transaction as well.
"""

from __future__ import annotations

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


def goes_with_its_note(script: Script, place: int) -> bool:
    """Whether a statement can be in one transaction with the note that it is done."""
    words = upper_words(script.statements[place])
    if words[0] not in ORDINARY or "CONCURRENTLY" in words or not ALONE.isdisjoint(words[1:2]):
        return False
    return all(upper_words(each)[0] not in CONTROL for each in script.statements)


def upper_words(sql: str) -> list[str]:
    """The tokens of a statement, as they compare."""
    return [token.text.upper() for token in tokens(sql, "postgres")]


def created_index(sql: str) -> str | None:
    """The name of the index, as it is written, that a statement creates outside of a transaction."""
    rest = after_concurrently(sql, "CREATE")
    on = next((place for place, token in enumerate(rest) if token.is_word("ON")), 0)
    return schema_of(rest[on + 1 :]) + rest[0].text if on else None


def dropped_index(sql: str) -> str | None:
    """The name of the index, as it is written, that a statement drops outside of a transaction."""
    rest = after_concurrently(sql, "DROP")
    return "".join([token.text for token in rest if not token.is_word("CASCADE", "RESTRICT")]) or None


def after_concurrently(sql: str, verb: str) -> list[Token]:
    """What follows CREATE INDEX CONCURRENTLY, or DROP; nothing where it is something else."""
    found = tokens(sql, "postgres")
    words = [token.text.upper() for token in found]
    if words[:1] != [verb] or "CONCURRENTLY" not in words[:4]:
        return []
    rest = found[words.index("CONCURRENTLY") + 1 :]
    if not rest[0].is_word("IF"):
        return rest
    return rest[3:] if verb == "CREATE" else rest[2:]


def schema_of(table: list[Token]) -> str:
    """The schema of a table, which is that of its index, with a dot; empty where none is written."""
    table = table[1:] if table[0].is_word("ONLY") else table
    return f"{table[0].text}." if len(table) > 1 and table[1].text == "." else ""
