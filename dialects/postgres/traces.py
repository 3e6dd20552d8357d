"""What a statement may do besides its result, told from its text: leave something in the session, or write.

A text is looked at once. What cannot be known (a function of the database's own) counts as leaving something: that
costs one more round trip when the connection is given back, and nothing else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dialects.postgres.harmless import FUNCTIONS, WORDS

LONGEST = 20_000
"""Characters of a text that is remembered. Longer ones are inserts of many rows, each of another length."""


class Traces(NamedTuple):
    """Of a statement."""

    changes_session: bool
    """Whether the session may be another one afterwards: settings, locks, temporary tables, cursors, …"""
    spends_session: bool
    """Whether that cannot be taken back, so that the connection is given up."""
    reads_only: bool
    """Whether it may be tried on a server that cannot write."""
    is_query: bool
    """Whether it returns rows and, as far as the text tells, does nothing else."""
    needs_session: bool
    """Whether it means nothing but to a session of one's own."""
    may_be_cut: bool
    """Whether asking for the first rows only may help. Not where few rows are made of many: PostgreSQL would do that in
    one process, because it takes others only for results that are read to the end."""


FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*([a-z]+)(?:\s+([a-z]+))?", re.IGNORECASE | re.DOTALL)

READING = frozenset({"SELECT", "TABLE", "VALUES", "WITH"})
TRACELESS = READING | {
    *("DELETE", "INSERT", "MERGE", "UPDATE", "EXPLAIN"),
    *("BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT", "START"),
}
"""Commands that leave nothing by themselves."""
UNTIL_THE_END = frozenset({"CONSTRAINTS", "LOCAL", "TRANSACTION"})
"""What SET sets until the end of the transaction."""
SPENDING = frozenset({"DEALLOCATE", "DISCARD", "LOAD", "PREPARE"})
FOR_SESSION = SPENDING | {"LISTEN", "RESET", "SET", "UNLISTEN"}

DANGEROUS = re.compile(
    r"\b(?:set_config|pg_(?:try_)?advisory_lock\w*|pg_temp\w*|dblink\w*|INTO\s+(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?)\b",
    re.IGNORECASE,
)
SESSION_LOCK = re.compile(r"\bpg_(?:try_)?advisory_(?:un)?lock(?:_shared|_all)?\b", re.IGNORECASE)
SPENDING_CALL = re.compile(r"\b(?:setseed|dblink_connect\w*)\b", re.IGNORECASE)
WRITING = re.compile(
    r"\b(?:INSERT|UPDATE|DELETE|MERGE|INTO|nextval|setval|currval|lastval|pg_(?:try_)?advisory_\w+|FOR\s+(?:NO\s+KEY\s+|KEY\s+)?(?:UPDATE|SHARE))\b",
    re.IGNORECASE,
)
FOLDING = re.compile(
    r"\bGROUP\s+BY\b|\bLIMIT\b|\b(?:avg|bit_and|bit_or|bool_and|bool_or|corr|count|covar_\w+|every|max|min|mode"
    r"|percentile_\w+|regr_\w+|stddev\w*|sum|var_\w+|variance|\w+_agg)\(",
    re.IGNORECASE,
)
CALL = re.compile(r'(?<!["\w])([a-z_]\w*)\s*\(|("(?:[^"]|"")+")\(', re.IGNORECASE)
"""A name before a parenthesis: after a quoted one without a space, which stands between a table and its columns."""


def traces(sql: str) -> Traces:
    """What a statement may do besides its result."""
    return _traces(sql) if len(sql) > LONGEST else _remembered(sql)


def _traces(sql: str) -> Traces:
    first = FIRST_WORD.match(sql)
    word, second = (first[1].upper(), (first[2] or "").upper()) if first else ("", "")
    is_spent = word in SPENDING or SPENDING_CALL.search(sql) is not None
    is_local = word in TRACELESS or (word == "SET" and second in UNTIL_THE_END)
    is_query = word in READING and WRITING.search(sql) is None
    is_dangerous = DANGEROUS.search(sql) is not None
    return Traces(
        changes_session=is_spent or is_dangerous or not is_local or calls_unknown(sql),
        spends_session=is_spent,
        reads_only=is_query and not is_dangerous and not is_spent,
        is_query=is_query,
        needs_session=(word in FOR_SESSION and not is_local) or SESSION_LOCK.search(sql) is not None,
        may_be_cut=word in READING and FOLDING.search(sql) is None,
    )


_remembered = lru_cache(maxsize=2048)(_traces)


def calls_unknown(sql: str) -> bool:
    """Whether a function is called of which nothing is known."""
    for call in CALL.finditer(sql):
        name = call[1] or call[2][1:-1]
        if name not in FUNCTIONS:
            name = name.lower()
            if name not in FUNCTIONS and (call[2] or name not in WORDS):
                return True
    return False
