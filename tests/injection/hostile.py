"""What somebody with bad intentions sends, and the tables that he wants."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from qb import Database, Table, col, select, sql
from qb.identifiers import LONGEST_NAME

DIALECTS = ("sqlite", "postgres", "d1")
NAMES = [
    '"',
    '""',
    'x" FROM secrets --',
    'a"; DROP TABLE secrets; --',
    "'",
    "';--",
    "a.b",
    "a b",
    "é\u202e",
    "\n--",
    "/*",
    "*/",
    "?",
    "$1",
    "%s",
    ":a",
    "{}",
    "\\",
    '\\"',
    "`",
    "[x]",
    "select",
    "\x01\x1f",
    "\x7f",
    "x" * 63,
    "é" * 31,
    "🎷" * 15,
]
"""Names that both engines take, if they are quoted."""
NO_NAMES = ["", "\0", "a\0b", "\ud800"]
"""What is no name anywhere."""
TEXTS = [
    *NAMES,
    "' OR '1'='1",
    "'); DROP TABLE secrets; --",
    "\\'; DROP TABLE secrets; --",
    "%",
    "_",
    "a%b",
    "*",
    "a?c",
    "[^x]",
    "]",
    "\\%",
    "\\\\",
    "100%",
    "NULL",
    "",
    " ",
    "$$; DROP TABLE secrets; $$",
    "x" * 100_000,
    "'" * 10_000,
]


class Note(Table, name="notes"):
    id = col.integer().primary_key()
    text = col.text()
    data = col.json(object).nullable()


class Secret(Table, name="secrets"):
    """The canary: nothing in these tests touches it."""

    id = col.integer().primary_key()
    word = col.text()


SECRETS = [(1, "open"), (2, "sesame")]


async def tables_of(database: Database) -> list[str]:
    """The names of all tables that there are."""
    names = select(
        sql(
            "(SELECT group_concat(name, char(10)) FROM sqlite_master "
            "WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '!_cf!_%' ESCAPE '!')",
            returns=str,
        )
    )
    if database.dialect.name == "postgres":
        source = "pg_tables WHERE schemaname = current_schema()"
        names = select(sql(f"(SELECT coalesce(string_agg(tablename, chr(10)), '') FROM {source})", returns=str))
    return sorted((await database.fetch_value(names)).split("\n"))


def unchecked(query: Any) -> Any:
    """A query of which mypy knows nothing, because names from outside are not for it."""
    return query


def is_name(text: str) -> bool:
    return 0 < len(text.encode()) <= LONGEST_NAME


CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
ANY_NAME = st.text(CHARACTERS, min_size=1, max_size=20).filter(is_name)
ANY_TEXT = st.text(CHARACTERS)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
